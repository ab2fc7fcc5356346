"""Reports tell every finding with what reproduces it, in each form, and never the key."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import fromstring

import pytest
from rich.console import Console

from mockfire_contract.cases import Phase
from mockfire_contract.findings import Severity
from mockfire_contract.outcome import Outcome, conclude
from mockfire_contract.redaction import redactor
from mockfire_contract.reports import About, render, show, watched
from mockfire_spec import Request, Response
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from mockfire_spec import Send
    from tests.contract.conftest import Bench

JSON = (("content-type", "application/json"),)


@dataclass(frozen=True)
class Covered:
    """A little coverage, as a report needs it."""

    not_exercised: tuple[str, ...] = ("The values of style were left out.",)

    def as_json(self) -> dict[str, Any]:
        """Return figures of each kind."""
        return {
            "values": {"size": {"covered": 4, "total": 4}},
            "pairs": {"covered": 100, "total": 101},
            "statuses": {"200": 2},
            "not_exercised": list(self.not_exercised),
        }


def _about(bench: Bench, **changes: Any) -> About:
    about = About("http://127.0.0.1:1", "as-served", redactor(bench.toys.KEY), seed=5, version="0.1.0")
    return replace(about, **changes)


def _faulty(bench: Bench, *codes: str) -> Outcome:
    send: Send = bench.honest
    for code in codes:
        send = bench.faults("by_code")[code](send)
    return bench.run(send, bench.few())


def _shown(outcome: Outcome, about: About, *, terminal: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=80, legacy_windows=False)
    show(outcome, conclude(outcome), about, console)
    return file.getvalue()


def test_json_report_has_what_programs_need(served: Bench) -> None:
    """The JSON report is an object with the findings, the counts, what was covered and the verdict."""
    outcome = _faulty(served, "MF105")
    report = json.loads(render("json", outcome, conclude(outcome), _about(served, coverage=Covered())))
    counts = [report[name] for name in ("requests", "pictures", "images", "downloads")]
    told = [report[name] for name in ("profile", "seed", "target", "version", "exit_code")]

    assert counts == [11, 4, 4, 3]
    assert told == ["as-served", 5, "http://127.0.0.1:1", "0.1.0", 1]
    assert report["covered"] == Covered().as_json()
    assert report["verdict"] == "The contract is broken: 3 errors."
    assert report["findings"][0] == {
        "code": "MF105",
        "severity": "error",
        "clause": "289170412e0, n, 必需 [documented]",
        "pointer": "/data",
        "message": "asked for 2 pictures, got 1",
        "came": "1",
        "promised": "2",
        "case": "two by address",
        "curl": report["findings"][0]["curl"],
    }


def test_json_report_of_a_kept_contract(bench: Bench) -> None:
    """Where there is nothing to tell, the lists are empty and the verdict says so."""
    outcome = bench.run(bench.honest, bench.few())
    report = json.loads(render("json", outcome, conclude(outcome), _about(bench)))

    assert (report["findings"], report["covered"], report["exit_code"]) == ([], {}, 0)


def test_junit_report_has_a_case_for_each_case(served: Bench) -> None:
    """Each case is a test case in the suite of its phase; an error is a failure, a warning is told."""
    outcome = _faulty(served, "MF105", "MF503")
    root = fromstring(render("junit", outcome, conclude(outcome), _about(served)))  # noqa: S314 - our own text
    suites = {suite.get("name"): suite.attrib for suite in root}
    failure = next(root.iter("failure"))

    assert list(suites) == [Phase.REFUSALS, Phase.COVERING, "run"]
    assert [(suite["tests"], suite["failures"], suite["errors"]) for suite in suites.values()] == [
        ("7", "0", "0"),
        ("4", "3", "0"),
        ("1", "0", "0"),
    ]
    assert (failure.get("type"), failure.get("message")) == ("MF105", "asked for 2 pictures, got 1")
    assert "curl -sS" in (failure.text or "")
    assert sum("MF503 warning" in (out.text or "") for out in root.iter("system-out")) == 4


def test_junit_report_tells_what_only_a_run_shows(served: Bench) -> None:
    """A finding of the whole run is a test case of its own, and fails where it weighs enough."""
    outcome = _faulty(served, "MF601")
    text = render("junit", outcome, conclude(outcome, Severity.WARNING), _about(served))
    suite = fromstring(text)[-1]  # noqa: S314 - our own text

    assert [case.get("name") for case in suite] == ["something was tested", "MF601"]
    assert (suite.get("name"), suite.get("failures")) == ("run", "1")


def test_junit_report_of_nothing_is_red() -> None:
    """A run that tested nothing has an error: whoever reads only the XML sees it."""
    outcome = Outcome(())
    about = About("nowhere", "as-served", str)
    root = fromstring(render("junit", outcome, conclude(outcome), about))  # noqa: S314 - our own text
    error = next(root.iter("error"))

    assert error.get("message") == "Nothing was tested: no request was sent."


def test_unknown_report_names_those_there_are() -> None:
    """A report that does not exist is refused with those that do."""
    outcome = Outcome(())

    with pytest.raises(SettingError, match=r"no report is called 'html'\. There are: json, junit\."):
        render("html", outcome, conclude(outcome), About("nowhere", "as-served", str))


def test_terminal_report_tells_each_clause_once(served: Bench) -> None:
    """Findings are grouped by clause, the heaviest first, each with one line that reproduces it."""
    text = _shown(_faulty(served, "MF105", "MF305"), _about(served, coverage=Covered()))

    assert text.startswith("MF105 wrong number of pictures (error, 3 times)\n")
    assert "MF305 no request id (warning, 11 times)\n" in text
    assert "  clause    289170412e0, n, 必需 [documented]\n" in text
    assert "  came      1\n  promised  2\n  at        /data\n" in text
    assert "  in        two by address; two by address, again; two as base64\n" in text
    assert "an unknown token; without a token; another method; and 8 more\n" in text
    assert text.count("curl -sS") == 2
    assert "mockfire explain MF105" in text
    assert text.endswith("\nThe contract is broken: 3 errors, 11 warnings.\n")


def test_terminal_report_tells_what_was_covered(bench: Bench) -> None:
    """What was covered, and what was not, is told whether anything was found or not."""
    text = _shown(bench.run(bench.honest, bench.few()), _about(bench, coverage=Covered()))

    assert "Covered: values size: 4 of 4; pairs 100 of 101; statuses 200: 2.\n" in text
    assert "Not exercised: The values of style were left out.\n" in text
    assert "requests to http://127.0.0.1:1 by the profile as-served (seed 5)" in text
    assert text.endswith("\nThe contract is kept.\n")


def test_terminal_report_is_plain_off_a_terminal(served: Bench) -> None:
    """In a log there are no colours; on a terminal there are."""
    outcome = _faulty(served, "MF105")

    assert "\x1b" not in _shown(outcome, _about(served))
    assert "\x1b[1;31mMF105" in _shown(outcome, _about(served), terminal=True)


def test_server_cannot_steer_the_terminal(served: Bench) -> None:
    """What a server sends is shown, not obeyed: neither escapes nor markup."""
    message = "\x1b[2J\x9b31m[bold red]gone[/] \u202e \u0000"
    body = json.dumps({"error": {"message": message, "type": "t"}}).encode()
    outcome = served.run(lambda _request: Response(500, JSON, body), [served.valid()])
    texts = [
        _shown(outcome, _about(served), terminal=True),
        render("junit", outcome, conclude(outcome), _about(served)),
    ]

    assert [bad for bad in ("\x1b[2J", "\x9b", "\u202e", "\x00") for text in texts if bad in text] == []
    assert "[bold red]gone[/]" in texts[0]


def test_pictures_elsewhere_are_told_as_not_exercised(served: Bench) -> None:
    """Pictures on another host are not looked at, and that is said."""

    def send(request: Request) -> Response:
        response = served.honest(request)
        return replace(response, body=response.body.replace(b"http://127.0.0.1:8080", b"https://s3ai.cn"))

    text = _shown(served.run(send, [served.valid()]), _about(served))

    assert "Not exercised: 1 pictures lie on another host and were not fetched.\n" in text


def test_progress_lets_every_verdict_through(served: Bench) -> None:
    """A bar is drawn on a terminal only, and changes nothing of what passes by."""
    verdicts = served.run(served.honest, served.few()).verdicts
    drawn = []
    for is_terminal in (False, True):
        file = io.StringIO()
        console = Console(file=file, force_terminal=is_terminal, width=80, legacy_windows=False)
        passed = tuple(watched(verdicts, len(verdicts), console))
        drawn.append((passed == verdicts, bool(file.getvalue())))

    assert drawn == [(True, False), (True, True)]
