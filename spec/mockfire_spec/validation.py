"""Validation: a compiled fast path that decides, and the reference validator that explains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from mockfire_spec.sources import Source, weakest
from mockfire_spec.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


@dataclass(frozen=True, slots=True)
class Violation:
    """One keyword of a schema that a value breaks.

    *pointer* is the JSON pointer into the value (for a missing property: where it would be),
    *schema_pointer* the one into the schema, *expected* the keyword's own value, *actual* the
    offending value (None where it is missing). *source* is the weakest source on the way to the
    keyword, *refusal* what the schema itself says of a refusal for this keyword (`x-refusal`).
    """

    pointer: str
    keyword: str
    expected: Any
    actual: Any
    message: str
    schema_pointer: str
    source: Source
    refusal: Mapping[str, str] | None = None

    @property
    def field(self) -> str:
        """Return the name of the offending property, or "" for the whole value."""
        return self.pointer.rpartition("/")[2]


class Schema:
    """A JSON Schema 2020-12 without references, compiled where it is first used."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition

    @cached_property
    def _compiled(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(dict(self.definition))

    @cached_property
    def _reference(self) -> Validator:
        from mockfire_spec.reference import reference_validator

        return reference_validator(self.definition)

    def is_valid(self, value: Any) -> bool:
        """Tell whether *value* keeps the schema, by the compiled validator."""
        try:
            return self._compiled.is_valid(value)
        except ValueError:
            # A lone surrogate has no UTF-8: the compiled validator cannot take the value.
            return self._reference.is_valid(value)

    def errors(self, value: Any) -> Iterator[ValidationError]:
        """Yield the reference validator's errors for *value*."""
        yield from self._reference.iter_errors(value)


def violations(schema: Schema, value: Any) -> Iterator[Violation]:
    """Yield what *value* breaks in *schema*, in the order of the schema; nothing where it is valid."""
    if not schema.is_valid(value):
        yield from (_violation(schema.definition, error) for error in schema.errors(value))


def _violation(definition: Mapping[str, Any], error: ValidationError) -> Violation:
    keyword = str(error.validator)
    path = list(error.absolute_path)
    way = list(_way(definition, error.absolute_schema_path))
    if keyword == "required":
        way += _property_clause(way[-1], str(path[-1]))
    actual = None if keyword == "required" else error.instance
    return Violation(
        pointer=pointer(path),
        keyword=keyword,
        expected=error.validator_value,
        actual=actual,
        message=say(keyword, error.validator_value, actual, str(path[-1]) if path else ""),
        schema_pointer=pointer(error.absolute_schema_path),
        source=weakest(way),
        refusal=next(
            (told[keyword] for holder in way if keyword in (told := holder.get("x-refusal", {}))), None
        ),
    )


def _property_clause(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    clause = holder.get("properties", {}).get(name)
    return [] if clause is None else [clause]


def _way(definition: Mapping[str, Any], path: Sequence[str | int]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of the schema that lie on *path*, from the root inwards."""
    node: Any = definition
    for part in path:
        if isinstance(node, dict):
            yield node
        node = node[part]


def pointer(path: Sequence[str | int]) -> str:
    """Return *path* as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
