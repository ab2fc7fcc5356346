"""The command: what a person at a terminal sees."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml
from click.testing import CliRunner
from PIL import Image

from mockfire.cli import COMMANDS, main
from mockfire_spec.documents import effective_document

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).parents[2]
COMMAND = [str(Path(sys.executable).parent / "mockfire")]


def run(*arguments: str) -> Result:
    """Return what `mockfire` with *arguments* prints, and its exit code."""
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    """Each subcommand has a help page."""
    result = run(name, "--help")

    assert result.exit_code == 0
    assert f"Usage: main {name}" in result.output


def test_help_loads_no_server() -> None:
    """`mockfire --help` waits for nothing heavy."""
    code = "import sys; from mockfire.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert [
        name for name in ("uvicorn", "yaml", "PIL", "jsonschema", "hypothesis", "rich") if name in loaded
    ] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["srve"], "Did you mean 'serve'?"),
        (["zzz"], "There are: serve, check"),
        (["serve", "--prot", "1"], "--port"),
        (["serve", "--port", "99999"], "99999"),
        (["serve", "--max-body", "many"], "Write 4096, 512KB or 128MB"),
        (["serve", "--tokens", ","], "at least one name is needed"),
        (["serve", "--public-url", "nowhere"], "--public-url) is like"),
        (["serve", "--prices", "/no/such/file"], "does not exist"),
        (["spec", "--profile", "live"], "'documented', 'as-served'"),
    ],
)
def test_wrong_use_ends_in_a_sentence_and_two(arguments: list[str], words: str) -> None:
    """A wrong word gets the right one, exit code 2, and no traceback."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("profile", ["documented", "as-served"])
def test_spec_prints_the_document_of_the_profile(profile: str) -> None:
    """YAML and JSON say the same, and it is what is in effect."""
    as_yaml = yaml.safe_load(run("spec", "--profile", profile).output)
    as_json = json.loads(run("spec", "--profile", profile, "--format", "json").output)

    assert effective_document(profile) == as_yaml == as_json


def test_demo_shows_a_picture(tmp_path: Path) -> None:
    """The demo asks a mock for a picture and saves it."""
    result = run("demo", "--output", str(tmp_path / "heron.png"))

    assert result.exit_code == 0, result.output
    assert "200 OK, request id" in result.output
    with Image.open(tmp_path / "heron.png") as picture:
        assert picture.size == (1536, 1024)


def test_demo_says_where_it_cannot_write(tmp_path: Path) -> None:
    """A folder that is not there gets a sentence."""
    result = run("demo", "--output", str(tmp_path / "none" / "heron.png"))

    assert result.exit_code == 1
    assert "cannot write" in result.output


def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """Return a running `mockfire serve` and the address that it tells."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    told = process.stdout.readline()
    found = re.search(r"http://[0-9.]+:\d+", told)
    assert found, told
    return process, found[0]


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> str:
    """Return what is left of the output of *process*, which gets the signal *number*."""
    process.send_signal(number)
    assert process.stdout is not None
    with process.stdout as output:
        left = output.read()
    process.wait(10)
    return left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_tells_what_to_set_and_stops_cleanly(number: signal.Signals) -> None:
    """The banner names base URL and key; each request gets a line; a signal ends it with exit code 0."""
    process, origin = start()
    headers = {"authorization": "Bearer sk-anything"}
    httpx.post(
        f"{origin}/v1/images/generations",
        json={"prompt": "x", "n": 2, "response_format": "url"},
        headers=headers,
        trust_env=False,
    )
    httpx.post(f"{origin}/v1/images/generations", json={"prompt": "\x1b[31m"}, trust_env=False)
    output = stop(process, number)

    assert process.returncode == 0
    assert f"export OPENAI_BASE_URL={origin}/v1" in output
    assert re.search(
        r"  200  POST /v1/images/generations  [\d.]+ ms  2 pictures, would have cost 0.10 CNY\n", output
    )
    assert "refused: 未提供令牌" in output
    assert output.endswith("Stopped.\n")


def test_serve_logs_objects_for_programs() -> None:
    """--json prints one object a line, the address first."""
    process, origin = start("--json", "--models", "gpt-image-1")
    httpx.post(
        f"{origin}/v1/images/generations",
        json={"prompt": "x", "model": "m"},
        headers={"authorization": "Bearer k"},
        trust_env=False,
    )
    lines = [json.loads(line) for line in stop(process).splitlines()]

    assert [(line["status"], line["method"], line["billed"], line["currency"]) for line in lines] == [
        (503, "POST", "0", "CNY")
    ]


def test_quiet_prints_no_line_for_a_request() -> None:
    """--quiet leaves the banner alone."""
    process, origin = start("--quiet")
    httpx.get(f"{origin}/v1/x", trust_env=False)

    assert "404" not in stop(process)


def test_a_taken_port_ends_the_command_with_a_sentence() -> None:
    """The second server on a port says so, with exit code 2."""
    process, origin = start()
    port = origin.rpartition(":")[2]
    second = subprocess.run(
        [*COMMAND, "serve", "--port", port], capture_output=True, text=True, timeout=20, check=False
    )
    stop(process)

    assert second.returncode == 2
    assert f"Error: port {port} on 127.0.0.1 is taken." in second.stderr
    assert "Traceback" not in second.stderr
