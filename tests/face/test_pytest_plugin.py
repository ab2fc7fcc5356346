"""The pytest plugin, and the runnable contract against another server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mockfire import MockServer, Settings

ROOT = Path(__file__).parents[2]
FEW = "test_the_server_keeps_the_contract and (covering or model)"


def run_contract(target: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return the runnable contract's result on a few cases against *target*."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "contract_tests",
        "-q",
        "-p",
        "no:cacheprovider",
        "--no-cov",
        "-k",
        FEW,
    ]
    return subprocess.run(
        [*command, "--mockfire-target", target, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_server_is_held_to_the_contract() -> None:
    """A server that keeps the contract passes, over a socket."""
    with MockServer() as mock:
        result = run_contract(mock.base_url)

    assert result.returncode == 0, result.stdout
    assert " passed" in result.stdout


def test_a_fault_of_another_server_is_told_by_its_clause() -> None:
    """A server that keeps no model of the contract fails, and the failure names the check and the clause."""
    with MockServer(Settings(models=frozenset({"another"}))) as mock:
        result = run_contract(mock.base_url)

    assert result.returncode == 1
    assert "MF302 error" in result.stdout
    assert "[documented]" in result.stdout


@pytest.mark.parametrize("word", ["--mockfire-target", "loopback server at URL"])
def test_help_explains_the_option(word: str) -> None:
    """`pytest --help` says what the option is for."""
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert word in result.stdout


def test_the_plugin_loads_nothing_of_the_kit() -> None:
    """A suite that does not use mockfire does not pay for it."""
    code = "import sys, mockfire.pytest_plugin; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert [name for name in loaded if name.startswith(("mockfire_", "uvicorn", "hypothesis", "PIL"))] == []


@pytest.mark.parametrize("target", ["http://example.com", "nowhere", ""])
def test_a_target_that_cannot_be_used_is_refused_once(target: str) -> None:
    """A wrong target ends in one sentence, and nothing is sent."""
    result = run_contract(target)

    assert result.returncode == 4
    assert "--mockfire-target: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_target_that_no_test_looks_at_is_refused(tmp_path: Path) -> None:
    """A run with a target and no contract tests is not green."""
    (tmp_path / "test_mine.py").write_text("def test_mine(): pass")
    command = [sys.executable, "-m", "pytest", "-q", "--mockfire-target", "http://127.0.0.1:9"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert result.returncode == 4
    assert "no test that was collected is run against it" in result.stderr


def test_a_server_is_held_to_the_profile_that_was_named() -> None:
    """--mockfire-profile documented finds what a mock of the other profile lets through."""
    with MockServer() as mock:
        result = run_contract(
            mock.base_url, "--mockfire-profile", "documented", "-k", "server_keeps and required"
        )

    assert result.returncode == 1
    assert "MF301 error" in result.stdout
