"""What a run came to: its verdicts folded into one value, and the sentence and exit code they end in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson

from mockfire_contract.cases import Credentials, Expectation
from mockfire_contract.checks import judge_run
from mockfire_contract.delivery import NOT_JSON, answer_of
from mockfire_contract.findings import Finding, Severity, Verdict
from mockfire_contract.situations import Situation, situation_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockfire_contract.cases import Case
    from mockfire_contract.findings import Delivered
    from mockfire_spec import Exchange, Response

LONGEST_TEXT = 1_000
"""Characters of a text in an answer that are kept once its checks are done: pictures are not."""
LONGEST_BODY = 64 * 1024
KEPT, FINDINGS, NOTHING_TESTED = 0, 1, 3
"""Exit codes of a run."""
KEY_REFUSED = frozenset({401, 403})
WEIGHTS = (Severity.INFO, Severity.WARNING, Severity.ERROR)
"""The severities, lightest first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: a *verdict* for each request, and the findings of the run as a whole.

    The verdicts are light: the bytes of pictures are gone, long texts of answers cut.
    """

    verdicts: tuple[Verdict, ...]
    run_findings: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return every finding, in the order in which the requests were sent."""
        return (*chain.from_iterable(verdict.findings for verdict in self.verdicts), *self.run_findings)

    @property
    def exchanges(self) -> tuple[tuple[Case, Exchange], ...]:
        """Return each case with its exchange, in the order in which the requests were sent."""
        seen = (verdict.observation for verdict in self.verdicts)
        return tuple((observation.case, observation.exchange) for observation in seen)

    @property
    def requests(self) -> int:
        """Return the number of requests that were sent; downloads of pictures are not among them."""
        return len(self.verdicts)

    @property
    def pictures(self) -> int:
        """Return the number of pictures that were delivered, by address or as base64."""
        return len(self._pictures)

    @property
    def answers_with_pictures(self) -> int:
        """Return the number of answers that delivered a picture: what a paid service bills."""
        return sum(bool(verdict.observation.pictures) for verdict in self.verdicts)

    @property
    def downloads(self) -> int:
        """Return the number of pictures that were fetched by their address."""
        return sum(picture.fetched for picture in self._pictures)

    @property
    def elsewhere(self) -> int:
        """Return the number of pictures that lie on another host and were not fetched."""
        return sum(picture.elsewhere for picture in self._pictures)

    @property
    def _pictures(self) -> list[Delivered]:
        return [picture for verdict in self.verdicts for picture in verdict.observation.pictures]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How a run ends: its exit code, the sentence that says why, and the weight that fails it."""

    exit_code: int
    sentence: str
    fail_on: Severity = Severity.ERROR

    def fails(self, finding: Finding) -> bool:
        """Tell whether *finding* weighs enough to fail the run."""
        return WEIGHTS.index(finding.severity) >= WEIGHTS.index(self.fail_on)


def collect(verdicts: Iterable[Verdict]) -> Outcome:
    """Return what *verdicts*, a stream in the order sent, come to; run it to its end.

    The checks of the whole run (MF111, MF601) are made here.
    """
    light = tuple(lightened(verdict) for verdict in verdicts)
    return Outcome(light, tuple(judge_run([verdict.observation for verdict in light])))


def conclude(outcome: Outcome, fail_on: Severity = Severity.ERROR) -> Conclusion:
    """Return how a run with *outcome* ends.

    3 where nothing was tested: no request, a refused key, or no valid request that was answered
    with success. 1 where a finding weighs *fail_on* or more. Else 0.
    """
    untested = _untested(outcome)
    if untested:
        return Conclusion(NOTHING_TESTED, untested, fail_on)
    counts = {weight: _count(outcome, weight) for weight in reversed(WEIGHTS)}
    told = ", ".join(_plural(number, weight) for weight, number in counts.items() if number)
    broken = Conclusion(FINDINGS, f"The contract is broken: {told}.", fail_on)
    if any(map(broken.fails, outcome.findings)):
        return broken
    sentence = f"The contract is kept; to note: {told}." if told else "The contract is kept."
    return Conclusion(KEPT, f"{sentence}{_unseen(outcome)}", fail_on)


def _unseen(outcome: Outcome) -> str:
    number = outcome.elsewhere
    return f" But {number} pictures lie on another host and were not looked at." if number else ""


def lightened(verdict: Verdict) -> Verdict:
    """Return *verdict* without the bytes of its pictures and with the long texts of its answer cut."""
    seen = verdict.observation
    exchange = replace(seen.exchange, response=_light_response(seen.exchange.response))
    pictures = tuple(replace(picture, value=_cut(picture.value), content=None) for picture in seen.pictures)
    return replace(verdict, observation=replace(seen, exchange=exchange, pictures=pictures))


def _light_response(response: Response) -> Response:
    if len(response.body) <= LONGEST_TEXT:
        return response
    answer = answer_of(response)
    body = response.body if answer is NOT_JSON else orjson.dumps(_cut(answer))
    return replace(response, body=body[:LONGEST_BODY] if answer is NOT_JSON else body)


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cut(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_cut(part) for part in value]
    is_long = isinstance(value, str) and len(value) > LONGEST_TEXT
    return f"{value[:40]}… ({len(value)} characters)" if is_long else value


def _untested(outcome: Outcome) -> str:
    """Return the sentence on why *outcome* tested nothing, or "" where it did."""
    seen = [verdict.observation for verdict in outcome.verdicts]
    accepted = any(situation_of(observation) is Situation.ACCEPTED for observation in seen)
    if accepted or outcome.answers_with_pictures:
        return ""
    if not seen:
        return "Nothing was tested: no request was sent."
    valid = [
        observation.exchange.response.status
        for observation in seen
        if observation.case.expectation is Expectation.ACCEPTED
        and observation.case.credentials is Credentials.VALID
    ]
    if KEY_REFUSED & set(valid):
        return "Nothing was tested: the key was refused. Give the key that the server takes."
    statuses = ", ".join(str(status) for status in sorted(set(valid)) if status) or "no answer at all"
    return f"Nothing was tested: no valid request was answered with success ({statuses})."


def _count(outcome: Outcome, severity: Severity) -> int:
    return sum(finding.severity is severity for finding in outcome.findings)


_NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "point of drift"}


def _plural(number: int, severity: Severity) -> str:
    name = _NAMES[severity]
    if number == 1:
        return f"1 {name}"
    return f"{number} points of drift" if severity is Severity.INFO else f"{number} {name}s"
