"""A plan is known before its first request: how many there are, in which order, and what is left out."""

from __future__ import annotations

import os
import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.cases import Case, Expectation, Phase
from mockfire_contract.plan import Plan, covering_cases, make_plan, minimal_cases, without
from mockfire_spec import Contract, ContractError
from mockfire_spec.documents import effective_document
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILES = ("documented", "as-served")
DOCUMENTS = {profile: effective_document(profile) for profile in PROFILES}
PAGE_FIELDS = {"model", "prompt", "n", "response_format", "size", "background", "quality", "moderation"}
PATH = "/v1/images/generations"
FINGERPRINT = """
import hashlib
from mockfire_contract.plan import make_plan
from mockfire_spec import Contract
plan = make_plan(Contract.load("as-served"))
print(hashlib.sha256(b"".join(case.name.encode() + case.request.body for case in plan.cases)).hexdigest())
"""


def contract_of(profile: str, edit: Callable[[dict[str, Any]], object] | None = None) -> Contract:
    """Return the contract of *profile*, its document changed by *edit*."""
    document = deepcopy(DOCUMENTS[profile])
    if edit:
        edit(document)
    return Contract(document, profile)


def figures(plan: Plan) -> tuple[int, int]:
    """Return the number of requests of *plan*, and of those that a correct server answers with a picture."""
    return len(plan.cases), plan.picture_answers


def of_phase(plan: Plan, phase: Phase) -> list[Case]:
    """Return the cases of *plan* that belong to *phase*."""
    return [case for case in plan.cases if case.phase is phase]


@pytest.mark.parametrize(
    ("profile", "strength", "expected"),
    [
        ("documented", 1, (32, 5)),
        ("documented", 2, (44, 17)),
        ("documented", 3, (82, 55)),
        ("as-served", 1, (32, 5)),
        ("as-served", 2, (44, 17)),
        ("as-served", 3, (82, 55)),
    ],
)
def test_economical_plan_costs_what_it_costs(profile: str, strength: int, expected: tuple[int, int]) -> None:
    """Nobody adds a request, or a picture, without a number changing here."""
    assert expected == figures(make_plan(contract_of(profile), strength=strength))


@pytest.mark.parametrize(("profile", "expected"), [("documented", (226, 52)), ("as-served", (331, 96))])
def test_deep_plan_holds_everything(profile: str, expected: tuple[int, int]) -> None:
    """In process all neighbours run, the fields of clients, the bounds, and generated bodies."""
    assert expected == figures(make_plan(contract_of(profile), deep=True))


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("model", [None, "gpt-image-1-mini", "gpt-image-2", "dall-e-3"])
@pytest.mark.parametrize("profile", PROFILES)
def test_plan_is_sound_for_every_model(profile: str, model: str | None, *, deep: bool) -> None:
    """Names are unique, phases in order, what is accepted is valid, what is broken is not."""
    contract = contract_of(profile)
    plan = make_plan(contract, model=model, deep=deep)
    names = [case.name for case in plan.cases]
    phases = [list(Phase).index(case.phase) for case in plan.cases]
    valid = contract.operations[0].request.is_valid

    assert len(names) == len({*names})
    assert phases == sorted(phases)
    assert all(valid(case.payload) for case in plan.cases if case.expectation is Expectation.ACCEPTED)
    assert not any(valid(case.payload) for case in plan.cases if case.broken)
    assert {model or "gpt-image-1"} == {case.payload["model"] for case in of_phase(plan, Phase.COVERING)}


@pytest.mark.parametrize("profile", PROFILES)
def test_plan_is_free_first(profile: str) -> None:
    """What must be refused costs nothing and goes before the rows that are paid for."""
    plan = make_plan(contract_of(profile))
    paid = [number for number, case in enumerate(plan.cases) if case.expectation is Expectation.ACCEPTED]

    assert [*range(paid[0], len(plan.cases))] == paid


