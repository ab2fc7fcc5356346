"""What all reports share: the findings with their lines of curl, grouped by clause, without the key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from mockfire_contract.outcome import WEIGHTS
from mockfire_contract.reports.curl import curl_line
from mockfire_spec.wording import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_contract.findings import Finding, Severity, Verdict
    from mockfire_contract.outcome import Outcome

KEY_ENVIRONMENT = "CHATFIRE_API_KEY"


class Covered(Protocol):
    """What a run covered, as far as reports need it."""

    @property
    def not_exercised(self) -> tuple[str, ...]:
        """Return a sentence for each thing that was not exercised."""
        ...

    def as_json(self) -> dict[str, Any]:
        """Return what was covered as a JSON object."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """What a run was about: *target* in the user's words, the profile it was judged by, and its seed.

    *redact* keeps the key out of texts (see redaction.redactor); *key_environment* is the
    variable that holds the key.
    """

    target: str
    profile: str
    redact: Callable[[str], str]
    seed: int = 0
    version: str = ""
    key_environment: str = KEY_ENVIRONMENT
    coverage: Covered | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as it is told, and the line of shell that sends its request again."""

    finding: Finding
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one check on one clause with one weight, in the order met."""

    code: str
    clause: str
    severity: Severity
    told: tuple[Told, ...]


def telling(outcome: Outcome, about: About) -> list[Told]:
    """Return every finding of *outcome* in the order met, printable, without the key, with its curl line."""
    verdicts = {verdict.observation.case.name: verdict for verdict in outcome.verdicts}
    return [
        Told(_clean(finding, about), _curl(verdicts[finding.case], about)) for finding in outcome.findings
    ]


def grouped(told: list[Told]) -> list[Group]:
    """Return *told* by check and clause, the heaviest first."""
    ordered = sorted(told, key=_rank)
    return [
        Group(code, clause, WEIGHTS[-weight], tuple(members))
        for (weight, code, clause), members in groupby(ordered, key=_rank)
    ]


def _rank(told: Told) -> tuple[int, str, str]:
    finding = told.finding
    return -WEIGHTS.index(finding.severity), finding.code, finding.clause


def _clean(finding: Finding, about: About) -> Finding:
    def clean(text: str) -> str:
        return printable(about.redact(text))

    return replace(
        finding,
        clause=clean(finding.clause),
        pointer=clean(finding.pointer),
        message=clean(finding.message),
        came=clean(finding.came),
        promised=clean(finding.promised),
        case=clean(finding.case),
    )


def _curl(verdict: Verdict, about: About) -> str:
    observation = verdict.observation
    return about.redact(curl_line(observation.case, observation.exchange.request, about.key_environment))
