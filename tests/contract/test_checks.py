"""Each check is a claim, told in the catalogue, and catches the server that breaks it alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest

from mockfire_contract.catalogue import catalogue, entry_of, explain, listing
from mockfire_contract.checks import CHECKS, RUN_CHECKS
from mockfire_contract.findings import Severity
from mockfire_spec import Contract, MockfireError, Response

if TYPE_CHECKING:
    from tests.contract.conftest import Bench

CODES = [check.code for check in (*CHECKS, *RUN_CHECKS)]
STARTED = 1_700_000_000
"""The time that the server with a clock that stands still gives, as tests/contract/faults.py has it."""
ON_THE_PAGE = {
    "MF100", "MF101", "MF102", "MF103", "MF104", "MF105", "MF106", "MF107", "MF108", "MF109", "MF110",
    "MF111", "MF201", "MF202", "MF203", "MF204", "MF301", "MF302", "MF306", "MF401", "MF403",
}  # fmt: skip


def _let_time_pass(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two seconds pass between any two looks at the clock, for the check that compares times."""
    if code == "MF111":
        monkeypatch.setattr("time.time", count(STARTED, 2).__next__)


def test_honest_server_gives_no_finding(bench: Bench) -> None:
    """A server that keeps the contract is found to keep it, to the last point of drift."""
    outcome = bench.run(bench.honest, bench.few())

    assert not outcome.findings


@pytest.mark.parametrize("code", CODES)
def test_each_fault_is_caught_by_its_check_alone(
    code: str,
    served: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server with just the fault of one check is caught by that check, and no other one speaks."""
    _let_time_pass(code, monkeypatch)
    send = served.with_fault(code)

    assert {code} == served.codes(send, served.few())


@pytest.mark.parametrize("code", sorted(ON_THE_PAGE))
def test_what_the_page_says_is_an_error_by_the_page(
    code: str, documented: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the literal page alone, each documented clause is still checked, and weighs as an error."""
    _let_time_pass(code, monkeypatch)
    send = documented.with_fault(code)
    outcome = documented.run(send, documented.few())

    assert {(code, Severity.ERROR)} == {(finding.code, finding.severity) for finding in outcome.findings}


@pytest.mark.parametrize("code", sorted(set(CODES) - ON_THE_PAGE - {"MF100", "MF302", "MF306"}))
def test_what_the_page_does_not_say_is_no_error(code: str, served: Bench) -> None:
    """A clause that rests on weaker evidence than the page weighs as a warning or less."""
    send = served.with_fault(code)
    outcome = served.run(send, served.few())

    assert Severity.ERROR not in {finding.severity for finding in outcome.findings}


def test_every_check_has_a_server_that_breaks_it(served: Bench) -> None:
    """Nobody adds a check without showing that it catches something."""
    assert sorted(CODES) == sorted(served.faults("by_code"))


def test_every_check_is_told() -> None:
    """The catalogue has an entry for each check and no other, in order."""
    assert sorted(CODES) == list(catalogue())


def test_names_are_claims_of_their_own() -> None:
    """No two checks have the same name or title, and each docstring is a demand."""
    entries = catalogue().values()

    assert len(CODES) == len({entry.name for entry in entries}) == len({entry.title for entry in entries})
    assert all((check.claim.__doc__ or "").startswith("Demand that ") for check in (*CHECKS, *RUN_CHECKS))


def test_explanation_says_what_to_do() -> None:
    """An explanation names the check, its claim, what it rests on and the remedy."""
    text = explain("mf105")

    assert "MF105: wrong number of pictures (count_is_honoured)" in text
    assert "The promise: The answer holds as many pictures as were asked for" in text
    assert entry_of("MF105").remedy in text


def test_listing_has_a_line_for_each_check() -> None:
    """The list names each check with its code and title, a line each."""
    lines = listing().splitlines()

    assert [line.split()[0] for line in lines] == sorted(CODES)
    assert "MF105  wrong number of pictures" in listing()


def test_check_without_its_relation_is_not_made(documented: Bench) -> None:
    """A check rests on its relation: where the contract has none, nothing is demanded."""
    path = documented.operation.path
    post = {**documented.contract.document["paths"][path]["post"], "x-relations": {}}
    bare = Contract({**documented.contract.document, "paths": {path: {"post": post}}}).operations[0]
    case = replace(documented.valid(n=2), operation=bare)
    answer = Response(
        200, (("content-type", "application/json"),), b'{"data": [], "created": 1, "usage": null}'
    )

    assert not documented.run(lambda _request: answer, [case]).findings


def test_unknown_code_names_its_neighbours() -> None:
    """A code that does not exist is answered with the nearest ones."""
    with pytest.raises(MockfireError, match=r"no check has the code 'MF199'\. Did you mean MF1"):
        explain("MF199")


def test_code_like_no_other_names_them_all() -> None:
    """Where no code is near, all of them are named."""
    with pytest.raises(MockfireError, match=f"Did you mean {', '.join(sorted(CODES))}"):
        explain("nonsense")
