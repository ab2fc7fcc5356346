"""OpenAPI Overlay 1.0 and 1.1: update, copy and remove actions on a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mockfire_spec.errors import ContractError
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonpath import JSONPathMatch

Node = Any
Demands = Mapping[str, tuple[Callable[[Node], bool], str]]
"""For each field: what its value has to pass, and what that is in words."""

_VERSION = re.compile(r"1\.[01]\.[0-9]+")


def _is_text(node: Node) -> bool:
    return isinstance(node, str)


_OVERLAY: Demands = {
    "overlay": (lambda node: _is_text(node) and bool(_VERSION.fullmatch(node)), "version 1.0.x or 1.1.x"),
    "info": (lambda node: isinstance(node, Mapping), "an object with title and version"),
    "actions": (lambda node: isinstance(node, list) and bool(node), "a list of at least one action"),
}
_INFO: Demands = {"title": (_is_text, "a string"), "version": (_is_text, "a string")}
_ACTION: Demands = {
    "copy": (_is_text, "a string, an RFC 9535 JSONPath"),
    "remove": (lambda node: isinstance(node, bool), "true or false"),
}


def apply(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return *document* with the actions of *overlay* applied in order; neither is changed.

    Raise ContractError where the overlay lacks what it must have, where an action is not one, or
    does not fit what it selects. The rules are those of the Overlay Specification 1.1.0: Overlay
    Object, Info Object, Action Object.
    """
    _check_overlay(overlay)
    result: dict[str, Any] = _tree(dict(document))
    for number, action in enumerate(overlay["actions"], 1):
        try:
            _act(result, action)
        except ContractError as error:
            target = f" ({action.get('target')})" if isinstance(action, Mapping) else ""
            message = f"{overlay['info']['title']}, action {number}{target}: {error}"
            raise ContractError(message) from None
    return result


def _check_overlay(overlay: Node) -> None:
    _check_required("an overlay", overlay, _OVERLAY)
    _check_required("an overlay's info", overlay["info"], _INFO)


def _check_required(what: str, holder: Node, demands: Demands) -> None:
    _check_object(what, holder)
    missing = [name for name in demands if name not in holder]
    if missing:
        raise ContractError(f"{what} needs {', '.join(demands)}; missing: {', '.join(missing)}")
    _check_fields(what, holder, demands)


def _check_object(what: str, holder: Node) -> None:
    if not isinstance(holder, Mapping):
        raise ContractError(f"{what} must be an object, got {show(holder)}")


def _check_fields(what: str, holder: Mapping[str, Any], demands: Demands) -> None:
    for name, (fits, wanted) in demands.items():
        if name in holder and not fits(holder[name]):
            raise ContractError(f"{what} has a wrong {name}: expected {wanted}, got {show(holder[name])}")


def _tree(node: Node) -> Node:
    """Return a copy in which no two places share a node, as a YAML anchor makes them do."""
    if isinstance(node, dict):
        return {key: _tree(value) for key, value in node.items()}
    return [_tree(item) for item in node] if isinstance(node, list) else node


def _act(document: dict[str, Any], action: Node) -> None:
    _check_object("an action", action)
    _check_fields("an action", action, _ACTION)
    targets = _select(document, action)
    if action.get("remove") is True:
        _remove(targets)
    elif "update" in action and "copy" in action:
        raise ContractError("an action has update or copy, not both: split it in two")
    elif "update" in action:
        _update(targets, action["update"])
    elif "copy" in action:
        _update(targets, _source(document, action["copy"]))


def _select(document: dict[str, Any], action: Mapping[str, Any]) -> list[JSONPathMatch]:
    if not isinstance(action.get("target"), str):
        raise ContractError("an action needs a target, an RFC 9535 JSONPath")
    return _query(document, action["target"])


def _query(document: dict[str, Any], path: str) -> list[JSONPathMatch]:
    """Return each node that *path* selects once, however often it does; in a tree a way is one node."""
    from jsonpath import JSONPathEnvironment, JSONPathError

    try:
        found = JSONPathEnvironment(strict=True).finditer(path, document)
        return list({match.parts: match for match in found}.values())
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
    for match in sorted(targets, key=_place, reverse=True):
        if match.parent is None:
            raise ContractError("the root of a document cannot be removed")
        holder: Any = match.parent.obj
        del holder[match.parts[-1]]


def _place(match: JSONPathMatch) -> int:
    """Return a list item's index; a key of an object has no order."""
    last = match.parts[-1] if match.parts else 0
    return last if isinstance(last, int) else 0


def _update(targets: list[JSONPathMatch], update: Node) -> None:
    if len({_kind(match.obj) for match in targets}) > 1:
        raise ContractError("the target selects nodes of different kinds")
    for match in targets:
        _merge_node(match, _tree(update))


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
