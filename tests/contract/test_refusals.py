"""What must be refused is broken in one place, and the contract alone says where."""

from __future__ import annotations

import json
import re
from collections import Counter
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from mockfire_contract.cases import Case, Credentials, Expectation, Phase
from mockfire_contract.covering import base_body
from mockfire_contract.refusals import again, commented, mutants, refusals, schema_refusals
from mockfire_spec import Contract
from mockfire_spec.documents import effective_document

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILES = ("documented", "as-served")
DOCUMENTS = {profile: effective_document(profile) for profile in PROFILES}
PAGE_FIELDS = ("model", "prompt", "n", "response_format", "size", "background", "quality", "moderation")
LISTS = ("response_format", "size", "background", "quality", "moderation")


def contract_of(profile: str, edit: Callable[[dict[str, Any]], object] | None = None) -> Contract:
    """Return the contract of *profile*, its document changed by *edit*."""
    document = deepcopy(DOCUMENTS[profile])
    if edit:
        edit(document)
    return Contract(document, profile)


def properties(document: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the request in *document*."""
    found: dict[str, Any] = document["components"]["schemas"]["ImageRequest"]["properties"]
    return found


def refusals_of(contract: Contract, model: str | None = None) -> dict[str, Case]:
    """Return the refusals of *contract*'s first operation, by name."""
    return {case.name: case for case in refusals(contract, contract.operations[0], model)}


def places(contract: Contract, model: str | None = None) -> list[tuple[str, str]]:
    """Return pointer and keyword of each mutant of *contract*, sorted."""
    found = (proof.violation for _, proof in mutants(contract.operations[0], model))
    return sorted((violation.pointer, violation.keyword) for violation in found)


DOCUMENTED_PLACES = sorted(
    [
        ("", "type"),
        *((f"/{name}", "required") for name in PAGE_FIELDS),
        *((f"/{name}", "type") for name in ("model", "prompt", "n")),
        *((f"/{name}", "enum") for name in LISTS),
    ]
)
SERVED_PLACES = sorted(
    [
        ("", "type"),
        ("/prompt", "required"),
        *((f"/{name}", "type") for name in ("model", "prompt", "n", "style", "user", "safety_identifier")),
        *((f"/{name}", "type") for name in ("output_compression", "partial_images")),
        *((f"/{name}", "enum") for name in (*LISTS, "output_format", "output_format", "stream")),
        *((f"/{name}", "minimum") for name in ("n", "output_compression", "partial_images")),
        *((f"/{name}", "maximum") for name in ("n", "output_compression", "partial_images")),
        ("/prompt", "minLength"),
        ("/prompt", "maxLength"),
    ]
)


@pytest.mark.parametrize(
    ("profile", "expected"), [("documented", DOCUMENTED_PLACES), ("as-served", SERVED_PLACES)]
)
def test_each_keyword_is_broken_at_each_place(profile: str, expected: list[tuple[str, str]]) -> None:
    """There is one mutant for each keyword and place; a listed field has no second one for its type."""
    assert expected == places(contract_of(profile))


@pytest.mark.parametrize("model", [None, "gpt-image-1-mini", "dall-e-3"])
@pytest.mark.parametrize("profile", PROFILES)
def test_mutant_breaks_one_keyword(profile: str, model: str | None) -> None:
    """An independent validator finds one error in the flat schema for the model: the one that is claimed."""
    operation = contract_of(profile).operations[0]
    validator = Draft202012Validator(operation.request_for(model or "gpt-image-1"))
    claimed = [proof.violation.keyword for _, proof in mutants(operation, model)]
    found = [
        [error.validator for error in validator.iter_errors(proof.payload)]
        for _, proof in mutants(operation, model)
    ]

    assert [[keyword] for keyword in claimed] == found


@pytest.mark.parametrize("profile", PROFILES)
def test_refusal_carries_its_violation(profile: str) -> None:
    """Expectation, source and body of a case are those of the violation."""
    for case in schema_refusals(contract_of(profile).operations[0]):
        assert case.broken is not None
        assert (Phase.REFUSALS, Expectation.REFUSED, case.broken.source) == (
            case.phase,
            case.expectation,
            case.source,
        )
        assert json.loads(case.request.body) == case.payload


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ('refusal: /size enum "512x512"', "documented"),
        ('refusal: /n type "1"', "documented"),
        ("refusal: /prompt required", "documented"),
        ('refusal: /prompt minLength ""', "gateway"),
        ("refusal: /n maximum 11", "openai"),
        ("refusal: /stream enum true", "openai"),
        ('refusal: /output_format enum where background is "transparent" "jpeg"', "openai"),
    ],
)
def test_refusal_weighs_what_its_clause_weighs(name: str, evidence: str) -> None:
    """A refusal rests on the clause that it breaks, not on the profile."""
    assert evidence == refusals_of(contract_of("as-served"))[name].source.evidence


