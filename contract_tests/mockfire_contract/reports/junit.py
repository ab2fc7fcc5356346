"""The report as JUnit XML, for continuous integration: a test case for each case, a suite for each phase."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockfire_contract.cases import Phase
from mockfire_contract.outcome import NOTHING_TESTED
from mockfire_contract.reports.model import telling
from mockfire_spec.wording import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockfire_contract.findings import Verdict
    from mockfire_contract.outcome import Conclusion, Outcome
    from mockfire_contract.reports.model import About, Told

PHASES = list(Phase)
RUN_SUITE = "run"
"""The suite of what only a whole run shows."""


def junit_report(outcome: Outcome, conclusion: Conclusion, about: About) -> str:
    """Return the run as the text of a JUnit XML document; the key appears nowhere in it.

    A finding that fails the run is a failure of its case, a lighter one a line of its output. A
    run that tested nothing has an error of its own.
    """
    root = Element("testsuites", name=f"mockfire {about.profile}")
    told = telling(outcome, about)
    count = len(told) - len(outcome.run_findings)
    by_case = {
        name: list(members) for name, members in groupby(told[:count], key=lambda one: one.finding.case)
    }
    for phase, verdicts in groupby(sorted(outcome.verdicts, key=_phase), key=_phase):
        suite = SubElement(root, "testsuite", name=PHASES[phase])
        for verdict in verdicts:
            name = printable(about.redact(verdict.observation.case.name))
            _add_case(suite, name, verdict.observation.exchange.seconds, by_case.get(name, []), conclusion)
        _add_counts(suite)
    _add_run(root, told[count:], conclusion)
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{about.redact(text)}\n'


def _phase(verdict: Verdict) -> int:
    return PHASES.index(verdict.observation.case.phase)


def _add_case(
    suite: Element, name: str, seconds: float, told: Sequence[Told], conclusion: Conclusion
) -> None:
    phase = suite.get("name", "")
    case = SubElement(suite, "testcase", classname=phase, name=name, time=f"{seconds:.3f}")
    _add_findings(case, told, conclusion)


def _add_findings(case: Element, told: Sequence[Told], conclusion: Conclusion) -> None:
    lighter = []
    for one in told:
        if conclusion.fails(one.finding):
            failure = SubElement(case, "failure", type=one.finding.code, message=one.finding.message)
            failure.text = _text(one)
        else:
            lighter.append(_text(one))
    if lighter:
        SubElement(case, "system-out").text = "\n\n".join(lighter)


def _add_run(root: Element, told: Sequence[Told], conclusion: Conclusion) -> None:
    suite = SubElement(root, "testsuite", name=RUN_SUITE)
    case = SubElement(suite, "testcase", classname=RUN_SUITE, name="something was tested", time="0.000")
    if conclusion.exit_code == NOTHING_TESTED:
        SubElement(case, "error", type="NothingTested", message=conclusion.sentence)
    for one in told:
        case = SubElement(suite, "testcase", classname=RUN_SUITE, name=one.finding.code, time="0.000")
        _add_findings(case, [one], conclusion)
    _add_counts(suite)


def _add_counts(suite: Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("errors", str(sum(case.find("error") is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")


def _text(told: Told) -> str:
    finding = told.finding
    return (
        f"{finding.code} {finding.severity}: {finding.message}\n"
        f"came {finding.came} at {finding.pointer or 'the answer'}, promised {finding.promised}\n"
        f"clause: {finding.clause}\n{told.curl}"
    )
