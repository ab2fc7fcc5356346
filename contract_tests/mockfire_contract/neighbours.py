"""Values beside the valid ones, as a validator's author forgets them, and the proof of what each breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import cycle, islice, zip_longest
from typing import TYPE_CHECKING, Any

from mockfire_contract.cases import Case, Expectation, Phase
from mockfire_contract.covering import (
    base_body,
    post,
    properties_of,
    sample,
    text_fields,
    types_of,
    unbroken,
)
from mockfire_spec import violations
from mockfire_spec.validation import pointer
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mockfire_spec import Operation, Violation

ABSENT: Any = object()
"""Stands for a field that is not there."""

FAMILIES = (
    ("512x512", "256x256", "1792x1024", "1024x1792", "2048x2048", "1024x1024", "1536x1024", "1024x1536"),
    ("hd", "standard", "low", "medium", "high", "best"),
    ("b64", "base64", "json", "url", "b64_json", "oss_url"),
    ("white", "none", "transparent", "opaque"),
    ("jpg", "gif", "avif", "png", "jpeg", "webp"),
    ("vivid", "natural"),
)
"""Values that different models take for the same thing: a list of values is offered its relatives' values."""

NONSENSE = "no-such-value"
LOOK_ALIKES = (("x", "×"), ("x", "*"), ("_", "-"), ("1", "１"))
"""What stands for what in a value that was typed by hand or copied from a text."""

OFFERS: Mapping[str, tuple[Any, ...]] = {
    "string": ("", None, 7, True, ["a heron"], {"text": "a heron"}, " ", "\n", 1.5),
    "integer": (1.5, "1", True, None, -1, 0, 10**12, [1], {"value": 1}, "", 1.0, "one"),
    "number": ("1", True, None, -1, 10**12, [1], {"value": 1}, ""),
    "boolean": ("true", "false", 1, 0, None, ""),
}
"""What is offered to a field of each type that has no list of values."""

GREATEST_UNBOUNDED = 10
"""The greatest number that is sent where the contract gives no bound: each one may be a picture."""

LONG_TEXT = 32_000
"""Characters of the longest text that is sent where the contract gives no bound."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a valid body: the field *name* becomes *value*, or goes where that is ABSENT.

    Without a name the whole body becomes *value*. *given* is set beside it; *keyword* is the one
    that is meant to break, "" where any may.
    """

    name: str
    value: Any
    keyword: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    def applied(self, body: Mapping[str, Any]) -> Any:
        """Return the changed *body*, which itself stays as it is."""
        if not self.name:
            return self.value
        changed = {**body, **self.given, self.name: self.value}
        return {name: value for name, value in changed.items() if value is not ABSENT}


@dataclass(frozen=True, slots=True)
class Broken:
    """A payload that breaks one keyword at one place, and that *violation*."""

    payload: Any
    violation: Violation


def broken(operation: Operation, body: Mapping[str, Any], change: Change) -> Broken | None:
    """Return what *change* makes of the valid *body*, or None where that does not break just what it should.

    Proved by the reference validator: one violation, at the field's place, of the keyword meant.
    """
    payload = change.applied(body)
    found = list(islice(violations(operation.request, payload), 2))
    place = pointer([change.name]) if change.name else ""
    proved = [each for each in found if each.pointer == place and change.keyword in {"", each.keyword}]
    return Broken(payload, found[0]) if len(found) == len(proved) == 1 else None


def outside(values: Sequence[Any]) -> Iterator[Any]:
    """Yield values that are not among *values*, the likeliest mistake first."""
    words = [value for value in values if isinstance(value, str)]
    for value in (*siblings(words), *_recased(words), *(words and (NONSENSE,)), True, False, NONSENSE, 7):
        if not any(value == each and type(value) is type(each) for each in values):
            yield value


def siblings(words: Sequence[str]) -> list[str]:
    """Return what the relatives of *words* are called in FAMILIES and *words* lacks."""
    return [
        value
        for family in FAMILIES
        if not set(family).isdisjoint(words)
        for value in family
        if value not in words
    ]


def _recased(words: Sequence[str]) -> list[str]:
    return [*(word.upper() for word in words), *(word.capitalize() for word in words)]


def _spaced(words: Sequence[str]) -> list[str]:
    return [word.join(around) for around in ((" ", ""), ("", " "), ("", "\n")) for word in words]


def _mistyped(words: Sequence[str]) -> list[str]:
    return [word.replace(right, wrong) for right, wrong in LOOK_ALIKES for word in words if right in word]


KINDS: tuple[Callable[[Sequence[str]], list[str]], ...] = (_recased, _spaced, siblings, _mistyped)
"""The kinds of mistake about a listed word."""


