"""Validation: the compiled validator and the reference validator agree, and messages say what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockfire_spec import Contract, violations
from mockfire_spec.validation import Schema
from mockfire_spec.wording import listing, say, show

OPERATIONS = {profile: Contract.load(profile).operations[0] for profile in ("documented", "as-served")}

ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)

ENDS = st.sampled_from(["", "\n", "\r\n", "\n\n", "\r", "\u2028", " "])
"""What a value may trail: Python's `$` matches before one last newline, JSON Schema's does not."""


def trailing(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return *words* with an end that is easily overlooked, or none."""
    return st.tuples(words, ENDS).map("".join)


def bodies() -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies near the border of the contract: right values, neighbours and nonsense for each field."""
    clauses = OPERATIONS["as-served"].request_for("gpt-image-1")["properties"]
    near = {
        name: st.sampled_from([*clause.get("enum", ["x", 1]), 0, 11])
        | trailing(st.sampled_from(["512x512", "1024x1024", "auto", "HD", ""]))
        | ODD
        for name, clause in clauses.items()
    }
    models = trailing(st.sampled_from(["gpt-image-1", "gpt-image-1-mini", "gpt-image-2", "cogview"])) | ODD
    return st.fixed_dictionaries({}, optional={**near, "model": models, "prompt": st.text(max_size=5) | ODD})


@pytest.mark.parametrize("profile", OPERATIONS)
@given(body=bodies() | ODD | st.lists(ODD))
@example(body={"model": "gpt-image-2", "prompt": "x", "size": "1024x1024\n"})
def test_the_two_validators_agree(profile: str, body: Any) -> None:
    """The fast path says valid exactly where the reference validator finds nothing."""
    request = OPERATIONS[profile].request

    assert request.is_valid(body) == (not list(request.errors(body)))


@given(size=trailing(st.sampled_from(["auto", "512x512"])), model=trailing(st.just("gpt-image-2")))
def test_the_two_validators_agree_on_the_end_of_a_size(size: str, model: str) -> None:
    """Where all else is right, a size that trails a newline is refused by both."""
    body = {"model": model, "prompt": "x", "size": size}
    request = OPERATIONS["as-served"].request

    assert request.is_valid(body) == (not list(request.errors(body))) == (size in {"auto", "512x512"})


@pytest.mark.parametrize(
    "pattern", ["^a$", "^(a|b)$", "(^a$)|(^b$)", "a$|^b", r"^a\$", r"^a\\$", "^[$a]$", r"^[\]$]$", "^a", "$"]
)
@given(value=trailing(st.sampled_from(["a", "b", "a$", "a\\", "$", "]"])))
def test_the_two_validators_agree_on_where_a_pattern_ends(pattern: str, value: str) -> None:
    """A `$` is the very end of the value, unless it is escaped or in a character class."""
    schema = Schema({"pattern": pattern})

    assert schema.is_valid(value) == (not list(schema.errors(value)))


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
        (
            {"prompt": "x", "model": "gpt-image-2", "size": "1024x1024\n"},
            "/size",
            "'size' must match ^(auto|[1-9][0-9]{0,3}x[1-9][0-9]{0,3})$, got \"1024x1024\\n\"",
        ),
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
