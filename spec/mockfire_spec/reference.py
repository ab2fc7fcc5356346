"""The reference validator: jsonschema, with a missing property's place and JSON Schema's own `$`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.protocols import Validator

_END = re.compile(r"(?s)\\.|\[(?:\\.|[^\]\\])*\]|\$")
"""An escape, a character class, or a `$` that is neither: an end."""


def _required(
    validator: Validator,
    required: list[str],
    instance: Any,
    schema: Mapping[str, Any],
) -> Iterator[ValidationError]:
    """Yield an error at the place of each property that is missing."""
    del schema
    if validator.is_type(instance, "object"):
        for name in required:
            if name not in instance:
                yield ValidationError(f"{name!r} is missing", path=[name])


@lru_cache(maxsize=64)
def _compile(pattern: str) -> re.Pattern[str]:
    """Return *pattern* with `$` as the very end: Python's also matches before a last newline.

    JSON Schema 2020-12 asks for ECMA-262, where `$` without flags is the end of the input alone.
    """
    return re.compile(_END.sub(lambda part: r"\Z" if part[0] == "$" else part[0], pattern))


def _pattern(
    validator: Validator,
    pattern: str,
    instance: Any,
    schema: Mapping[str, Any],
) -> Iterator[ValidationError]:
    """Yield an error where a string does not match."""
    del schema
    if validator.is_type(instance, "string") and not _compile(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Located: type[Validator] = extend(  # type: ignore[no-untyped-call]  # jsonschema types it not
    Draft202012Validator, {"required": _required, "pattern": _pattern}
)


def reference_validator(definition: Mapping[str, Any]) -> Validator:
    """Return a JSON Schema 2020-12 validator for *definition* whose errors say where and why."""
    return _Located(definition)