def test_plan_is_the_same_in_every_process() -> None:
    """Names and bytes depend on the contract alone, not on the order of sets."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1


@pytest.mark.parametrize("deep", [False, True])
def test_plan_is_the_same_each_time(*, deep: bool) -> None:
    """The same seed makes the same requests."""
    contract = contract_of("as-served")
    first, second = make_plan(contract, deep=deep, seed=5), make_plan(contract, deep=deep, seed=5)

    assert [case.request for case in first.cases] == [case.request for case in second.cases]


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("profile", PROFILES)
def test_seed_changes_requests_and_not_their_number(profile: str, seed: int) -> None:
    """Another seed deals prompts and neighbours otherwise; the price stays."""
    contract = contract_of(profile)
    usual, other = make_plan(contract), make_plan(contract, seed=seed)

    assert figures(usual) == figures(other)
    assert {case.request for case in usual.cases} != {case.request for case in other.cases}
    assert any(
        case.broken.actual != case.broken.actual.lower() in case.broken.expected
        for case in of_phase(other, Phase.NEIGHBOURS)
        if case.broken and case.broken.keyword == "enum"
    )


@pytest.mark.parametrize("changed", [{"prompt": ""}, {"size": "512x512"}, {"quality": "hd"}, {"n": "1"}])
@pytest.mark.parametrize("profile", PROFILES)
def test_economical_plan_asks_what_is_forgotten_most(profile: str, changed: dict[str, Any]) -> None:
    """An empty prompt, relatives' values and a number as a string are never left out."""
    contract = contract_of(profile)
    (example,) = contract.operations[0].request_examples
    payloads = [
        case.payload for case in make_plan(contract).cases if case.expectation is not Expectation.ACCEPTED
    ]

    assert {**example, **changed} in payloads


@pytest.mark.parametrize("profile", PROFILES)
def test_economical_plan_breaks_every_field_of_the_page(profile: str) -> None:
    """No field is without a request that is broken there."""
    plan = make_plan(contract_of(profile))

    assert {case.broken.field for case in plan.cases if case.broken} - {""} == PAGE_FIELDS


def test_economical_plan_sends_only_fields_of_the_page() -> None:
    """A URL may be anyone's: what the page does not name is not sent there, and that is told."""
    plan = make_plan(contract_of("as-served"))
    sent = {name for case in plan.cases if isinstance(case.payload, dict) for name in case.payload}

    assert sent == PAGE_FIELDS
    assert ["/output_compression minimum -1" in text for text in plan.left_out] == [True, False, False]
    assert ["output_format" in text for text in plan.left_out] == [True, True, True]
    assert ["of size" in text for text in plan.left_out] == [False, False, True]


