"""What is said of a value that breaks a keyword: what came, and what was expected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 60
"""Characters of a value that a message shows."""

JSON_NAMES = {
    str: "a string",
    bool: "a boolean",
    type(None): "null",
    list: "an array",
    dict: "an object",
}


def show(value: Any) -> str:
    """Return *value* as short JSON text for a message."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def printable(text: str) -> str:
    """Return *text* with every character that could steer a terminal or break XML written as an escape."""
    return "".join(
        part if part.isprintable() else part.encode("unicode_escape").decode("ascii") for part in text
    )


def kind(value: Any) -> str:
    """Return the name of *value*'s JSON type, with its article."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "an integer" if isinstance(value, int) else "a number"
    return JSON_NAMES[type(value)]


def listing(values: list[Any]) -> str:
    """Return *values* as a spoken list, in the words of the upstream: 'a', 'b', and 'c'."""
    names = [f"'{value}'" for value in values if value is not None]
    if len(names) < 2:  # noqa: PLR2004 - a list of one has no "and"
        return "".join(names)
    comma = "," if len(names) > 2 else ""  # noqa: PLR2004 - a list of two has no comma
    return f"{', '.join(names[:-1])}{comma} and {names[-1]}"


def _type(expected: str | list[str]) -> str:
    return " or ".join([expected] if isinstance(expected, str) else expected)


_CLAIMS: dict[str, Callable[[Any, Any], str]] = {
    "type": lambda expected, actual: f"must be of type {_type(expected)}, got {kind(actual)}: {show(actual)}",
    "enum": lambda expected, actual: f"must be one of {', '.join(map(show, expected))}; got {show(actual)}",
    "const": lambda expected, actual: f"must be {show(expected)}, got {show(actual)}",
    "required": lambda _expected, _actual: "is required and missing",
    "minimum": lambda expected, actual: f"must be at least {expected}, got {show(actual)}",
    "maximum": lambda expected, actual: f"must be at most {expected}, got {show(actual)}",
    "minLength": lambda expected, actual: f"must have at least {expected} characters, got {len(actual)}",
    "maxLength": lambda expected, actual: f"must have at most {expected} characters, got {len(actual)}",
    "pattern": lambda expected, actual: f"must match {expected}, got {show(actual)}",
    "minItems": lambda expected, actual: f"must have at least {expected} items, got {len(actual)}",
    "maxItems": lambda expected, actual: f"must have at most {expected} items, got {len(actual)}",
}


def say(keyword: str, expected: Any, actual: Any, name: str) -> str:
    """Return a sentence on *actual*, the value called *name*, that breaks *keyword*."""
    claim = _CLAIMS.get(keyword)
    subject = f"'{name}'" if name else "the value"
    if claim is None:
        return f"{subject} breaks {keyword}: {show(expected)}, got {show(actual)}"
    return f"{subject} {claim(expected, actual)}"
