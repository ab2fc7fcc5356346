"""Reports: each folds the outcome of a run into a text, without the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockfire_contract.reports.json_report import json_report
from mockfire_contract.reports.junit import junit_report
from mockfire_contract.reports.model import About
from mockfire_contract.reports.terminal import show, watched
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from mockfire_contract.outcome import Conclusion, Outcome

__all__ = ["REPORTS", "About", "json_report", "junit_report", "render", "show", "watched"]

REPORTS = {"json": json_report, "junit": junit_report}
"""The reports that are written to a file, by the name that `--report NAME=FILE` gives."""


def render(name: str, outcome: Outcome, conclusion: Conclusion, about: About) -> str:
    """Return the report called *name* as a text; raise SettingError where there is none."""
    if name not in REPORTS:
        raise SettingError(f"no report is called {name!r}. There are: {', '.join(sorted(REPORTS))}.")
    return REPORTS[name](outcome, conclusion, about)
