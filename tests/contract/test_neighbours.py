"""Neighbours are what a validator's author forgets; each is proved to break one keyword, or none."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.cases import Case, Expectation
from mockfire_contract.covering import base_body
from mockfire_contract.neighbours import (
    ABSENT,
    Change,
    boundaries,
    broken,
    dealt,
    neighbouring_values,
    neighbours,
    outside,
    rotated,
    siblings,
)
from mockfire_spec import Contract, violations
from mockfire_spec.documents import effective_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_spec import Operation

PROFILES = ("documented", "as-served")
DOCUMENTS = {profile: effective_document(profile) for profile in PROFILES}
QUALITY = {"type": "string", "enum": ["auto", "high", "medium", "low"]}


def operation_of(profile: str, edit: Callable[[dict[str, Any]], object] | None = None) -> Operation:
    """Return the first operation of *profile*, its document changed by *edit*."""
    document = deepcopy(DOCUMENTS[profile])
    if edit:
        edit(document)
    return Contract(document, profile).operations[0]


def offered(operation: Operation, name: str, model: str | None = None) -> dict[str, Case]:
    """Return the neighbours of the field *name*, by what the name of each case says of its value."""
    start = len(f"neighbour: /{name} ")
    return {case.name[start:]: case for case in neighbours(operation, model)[name]}


@pytest.mark.parametrize("model", [None, "gpt-image-2", "dall-e-3"])
@pytest.mark.parametrize("profile", PROFILES)
def test_neighbour_breaks_one_keyword_or_none(profile: str, model: str | None) -> None:
    """A neighbour's one violation is what it claims; it must be refused only for a rule that binds."""
    operation = operation_of(profile)
    for name, cases in neighbours(operation, model).items():
        for case in cases:
            found = list(violations(operation.request, case.payload))

            binding = bool(case.broken and case.broken.source.binding)

            assert ([case.broken] if case.broken else []) == found
            assert binding == (case.expectation is Expectation.REFUSED)
            assert {name} == {violation.field for violation in found} or not found


@pytest.mark.parametrize("profile", PROFILES)
def test_every_field_has_neighbours(profile: str) -> None:
    """No field is without, the model's come last, and the body as a whole has its own."""
    operation = operation_of(profile)
    fields = [*operation.request.definition["properties"]]
    found = neighbours(operation)

    assert [*fields[1:], fields[0], ""] == [*found]
    assert all(found.values())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("prompt", {'""', "null", "7", "true", '["a heron"]', '{"text": "a heron"}', '" "'}),
        ("n", {'"1"', "1.5", "1.0", "true", "-1", "0", "[1]", '""', '"one"'}),
        ("size", {'" 1024x1024"', '"1024X1024"', '"1024×1024"', '"256x256"', '"1792x1024"', '"1024x1792"'}),
        ("quality", {'"HIGH"', '"High"', '"high "', '"standard"', '""'}),
        ("response_format", {'"URL"', '"b64-json"', '"url\\n"', '"base64"', '"no-such-value"'}),
        ("background", {'"TRANSPARENT"', '"none"'}),
        ("moderation", {'"LOW"', '"medium"', '"high"'}),
        ("model", {'""', "null", "7"}),
    ],
)
@pytest.mark.parametrize("profile", PROFILES)
def test_forgotten_values_are_offered(profile: str, name: str, values: set[str]) -> None:
    """Relatives' values, case, white space, look-alikes, strings for numbers, and other types."""
    assert values <= offered(operation_of(profile), name).keys()


@pytest.mark.parametrize(
    ("profile", "name", "value", "expectation"),
    [
        ("documented", "prompt", '""', Expectation.EITHER),
        ("as-served", "prompt", '""', Expectation.REFUSED),
        ("as-served", "prompt", '" "', Expectation.EITHER),
        ("documented", "n", "null", Expectation.REFUSED),
        ("as-served", "n", "null", Expectation.ACCEPTED),
        ("documented", "n", "0", Expectation.EITHER),
        ("as-served", "n", "0", Expectation.REFUSED),
        ("documented", "n", "1.0", Expectation.EITHER),
        ("as-served", "n", "1.0", Expectation.EITHER),
        ("as-served", "n", "true", Expectation.REFUSED),
        ("as-served", "size", "null", Expectation.ACCEPTED),
        ("as-served", "stream", '"true"', Expectation.REFUSED),
        ("as-served", "stream", "0", Expectation.REFUSED),
        ("as-served", "partial_images", "0", Expectation.ACCEPTED),
        ("documented", "model", '""', Expectation.EITHER),
    ],
)
def test_silence_of_the_contract_leaves_it_open(
    profile: str, name: str, value: str, expectation: Expectation
) -> None:
    """What the contract neither forbids nor names may be answered either way."""
    assert expectation == offered(operation_of(profile), name)[value].expectation


