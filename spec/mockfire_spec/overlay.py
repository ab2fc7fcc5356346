"""OpenAPI Overlay 1.0 and 1.1: update, copy and remove actions on a document."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from mockfire_spec.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonpath import JSONPathMatch

Node = Any


def apply(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return *document* with the actions of *overlay* applied in order; neither is changed.

    Raise ContractError where an action is not one, or does not fit what it selects. The rules
    are those of the Overlay Specification 1.1.0, Action Object.
    """
    result: dict[str, Any] = copy.deepcopy(dict(document))
    for number, action in enumerate(overlay.get("actions", ()), 1):
        try:
            _act(result, action)
        except ContractError as error:
            title = overlay.get("info", {}).get("title", "overlay")
            message = f"{title}, action {number} ({action.get('target')}): {error}"
            raise ContractError(message) from None
    return result


def _act(document: dict[str, Any], action: Mapping[str, Any]) -> None:
    targets = _select(document, action)
    if action.get("remove") is True:
        _remove(targets)
    elif "update" in action:
        _update(targets, action["update"])
    elif "copy" in action:
        _update(targets, _source(document, action["copy"]))
    else:
        raise ContractError("an action has update, copy or remove: true")


def _select(document: dict[str, Any], action: Mapping[str, Any]) -> list[JSONPathMatch]:
    if not isinstance(action.get("target"), str):
        raise ContractError("an action needs a target, an RFC 9535 JSONPath")
    return _query(document, action["target"])


def _query(document: dict[str, Any], path: str) -> list[JSONPathMatch]:
    from jsonpath import JSONPathEnvironment, JSONPathError

    try:
        return list(JSONPathEnvironment(strict=True).finditer(path, document))
    except JSONPathError as error:
        reason = str(error)
        raise ContractError(f"{path!r} is not an RFC 9535 JSONPath: {reason}") from None


def _source(document: dict[str, Any], path: str) -> Node:
    found = _query(document, path)
    if len(found) != 1:
        raise ContractError(f"copy needs exactly one node at {path}, found {len(found)}")
    return found[0].obj


def _remove(targets: list[JSONPathMatch]) -> None:
    """Remove the selected nodes; from a list the last first, so that the places stay true."""
    for match in reversed(targets):
        if match.parent is None:
            raise ContractError("the root of a document cannot be removed")
        holder: Any = match.parent.obj
        del holder[match.parts[-1]]


def _update(targets: list[JSONPathMatch], update: Node) -> None:
    if len({_kind(match.obj) for match in targets}) > 1:
        raise ContractError("the target selects nodes of different kinds")
    for match in targets:
        _merge_node(match, copy.deepcopy(update))


def _merge_node(match: JSONPathMatch, update: Node) -> None:
    if isinstance(match.obj, list):
        match.obj.extend(update if isinstance(update, list) else [update])
    elif isinstance(match.obj, dict) and isinstance(update, dict):
        _merge(match.obj, update)
    elif _kind(match.obj) == _kind(update) == "primitive" and match.parent is not None:
        holder: Any = match.parent.obj
        holder[match.parts[-1]] = update
    else:
        raise ContractError(f"cannot put {_kind(update)} into {_kind(match.obj)}")


def _merge(target: dict[str, Any], update: dict[str, Any]) -> None:
    for key, value in update.items():
        if key not in target:
            target[key] = value
        elif isinstance(target[key], dict) and isinstance(value, dict):
            _merge(target[key], value)
        elif isinstance(target[key], list) and isinstance(value, list):
            target[key].extend(value)
        elif _kind(target[key]) == _kind(value) == "primitive":
            target[key] = value
        else:
            raise ContractError(f"cannot put {_kind(value)} into {_kind(target[key])} at {key!r}")


def _kind(node: Node) -> str:
    if isinstance(node, dict):
        return "object"
    return "array" if isinstance(node, list) else "primitive"


def apply_all(document: Mapping[str, Any], overlays: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return *document* with all *overlays* applied, each to the result of the one before."""
    result = dict(document)
    for overlay in overlays:
        result = apply(result, overlay)
    return result
