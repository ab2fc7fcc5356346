"""`mockfire check`: verdicts, reports and exit codes, as a person or a pipeline meets them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from mockfire import MockServer, Settings
from mockfire.cli import main
from mockfire_contract.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

KEY = "sk-a-secret-of-the-tests"


def check(*arguments: str, key: str = KEY) -> Result:
    """Return what `mockfire check` with *arguments* prints, and its exit code."""
    return CliRunner().invoke(main, ["check", *arguments], env={"CHATFIRE_API_KEY": key})


@pytest.fixture(name="mock", scope="module")
def _mock() -> Iterator[MockServer]:
    with MockServer(Settings(tokens=frozenset({KEY}))) as mock:
        yield mock


@pytest.mark.parametrize("profile", ["documented", "as-served"])
@pytest.mark.parametrize(("strength", "most", "paid"), [("1", 32, 5), ("2", 44, 17)])
def test_the_mock_keeps_its_contract_in_few_requests(
    tmp_path: Path, profile: str, strength: str, most: int, paid: int
) -> None:
    """In process the mock has no finding, within the number of requests and paid answers that is promised."""
    file = tmp_path / "report.json"
    result = check("--economical", "--profile", profile, "--strength", strength, "--report", f"json={file}")
    report = json.loads(file.read_text("utf-8"))

    assert result.exit_code == 0, result.output
    assert report["findings"] == []
    assert report["requests"] <= most
    assert 0 < report["pictures"] <= paid
    assert (profile, 0) == (report["profile"], report["seed"])
    assert report["covered"]["pairs"]["covered"] > 0


@pytest.mark.parametrize("model", ["gpt-image-1-mini", "gpt-image-2", "cogview"])
def test_another_model_is_held_to_its_own_rules(model: str) -> None:
    """What is only inferred of another model is no finding, whichever way a server takes it."""
    result = check("--economical", "--model", model)

    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "The contract is kept.")


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_a_server_is_checked_over_a_socket(mock: MockServer, ending: str) -> None:
    """A base URL is understood with and without the version and a slash."""
    result = check(mock.origin + ending, "--strength", "1")

    assert result.exit_code == 0, result.output
    assert "answers with" in result.output


def test_reports_are_written_for_programs(mock: MockServer, tmp_path: Path) -> None:
    """JUnit and JSON are written in one run, and tell the same findings."""
    files = {name: tmp_path / f"report.{name}" for name in ("junit", "json")}
    reports = [part for name, file in files.items() for part in ("--report", f"{name}={file}")]
    result = check(mock.origin, "--profile", "documented", "--economical", *reports)

    report = json.loads(files["json"].read_text("utf-8"))
    suites = ET.fromstring(files["junit"].read_text("utf-8"))  # noqa: S314 - our own file
    assert result.exit_code == report["exit_code"] == 1
    assert {"code", "severity", "clause", "pointer", "message", "case"} <= set(report["findings"][0])
    assert {"error"} == {finding["severity"] for finding in report["findings"]}
    assert len(report["findings"]) == len(suites.findall(".//failure"))
    # One test case is the run as a whole.
    assert report["requests"] + 1 == len(suites.findall(".//testcase"))


def test_the_key_is_nowhere_in_what_is_written(mock: MockServer, tmp_path: Path) -> None:
    """Neither the terminal nor a report holds the key; the line of curl names its variable."""
    files = {name: tmp_path / f"report.{name}" for name in ("junit", "json")}
    reports = [part for name, file in files.items() for part in ("--report", f"{name}={file}")]
    result = check(mock.origin, "--profile", "documented", *reports)

    written = result.output + "".join(file.read_text("utf-8") for file in files.values())
    assert KEY not in written
    assert "$CHATFIRE_API_KEY" in written


def test_a_refused_key_is_red(mock: MockServer) -> None:
    """A run whose key is refused tested nothing, and says so: exit code 3."""
    result = check(mock.origin, "--economical", key="sk-some-other-key")

    assert result.exit_code == 3
    assert "the key was refused" in result.output


def test_a_server_that_is_not_there_is_red() -> None:
    """Nothing at the address is exit code 3 and one sentence."""
    result = check("http://127.0.0.1:9")

    assert result.exit_code == 3
    assert "nothing answers at http://127.0.0.1:9/v1/images/generations" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["https://api.chatfire.cn"], "is not this machine, so nothing was sent"),
        (["http://10.0.0.1"], "is not this machine"),
        (["ftp://127.0.0.1"], "127.0.0.1"),
        (["127.0.0.1:8080"], "http://127.0.0.1:8080"),
        (["--report", "html=x.html"], "json, junit"),
        (["--report", "json"], "NAME=FILE"),
        (["--report", "json=/no/such/folder/x.json"], "no folder '/no/such/folder'"),
        (["--strength", "9"], "'1', '2', '3'"),
        (["--profile", "live"], "as-served"),
        (["--timeout", "0"], "1<=x<=86400"),
        (["--timeout", "nan"], "--timeout"),
        ([""], "TARGET is empty"),
        (["--key-env", "NO_SUCH_VARIABLE"], "NO_SUCH_VARIABLE, which is not set"),
        (["--report", "json=/proc/x.json"], "cannot write"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(arguments: list[str], words: str) -> None:
    """A wrong target or option gets exit code 2 and what to do instead; nothing is sent."""
    result = check(*arguments)

    assert result.exit_code == 2, result.output
    assert words in result.output
    assert "Traceback" not in result.output


def test_quiet_prints_the_verdict_alone() -> None:
    """--quiet leaves one line."""
    assert check("--economical", "--strength", "1", "--quiet").output == "The contract is kept.\n"


def test_every_code_is_explained() -> None:
    """`mockfire explain` knows each code, in any case, and lists them all."""
    runner = CliRunner()
    listed = runner.invoke(main, ["explain"]).output

    assert [code for code in catalogue() if code not in listed] == []
    assert [code for code in catalogue() if runner.invoke(main, ["explain", code]).exit_code] == []
    assert runner.invoke(main, ["explain", "mf105"]).output.startswith("MF105")


def test_an_unknown_code_gets_the_nearest() -> None:
    """A wrong code ends in a sentence with a right one."""
    result = CliRunner().invoke(main, ["explain", "MF1055"])

    assert result.exit_code == 2
    assert "Did you mean MF105" in result.output


def test_a_report_survives_a_reader_that_goes_away(mock: MockServer, tmp_path: Path) -> None:
    """`mockfire check ... | head -1` writes its report, and ends by its verdict."""
    file = tmp_path / "report.json"
    command = f"{sys.executable} -m mockfire check {mock.origin} --strength 1 --report json={file} | head -c 1; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(
        ["bash", "-c", command], env={**os.environ, "CHATFIRE_API_KEY": KEY}, capture_output=True, check=False
    )

    assert (result.returncode, result.stderr) == (0, b"")
    assert json.loads(file.read_text("utf-8"))["exit_code"] == 0


def test_an_interrupted_run_reports_what_it_saw(tmp_path: Path) -> None:
    """Ctrl-C ends a run with 130, and its report tells the requests that were sent."""
    file = tmp_path / "report.json"
    with MockServer() as mock:
        command = [
            sys.executable,
            "-m",
            "mockfire",
            "check",
            mock.origin,
            "--deep",
            "--report",
            f"json={file}",
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        while len(mock.journal.entries) < 9 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=60)[0].decode()

    report = json.loads(file.read_text("utf-8"))
    assert (process.returncode, report["exit_code"]) == (130, 130)
    assert "Interrupted after" in output
    assert report["requests"] > 0


def test_a_report_can_be_written_to_an_old_terminal(mock: MockServer) -> None:
    """A terminal without Chinese gets escapes in place of a traceback."""
    environment = {**os.environ, "CHATFIRE_API_KEY": KEY, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    command = [
        sys.executable,
        "-m",
        "mockfire",
        "check",
        mock.origin,
        "--profile",
        "documented",
        "--strength",
        "1",
    ]
    result = subprocess.run(command, env=environment, capture_output=True, check=False)

    assert (result.returncode, result.stderr) == (1, b"")
    assert b"\\u5fc5\\u9700" in result.stdout


@pytest.mark.parametrize(
    ("key", "words"), [("sk-密钥", "no header can carry"), (f" {KEY}\n", "The contract is kept")]
)
def test_a_key_is_trimmed_or_refused(mock: MockServer, key: str, words: str) -> None:
    """White space around a key is not part of it; what no header can carry is refused."""
    assert words in check(mock.origin, "--strength", "1", key=key).output


def test_a_missing_key_is_named(mock: MockServer) -> None:
    """Where no key is set and the server wants one, the variable is named."""
    assert "CHATFIRE_API_KEY is not set" in check(mock.origin, "--strength", "1", key="").output