def test_great_number_is_sent_only_where_it_is_forbidden() -> None:
    """Where the contract gives no bound, nobody is asked for a billion pictures."""
    assert "1000000000000" in offered(operation_of("as-served"), "n")
    assert "1000000000000" not in offered(operation_of("documented"), "n")


def test_field_that_nobody_knows_is_left_open() -> None:
    """The contract does not forbid other fields."""
    (case,) = neighbours(operation_of("documented"))[""]

    assert case.expectation == Expectation.EITHER
    assert {"mockfire_unknown_field"} == case.payload.keys() - base_body(operation_of("documented")).keys()


def test_value_that_joins_a_list_gets_neighbours() -> None:
    """A value written into the document is mistyped in each way, with no code touched."""

    def allow(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Quality"]["enum"].append("extra_fine")

    assert {'"EXTRA_FINE"', '" extra_fine"', '"extra-fine"'} <= offered(
        operation_of("documented", allow), "quality"
    ).keys()


def test_kinds_of_mistake_take_turns() -> None:
    """Fields begin with different mistakes, so that a few requests try them all."""
    firsts = [next(neighbouring_values({"enum": ["url", "b64_json"]}, turn)) for turn in range(4)]

    assert firsts == ["URL", " url", "base64", "b64-json"]


def test_seed_turns_values_and_keeps_the_kind() -> None:
    """Another seed tries another value of the same mistake."""
    firsts = [next(neighbouring_values(QUALITY, 0, seed)) for seed in range(4)]

    assert firsts == ["AUTO", "HIGH", "MEDIUM", "LOW"]


def test_first_outsider_is_left_to_the_refusals() -> None:
    """The likeliest wrong value is sent as the list's own refusal, so it is no neighbour."""
    assert next(outside(QUALITY["enum"])) == "hd"
    assert "hd" not in {*neighbouring_values(QUALITY)}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1024x1024"], "512x512"),
        (["png"], "jpg"),
        (["alpha", "beta"], "ALPHA"),
        (["7"], "no-such-value"),
        ([False, None], True),
        ([True, False], "no-such-value"),
        ([1, 0], True),
        ([], True),
    ],
)
def test_outsider_is_the_likeliest_mistake(values: list[Any], expected: Any) -> None:
    """Relatives first, then another case, then nonsense; true is not 1."""
    first = next(outside(values))

    assert (expected, type(expected)) == (first, type(first))


def test_list_without_relatives_has_no_siblings() -> None:
    """Only lists that share a value are relatives."""
    assert siblings(["alpha"]) == []
    assert siblings(["vivid"]) == ["natural"]


def test_change_leaves_the_body_as_it_is() -> None:
    """A change makes a new body: a value set, a field gone, or another body altogether."""
    body = {"a": 1, "b": 2}

    assert Change("a", 7).applied(body) == {"a": 7, "b": 2}
    assert Change("a", ABSENT).applied(body) == {"b": 2}
    assert Change("c", 4, given={"b": 3}).applied(body) == {"a": 1, "b": 3, "c": 4}
    assert Change("", []).applied(body) == []
    assert body == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "change",
    [
        Change("size", "1024x1024"),
        Change("size", 7),
        Change("size", "512x512", "type"),
        Change("size", "512x512", given={"quality": "hd"}),
        Change("moderation", "low", given={"quality": "hd"}),
    ],
)
def test_change_that_breaks_otherwise_is_no_proof(change: Change) -> None:
    """Nothing broken, two keywords, another keyword, two fields, another field: none of them will do."""
    operation = operation_of("documented")

    assert broken(operation, base_body(operation), change) is None


def test_rotation_comes_round() -> None:
    """Values turn and none is lost, even where there are none."""
    assert rotated([1, 2, 3], 4) == [2, 3, 1]
    assert rotated([], 4) == []


def test_piles_are_dealt_in_turn() -> None:
    """One from each pile, until the longest is empty; null is a value like any other."""
    assert list(dealt([["a", None, "c"], [], [1, 2]])) == ["a", 1, None, 2, "c"]


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        ("documented", []),
        (
            "as-served",
            [
                "/n 10",
                "/output_compression 0",
                "/output_compression 100",
                "/partial_images 0",
                "/partial_images 3",
            ],
        ),
    ],
)
def test_boundaries_are_the_contracts_own(profile: str, names: list[str]) -> None:
    """Bounds, the longest prompts in two alphabets, and every field at once: all valid."""
    operation = operation_of(profile)
    found = {case.name.removeprefix("boundary: "): case for case in boundaries(operation)}
    texts = ["/prompt 32000 plain characters", "/prompt 32000 astral characters"]

    assert [*names, *texts, "every field at once"] == [*found]
    assert all(operation.request.is_valid(case.payload) for case in found.values())
    assert {32_000} == {len(found[name].payload["prompt"]) for name in texts}
    assert not any(found[name].source.documented for name in texts)
    assert operation.request.definition["properties"].keys() == found["every field at once"].payload.keys()
