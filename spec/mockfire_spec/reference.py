"""The reference validator: jsonschema, with a missing property's own place in each error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.protocols import Validator


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


_Located: type[Validator] = extend(  # type: ignore[no-untyped-call]  # jsonschema types it not
    Draft202012Validator, {"required": _required}
)


def reference_validator(definition: Mapping[str, Any]) -> Validator:
    """Return a JSON Schema 2020-12 validator for *definition* whose errors say where and why."""
    return _Located(definition)
