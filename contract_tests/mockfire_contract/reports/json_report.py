"""The report as one JSON object, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockfire_contract.reports.model import telling

if TYPE_CHECKING:
    from mockfire_contract.outcome import Conclusion, Outcome
    from mockfire_contract.reports.model import About, Told


def json_report(outcome: Outcome, conclusion: Conclusion, about: About) -> str:
    """Return the run as the text of a JSON object; the key appears nowhere in it."""
    report = {
        "version": about.version,
        "target": about.target,
        "profile": about.profile,
        "seed": about.seed,
        "verdict": conclusion.sentence,
        "exit_code": conclusion.exit_code,
        "requests": outcome.requests,
        "pictures": outcome.answers_with_pictures,
        "images": outcome.pictures,
        "downloads": outcome.downloads,
        "findings": [_finding(told) for told in telling(outcome, about)],
        "covered": about.coverage.as_json() if about.coverage else {},
    }
    return about.redact(json.dumps(report, ensure_ascii=False, indent=2)) + "\n"


def _finding(told: Told) -> dict[str, Any]:
    finding = told.finding
    return {
        "code": finding.code,
        "severity": finding.severity,
        "clause": finding.clause,
        "pointer": finding.pointer,
        "message": finding.message,
        "came": finding.came,
        "promised": finding.promised,
        "case": finding.case,
        "curl": told.curl,
    }
