"""What came of a case, in one word: it decides which checks speak, so that one fault is told once."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mockfire_contract.cases import Expectation

if TYPE_CHECKING:
    from mockfire_contract.cases import Case
    from mockfire_contract.findings import Observation

SILENT_STATUS = 0
"""The status that stands for "no answer"; the body then says why (see the runner)."""
FIRST_REFUSAL = 400
FIRST_FAILURE = 500


class Situation(StrEnum):
    """What came of a case."""

    SILENT = "silent"
    """No answer came."""
    ELSEWHERE = "elsewhere"
    """The request went to another method or path than the operation's; anything but a picture is right."""
    ACCEPTED = "accepted"
    """A valid request was answered as the contract documents success."""
    DENIED = "denied"
    """A valid request was answered otherwise, and the server did not fail."""
    LET_THROUGH = "let through"
    """A request that must be refused was not."""
    REFUSED = "refused"
    """A request that may be refused was."""
    TOLERATED = "tolerated"
    """A request that the contract leaves open was answered in some way that it leaves open too."""
    FAILED = "failed"
    """The server says that it failed (5xx)."""


def situation_of(observation: Observation) -> Situation:
    """Return what came of *observation*'s case."""
    case, status = observation.case, observation.exchange.response.status
    if status == SILENT_STATUS:
        return Situation.SILENT
    if is_elsewhere(case):
        return Situation.ELSEWHERE
    if status >= FIRST_FAILURE:
        return Situation.FAILED
    return _ANSWERED[case.expectation](case, status)


def is_elsewhere(case: Case) -> bool:
    """Tell whether *case* goes to another method or path than its operation's."""
    operation = case.operation
    paths = (operation.path, *operation.aliases)
    return case.request.method != operation.method or case.request.path not in paths


def _of_valid(case: Case, status: int) -> Situation:
    return Situation.ACCEPTED if _is_documented_success(case, status) else Situation.DENIED


def _of_broken(_case: Case, status: int) -> Situation:
    return Situation.REFUSED if status >= FIRST_REFUSAL else Situation.LET_THROUGH


def _of_open(case: Case, status: int) -> Situation:
    if status >= FIRST_REFUSAL:
        return Situation.REFUSED
    judged = _is_documented_success(case, status) and case.operation.request.is_valid(case.payload)
    return Situation.ACCEPTED if judged else Situation.TOLERATED


def _is_documented_success(case: Case, status: int) -> bool:
    return status < FIRST_REFUSAL and status in case.operation.responses


_ANSWERED = {
    Expectation.ACCEPTED: _of_valid,
    Expectation.REFUSED: _of_broken,
    Expectation.EITHER: _of_open,
}
