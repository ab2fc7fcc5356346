"""Overlays at the edges: nodes selected twice, any order of places, and what is no overlay at all."""

from __future__ import annotations

from typing import Any

import pytest

from mockfire_spec.errors import ContractError
from mockfire_spec.overlay import apply

INFO = {"title": "Test", "version": "1"}
UPDATE = {"target": "$.o", "update": {"seen": True}}


def overlay(*actions: Any) -> dict[str, Any]:
    """Return an overlay of these actions."""
    return {"overlay": "1.1.0", "info": INFO, "actions": list(actions)}


@pytest.mark.parametrize(
    ("target", "left"),
    [
        ("$.l[2,0]", ["b", "d"]),
        ("$.l[0,2]", ["b", "d"]),
        ("$.l[0,0]", ["b", "c", "d"]),
        ("$.l[-1,3]", ["a", "b", "c"]),
        ("$.l[?@ == 'b', 1]", ["a", "c", "d"]),
        ("$.l[::-1]", []),
        ("$.l[::-2]", ["a", "c"]),
    ],
)
def test_remove_takes_each_selected_item_once(target: str, left: list[str]) -> None:
    """Whatever the order and however often a place is selected, just the selected items go."""
    assert left == apply({"l": ["a", "b", "c", "d"]}, overlay({"target": target, "remove": True}))["l"]


def test_remove_takes_a_key_that_is_selected_twice() -> None:
    """A property goes once."""
    found = apply({"o": {"a": 1, "b": 2}}, overlay({"target": "$.o['a','a']", "remove": True}))

    assert found == {"o": {"b": 2}}


def test_remove_reaches_into_several_lists_at_once() -> None:
    """Each list keeps what was not selected, also where one list lies in another."""
    document = {"l": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}

    assert apply(document, overlay({"target": "$.l[*][2,0]", "remove": True})) == {"l": [[2], [5], [8]]}
    assert apply(document, overlay({"target": "$.l..[0]", "remove": True})) == {"l": [[5, 6], [8, 9]]}


@pytest.mark.parametrize("action", [{"update": [9]}, {"copy": "$.more"}, {"copy": "$['more','more']"}])
def test_a_node_that_is_selected_twice_is_merged_into_once(action: dict[str, Any]) -> None:
    """An array that the target names twice gets the new items once; a source named twice is one node."""
    found = apply({"l": [1], "more": [9]}, overlay({"target": "$['l','l']", **action}))

    assert found["l"] == [1, 9]


def test_what_an_anchor_shares_is_changed_in_one_place() -> None:
    """A node that a YAML anchor puts at two places is two nodes: only the selected one changes."""
    shared: dict[str, Any] = {"tags": []}
    actions = (
        {"target": "$", "update": {"c": shared, "d": shared}},
        {"target": "$['a','c'].tags", "update": "new"},
    )

    found = apply({"a": shared, "b": shared}, overlay(*actions))

    assert [found[name]["tags"] for name in "abcd"] == [["new"], [], ["new"], []]


def test_remove_wins_over_update_and_copy() -> None:
    """Update and copy have no impact where remove is true (Action Object)."""
    action = {"target": "$.o", "remove": True, "update": {"a": 1}, "copy": "$.p"}

    assert apply({"o": {}, "p": 1}, overlay(action)) == {"p": 1}


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "1.0.12", "1.1.3"])
def test_both_released_versions_are_applied(version: str) -> None:
    """Overlays of 1.0 and of 1.1, with any patch number, are applied."""
    assert apply({"o": {}}, overlay(UPDATE) | {"overlay": version}) == {"o": {"seen": True}}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (None, "an overlay must be an object, got null"),
        ([UPDATE], "an overlay must be an object, got ["),
        ({}, "missing: overlay, info, actions"),
        ({"actions": [UPDATE]}, "missing: overlay, info"),
        ({"overlay": "1.1.0", "info": INFO}, "missing: actions"),
        (overlay(UPDATE) | {"overlay": "2.0.0"}, 'expected version 1.0.x or 1.1.x, got "2.0.0"'),
        (overlay(UPDATE) | {"overlay": "1.10.0"}, 'got "1.10.0"'),
        (overlay(UPDATE) | {"overlay": 1.1}, "got 1.1"),
        (overlay(UPDATE) | {"info": None}, "expected an object with title and version, got null"),
        (overlay(UPDATE) | {"info": {"title": "x"}}, "missing: version"),
        (overlay(UPDATE) | {"info": INFO | {"title": 5}}, "wrong title: expected a string, got 5"),
        (overlay(UPDATE) | {"actions": None}, "expected a list of at least one action, got null"),
        (overlay(UPDATE) | {"actions": {"0": UPDATE}}, "expected a list of at least one action"),
        (overlay(), "expected a list of at least one action, got []"),
        (overlay(UPDATE, None), "Test, action 2: an action must be an object, got null"),
        (overlay("remove"), 'Test, action 1: an action must be an object, got "remove"'),
        (overlay(UPDATE | {"copy": "$.o"}), "Test, action 1 ($.o): an action has update or copy, not both"),
        (
            overlay({"target": "$.o", "copy": None}),
            "wrong copy: expected a string, an RFC 9535 JSONPath, got null",
        ),
        (overlay({"target": "$.o", "remove": "yes"}), 'wrong remove: expected true or false, got "yes"'),
        (overlay({"target": 5, "remove": True}), "Test, action 1 (5): an action needs a target"),
        (overlay({"target": "o", "remove": True}), "not an RFC 9535 JSONPath"),
    ],
)
def test_what_is_no_overlay_is_refused_with_a_sentence(wrong: Any, words: str) -> None:
    """Each fault of the overlay itself is a ContractError that says what is missing or wrong."""
    with pytest.raises(ContractError) as caught:
        apply({"o": {}}, wrong)

    assert words in str(caught.value)
