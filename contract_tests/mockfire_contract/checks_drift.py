"""Checks of drift: what an answer says beyond its documentation, or leaves out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockfire_contract.breach import Breach
from mockfire_contract.delivery import NOT_JSON, answer_of
from mockfire_contract.findings import Severity
from mockfire_contract.situations import FIRST_REFUSAL
from mockfire_spec import violations
from mockfire_spec.sources import UNKNOWN, Source, read_source
from mockfire_spec.validation import pointer
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockfire_contract.findings import Observation
    from mockfire_spec import Operation


@dataclass(frozen=True, slots=True)
class _Place:
    """One place of an answer: its value, its schema, and what the documented examples hold there."""

    path: tuple[str | int, ...]
    value: Any
    schema: Mapping[str, Any]
    examples: tuple[Any, ...]


def answer_has_no_undocumented_field(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the answer has no field that neither the schema nor a documented example has."""
    told: set[tuple[str, ...]] = set()
    for place in _objects(operation, observation):
        source = read_source(place.schema) or UNKNOWN
        for name in place.value.keys() - _known(place):
            path = (*place.path, name)
            family = tuple(part for part in path if isinstance(part, str))
            if family not in told:
                told.add(family)
                message = f"{name!r} is not documented; it holds {show(place.value[name])}"
                yield Breach(source, pointer(path), message, show(name), "documented fields", Severity.INFO)


def answer_has_no_undocumented_value(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a field whose values the contract lists has one of them."""
    response = observation.exchange.response
    answer, schema = answer_of(response), operation.response_schema(response.status)
    if answer is NOT_JSON or schema is None:
        return
    for violation in violations(schema, answer):
        if violation.keyword == "enum":
            severity = Severity.ERROR if violation.source.documented else Severity.INFO
            came, promised = show(violation.actual), show(violation.expected)
            yield Breach(violation.source, violation.pointer, violation.message, came, promised, severity)


def expected_field_is_there(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the answer has the fields that it may leave out and should have (`x-expected`)."""
    for place in _objects(operation, observation):
        for name in place.schema.get("x-expected", ()):
            if name not in place.value:
                where = pointer((*place.path, name))
                message = f"{name!r} is missing; the documentation shows it, and some servers leave it out"
                source = _clause_of(place.schema, name)
                yield Breach(source, where, message, "nothing", name, Severity.WARNING)


def _clause_of(schema: Mapping[str, Any], name: str) -> Source:
    clause = schema.get("properties", {}).get(name, {})
    return read_source(clause) or read_source(schema) or UNKNOWN


def _objects(operation: Operation, observation: Observation) -> Iterator[_Place]:
    """Yield each object of the answer whose fields the contract describes.

    A refusal that is not the contract's envelope at all has none: MF303 says so.
    """
    response = observation.exchange.response
    schema = operation.response_schema(response.status)
    foreign = response.status >= FIRST_REFUSAL and schema and not schema.is_valid(answer_of(response))
    if schema is not None and not foreign:
        examples = operation.response_examples.get(response.status, ())
        top = _Place((), answer_of(response), schema.definition, examples)
        yield from (place for place in _walk(top) if isinstance(place.value, dict) and _known(place))


def _known(place: _Place) -> set[str]:
    shown = (example.keys() for example in place.examples if isinstance(example, dict))
    return {*place.schema.get("properties", {})}.union(*shown)


def _walk(place: _Place) -> Iterator[_Place]:
    yield place
    if isinstance(place.value, dict):
        for name, value in place.value.items():
            clause = place.schema.get("properties", {}).get(name, {})
            shown = (
                example[name] for example in place.examples if isinstance(example, dict) and name in example
            )
            yield from _walk(_Place((*place.path, name), value, clause, tuple(shown)))
    elif isinstance(place.value, list):
        shown = (item for example in place.examples if isinstance(example, list) for item in example)
        inside = tuple(shown)
        for index, value in enumerate(place.value):
            yield from _walk(_Place((*place.path, index), value, place.schema.get("items", {}), inside))
