"""A run of the contract tests, from its plan to its reports."""

from __future__ import annotations

import contextlib
import signal
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mockfire_contract.clients import Target, fetch_through, loopback_target
from mockfire_contract.coverage import coverage
from mockfire_contract.outcome import NOTHING_TESTED, Conclusion, Outcome, collect, conclude
from mockfire_contract.plan import make_plan
from mockfire_contract.redaction import redactor
from mockfire_contract.reports import About, render, show, watched
from mockfire_contract.runner import run
from mockfire_server import Engine
from mockfire_spec import Contract
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import FrameType

    from rich.console import Console

    from mockfire_contract.findings import Severity, Verdict
    from mockfire_contract.plan import Plan

IN_PROCESS = "the mock in process"
ORIGIN = "http://127.0.0.1:8080"
PLACEHOLDER_KEY = "sk-mockfire-check-of-the-mock"
"""What is sent where no key is set: the mock takes any."""

INTERRUPTED = 130
"""The exit code of a run that was ended by Ctrl-C, as shells have it."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be checked, by what, and how: *timeout* in seconds, *key* "" where none is set."""

    target: str | None
    profile: str
    model: str | None
    strength: int
    deep: bool
    seed: int
    key: str
    key_environment: str
    timeout: float
    fail_on: Severity
    version: str

    @property
    def sent_key(self) -> str:
        """Return the key that is sent, a placeholder where none is set."""
        return self.key or PLACEHOLDER_KEY


@contextlib.contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Yield an event that the first Ctrl-C sets; the second one ends the program as always.

    The request that is under way is waited for: what it brings may have been paid for.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def until(asked: threading.Event, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Yield *verdicts* until the event *asked* is set."""
    for verdict in verdicts:
        yield verdict
        if asked.is_set():
            return


def run_job(job: Job, reports: Iterable[tuple[str, Path]], *, quiet: bool) -> Conclusion:
    """Run *job*, write its *reports* to their files and to the terminal, and return how it ends.

    Raise a MockfireError where it cannot be run at all.
    """
    from rich.console import Console

    contract = Contract.load(job.profile)
    plan = make_plan(contract, model=job.model, strength=job.strength, deep=job.deep, seed=job.seed)
    target, console = _target(job, contract), Console(quiet=quiet)
    asked = run(target.send, plan.cases, key=job.sent_key, origin=target.root, fetch=target.fetch)
    with interruptible() as interrupted:
        outcome = collect(until(interrupted, watched(asked, len(plan.cases), console)))
    conclusion = _concluded(job, outcome, plan, interrupted=interrupted.is_set())
    about = _about(job, contract, plan, outcome)
    for name, path in reports:
        _write(path, render(name, outcome, conclusion, about))
    _tell(outcome, conclusion, about, console)
    return conclusion


def _target(job: Job, contract: Contract) -> Target:
    """Return what is checked: a server on this machine, or a mock of the same profile in process."""
    if job.target is not None:
        return loopback_target(job.target, contract.paths, job.timeout)
    send = Engine(contract).respond
    return Target(ORIGIN, send, fetch_through(send))


def _concluded(job: Job, outcome: Outcome, plan: Plan, *, interrupted: bool) -> Conclusion:
    conclusion = conclude(outcome, job.fail_on)
    if interrupted:
        told = f"Interrupted after {outcome.requests} of {len(plan.cases)} requests."
        return replace(conclusion, exit_code=INTERRUPTED, sentence=f"{told} So far: {conclusion.sentence}")
    if conclusion.exit_code == NOTHING_TESTED and job.target is not None and not job.key:
        told = f"({job.key_environment} is not set, so a placeholder was sent as the key.)"
        return replace(conclusion, sentence=f"{conclusion.sentence} {told}")
    return conclusion


def _about(job: Job, contract: Contract, plan: Plan, outcome: Outcome) -> About:
    return About(
        target=IN_PROCESS if job.target is None else job.target,
        profile=job.profile,
        redact=redactor(job.sent_key),
        seed=job.seed,
        version=job.version,
        key_environment=job.key_environment,
        coverage=coverage(contract, plan, outcome.exchanges),
    )


def _tell(outcome: Outcome, conclusion: Conclusion, about: About, console: Console) -> None:
    """Write the report to the terminal; a reader that has gone away changes nothing about the verdict."""
    from rich.console import Console

    class Told(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    with contextlib.suppress(OSError):
        if console.quiet:
            Told().print(conclusion.sentence, markup=False, highlight=False, soft_wrap=True)
        else:
            show(outcome, conclusion, about, Told())


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise SettingError(f"cannot write the report {path}: {error.strerror}") from None
