"""Hypothesis strategies for bodies, built from the contract: valid ones, and ones broken in one place."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import Phase as Stage
from hypothesis import seed as seeded
from hypothesis import strategies as st

from mockfire_contract.cases import Case, Phase
from mockfire_contract.covering import (
    CLOSED,
    PROMPTS,
    base_body,
    listed_for_some,
    model_under_test,
    named_by_the_page,
    properties_of,
    sample,
    text_fields,
    types_of,
    unbroken,
)
from mockfire_contract.neighbours import (
    ABSENT,
    FAMILIES,
    GREATEST_UNBOUNDED,
    Broken,
    Change,
    broken,
    neighbouring_values,
    refused,
)
from mockfire_contract.refusals import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from mockfire_spec import Operation

__all__ = ["Broken", "broken_bodies", "choices", "drawn", "generated_cases", "valid_bodies"]

LONGEST = 80
"""Characters of a generated text; longer ones are in the plan."""

ALPHABET = "".join(map(chr, range(0x20, 0x7F))) + (
    "\n\té×ßñŁ،مرحباשלום你好苍鹭芦苇晨雾，。「」ひらがなカナ한글ไทย🦩🎨👩🏽𝄞𠮷\u200d\u0301\ufeff"
)
"""What texts are made of: ASCII, line ends, accents, right-to-left, CJK, astral and joining characters."""

FEW_PICTURES = (1, 1, 1, 2, 2, 3)
"""Numbers of pictures asked for, beside the upper bound: each one costs time."""

UNMINDED = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.nested_given)
"""Health checks that have nothing to say of values that are only collected."""

LISTED_WEIGHT = 2
"""How often each listed value is drawn for once that an optional field is left out, or null."""

MOST_CHOICES = 64
"""How many values of one field are drawn from; a wider range of numbers gives its ends and some between."""


@lru_cache(maxsize=64)
def valid_bodies(operation: Operation, model: str | None = None) -> SearchStrategy[dict[str, Any]]:
    """Return a strategy for bodies that the contract proves valid for *model*, mostly of listed values.

    Where the contract gives no bounds, numbers are small and texts not blank: what it is silent
    about is left to the neighbours. Shrinks each field towards its simplest value, or to absence.

    One byte picks one field's value, so all the fields cost one draw: that generates several
    times as fast as a strategy for each, and bytes are shrunk one by one as those would be. What
    is invalid is rejected inside: `filter` and `map` around it would bias what hypothesis mutates.
    """
    chosen = model_under_test(operation, model)
    required = text_fields(operation, chosen)
    clauses = properties_of(operation, chosen)
    tables = {name: table for name, table in choices(operation, chosen).items() if name not in required}

    def put_together(picks: bytes, *texts: str) -> dict[str, Any]:
        picked = zip(tables.items(), picks, strict=True)
        body = {name: table[pick % len(table)] for (name, table), pick in picked}
        body.update(zip(required, map(_said, texts), strict=True))
        payload = {name: body[name] for name in clauses if body[name] is not ABSENT}
        assume(operation.request.is_valid(payload))
        return payload

    picks = st.binary(min_size=len(tables), max_size=len(tables))
    return st.builds(put_together, picks, *(_texts(clauses[name]) for name in required))


def choices(operation: Operation, model: str | None = None) -> dict[str, list[Any]]:
    """Return what each field of a valid body is picked from, the simplest first, ABSENT for an optional one.

    A field that the page does not name is absent more often than not.
    """
    chosen = model_under_test(operation, model)
    required = operation.request_for(chosen).get("required", ())
    relation = operation.relations.get("count")
    found: dict[str, list[Any]] = {}
    for name, clause in properties_of(operation, chosen).items():
        values = (
            _values(clause) if CLOSED & clause.keys() else listed_for_some(operation, name) or _values(clause)
        )
        if name == "model":
            values = [chosen]
        elif relation and name == relation.terms["request"]:
            values = [*FEW_PICTURES, clause.get("maximum", max(FEW_PICTURES))]
        may_go = name not in required and (name != "model" or chosen == operation.default_model)
        absent = [ABSENT] * may_go * (1 if named_by_the_page(operation, name) else 3 * len(values))
        found[name] = [*absent, *values, *_null(clause)]
    return found


def _null(clause: Mapping[str, Any]) -> list[None]:
    nullable = None in clause["enum"] if "enum" in clause else "null" in types_of(clause)
    return [None] * nullable


def _values(clause: Mapping[str, Any]) -> list[Any]:
    """Return values of *clause* but null, each LISTED_WEIGHT times where they are listed."""
    if "enum" in clause or "const" in clause:
        listed = clause.get("enum", [clause.get("const")])
        return [value for value in listed if value is not None] * LISTED_WEIGHT
    if "pattern" in clause:
        known = [sample(clause), *chain.from_iterable(FAMILIES)]
        return [value for value in dict.fromkeys(known) if re.search(clause["pattern"], str(value))]
    kinds = [kind for kind in types_of(clause) if kind != "null"]
    return list(chain.from_iterable(_OF_TYPE[kind](clause) for kind in kinds))


def _integers(clause: Mapping[str, Any]) -> list[int]:
    least = clause.get("minimum", min(1, clause.get("maximum", 1)))
    most = clause.get("maximum", max(least, GREATEST_UNBOUNDED))
    return [*range(least, most, (most - least) // MOST_CHOICES + 1), most]


def _short_texts(clause: Mapping[str, Any]) -> list[str]:
    least, longest = clause.get("minLength", 1), clause.get("maxLength", LONGEST)
    return [text for text in PROMPTS if least <= len(text) <= longest]


_OF_TYPE: Mapping[str, Callable[[Mapping[str, Any]], list[Any]]] = {
    "string": _short_texts,
    "integer": _integers,
    "number": _integers,
    "boolean": lambda _clause: [False, True],
    "array": lambda _clause: [[]],
    "object": lambda _clause: [{}],
}


def _texts(clause: Mapping[str, Any]) -> SearchStrategy[str]:
    least = max(clause.get("minLength", 1), 1)
    longest = min(clause.get("maxLength", LONGEST), max(LONGEST, least))
    return st.text(ALPHABET, min_size=least, max_size=longest)


def _said(text: str) -> str:
    """Return *text*, or as many dots where it is blank."""
    return text if text.strip() else "." * len(text)


@lru_cache(maxsize=64)
def broken_bodies(operation: Operation, model: str | None = None) -> SearchStrategy[Broken]:
    """Return a strategy for bodies that break one keyword at one place, proved by the reference validator.

    Every keyword and place is drawn as often as any other; `Broken.violation` says which it was.
    """
    piles = _piles(operation, model)

    def broken_somewhere(body: dict[str, Any], where: int, how: int) -> Broken:
        proof = broken(operation, body, piles[where][how % len(piles[where])])
        return proof or reject()

    places = st.integers(0, len(piles) - 1)
    return st.builds(broken_somewhere, valid_bodies(operation, model), places, st.integers(0, 255))


def _piles(operation: Operation, model: str | None) -> list[list[Change]]:
    """Return what breaks the documented example in one place, a pile for each keyword and place."""
    base = base_body(operation, model)
    piles: dict[tuple[str, str, bool], list[Change]] = {}
    for change in chain(chain.from_iterable(changes(operation, model)), _offered(operation, model)):
        proof = broken(operation, base, change)
        if proof:
            place = (proof.violation.pointer, proof.violation.keyword, bool(change.given))
            piles.setdefault(place, []).append(replace(change, keyword=proof.violation.keyword))
    return list(piles.values())


def _offered(operation: Operation, model: str | None) -> Iterator[Change]:
    for name, clause in properties_of(operation, model).items():
        yield from (Change(name, value) for value in neighbouring_values(clause))


def drawn(strategy: SearchStrategy[Any], count: int, seed: int) -> list[Any]:
    """Return *count* values of *strategy*, the same for the same *seed*; no example is kept on disk."""
    found: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Stage.generate],
        suppress_health_check=UNMINDED,
    )
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def generated_cases(
    operation: Operation, model: str | None = None, count: int = 24, seed: int = 0
) -> Iterator[Case]:
    """Yield up to *count* cases with valid bodies and as many with broken ones, drawn by *seed*."""
    for number, payload in enumerate(drawn(valid_bodies(operation, model), count, seed), 1):
        yield unbroken(operation, f"generated {number:02d}", payload, phase=Phase.GENERATED)
    for number, proof in enumerate(drawn(broken_bodies(operation, model), count, seed), 1):
        place = f"{proof.violation.pointer or 'the body'} {proof.violation.keyword}"
        yield refused(operation, f"generated broken {number:02d}: {place}", Phase.GENERATED, proof)
