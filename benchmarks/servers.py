"""Starting a server on this machine, asking it, and ending it whatever happens."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, TypeAlias

from errors import BenchmarkError

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
KEY = "sk-benchmark"
START_SECONDS = 30
END_SECONDS = 5
PAUSE_SECONDS = 0.003
"""Between two attempts to reach a server that does not listen yet."""

Command: TypeAlias = Callable[[int], list[str]]
"""From a port to the words of a command line."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and the *status* it is to be answered with; *mark* stands where a number belongs."""

    method: str
    path: str
    body: str
    status: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """A process that was *started* (perf_counter seconds), the port it was given, and its error stream."""

    process: subprocess.Popen[bytes]
    port: int
    started: float
    errors: IO[bytes]

    def first_answer(self, question: Question) -> Reply:
        """Return the first answer to *question*, asked until the server listens.

        Raise BenchmarkError where it ends, takes longer than START_SECONDS or answers another status.
        """
        while True:
            with contextlib.suppress(ConnectionError, TimeoutError, http.client.HTTPException):
                return ask(self.port, question)
            if self.process.poll() is not None or time.perf_counter() - self.started > START_SECONDS:
                raise BenchmarkError(self._why())
            time.sleep(PAUSE_SECONDS)

    def _why(self) -> str:
        self.errors.seek(0)
        told = self.errors.read().decode("utf-8", "replace").strip()
        return f"{self.process.args!r} did not answer (exit code {self.process.poll()}). It said: {told}"


@contextlib.contextmanager
def running(command: Command) -> Iterator[Server]:
    """Start *command* on a free port and yield its server; end it and all of its processes afterwards."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        port, started = _free_port(), time.perf_counter()
        process = subprocess.Popen(
            command(port), stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True
        )
        try:
            yield Server(process, port, started, errors)
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, first politely, and then whatever is left of its session."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ask(port: int, question: Question) -> Reply:
    """Return the answer to *question*.

    Raise BenchmarkError where it has another status, ConnectionError where nothing listens.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=START_SECONDS)
    with contextlib.closing(connection):
        connection.request(question.method, question.path, *_sent(question))
        answer = connection.getresponse()
        reply = Reply(answer.status, answer.headers.get("content-type", ""), answer.read())
    if reply.status != question.status:
        raise BenchmarkError(
            f"{question.method} {question.path} was answered with {reply.status}, not {question.status}: "
            f"{reply.body[:300].decode('utf-8', 'replace')}"
        )
    return reply


def _sent(question: Question) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers; a number of zeros is never counted up to."""
    if not question.body:
        return b"", {}
    body = question.body.replace(question.mark, "0" * len(question.mark)) if question.mark else question.body
    return body.encode(), {"content-type": "application/json", "authorization": f"Bearer {KEY}"}
