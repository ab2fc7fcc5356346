"""What was exercised is counted against the contract, and what was not is said."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.cases import Case, Expectation
from mockfire_contract.coverage import Coverage, coverage
from mockfire_contract.plan import make_plan
from mockfire_spec import Contract, Exchange, Response
from mockfire_spec.documents import effective_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROFILES = ("documented", "as-served")
DOCUMENTS = {profile: effective_document(profile) for profile in PROFILES}
PATH = "/v1/images/generations"


def contract_of(profile: str, edit: Callable[[dict[str, Any]], object] | None = None) -> Contract:
    """Return the contract of *profile*, its document changed by *edit*."""
    document = deepcopy(DOCUMENTS[profile])
    if edit:
        edit(document)
    return Contract(document, profile)


def answered(cases: Iterable[Case], status: int | None = None) -> list[tuple[Case, Exchange]]:
    """Return each of *cases* with an answer of *status*, or as a correct server would answer it."""
    right = {Expectation.ACCEPTED: 200, Expectation.REFUSED: 400, Expectation.EITHER: 400}
    return [(case, Exchange(case.request, Response(status or right[case.expectation]))) for case in cases]


def covered(contract: Contract, status: int | None = None) -> Coverage:
    """Return the coverage of *contract*'s economical plan by answers of *status*, or the right ones."""
    plan = make_plan(contract)
    return coverage(contract, plan, answered(plan.cases, status))


@pytest.mark.parametrize("profile", PROFILES)
def test_economical_plan_covers_the_page(profile: str) -> None:
    """A correct server answers every listed value of the page, and every pair of them."""
    found = covered(contract_of(profile))

    assert found.pairs == (101, 101)
    assert {"response_format": (3, 3), "size": (4, 4), "background": (3, 3), "quality": (4, 4)}.items() <= (
        found.values.items()
    )


def test_keywords_are_counted_where_they_are() -> None:
    """On the page all can be broken; as served the other fields' wait for the deep plan."""
    documented, served = covered(contract_of("documented")), covered(contract_of("as-served"))

    assert documented.keywords == (17, 17)
    assert served.keywords == (14, 26)
    assert len(served.broken) == 14
    assert {"/size enum", "/prompt required", "/n maximum", "the body type"} <= {*served.broken}


def test_what_was_not_exercised_is_said() -> None:
    """Values, statuses, fields and keywords that were not met, and what the plan left out."""
    contract = contract_of("as-served")
    sentences = covered(contract).not_exercised

    assert sentences[0].startswith('Values never answered with a picture: output_format "png", ')
    assert sentences[1] == "Statuses of the contract never seen: 401, 403, 404, 429, 500, 503."
    assert sentences[2].startswith("Fields never sent: output_format, output_compression, stream, ")
    assert sentences[3].startswith("Keywords never broken: /output_format enum, /output_compression type, ")
    assert 'where background is "transparent"' in sentences[3]
    assert make_plan(contract).left_out == sentences[4:]


def test_page_that_was_exercised_leaves_nothing_to_say() -> None:
    """On the page only what the plan left out remains."""
    contract = contract_of("documented")

    assert make_plan(contract).left_out == covered(contract).not_exercised


def test_deep_plan_exercises_all_fields() -> None:
    """All that is left are statuses that no request brings about."""
    contract = contract_of("as-served")
    plan = make_plan(contract, deep=True)
    found = coverage(contract, plan, answered(plan.cases))

    assert found.not_exercised == ("Statuses of the contract never seen: 401, 403, 404, 429, 500, 503.",)
    assert found.keywords == (26, 26)
    assert found.pairs[0] == found.pairs[1] > 101
    assert all(accepted == total for accepted, total in found.values.values())


def test_server_that_refuses_all_covers_no_value() -> None:
    """A value counts where it was answered with a picture, not where it was sent."""
    found = covered(contract_of("documented"), status=401)

    assert found.pairs == (0, 101)
    assert found.values["size"] == (0, 4)
    assert found.statuses == {401: 44}
    assert "101 of 101 pairs of values were never answered with a picture." in found.not_exercised
    assert "Statuses of the contract never seen: 200." in found.not_exercised


def test_broken_request_that_is_let_through_covers_no_value() -> None:
    """A picture for a broken request says nothing of the values beside the broken one."""
    contract = contract_of("documented")
    broken = [case for case in make_plan(contract).cases if case.broken]
    found = coverage(contract, broken, answered(broken, 200))

    assert found.pairs == (0, 0)
    assert {0} == {accepted for accepted, _ in found.values.values()}


def test_run_that_was_cut_short_says_so() -> None:
    """Planned requests that were not sent are named, the first of them by name."""
    contract = contract_of("documented")
    plan = make_plan(contract)
    found = coverage(contract, plan, answered(plan.cases[:40]))

    assert found.not_exercised[0] == (
        f"4 of 44 planned requests were not sent, from '{plan.cases[40].name}' on."
    )
    assert found.pairs[0] < found.pairs[1] == 101


def test_nothing_answered_is_nothing_covered() -> None:
    """An empty run covers nothing, and is no error."""
    contract = contract_of("documented")
    found = coverage(contract, [], [])

    assert (found.pairs, found.keywords, found.statuses) == ((0, 0), (0, 17), {})


def test_statuses_are_counted() -> None:
    """Each status with how often it was seen, in order."""
    assert covered(contract_of("as-served")).statuses == {200: 17, 400: 27}


def test_value_that_joins_a_list_is_missed_where_it_is_not_sent() -> None:
    """An old plan's answers do not cover a value that the document has since, with no code touched."""

    def allow(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Moderation"]["enum"].append("strict")

    changed = contract_of("documented", allow)
    (operation,) = changed.operations
    old = [case for case in make_plan(changed).cases if _moderation(case) != "strict"]
    found = coverage(changed, old, answered(old))

    assert found.values["moderation"] == (2, 3)
    assert 'Values never answered with a picture: moderation "strict".' in found.not_exercised
    assert operation.name == "createImage"


def _moderation(case: Case) -> Any:
    return case.payload.get("moderation") if isinstance(case.payload, dict) else None


def test_json_has_all_figures() -> None:
    """The JSON object says covered and total of each, and can be written."""
    found = covered(contract_of("documented"))
    written = json.loads(json.dumps(found.as_json()))

    assert written["values"]["size"] == {"covered": 4, "total": 4}
    assert written["pairs"] == {"covered": 101, "total": 101}
    assert {"covered": 17, "total": 17, "broken": [*found.broken]} == written["keywords"]
    assert written["statuses"] == {"200": 16, "400": 28}
    assert [*found.not_exercised] == written["not_exercised"]


def test_two_operations_are_told_apart() -> None:
    """Each field and place bears its operation's name, and figures are sums."""

    def add(document: dict[str, Any]) -> None:
        item = document["paths"][PATH]
        document["paths"]["/v1/images/edits"] = {"post": {**item["post"], "operationId": "editImage"}}

    found = covered(contract_of("documented", add))

    assert found.pairs == (202, 202)
    assert {"createImage size", "editImage size"} <= found.values.keys()
    assert {"createImage /size enum", "editImage /size enum"} <= {*found.broken}
