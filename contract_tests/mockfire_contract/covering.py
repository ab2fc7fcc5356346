"""Covering arrays: few rows that hold every pair of the contract's values, and the bodies that carry them."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain, cycle, islice
from typing import TYPE_CHECKING, Any, cast

from mockfire_contract.cases import Case, Expectation, Phase
from mockfire_spec import ContractError, Request, Schema
from mockfire_spec.sources import UNKNOWN, read_source, weakest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mockfire_spec import Operation, Source

JSON_HEADERS = (("content-type", "application/json"),)
CLOSED = frozenset({"enum", "const", "pattern"})
"""The keywords that leave a text no freedom."""

SALTS = ("", "1", "2", "3", "4")
"""Orders in which a covering array is searched; the shortest array wins, the first of equals."""

ORDINARY_LENGTH = 500
"""Characters of a text that every model takes; a sibling page allows no more."""

LONG_PROMPT = "".join(
    islice(cycle("A grey heron waits in the reeds; then the mist lifts, and it waits on. "), 3_000)
)
PROMPTS = (
    "A grey heron in the morning mist, watercolour",
    "一只苍鹭站在芦苇丛中，晨雾，水墨画",
    "A flamingo 🦩 under a clef 𝄞, flat colours 🎨",
    'A shop sign that says "Open",\nand below it in small letters: \\it\'s <b>late</b>',
    LONG_PROMPT,
)
"""Prompts of every kind that JSON can carry: plain, Chinese, astral, with quotes and line ends, long."""

_SIMPLEST: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "string": lambda clause: PROMPTS[0][: clause.get("maxLength")],
    "integer": lambda clause: clause.get("minimum", min(1, clause.get("maximum", 1))),
    "number": lambda clause: clause.get("minimum", min(1, clause.get("maximum", 1))),
    "boolean": lambda _clause: False,
    "array": lambda _clause: [],
    "object": lambda _clause: {},
}


def model_under_test(operation: Operation, model: str | None = None) -> str | None:
    """Return *model*, or else the one that a request without any gets, or else that of the page's example."""
    shown = (example.get("model") for example in operation.request_examples)
    return model or operation.default_model or next(shown, None)


def properties_of(operation: Operation, model: str | None) -> dict[str, dict[str, Any]]:
    """Return the clauses of the request's fields as they come down to for *model*, by name."""
    found: dict[str, dict[str, Any]] = operation.request_for(model_under_test(operation, model)).get(
        "properties", {}
    )
    return found


def types_of(clause: Mapping[str, Any]) -> list[str]:
    """Return the JSON types that *clause* allows, in its order; none where it names none."""
    named = clause.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def named_by_the_page(operation: Operation, name: str) -> bool:
    """Tell whether the documentation page itself names the field *name*."""
    clause = operation.request.definition.get("properties", {}).get(name, {})
    return (read_source(clause) or UNKNOWN).documented


def text_fields(operation: Operation, model: str | None) -> list[str]:
    """Return the names of the required fields that take any text, whatever the model: the prompt."""
    schema = operation.request_for(model_under_test(operation, model))
    clauses = {name: schema["properties"].get(name, {}) for name in schema.get("required", ())}
    return [
        name
        for name, clause in clauses.items()
        if name != "model" and "string" in types_of(clause)
        if not CLOSED & clause.keys() and not listed_for_some(operation, name)
    ]


def listed_for_some(operation: Operation, name: str) -> list[Any]:
    """Return the values that the contract lists for the field *name* on some condition."""
    clauses = operation.request.definition.get("allOf", ())
    branches = [clause.get(branch, {}) for clause in clauses for branch in ("then", "else")]
    lists = (branch.get("properties", {}).get(name, {}).get("enum", ()) for branch in branches)
    return [value for value in dict.fromkeys(chain.from_iterable(lists)) if value is not None]


def sample(clause: Mapping[str, Any]) -> Any:
    """Return the simplest value of *clause*: its default, its first listed one, or one of its first type."""
    listed = [clause.get("default"), *clause.get("enum", ()), clause.get("const")]
    simplest = (_SIMPLEST[kind](clause) for kind in types_of(clause) if kind in _SIMPLEST)
    return next((value for value in listed if value is not None), next(simplest, None))


def base_body(operation: Operation, model: str | None = None) -> dict[str, Any]:
    """Return a valid body for *model*: the documented example's fields, and the required ones that it lacks.

    A value of the example that the contract does not allow for *model* gives way to the simplest
    one that it does. Raise ContractError where that makes no valid body.
    """
    chosen = model_under_test(operation, model)
    schema = operation.request_for(chosen)
    shown = next(iter(operation.request_examples), {})
    example = {**shown, "model": chosen} if chosen else shown
    names = dict.fromkeys([*example, *schema.get("required", ())])
    clauses = {name: schema.get("properties", {}).get(name, {}) for name in names}
    body = {name: _kept(clause, example, name) for name, clause in clauses.items()}
    if not operation.request.is_valid(body):
        raise ContractError(
            f"{operation.name}: no valid request can be made from the documented example: "
            f"{json.dumps(body, ensure_ascii=False)} breaks its schema. Give it an example that keeps it."
        )
    return body


