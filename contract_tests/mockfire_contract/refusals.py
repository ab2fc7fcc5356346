"""Requests that must be refused: each broken in one place, and the reference validator proves it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from mockfire_contract.cases import Case, Credentials, Expectation, Phase
from mockfire_contract.covering import base_body, model_under_test, post, sample, text_fields
from mockfire_contract.neighbours import ABSENT, Broken, Change, broken, outside, refused
from mockfire_spec import Request
from mockfire_spec.contract import METHODS
from mockfire_spec.sources import UNKNOWN, read_source
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mockfire_spec import Contract, Operation, Source

OF_EVERY_TYPE = ("1", 7, True, 1.5, ["a heron"], {"text": "a heron"}, None)
"""A value of every JSON type; a number as a string comes first, as the mistake that is made most."""

NOWHERE = "mockfire-no-such-operation"


def _text_of(length: int) -> str:
    return ("heron " * (length // 6 + 1))[: max(length, 0)]


BREAKERS: Mapping[str, Callable[[Any], Iterable[Any]]] = {
    "type": lambda _types: OF_EVERY_TYPE,
    "enum": outside,
    "const": lambda value: outside([value]),
    "minimum": lambda bound: (bound - 1,),
    "maximum": lambda bound: (bound + 1,),
    "exclusiveMinimum": lambda bound: (bound,),
    "exclusiveMaximum": lambda bound: (bound,),
    "minLength": lambda length: (_text_of(length - 1),),
    "maxLength": lambda length: (_text_of(length + 1),),
    "pattern": lambda _pattern: ("1024X1024", "no such value", "", "0"),
}
"""For each keyword, from its value in the schema: values that may break it, and it alone, best first."""


def changes(operation: Operation, model: str | None = None) -> Iterator[tuple[Change, ...]]:
    """Yield, for each keyword at each place of the request's schema for *model*, what may break it.

    Conditions between fields that the model does not decide are met first (`Change.given`).
    """
    schema = operation.request_for(model_under_test(operation, model))
    yield (Change("", [], "type"),)
    yield from _changes(schema, {})
    for clause in schema.get("allOf", ()):
        given = {name: sample(wanted) for name, wanted in clause.get("if", {}).get("properties", {}).items()}
        known = {
            name: schema["properties"].get(name, {}) for name in clause.get("then", {}).get("properties", {})
        }
        yield from _changes(clause.get("then", {}), given, known)


def _changes(
    schema: Mapping[str, Any], given: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]] | None = None
) -> Iterator[tuple[Change, ...]]:
    """Yield what may break *schema*; a narrowed list is broken by what the field's *known* clause lists."""
    for name in schema.get("required", ()):
        yield (Change(name, ABSENT, "required", given),)
    for name, clause in schema.get("properties", {}).items():
        wider = (known or {}).get(name, {}).get("enum", ())
        for keyword in (word for word in BREAKERS if word in clause):
            values = chain(wider, BREAKERS[keyword](clause[keyword]))
            yield tuple(Change(name, value, keyword, given) for value in values)


def mutants(operation: Operation, model: str | None = None) -> Iterator[tuple[Change, Broken]]:
    """Yield one proved mutant for each keyword and place that can be broken alone, with what was changed.

    A wrong type in a field with a list of values breaks two keywords: there is the list's mutant only.
    """
    base = base_body(operation, model)
    for candidates in changes(operation, model):
        proofs = ((change, broken(operation, base, change)) for change in candidates)
        found = next(((change, proof) for change, proof in proofs if proof), None)
        if found:
            yield found


def schema_refusals(operation: Operation, model: str | None = None) -> Iterator[Case]:
    """Yield a refusal for each of the mutants, named after place and keyword."""
    for change, proof in mutants(operation, model):
        yield refused(operation, f"refusal: {told(change, proof)}{_value(change)}", Phase.REFUSALS, proof)


def told(change: Change, proof: Broken) -> str:
    """Return the name of the place and keyword that *change* broke, with the fields set for it."""
    given = "".join(f" where {name} is {show(each)}" for name, each in change.given.items())
    return f"{proof.violation.pointer or 'the body'} {proof.violation.keyword}{given}"


def _value(change: Change) -> str:
    return "" if change.value is ABSENT else f" {show(change.value)}"


def refusals(contract: Contract, operation: Operation, model: str | None = None) -> Iterator[Case]:
    """Yield what must be refused: wrong tokens and addresses, no JSON, broken bodies, one of them again."""
    base = base_body(operation, model)
    yield from _token_refusals(operation, base)
    yield from _address_refusals(contract, operation, base)
    yield _not_json(operation, base)
    broken_bodies = list(schema_refusals(operation, model))
    yield from broken_bodies
    yield again(broken_bodies, text_fields(operation, model))


def again(cases: list[Case], texts: list[str]) -> Case:
    """Return one of *cases* to be sent twice: a missing text, which no server takes, or else the first."""
    missing = (case for case in cases if case.broken and case.broken.keyword == "required")
    twice = next((case for case in missing if case.broken and case.broken.field in texts), cases[0])
    return replace(twice, name=f"{twice.name}, again")


def _token_refusals(operation: Operation, base: Mapping[str, Any]) -> Iterator[Case]:
    if operation.secured is None:
        return
    request = post(operation, base)
    without = _refusal(operation, "no token", request, operation.secured, base)
    yield replace(without, credentials=Credentials.NONE)
    if operation.unknown_token:
        source = replace(operation.secured, evidence="gateway")
        unknown = _refusal(operation, "a token that nobody knows", request, source, base)
        yield replace(unknown, credentials=Credentials.UNKNOWN)


def _address_refusals(contract: Contract, operation: Operation, base: Mapping[str, Any]) -> Iterator[Case]:
    """Yield another method on the path, and a path beside it: the page is silent, the gateway answers."""
    source = replace(operation.source, evidence="gateway")
    free = [name for name in map(str.upper, METHODS) if not contract.find(name, operation.path)]
    for method in free[:1]:
        yield _refusal(operation, f"{method} on the path", Request(method, operation.path), source)
    nowhere = "/".join(["", operation.path.split("/")[1], NOWHERE])
    request = replace(post(operation, base), path=nowhere)
    yield _refusal(operation, f"the unknown path {nowhere}", request, source, base)


def _not_json(operation: Operation, base: Mapping[str, Any]) -> Case:
    """Return a body with comments, as the page's own example has them; its content type says JSON."""
    source = read_source(operation.request.definition) or UNKNOWN
    request = replace(post(operation, base), body=commented(base).encode())
    return _refusal(operation, "JSON with comments", request, source)


def commented(payload: Mapping[str, Any]) -> str:
    """Return *payload* as a page shows it: a line and a comment for each field, which is no JSON."""
    pairs = [
        f"    {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in payload.items()
    ]
    lines = [f"{pair},  // {name}" for pair, name in zip(pairs, payload, strict=True)]
    return "\n".join(["{", *lines[:-1], f"{pairs[-1]}  // the last one", "}"])


def _refusal(operation: Operation, name: str, request: Request, source: Source, payload: Any = None) -> Case:
    return Case(
        name=f"refusal: {name}",
        phase=Phase.REFUSALS,
        operation=operation,
        request=request,
        expectation=Expectation.REFUSED,
        source=source,
        payload=payload,
    )
