"""Covering arrays hold every combination of the contract's values, on bodies that the contract allows."""

from __future__ import annotations

from copy import deepcopy
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.covering import (
    LONG_PROMPT,
    accepted_source,
    base_body,
    factors,
    listed_for_some,
    model_under_test,
    post,
    properties_of,
    rows,
    sample,
    text_fields,
    unbroken,
)
from mockfire_spec import Contract, ContractError
from mockfire_spec.documents import effective_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockfire_spec import Operation

PROFILES = ("documented", "as-served")
DOCUMENTS = {profile: effective_document(profile) for profile in PROFILES}
MODELS = (None, "gpt-image-1-mini", "gpt-image-2", "dall-e-3")


def operation_of(profile: str, edit: Callable[[dict[str, Any]], object] | None = None) -> Operation:
    """Return the first operation of *profile*, its document changed by *edit*."""
    document = deepcopy(DOCUMENTS[profile])
    if edit:
        edit(document)
    return Contract(document, profile).operations[0]


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas of *document*, by name."""
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def without_example(document: dict[str, Any]) -> None:
    """Take the documented example away."""
    content = document["paths"]["/v1/images/generations"]["post"]["requestBody"]["content"]
    del content["application/json"]["examples"]


def combined(levels: Mapping[str, list[Any]], strength: int) -> set[tuple[Any, ...]]:
    """Return every combination of the values of *strength* fields, each as name and value pairs."""
    return {
        tuple(zip(names, values, strict=True))
        for names in combinations(levels, strength)
        for values in product(*(levels[name] for name in names))
    }


def held(found: list[dict[str, Any]], strength: int) -> set[tuple[Any, ...]]:
    """Return the combinations of *strength* values that the rows *found* hold."""
    return {each for row in found for each in combinations(row.items(), strength)}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("strength", "number", "total"), [(1, 4, 16), (2, 16, 101), (3, 54, 314)])
def test_rows_hold_every_combination(profile: str, strength: int, number: int, total: int) -> None:
    """Few rows hold each value, pair or triple of the page's lists; 16 for pairs is the least there can be."""
    operation = operation_of(profile)
    found = rows(operation, strength=strength)
    wanted = combined(factors(operation), strength)

    assert (number, total) == (len(found), len(wanted))
    assert wanted == held(found, strength)


@pytest.mark.parametrize("profile", PROFILES)
def test_first_row_is_the_documented_example(profile: str) -> None:
    """The page's own request costs no call of its own: it is a row of the array."""
    operation = operation_of(profile)
    (example,) = operation.request_examples

    assert {name: example[name] for name in factors(operation)} == rows(operation)[0]


def test_rows_are_the_same_each_time() -> None:
    """Nothing about the rows is left to chance."""
    assert rows(operation_of("as-served"), wide=True) == rows(operation_of("as-served"), wide=True)


@pytest.mark.parametrize("profile", PROFILES)
def test_value_that_joins_a_list_joins_the_rows(profile: str) -> None:
    """A value written into the document is combined with every other, with no code touched."""
    operation = operation_of(profile, lambda document: schemas(document)["Size"]["enum"].append("3x3"))
    found = rows(operation)

    assert combined(factors(operation), 2) == held(found, 2)
    assert {"3x3"} == {row["size"] for row in found} - {*rows_values("size", profile)}


def rows_values(name: str, profile: str) -> set[Any]:
    """Return the values of the field *name* in the rows of the unchanged *profile*."""
    return {row[name] for row in rows(operation_of(profile))}


def test_only_lists_of_the_page_are_narrow() -> None:
    """Fields that the page does not name are for the wide rows; null is none of a list's values."""
    operation = operation_of("as-served")
    narrow, wide = factors(operation), factors(operation, wide=True)

    assert [*narrow] == ["response_format", "size", "background", "quality", "moderation"]
    assert {name: values for name, values in wide.items() if name not in narrow} == {
        "output_format": ["png", "jpeg", "webp"],
        "stream": [False],
    }


def test_booleans_are_listed_values_too() -> None:
    """A field of booleans has two values, in wide rows."""
    operation = operation_of(
        "as-served",
        lambda document: schemas(document)["ImageRequest"]["properties"].update(upscale={"type": "boolean"}),
    )

    assert factors(operation, wide=True)["upscale"] == [False, True]
    assert "upscale" not in factors(operation)


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_wide_rows_hold_what_may_be_sent_together(strength: int) -> None:
    """Every combination but the forbidden one is there: no format but png and webp can be see-through."""
    operation = operation_of("as-served")
    found = rows(operation, strength=strength, wide=True)
    forbidden = {("background", "transparent"), ("output_format", "jpeg")}
    wanted = combined(factors(operation, wide=True), strength)

    assert {each for each in wanted if not forbidden <= {*each}} == held(found, strength)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("profile", PROFILES)
def test_conditions_on_the_model_decide(profile: str, model: str | None) -> None:
    """A model whose sizes are not listed has no rows of sizes."""
    operation = operation_of(profile)
    listed = "enum" in properties_of(operation, model)["size"]

    assert listed == ("size" in factors(operation, model))
    assert all(row.keys() == factors(operation, model).keys() for row in rows(operation, model))


