"""Validation: the compiled validator and the reference validator agree, and messages say what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockfire_spec import Contract, violations
from mockfire_spec.wording import listing, say, show

OPERATIONS = {profile: Contract.load(profile).operations[0] for profile in ("documented", "as-served")}

ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)


def bodies() -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies near the border of the contract: right values, neighbours and nonsense for each field."""
    clauses = OPERATIONS["as-served"].request_for("gpt-image-1")["properties"]
    near = {
        name: st.sampled_from([*clause.get("enum", ["x", 1]), "512x512", "HD", "", 0, 11]) | ODD
        for name, clause in clauses.items()
    }
    models = st.sampled_from(["gpt-image-1", "gpt-image-1-mini", "gpt-image-2", "cogview"]) | ODD
    return st.fixed_dictionaries({}, optional={**near, "model": models, "prompt": st.text(max_size=5) | ODD})


@pytest.mark.parametrize("profile", OPERATIONS)
@given(body=bodies() | ODD | st.lists(ODD))
def test_the_two_validators_agree(profile: str, body: Any) -> None:
    """The fast path says valid exactly where the reference validator finds nothing."""
    request = OPERATIONS[profile].request

    assert request.is_valid(body) == (not list(request.errors(body)))


@given(body=bodies())
def test_the_two_validators_agree_on_answers(body: Any) -> None:
    """The answer's schema is judged alike too."""
    answer = OPERATIONS["as-served"].responses[200]
    value = {"data": [body], "created": body.get("n"), "usage": body.get("user")}

    assert answer.is_valid(value) == (not list(answer.errors(value)))


def test_a_lone_surrogate_is_judged_all_the_same() -> None:
    """A string that has no UTF-8 does not trip the compiled validator."""
    assert list(violations(OPERATIONS["as-served"].request, {"prompt": "\ud800"})) == []


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ({"prompt": 5}, "/prompt", "'prompt' must be of type string, got an integer: 5"),
        ({"prompt": "x", "n": 11}, "/n", "'n' must be at most 10, got 11"),
        ({"prompt": ""}, "/prompt", "'prompt' must have at least 1 characters, got 0"),
        ({"prompt": "x", "moderation": "high"}, "/moderation", '\'moderation\' must be one of "low", "auto"'),
        ([], "", "the value must be of type object, got an array: []"),
        ({}, "/prompt", "'prompt' is required and missing"),
    ],
)
def test_a_message_says_what_came_and_what_was_expected(body: Any, pointer: str, message: str) -> None:
    """Each violation names its place, its demand and what came instead."""
    found = next(violations(OPERATIONS["as-served"].request, body))

    assert pointer == found.pointer
    assert found.message.startswith(message)


def test_a_long_value_is_shown_short() -> None:
    """A message shows the start of a long value and how long it is."""
    assert show("x" * 99).endswith("… (101 characters)")


@pytest.mark.parametrize(
    ("values", "spoken"),
    [(["a"], "'a'"), (["a", "b"], "'a' and 'b'"), (["a", None, "b", "c"], "'a', 'b', and 'c'")],
)
def test_a_list_is_spoken_as_the_upstream_does(values: list[Any], spoken: str) -> None:
    """Values are listed with commas and an "and"; null is not a value to offer."""
    assert spoken == listing(values)


def test_an_unknown_keyword_is_named() -> None:
    """A keyword without a sentence of its own is named with its value."""
    assert (
        say("uniqueItems", expected=True, actual=[1, 1], name="tags")
        == "'tags' breaks uniqueItems: true, got [1, 1]"
    )
