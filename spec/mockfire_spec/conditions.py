"""Conditions on the model: what a request schema comes down to for one model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockfire_spec.validation import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping


def flatten(definition: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return *definition* with its `allOf` merged in, for a value of which the properties *known* are given.

    An `if` that says nothing but properties of *known* is decided; one that asks for another
    property is left as it is in `allOf`. Lists of values that meet are narrowed, other
    keywords of the later clause win.
    """
    result = {key: value for key, value in definition.items() if key != "allOf"}
    result["properties"] = {
        name: flatten_clause(clause) for name, clause in definition.get("properties", {}).items()
    }
    left: list[Mapping[str, Any]] = []
    for clause in definition.get("allOf", ()):
        if _is_open(clause, known):
            left.append(clause)
        else:
            _merge_properties(result["properties"], _decided(clause, known))
    return {**result, "allOf": left} if left else result


def flatten_clause(clause: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of one property with its `allOf` merged in."""
    result = {key: value for key, value in clause.items() if key != "allOf"}
    for part in clause.get("allOf", ()):
        result = narrowed(result, part)
    return result


def _is_open(clause: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Tell whether the `if` of *clause* asks for a property that is not known."""
    condition = clause.get("if", {})
    asked = {*condition.get("properties", {}), *condition.get("required", ())}
    return not asked <= known.keys()


def _decided(clause: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    if "if" not in clause:
        return clause
    branch = "then" if Schema(clause["if"]).is_valid(dict(known)) else "else"
    decided: Mapping[str, Any] = clause.get(branch, {})
    return decided


def _merge_properties(properties: dict[str, Any], clause: Mapping[str, Any]) -> None:
    for name, narrower in clause.get("properties", {}).items():
        properties[name] = narrowed(properties.get(name, {}), flatten_clause(narrower))


def narrowed(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> dict[str, Any]:
    """Return the clause that demands what both *wide* and *narrow* demand."""
    result = {**wide, **narrow}
    if "enum" in wide and "enum" in narrow:
        result["enum"] = [value for value in wide["enum"] if value in narrow["enum"]]
    return result