def test_contract_without_lists_has_no_rows() -> None:
    """Where nothing is listed, nothing can be combined."""

    def unlist(document: dict[str, Any]) -> None:
        for schema in schemas(document).values():
            schema.pop("enum", None)

    assert rows(operation_of("documented", unlist)) == []


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("profile", PROFILES)
def test_base_body_is_the_example_for_that_model(profile: str, model: str | None) -> None:
    """The documented example serves each model, and is valid for it."""
    operation = operation_of(profile)
    body = base_body(operation, model)

    assert {**operation.request_examples[0], "model": model or "gpt-image-1"} == body
    assert operation.request.is_valid(body)


def test_base_body_keeps_the_lists() -> None:
    """A value of the example that left its list gives way to the first that is still on it."""
    operation = operation_of(
        "documented", lambda document: schemas(document)["Size"]["enum"].remove("1536x1024")
    )

    assert base_body(operation)["size"] == "1024x1024"


def test_base_body_needs_no_example() -> None:
    """Without an example the required fields get the simplest values that there are."""
    body = base_body(operation_of("documented", without_example), "gpt-image-1")

    assert [
        body[name] for name in ("response_format", "size", "background", "quality", "moderation", "n")
    ] == ["url", "1024x1024", "transparent", "auto", "low", 1]


def test_contract_that_allows_no_request_is_told() -> None:
    """A pattern that nothing known keeps is an error of the contract, with what to do."""

    def close(document: dict[str, Any]) -> None:
        without_example(document)
        schemas(document)["Moderation"] = {"type": "string", "pattern": "^z{7}$"}

    with pytest.raises(ContractError, match=r"createImage: no valid request .* Give it an example"):
        base_body(operation_of("documented", close), "gpt-image-1")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("profile", PROFILES)
def test_prompt_is_the_one_free_text(profile: str, model: str | None) -> None:
    """A size that is listed for another model only is no free text."""
    operation = operation_of(profile)

    assert text_fields(operation, model) == ["prompt"]
    assert listed_for_some(operation, "size") == ["1024x1024", "1536x1024", "1024x1536", "auto"]
    assert listed_for_some(operation, "prompt") == []


def test_model_under_test_is_the_asked_one_or_the_default_or_the_example() -> None:
    """Some model is always known: the page has no default, but an example."""
    documented, served = operation_of("documented"), operation_of("as-served")

    assert model_under_test(documented, "dall-e-3") == "dall-e-3"
    assert model_under_test(served) == served.default_model == "gpt-image-1"
    assert documented.default_model is None
    assert model_under_test(documented) == "gpt-image-1"
    assert model_under_test(operation_of("documented", without_example)) is None


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ({"type": "integer", "default": 7}, 7),
        ({"enum": [None, "b", "a"]}, "b"),
        ({"const": 3}, 3),
        ({"type": ["null", "integer"], "minimum": 2}, 2),
        ({"type": "integer", "maximum": -4}, -4),
        ({"type": "number", "minimum": 0.5, "maximum": 0.75}, 0.5),
        ({"type": "string", "maxLength": 6}, "A grey"),
        ({"type": "boolean"}, False),
        ({"type": "array"}, []),
        ({"type": "object"}, {}),
        ({"type": "null"}, None),
        ({}, None),
    ],
)
def test_sample_is_the_simplest_value(clause: dict[str, Any], expected: Any) -> None:
    """The default comes first, then what is listed, then the type."""
    assert sample(clause) == expected


@pytest.mark.parametrize(
    ("profile", "changes", "evidence"),
    [
        ("documented", {}, "documented"),
        ("documented", {"n": 2}, "documented"),
        ("documented", {"prompt": "另一只苍鹭"}, "documented"),
        ("documented", {"prompt": LONG_PROMPT}, "inferred"),
        ("documented", {"model": "dall-e-3"}, "inferred"),
        ("as-served", {}, "documented"),
        ("as-served", {"n": 2}, "openai"),
        ("as-served", {"size": None}, "inferred"),
        ("as-served", {"output_format": "webp"}, "openai"),
        ("as-served", {"user": "somebody"}, "openai"),
    ],
)
def test_acceptance_rests_on_the_weakest_clause(profile: str, changes: dict[str, Any], evidence: str) -> None:
    """What the page does not show, it does not promise to take."""
    operation = operation_of(profile)

    assert evidence == accepted_source(operation, {**base_body(operation), **changes}).evidence


def test_request_with_fewer_fields_is_inferred() -> None:
    """The page requires all of its fields; that some have a default is read between its lines."""
    source = accepted_source(operation_of("as-served"), {"prompt": "A heron"})

    assert not source.documented


def test_body_is_sent_as_it_is() -> None:
    """Chinese and astral characters go as UTF-8, the body says that it is JSON."""
    operation = operation_of("documented")
    request = post(operation, {"prompt": "苍鹭🦩"})

    assert '{"prompt": "苍鹭🦩"}'.encode() == request.body
    assert (request.method, request.path) == ("POST", "/v1/images/generations")
    assert request.header("content-type") == "application/json"
    assert request.header("authorization") is None


def test_unbroken_case_holds_its_payload() -> None:
    """A case of a valid body is accepted unless it is said otherwise, and breaks nothing."""
    case = unbroken(operation_of("documented"), "some name", {"prompt": "A heron"})

    assert (case.name, case.expectation, case.broken) == ("some name", "accepted", None)
    assert case.payload == case.request.json()
