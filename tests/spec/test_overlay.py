"""Overlays: update, copy and remove as the Overlay Specification has them."""

from __future__ import annotations

from typing import Any

import pytest

from mockfire_spec.errors import ContractError
from mockfire_spec.overlay import apply


def overlay(*actions: dict[str, Any]) -> dict[str, Any]:
    """Return an overlay of these actions."""
    return {"overlay": "1.1.0", "info": {"title": "Test", "version": "1"}, "actions": list(actions)}


TWO_PATHS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "An API", "version": "1"},
    "paths": {
        "/items": {"get": {"parameters": [{"name": "dummy", "in": "query"}], "tags": ["dummy", "kept"]}},
        "/some-items": {"delete": {"responses": {}}},
    },
}


def test_structured_update_merges_into_the_root() -> None:
    """One action that mirrors the document updates it in many places (Structured Overlay)."""
    update = {"info": {"x-overlay-applied": "structured"}, "paths": {"/items": {"get": {"summary": "All"}}}}

    found = apply(TWO_PATHS, overlay({"target": "$", "update": update}))

    assert found["info"] == {"title": "An API", "version": "1", "x-overlay-applied": "structured"}
    assert found["paths"]["/items"]["get"]["summary"] == "All"
    assert found["paths"]["/items"]["get"]["tags"] == ["dummy", "kept"]


def test_targeted_update_replaces_a_primitive() -> None:
    """A primitive target is replaced by a primitive (Targeted Overlay)."""
    found = apply(TWO_PATHS, overlay({"target": "$.info.title", "update": "Another"}))

    assert found["info"]["title"] == "Another"


def test_wildcard_update_reaches_every_match() -> None:
    """One action updates everything that its target selects (Wildcard Overlay)."""
    found = apply(TWO_PATHS, overlay({"target": "$.paths.*.*", "update": {"x-safe": True}}))

    assert [
        found["paths"]["/items"]["get"]["x-safe"],
        found["paths"]["/some-items"]["delete"]["x-safe"],
    ] == [True, True]


def test_update_of_an_array_appends() -> None:
    """An object is appended to a selected array, an array is concatenated (Array Modification)."""
    one = {"name": "newParam", "in": "query"}

    found = apply(
        TWO_PATHS,
        overlay(
            {"target": "$.paths.*.get.parameters", "update": one},
            {"target": "$.paths.*.get.tags", "update": ["a", "b"]},
        ),
    )

    assert found["paths"]["/items"]["get"]["parameters"][-1] == one
    assert found["paths"]["/items"]["get"]["tags"] == ["dummy", "kept", "a", "b"]


def test_remove_takes_matching_items_out_of_an_array() -> None:
    """A filter removes objects and primitives from arrays (Array Modification)."""
    found = apply(
        TWO_PATHS,
        overlay(
            {"target": "$.paths.*.get.parameters[?@.name == 'dummy']", "remove": True},
            {"target": "$.paths.*.get.tags[?@ == 'dummy']", "remove": True},
        ),
    )

    assert found["paths"]["/items"]["get"] == {"parameters": [], "tags": ["kept"]}


def test_remove_of_several_items_removes_just_those() -> None:
    """Places in an array stay true while several of its items go."""
    found = apply({"a": [1, 2, 3, 4]}, overlay({"target": "$.a[?@ == 1 || @ == 3]", "remove": True}))

    assert found == {"a": [2, 4]}


def test_traits_are_applied_where_they_are_named() -> None:
    """An extension in the document says where an update goes (Traits)."""
    document = {
        "paths": {
            "/items": {"get": {"x-oai-traits": ["paged"]}},
            "/items/{id}/subitems": {"get": {"x-oai-traits": ["paged"], "parameters": [{"name": "id"}]}},
            "/other": {"get": {}},
        }
    }
    update = {"parameters": [{"name": "top"}, {"name": "skip"}]}

    found = apply(
        document,
        overlay({"target": "$.paths[?(@.get['x-oai-traits'][?(@ == 'paged')])].get", "update": update}),
    )["paths"]

    assert [item["name"] for item in found["/items"]["get"]["parameters"]] == ["top", "skip"]
    assert [item["name"] for item in found["/items/{id}/subitems"]["get"]["parameters"]] == [
        "id",
        "top",
        "skip",
    ]
    assert found["/other"]["get"] == {}


def test_copy_merges_one_node_into_another() -> None:
    """A copy takes its value from the document itself (Simple Copy, Overlay 1.1)."""
    found = apply(TWO_PATHS, overlay({"target": '$.paths["/some-items"]', "copy": '$.paths["/items"]'}))

    assert sorted(found["paths"]["/some-items"]) == ["delete", "get"]
    assert found["paths"]["/items"] == TWO_PATHS["paths"]["/items"]


def test_a_later_action_sees_what_an_earlier_one_did() -> None:
    """Ensure the target exists, copy into it, remove the source: a move (Move example, Overlay 1.1)."""
    found = apply(
        TWO_PATHS,
        overlay(
            {"target": "$.paths", "update": {"/new": {}}},
            {"target": '$.paths["/new"]', "copy": '$.paths["/items"]'},
            {"target": '$.paths["/items"]', "remove": True},
        ),
    )

    assert sorted(found["paths"]) == ["/new", "/some-items"]


def test_a_target_without_match_changes_nothing() -> None:
    """An action that selects nothing succeeds."""
    assert apply(TWO_PATHS, overlay({"target": "$.nowhere", "update": {"a": 1}})) == TWO_PATHS


def test_an_action_with_a_target_alone_changes_nothing() -> None:
    """The Overlay Specification's own suite has such actions, and calls them valid."""
    assert apply(TWO_PATHS, overlay({"target": "$.info"})) == TWO_PATHS


def test_the_document_itself_is_left_alone() -> None:
    """Applying an overlay makes a new document."""
    before = repr(TWO_PATHS)

    apply(TWO_PATHS, overlay({"target": "$.info", "update": {"x": 1}}))

    assert before == repr(TWO_PATHS)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"target": "$.info", "update": "text"}, "cannot put primitive into object"),
        ({"target": "$", "update": {"info": ["list"]}}, "cannot put array into object at 'info'"),
        ({"target": "$..*", "update": {}}, "different kinds"),
        ({"target": "$", "remove": True}, "root"),
        ({"update": {}}, "needs a target"),
        ({"target": "paths[", "update": {}}, "not an RFC 9535 JSONPath"),
        ({"target": "$.info", "copy": "$.paths.*"}, "exactly one node"),
    ],
)
def test_a_wrong_action_is_named(action: dict[str, Any], words: str) -> None:
    """A wrong action is refused with its number and its reason."""
    with pytest.raises(ContractError, match="Test, action 1") as caught:
        apply(TWO_PATHS, overlay(action))

    assert words in str(caught.value)
