"""A run of the contract tests, from its plan to its reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockfire_contract.clients import Target, fetch_through, loopback_target
from mockfire_contract.coverage import coverage
from mockfire_contract.outcome import Conclusion, Outcome, collect, conclude
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

    from rich.console import Console

    from mockfire_contract.cases import Case
    from mockfire_contract.findings import Severity
    from mockfire_contract.plan import Plan
    from mockfire_spec import Exchange

IN_PROCESS = "the mock in process"
ORIGIN = "http://127.0.0.1:8080"
MOCK_KEY = "sk-mockfire-check-of-the-mock"
"""What is sent where no key is set: the mock takes any."""


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


def run_job(job: Job, reports: Iterable[tuple[str, Path]], *, quiet: bool) -> Conclusion:
    """Run *job*, write its report to the terminal and its *reports* to their files, and return how it ends.

    Raise a MockfireError where it cannot be run at all.
    """
    from rich.console import Console

    contract = Contract.load(job.profile)
    plan = make_plan(contract, model=job.model, strength=job.strength, deep=job.deep, seed=job.seed)
    target = _target(job, contract)
    console = Console(quiet=quiet)
    outcome = _outcome(job, plan, target, console)
    conclusion, about = conclude(outcome, job.fail_on), _about(job, contract, plan, outcome)
    show(outcome, conclusion, about, console)
    if quiet:
        Console().print(conclusion.sentence, markup=False, highlight=False, soft_wrap=True)
    for name, path in reports:
        _write(path, render(name, outcome, conclusion, about))
    return conclusion


def _target(job: Job, contract: Contract) -> Target:
    """Return what is checked: a server on this machine, or a mock of the same profile in process."""
    if job.target:
        return loopback_target(job.target, contract.paths, job.timeout)
    send = Engine(contract).respond
    return Target(ORIGIN, send, fetch_through(send))


def _outcome(job: Job, plan: Plan, target: Target, console: Console) -> Outcome:
    verdicts = run(target.send, plan.cases, key=job.key or MOCK_KEY, origin=target.root, fetch=target.fetch)
    return collect(watched(verdicts, len(plan.cases), console))


def _about(job: Job, contract: Contract, plan: Plan, outcome: Outcome) -> About:
    return About(
        target=job.target or IN_PROCESS,
        profile=job.profile,
        redact=redactor(job.key or MOCK_KEY),
        seed=job.seed,
        version=job.version,
        key_environment=job.key_environment,
        coverage=coverage(contract, plan, _answered(outcome)),
    )


def _answered(outcome: Outcome) -> Iterator[tuple[Case, Exchange]]:
    for verdict in outcome.verdicts:
        yield verdict.observation.case, verdict.observation.exchange


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise SettingError(f"cannot write the report {path}: {error.strerror}") from None