def _kept(clause: Mapping[str, Any], example: Mapping[str, Any], name: str) -> Any:
    kept = name in example and Schema(clause).is_valid(example[name])
    return example[name] if kept else sample(clause)


def post(operation: Operation, payload: Any) -> Request:
    """Return the request that carries *payload* as JSON to *operation*; a token is added where it is sent."""
    body = json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    return Request(operation.method, operation.path, JSON_HEADERS, body)


def accepted_source(operation: Operation, payload: Mapping[str, Any]) -> Source:
    """Return what it rests on that *payload* is accepted: the weakest of the clauses that it needs.

    The page shows requests with certain fields for a certain model; that fewer of them do, or
    another model, or texts longer than ORDINARY_LENGTH, is inferred. How great a number may be
    rests on whoever gave its bounds.
    """
    model = payload.get("model")
    flat, raw = properties_of(operation, model), operation.request.definition.get("properties", {})
    sent = [raw[name] for name in payload if name in raw]
    shown = operation.request_examples
    numbers = [name for name, value in payload.items() if name in flat and isinstance(value, int | float)]
    counted = [flat[name] for name in numbers if not any(payload[name] == each.get(name) for each in shown)]
    source = weakest([*sent, *counted, operation.request.definition])
    as_shown = any(_is_shown(example, payload) for example in shown)
    return replace(source, evidence="inferred") if source.documented and not as_shown else source


def _is_shown(example: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    said = {name for name, value in payload.items() if value is not None}
    long = any(isinstance(value, str) and len(value) > ORDINARY_LENGTH for value in payload.values())
    return example.keys() <= said and example.get("model") == payload.get("model") and not long


def unbroken(
    operation: Operation,
    name: str,
    payload: Mapping[str, Any],
    expectation: Expectation = Expectation.ACCEPTED,
    phase: Phase = Phase.NEIGHBOURS,
) -> Case:
    """Return the case called *name* with the valid *payload*, and what that rests on."""
    return Case(
        name=name,
        phase=phase,
        operation=operation,
        request=post(operation, payload),
        expectation=expectation,
        source=accepted_source(operation, payload),
        payload=payload,
    )


def factors(operation: Operation, model: str | None = None, *, wide: bool = False) -> dict[str, list[Any]]:
    """Return the listed values of each field that has some, by name, without null.

    Only lists of strings in fields that the page names; *wide* adds the other fields, and booleans.
    """
    allowed = (str, bool) if wide else (str,)
    found = {
        name: _listed(clause)
        for name, clause in properties_of(operation, model).items()
        if name != "model" and (wide or named_by_the_page(operation, name))
    }
    return {
        name: values
        for name, values in found.items()
        if values and all(isinstance(value, allowed) for value in values)
    }


def _listed(clause: Mapping[str, Any]) -> list[Any]:
    boolean = [False, True] if types_of(clause)[:1] == ["boolean"] else []
    return [value for value in clause.get("enum", boolean) if value is not None]


def rows(
    operation: Operation, model: str | None = None, strength: int = 2, *, wide: bool = False
) -> list[dict[str, Any]]:
    """Return rows of values that hold every combination of any *strength* fields that may be sent together.

    The first row of a narrow array is the documented example's. Deterministic.
    """
    levels = factors(operation, model, wide=wide)
    if not levels:
        return []
    base = base_body(operation, model)
    depth = min(strength, len(levels))
    preset = {} if wide else {name: base[name] for name in levels if name in base}
    options = {"presets": [preset], "constraints": list(_constraints(operation, base, levels))}
    arrays = (_covered(levels, strength=depth, salt=salt, **options) for salt in SALTS)
    return [{name: row[name] for name in levels} for row in min(arrays, key=len)]


def _covered(levels: Mapping[str, Sequence[Any]], **options: Any) -> list[dict[str, Any]]:
    """Return what covertable makes of *levels*; it has no types, so they are said here, once."""
    from covertable import make

    return cast("list[dict[str, Any]]", make(dict(levels), **options))


def _constraints(
    operation: Operation, base: Mapping[str, Any], levels: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """Yield covertable's form of each condition between fields that knowing the model leaves open."""
    for clause in operation.request_for(base.get("model")).get("allOf", ()):
        asked = {*_fields_in(clause)}
        yield {
            "operator": "fn",
            "requires": [name for name in levels if name in asked],
            "evaluate": lambda row, asked=asked: operation.request.is_valid(
                {**base, **{name: value for name, value in row.items() if name in asked}}
            ),
        }


def _fields_in(node: Any) -> Iterator[str]:
    """Yield the names of the fields that the schema *node* speaks of, at any depth."""
    if isinstance(node, dict):
        yield from (*node.get("properties", ()), *node.get("required", ()))
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for part in parts:
        yield from _fields_in(part)