def neighbouring_values(clause: Mapping[str, Any], turn: int = 0, seed: int = 0) -> Iterator[Any]:
    """Yield what is offered to a field with *clause*, but for the first of `outside`, which is a refusal.

    The kinds of mistake take turns, number *turn* first; *seed* says which value begins each kind.
    """
    words = [value for value in clause.get("enum", ()) if isinstance(value, str)]
    if not words:
        kind = "boolean" if False in clause.get("enum", ()) else next(iter(types_of(clause)), "")
        yield from OFFERS.get(kind, ())
        return
    known = {*words, next(outside(words))}
    piles = [
        pile for pile in ([value for value in kind(words) if value not in known] for kind in KINDS) if pile
    ]
    yield from dealt(rotated([rotated(pile, seed) for pile in piles], turn))
    yield from (NONSENSE, "", None)


def rotated(values: Sequence[Any], steps: int) -> list[Any]:
    """Return *values* with the first *steps* of them, counted round and round, at the end."""
    start = steps % max(len(values), 1)
    return [*values[start:], *values[:start]]


def dealt(piles: Iterable[Iterable[Any]]) -> Iterator[Any]:
    """Yield from *piles* in turn, one from each, until all are empty."""
    for each in zip_longest(*piles, fillvalue=ABSENT):
        yield from (value for value in each if value is not ABSENT)


def neighbours(operation: Operation, model: str | None = None, seed: int = 0) -> dict[str, list[Case]]:
    """Return the neighbours of each field's valid values, by field, the model's last; "": of the whole body.

    Each is proved to break one keyword, and must then be refused, or to break none: then the
    contract is silent, and either answer will do, or says by null or by its bounds that it is valid.
    """
    base = base_body(operation, model)
    properties = properties_of(operation, model)
    listed = [name for name, clause in properties.items() if "enum" in clause]
    found: dict[str, list[Case]] = {}
    for name in sorted(properties, key="model".__eq__):
        turn = listed.index(name) if name in listed else 0
        changes = (Change(name, value) for value in neighbouring_values(properties[name], turn, seed))
        cases = (_neighbour(operation, base, properties[name], change) for change in changes)
        found[name] = list({case.name: case for case in cases if case}.values())
    return {**found, "": [_unknown_field(operation, base)]}


def _neighbour(
    operation: Operation, base: Mapping[str, Any], clause: Mapping[str, Any], change: Change
) -> Case | None:
    name = f"neighbour: {pointer([change.name])} {show(change.value)}"
    proof = broken(operation, base, change)
    if proof:
        return refused(operation, name, Phase.NEIGHBOURS, proof)
    payload = change.applied(base)
    if not operation.request.is_valid(payload) or _is_costly(change.value):
        return None
    spoken_for = change.value is None or (_is_whole(change.value) and {"minimum", "maximum"} <= clause.keys())
    return unbroken(operation, name, payload, Expectation.ACCEPTED if spoken_for else Expectation.EITHER)


def _is_costly(value: Any) -> bool:
    return isinstance(value, int) and value > GREATEST_UNBOUNDED


def _is_whole(value: Any) -> bool:
    """Tell whether *value* is written as an integer; 1.0 is one to JSON Schema and none to many decoders."""
    return isinstance(value, int) and not isinstance(value, bool)


def _unknown_field(operation: Operation, base: Mapping[str, Any]) -> Case:
    payload = {**base, "mockfire_unknown_field": True}
    return unbroken(operation, "neighbour: a field that nobody knows", payload, Expectation.EITHER)


def refused(operation: Operation, name: str, phase: Phase, proof: Broken) -> Case:
    """Return the case called *name* whose body is broken as *proof* says.

    It must be refused for that, unless it breaks a rule that a server is not held to.
    """
    binding = proof.violation.source.binding
    return Case(
        name=name,
        phase=phase,
        operation=operation,
        request=post(operation, proof.payload),
        expectation=Expectation.REFUSED if binding else Expectation.EITHER,
        source=proof.violation.source,
        payload=proof.payload,
        broken=proof.violation,
    )


def boundaries(operation: Operation, model: str | None = None) -> Iterator[Case]:
    """Yield valid bodies at the ends of what the contract allows: bounds, longest texts, every field at once.

    Where it says nothing of a text's length, LONG_TEXT characters are sent; that they are taken is inferred.
    """
    base = base_body(operation, model)
    properties = properties_of(operation, model)
    for name, clause in properties.items():
        bounds = {clause[word] for word in ("minimum", "maximum") if word in clause}
        for value in sorted(bounds - {base.get(name)}):
            yield unbroken(operation, f"boundary: /{name} {value}", {**base, name: value})
    for name in text_fields(operation, model):
        longest = properties[name].get("maxLength", LONG_TEXT)
        for kind, letter in (("plain", "heron "), ("astral", "🦩")):
            text = "".join(islice(cycle(letter), longest))
            told = f"boundary: /{name} {len(text)} {kind} characters"
            yield unbroken(operation, told, {**base, name: text})
    full = {name: sample(clause) for name, clause in properties.items()}
    yield unbroken(operation, "boundary: every field at once", {**full, **base})
