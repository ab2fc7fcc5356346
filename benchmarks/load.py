"""The load: wrk with 32 connections, driven by requests.lua."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from commands import HOME
from errors import BenchmarkError, ToolMissingError
from servers import HOST, KEY

if TYPE_CHECKING:
    from servers import Question

CONNECTIONS = 32
SPARE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: requests per second, latencies in milliseconds, and the number of requests."""

    rate: float
    p50: float
    p99: float
    requests: int


def find_wrk() -> str:
    """Return the path of wrk; raise ToolMissingError where it is not installed."""
    path = shutil.which("wrk")
    if path is None:
        raise ToolMissingError(
            "wrk, which sends the load, was not found: apt-get install wrk (or brew install wrk)."
        )
    return path


def press(port: int, question: Question, seconds: int, first: int) -> Load:
    """Return how the server at *port* did under *question* for *seconds*; numbers count up from *first*.

    Raise BenchmarkError where any answer had another status than the question's.
    """
    words = [find_wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    words += ["-s", str(HOME / "requests.lua"), f"http://{HOST}:{port}", "--"]
    words += [question.method, question.path, KEY, question.body, question.mark, str(first)]
    done = subprocess.run(words, capture_output=True, timeout=seconds + SPARE_SECONDS, check=False)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise BenchmarkError(f"wrk failed: {done.stderr.decode('utf-8', 'replace').strip()}")
    return _load(orjson.loads(lines[-1]), question)


def _load(figures: dict[str, float], question: Question) -> Load:
    requests = int(figures["requests"])
    refused = requests if question.status >= 400 else 0
    if figures["refused"] != refused or figures["failed"]:
        raise BenchmarkError(
            f"{question.method} {question.path}: {requests} answers, {figures['refused']:.0f} of them with "
            f"status 400 or above where {refused} were expected, {figures['failed']:.0f} requests failed."
        )
    seconds = figures["microseconds"] / 1e6
    return Load(requests / seconds, figures["p50"], figures["p99"], requests)