def test_keyword_that_joins_the_document_gets_its_mutant() -> None:
    """Limits written into the document are broken too, with no code touched."""

    def limit(document: dict[str, Any]) -> None:
        properties(document)["n"].update(minimum=1, exclusiveMaximum=5)
        properties(document)["prompt"].update(minLength=3, maxLength=9, pattern="^[A-Za-z ]*$")
        properties(document)["version"] = {"const": 2}
        properties(document)["scale"] = {"type": "number", "exclusiveMinimum": 0, "maximum": 2}

    contract = contract_of("documented", limit)
    payloads = {
        (proof.violation.pointer, proof.violation.keyword): proof.payload.get(change.name)
        for change, proof in mutants(contract.operations[0])
        if change.name
    }

    assert {
        key: value for key, value in payloads.items() if key not in DOCUMENTED_PLACES or key[0] == "/scale"
    } == {
        ("/n", "minimum"): 0,
        ("/n", "exclusiveMaximum"): 5,
        ("/prompt", "minLength"): "he",
        ("/prompt", "maxLength"): "heron hero",
        ("/prompt", "pattern"): "1024X1024",
        ("/version", "const"): True,
        ("/scale", "exclusiveMinimum"): 0,
        ("/scale", "maximum"): 3,
        ("/scale", "type"): "1",
    }


def test_value_that_joins_a_list_is_refused_no_more() -> None:
    """A neighbour that the document takes in gives way to the next one."""

    def allow(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Size"]["enum"].append("512x512")

    names = refusals_of(contract_of("documented", allow))

    assert 'refusal: /size enum "256x256"' in names
    assert 'refusal: /size enum "512x512"' not in names


def test_page_as_it_is_has_22_refusals() -> None:
    """Eight fields, their lists and types, and what is wrong with the request itself."""
    names = refusals_of(contract_of("documented"))

    assert len(names) == 22
    assert [*names][:5] == [
        "refusal: no token",
        "refusal: GET on the path",
        "refusal: the unknown path /v1/mockfire-no-such-operation",
        "refusal: JSON with comments",
        "refusal: the body type []",
    ]


def test_tokens_are_refused_where_the_contract_says_so() -> None:
    """No token is refused on the page's word, an unknown one on the gateway's."""
    served, documented = refusals_of(contract_of("as-served")), refusals_of(contract_of("documented"))
    without, unknown = served["refusal: no token"], served["refusal: a token that nobody knows"]

    assert (without.credentials, without.source.evidence) == (Credentials.NONE, "documented")
    assert (unknown.credentials, unknown.source.evidence) == (Credentials.UNKNOWN, "gateway")
    assert without.payload == base_body(contract_of("as-served").operations[0])
    assert "refusal: a token that nobody knows" not in documented


def test_open_operation_refuses_no_token() -> None:
    """Where the document asks for no token, none is missing."""
    names = refusals_of(contract_of("as-served", lambda document: document.pop("security")))

    assert not [name for name in names if "token" in name]


def test_method_and_path_are_the_contracts_own_strangers() -> None:
    """The other method is one that the contract does not have there, and so is the path."""

    def answer_get(document: dict[str, Any]) -> None:
        item = document["paths"]["/v1/images/generations"]
        item["get"] = {"operationId": "listImages", "responses": {}}

    contract = contract_of("documented", answer_get)
    operation = contract.find("POST", "/v1/images/generations")
    assert operation is not None
    strangers = [case for case in refusals(contract, operation) if case.source.evidence == "gateway"]

    assert [case.request.method for case in strangers] == ["PUT", "POST"]
    assert [contract.find(case.request.method, case.request.path) for case in strangers] == [None, None]


def test_comments_are_all_that_is_wrong_with_the_body_that_is_no_json() -> None:
    """Without its comments the body is the valid one; with them it is no JSON."""
    operation = contract_of("documented").operations[0]
    text = commented(base_body(operation))
    case = refusals_of(contract_of("documented"))["refusal: JSON with comments"]

    assert base_body(operation) == json.loads(re.sub(r"//.*", "", text))
    assert text.encode() == case.request.body
    assert case.payload is None
    assert case.source.documented
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


@pytest.mark.parametrize("profile", PROFILES)
def test_one_refusal_is_sent_twice(profile: str) -> None:
    """The same bytes go out twice under two names: a missing prompt, which no server takes."""
    found = refusals_of(contract_of(profile))
    twice = found["refusal: /prompt required, again"]
    sent = Counter((case.request, case.credentials) for case in found.values())

    assert [number for number in sent.values() if number > 1] == [2]
    assert twice.request == found["refusal: /prompt required"].request


def test_again_takes_the_first_where_no_text_is_required() -> None:
    """Some refusal is always there to be sent twice."""
    cases = list(schema_refusals(contract_of("documented").operations[0]))

    assert again(cases, []).name == "refusal: the body type [], again"


@pytest.mark.parametrize("profile", PROFILES)
def test_refusals_are_named_apart(profile: str) -> None:
    """No two refusals share a name."""
    contract = contract_of(profile)
    names = [case.name for case in refusals(contract, contract.operations[0])]

    assert len(names) == len({*names})
