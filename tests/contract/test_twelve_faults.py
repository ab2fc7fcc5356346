"""The twelve seeded faults are found with few requests, and an honest server is left in peace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockfire_contract.cases import Phase
from mockfire_contract.findings import Severity
from mockfire_contract.outcome import conclude

if TYPE_CHECKING:
    from mockfire_contract.cases import Case
    from tests.contract.conftest import Bench

TWELVE = {
    "missing_created": "MF104",
    "created_string": "MF104",
    "b64_garbage": "MF109",
    "size_mismatch": "MF202",
    "enum_512": "MF301",
    "empty_prompt_500": "MF302",
    "url_no_scheme": "MF107",
    "n_ignored": "MF105",
    "no_content_type": "MF102",
    "no_auth_200": "MF401",
    "b64_as_url": "MF106",
    "usage_missing": "MF104",
}
"""Each fault with the code that it is found by."""
ONLY_EXPECTED = {("as-served", "usage_missing")}
"""As served, `usage` may be missing: it is expected, so that is a warning."""
OTHERWISE = (
    "refuses a prompt over 1,000 characters",
    "refuses fields that the page does not name",
    "needs all eight fields",
    "refuses more than ten pictures",
    "carries one model",
    "refuses an empty prompt",
    "accepts an empty prompt",
    "accepts no pictures as one",
    "accepts any number as one",
    "accepts any token",
    "sends no request ids",
    "has another envelope",
    "refuses in plain text",
    "sends a field of its own",
    "answers unknown places with a web page",
)


def _beside(bench: Bench) -> list[Case]:
    """Return what the deep plan asks beside its covering rows, which would only take time."""
    return [case for case in bench.planned(deep=True) if case.phase is not Phase.COVERING]


@pytest.mark.parametrize(("strength", "requests", "pictures"), [(1, 32, 5), (2, 44, 17)])
def test_honest_server_is_left_in_peace(bench: Bench, strength: int, requests: int, pictures: int) -> None:
    """An honest server gives no finding at all, and the plan is as short as it says."""
    outcome = bench.run(bench.honest, bench.planned(strength))

    assert outcome.findings == ()
    assert outcome.requests <= requests
    assert outcome.answers_with_pictures <= pictures


def test_honest_server_is_left_in_peace_by_everything(bench: Bench) -> None:
    """The deep plan, with all neighbours and generated cases, finds nothing either."""
    outcome = bench.run(bench.honest, bench.planned(deep=True))

    assert outcome.findings == ()
    assert conclude(outcome).exit_code == 0


@pytest.mark.parametrize("fault", TWELVE)
def test_fault_is_found(bench: Bench, fault: str) -> None:
    """Each of the twelve is found as an error, by one code, whichever profile judges."""
    send = bench.with_fault(fault, "twelve")
    outcome = bench.run(send, bench.planned())
    found = {(finding.code, finding.severity) for finding in outcome.findings}
    is_expected_only = (bench.contract.profile, fault) in ONLY_EXPECTED
    told = ("MF503", Severity.WARNING) if is_expected_only else (TWELVE[fault], Severity.ERROR)

    assert found == {told}
    assert conclude(outcome).exit_code == (0 if is_expected_only else 1)


def test_there_are_twelve(served: Bench) -> None:
    """No fault is forgotten."""
    assert sorted(TWELVE) == sorted(served.faults("twelve"))
    assert len(TWELVE) == 12


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("habit", OTHERWISE)
def test_habit_where_the_page_is_silent_is_no_error(bench: Bench, habit: str, *, deep: bool) -> None:
    """A server that is stricter or laxer where the page is silent gives warnings at most."""
    send = bench.with_fault(habit, "otherwise")
    outcome = bench.run(send, _beside(bench) if deep else bench.planned())
    errors = [finding for finding in outcome.findings if finding.severity is Severity.ERROR]

    assert errors == []


def test_every_habit_is_tried(served: Bench) -> None:
    """No habit is forgotten."""
    assert sorted(OTHERWISE) == sorted(served.faults("otherwise"))


@pytest.mark.parametrize(
    ("habit", "code"),
    [
        ("refuses fields that the page does not name", "MF101"),
        ("needs all eight fields", "MF101"),
        ("accepts an empty prompt", "MF301"),
        ("accepts any token", "MF402"),
        ("sends no request ids", "MF305"),
        ("has another envelope", "MF303"),
        ("sends a field of its own", "MF501"),
    ],
)
def test_habit_is_told_all_the_same(served: Bench, habit: str, code: str) -> None:
    """What is no error is not silent: as served, each such habit is told by its code."""
    send = served.with_fault(habit, "otherwise")

    assert code in served.codes(send, _beside(served))
