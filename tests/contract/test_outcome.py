"""What a run comes to: counted, light, and red where it tested nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mockfire_contract.findings import Severity
from mockfire_contract.outcome import Outcome, collect, conclude
from mockfire_contract.runner import run
from mockfire_spec import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tests.contract.conftest import Bench


def _always(status: int, body: bytes = b"{}") -> Callable[[Request], Response]:
    return lambda _request: Response(status, (("content-type", "application/json"),), body)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "the key was refused"),
        (403, "the key was refused"),
        (500, "no valid request was answered with success (500)"),
        (404, "no valid request was answered with success (404)"),
        (302, "no valid request was answered with success (302)"),
        (202, "no valid request was answered with success (202)"),
    ],
)
def test_run_without_success_tested_nothing(
    served: Bench, status: int, sentence: str, toys: ModuleType
) -> None:
    """A refused key, or no success at all, is no pass: the exit code is 3, with a sentence of its own."""
    outcome = collect(run(_always(status), [served.valid("a"), served.broken(size="1x1")], key=toys.KEY))
    conclusion = conclude(outcome)

    assert conclusion.exit_code == 3
    assert f"Nothing was tested: {sentence}" in conclusion.sentence


def test_run_without_requests_tested_nothing() -> None:
    """An empty run proves nothing."""
    assert conclude(Outcome(())).exit_code == 3


def test_kept_contract_is_exit_code_0(bench: Bench) -> None:
    """A server that keeps the contract ends in 0, and nothing is to note."""
    conclusion = conclude(bench.run(bench.honest, bench.few()))

    assert (conclusion.exit_code, conclusion.sentence) == (0, "The contract is kept.")


@pytest.mark.parametrize(
    ("code", "fail_on", "exit_code"),
    [
        ("MF105", Severity.ERROR, 1),
        ("MF305", Severity.ERROR, 0),
        ("MF305", Severity.WARNING, 1),
        ("MF501", Severity.WARNING, 0),
        ("MF501", Severity.INFO, 1),
    ],
)
def test_what_fails_a_run_can_be_chosen(served: Bench, code: str, fail_on: Severity, exit_code: int) -> None:
    """A run fails where a finding weighs what was chosen, or more."""
    send = served.with_fault(code)
    conclusion = conclude(served.run(send, served.few()), fail_on)

    assert exit_code == conclusion.exit_code


def test_sentence_counts_by_weight(served: Bench) -> None:
    """The last sentence says how many findings there are of each weight."""
    faults = served.faults("by_code")
    send = faults["MF501"](faults["MF305"](faults["MF105"](served.honest)))
    conclusion = conclude(served.run(send, served.few()))

    assert conclusion.sentence == ("The contract is broken: 3 errors, 11 warnings, 4 points of drift.")


def test_outcome_counts(served: Bench) -> None:
    """Requests, answers with pictures, pictures and downloads are counted apart."""
    outcome = served.run(served.honest, served.few())
    counted = (outcome.requests, outcome.answers_with_pictures, outcome.pictures, outcome.downloads)

    assert counted == (11, 4, 7, 5)


def test_outcome_holds_the_exchanges_in_order(served: Bench) -> None:
    """What was sent and answered can be had, for whoever counts what was covered."""
    cases = served.few()
    exchanges = served.run(served.honest, cases).exchanges

    assert cases == [case for case, _ in exchanges]
    assert [exchange.response.status for _, exchange in exchanges][:3] == [401, 401, 404]


def test_outcome_keeps_no_pictures(served: Bench) -> None:
    """What is kept of a run is small: the bytes of pictures are gone, the rest of the answers is there."""
    case = served.valid(response_format="b64_json", size="1536x1024", n=3)
    (verdict,) = served.run(served.honest, [case]).verdicts
    seen = verdict.observation

    assert len(seen.exchange.response.body) < 1_000
    assert {None} == {picture.content for picture in seen.pictures}
    assert len(json.loads(seen.exchange.response.body)["data"]) == 3
