"""Violations of the request, in the words of the gateway and of the upstream behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockfire_server.errors import GATEWAY, INVALID_JSON, Refusal, of_the_gateway, upstream
from mockfire_spec.wording import kind, listing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockfire_spec import Violation

LONGEST_QUOTE = 100
"""Characters of an offending value that a message quotes."""

_GO_KINDS = {str: "string", bool: "bool", list: "array", dict: "object", int: "number", float: "number"}


def first_refusal(broken: Sequence[Violation], definition: Mapping[str, Any]) -> Refusal:
    """Return the refusal for a request that breaks *broken*, in the gateway's order of checks.

    The gateway decodes first, then asks for the prompt; what is left is the upstream's to say
    (new-api 2025-04-11 middleware/distributor.go, relay/relay-image.go).
    """
    return _refusal(min(broken, key=lambda found: _rank(found, definition)), definition)


def _rank(found: Violation, definition: Mapping[str, Any]) -> int:
    decoded = not found.pointer or _decoded_as(found, definition)
    if found.keyword == "type" and decoded and found.actual is not None:
        return 0
    if found.refusal and found.refusal.get("type") == GATEWAY:
        return 1
    return 2 if found.keyword == "type" else 3


def _decoded_as(found: Violation, definition: Mapping[str, Any]) -> str | None:
    clause = definition.get("properties", {}).get(found.field, {})
    decoded: str | None = clause.get("x-decoded-as")
    return decoded


def _refusal(found: Violation, definition: Mapping[str, Any]) -> Refusal:
    if found.refusal:
        return _told(found.refusal, found.field)
    if found.keyword == "type" and found.actual is None:
        return _null(found, definition)
    if not found.pointer:
        return INVALID_JSON.about(
            reason=f"json: cannot unmarshal {_go_kind(found.actual)} into Go value of type dto.ImageRequest"
        )
    decoded = _decoded_as(found, definition)
    if found.keyword == "type" and decoded:
        return _undecodable(found, decoded)
    return _upstream(found)


def _null(found: Violation, definition: Mapping[str, Any]) -> Refusal:
    """Return the refusal of null, which Go's decoder reads as left out."""
    clause = definition.get("properties", {}).get(found.field, {})
    told = clause.get("x-refusal", {}).get("required")
    return _told(told, found.field) if told else _upstream(found)


def _told(told: Mapping[str, str], field: str) -> Refusal:
    if told.get("type") == GATEWAY:
        return of_the_gateway(told["code"], told["message"])
    return upstream(told["code"], told["message"], field)


def _undecodable(found: Violation, decoded: str) -> Refusal:
    """Return what Go's decoder says of a value that does not fit its field."""
    value = f" {found.actual}" if isinstance(found.actual, float) else ""
    place = f"Go struct field ImageRequest.{found.field} of type {decoded}"
    reason = f"json: cannot unmarshal {_go_kind(found.actual)}{value} into {place}"
    # The model is decoded first, by the distributor, which is middleware.
    if found.field == "model":
        return INVALID_JSON.about(reason=reason.replace("ImageRequest", "ModelRequest"))
    return of_the_gateway("invalid_image_request", reason)


def _go_kind(value: Any) -> str:
    return _GO_KINDS.get(type(value), "null")


_UPSTREAM = {
    "required": ("missing_required_parameter", "Missing required parameter: '{field}'."),
    "enum": ("invalid_value", "Invalid value: '{actual}'. Supported values are: {values}."),
    "type": ("invalid_type", "Invalid type for '{field}': expected {types}, but got {kind} instead."),
    "minimum": (
        "integer_below_min_value",
        (
            "Invalid '{field}': integer below minimum value. "
            "Expected a value >= {expected}, but got {actual} instead."
        ),
    ),
    "maximum": (
        "integer_above_max_value",
        (
            "Invalid '{field}': integer above maximum value. "
            "Expected a value <= {expected}, but got {actual} instead."
        ),
    ),
    "minLength": (
        "string_below_min_length",
        (
            "Invalid '{field}': string too short. "
            "Expected a string with minimum length {expected}, but got a string with length {length} instead."
        ),
    ),
    "maxLength": (
        "string_above_max_length",
        (
            "Invalid '{field}': string too long. "
            "Expected a string with maximum length {expected}, but got a string with length {length} instead."
        ),
    ),
}
"""By keyword: code and message of the upstream (OpenAI's images API), which the relay passes through."""

_OTHERWISE = ("invalid_value", "Invalid '{field}': {message}.")


def _upstream(found: Violation) -> Refusal:
    code, sentence = _UPSTREAM.get(found.keyword, _OTHERWISE)
    message = sentence.format(
        field=found.field,
        expected=found.expected,
        actual=_quote(found.actual),
        length=len(found.actual) if isinstance(found.actual, str) else 0,
        values=_values(found.expected),
        types=_types(found.expected),
        kind=kind(found.actual),
        message=found.message,
    )
    return upstream(code, message, found.field)


def _quote(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _values(expected: Any) -> str:
    """Return the allowed values in the upstream's order, which is the alphabet's."""
    values = expected if isinstance(expected, list) else []
    return listing(sorted(str(value) for value in values if value is not None))


def _types(expected: Any) -> str:
    types = [expected] if isinstance(expected, str) else expected if isinstance(expected, list) else []
    return " or ".join(_ARTICLES.get(str(name), f"a {name}") for name in types if name != "null")


_ARTICLES = {"integer": "an integer", "array": "an array", "object": "an object"}
