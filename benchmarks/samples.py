"""One sample: a server started, asked once, loaded, and ended."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from errors import BenchmarkError
from load import Load, press
from processes import busy_seconds, resident_megabytes, used_seconds
from servers import ask, running

if TYPE_CHECKING:
    from servers import Command, Question, Server

WARM_SECONDS = 3
"""Before anything is measured: Node's compiler needs them."""

WARM_FIRST = 1
MEASURED_FIRST = 10**9
"""Where the numbers of a numbered workload begin: those of the measured time were not seen before."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The figures of one sample; a figure that this system does not tell is 0.

    *first_answer* in seconds from the start of the process, *p50* and *p99* in milliseconds, *idle*
    and *after* in MB of resident memory, *processor* in microseconds of the server's processor time
    for each request, *others* as the share of the machine that neither the server nor wrk used.
    """

    rate: float
    p50: float
    p99: float
    first_answer: float
    idle: float
    after: float
    processor: float
    others: float


def take(command: Command, question: Question, seconds: int) -> Sample:
    """Return what *question* costs a fresh server, under load for *seconds*.

    Raise BenchmarkError where it does not start or does not answer as it should.
    """
    with running(command) as server:
        server.first_answer(question)
        first_answer = time.perf_counter() - server.started
        idle = resident_megabytes(server.process.pid)
        _warm(server, question)
        load, processor, others = _watched(server, question, seconds)
        return Sample(
            rate=load.rate,
            p50=load.p50,
            p99=load.p99,
            first_answer=first_answer,
            idle=idle,
            after=resident_megabytes(server.process.pid),
            processor=processor,
            others=others,
        )


def _warm(server: Server, question: Question) -> None:
    """Load the server for WARM_SECONDS, then wait until it has done with what wrk left behind."""
    press(server.port, question, WARM_SECONDS, WARM_FIRST)
    ask(server.port, question)


def _watched(server: Server, question: Question, seconds: int) -> tuple[Load, float, float]:
    """Return the load, the server's microseconds for each request, and the others' share of the machine."""
    before, started = _used(server), time.perf_counter()
    load = press(server.port, question, seconds, MEASURED_FIRST)
    if not load.requests:
        raise BenchmarkError(f"{question.path}: no answer within {seconds} s. Give it more with --seconds.")
    after, passed = _used(server), time.perf_counter() - started
    by_server, by_wrk, by_all = (now - then for now, then in zip(after, before, strict=True))
    others = max(0.0, by_all - by_server - by_wrk) / passed / (os.cpu_count() or 1)
    return load, by_server / load.requests * 1e6, others


def _used(server: Server) -> tuple[float, float, float]:
    """Return the processor seconds of the server, of the programs that ended (wrk), and of the machine."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used_seconds(server.process.pid), ended.ru_utime + ended.ru_stime, busy_seconds()