def test_deep_plan_leaves_nothing_out() -> None:
    """Every field of the contract is sent, and nothing is left to be told."""
    contract = contract_of("as-served")
    plan = make_plan(contract, deep=True)
    accepted = [case.payload for case in plan.cases if case.expectation is Expectation.ACCEPTED]

    assert plan.left_out == ()
    assert {*contract.operations[0].request.definition["properties"]} == {
        name for payload in accepted for name in payload
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_documented_example_is_sent_as_it_is(profile: str) -> None:
    """The first row is the page's own request, down to its prompt."""
    contract = contract_of(profile)

    assert [of_phase(make_plan(contract), Phase.COVERING)[0].payload] == [
        *contract.operations[0].request_examples
    ]


@pytest.mark.parametrize(
    ("profile", "number", "evidence"), [("documented", 2, "documented"), ("as-served", 10, "openai")]
)
def test_cheapest_row_asks_for_many_pictures(profile: str, number: int, evidence: str) -> None:
    """One row asks for as many as the contract allows, at low quality and the smallest size."""
    cases = of_phase(make_plan(contract_of(profile)), Phase.COVERING)
    (many,) = [case for case in cases if case.payload["n"] != 1]

    assert (number, "low", "1024x1024") == tuple(many.payload[name] for name in ("n", "quality", "size"))
    assert evidence == many.source.evidence
    assert many.name.endswith(f" n={number}")


@pytest.mark.parametrize("profile", PROFILES)
def test_prompts_are_of_every_kind(profile: str) -> None:
    """Among the rows are Chinese, astral, quoted and long prompts; a long one may be refused."""
    cases = of_phase(make_plan(contract_of(profile)), Phase.COVERING)
    prompts = {case.payload["prompt"]: case.source.documented for case in cases if case.payload["n"] == 1}
    astral = [prompt for prompt in prompts if any(ord(letter) > 0xFFFF for letter in prompt)]
    long = [prompt for prompt in prompts if len(prompt) >= 2_000]

    assert (len(prompts), len(astral), len(long)) == (6, 1, 1)
    assert [prompts[prompt] for prompt in long] == [False]
    assert any('"' in prompt and "\n" in prompt for prompt in prompts)


def test_minimal_request_rests_on_no_page() -> None:
    """Only what is required: as served the prompt alone, on the page everything, which is no less than a row."""
    served, documented = contract_of("as-served").operations[0], contract_of("documented").operations[0]
    (minimal,) = minimal_cases(served)
    (named,) = minimal_cases(served, "dall-e-3")

    assert {"prompt"} == minimal.payload.keys()
    assert (minimal.expectation, minimal.phase) == (Expectation.ACCEPTED, Phase.EXAMPLES)
    assert not minimal.source.documented
    assert named.payload.keys() == {"model", "prompt"}
    assert list(minimal_cases(documented)) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_value_that_joins_a_list_joins_the_plan(profile: str) -> None:
    """Four more rows for one more size, and the value is accepted in them, with no code touched."""

    def allow(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Size"]["enum"].append("512x512")

    plan = make_plan(contract_of(profile, allow))
    covering = of_phase(plan, Phase.COVERING)

    assert figures(plan) == (48, 21)
    assert {Expectation.ACCEPTED} == {case.expectation for case in plan.cases if _size(case) == "512x512"}
    assert sum(_size(case) == "512x512" for case in covering) >= 4


def _size(case: Case) -> Any:
    return case.payload.get("size") if isinstance(case.payload, dict) else None


def test_contract_without_a_count_asks_for_no_more() -> None:
    """Which field asks for many pictures is the contract's to say; so is what the size is."""

    def forget(document: dict[str, Any]) -> None:
        relations = document["paths"][PATH]["post"]["x-relations"]
        del relations["count"], relations["size"]

    cases = covering_cases(contract_of("documented", forget).operations[0])

    assert {1} == {case.payload["n"] for case in cases}


def test_two_operations_are_named_apart() -> None:
    """With several operations each name and each sentence says whose it is."""

    def add(document: dict[str, Any]) -> None:
        item = document["paths"][PATH]
        document["paths"]["/v1/images/edits"] = {"post": {**item["post"], "operationId": "editImage"}}

    plan = make_plan(contract_of("as-served", add))

    assert figures(plan) == (88, 34)
    assert len({case.name for case in plan.cases}) == 88
    assert {"createImage", "editImage"} == {sentence.partition(":")[0] for sentence in plan.left_out}


def test_operation_without_a_body_is_not_planned() -> None:
    """What cannot be varied is not asked."""

    def add(document: dict[str, Any]) -> None:
        document["paths"]["/v1/models"] = {"get": {"operationId": "listModels", "responses": {}}}

    assert figures(make_plan(contract_of("documented", add))) == (44, 17)


def test_unknown_strength_is_a_setting_error() -> None:
    """It says what came and what can be."""
    with pytest.raises(SettingError, match=r"strength is 4; it can be 1, 2, 3\."):
        make_plan(contract_of("documented"), strength=4)


def test_conditions_between_fields_are_kept() -> None:
    """A row that the document forbids is not sent, however deep the condition lies; all others are."""

    def tangle(document: dict[str, Any]) -> None:
        low = {"properties": {"quality": {"enum": ["low"]}, "n": {"maximum": 1}}}
        automatic = {"required": ["size"], "properties": {"size": {"const": "1024x1024"}}}
        document["components"]["schemas"]["ImageRequest"]["allOf"].append(
            {"if": automatic, "then": {"allOf": [low]}}
        )

    cases = of_phase(make_plan(contract_of("documented", tangle)), Phase.COVERING)
    (many,) = [case for case in cases if case.payload["n"] != 1]

    assert {case.payload["quality"] for case in cases if _size(case) == "1024x1024"} == {"low"}
    assert many.payload["quality"] == "low" != _size(many)
    assert _size(many) in {"1536x1024", "1024x1536"}


def test_conditions_that_cannot_be_covered_are_told() -> None:
    """A row that the contract refuses is never sent: it is an error of the contract, with what to do."""

    def tangle(document: dict[str, Any]) -> None:
        pair = {"properties": {"size": {"const": "auto"}, "quality": {"const": "high"}}}
        document["components"]["schemas"]["ImageRequest"]["allOf"].append({"not": pair})

    with pytest.raises(ContractError, match=r"covering \d\d: .* makes a request that the contract refuses"):
        make_plan(contract_of("documented", tangle))


def test_request_that_is_sent_already_is_left_out() -> None:
    """The same bytes with the same token are the same request, whatever its name."""
    cases = make_plan(contract_of("documented")).cases

    assert without(cases, cases) == []
    assert len(without(cases, [])) == len(cases) - 1
