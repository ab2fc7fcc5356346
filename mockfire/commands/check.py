"""`mockfire check`: the contract tests, against the mock in process or a server on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from mockfire import __version__
from mockfire.checking import Job, run_job
from mockfire.commands.options import profile_option
from mockfire_contract.findings import Severity
from mockfire_contract.plan import STRENGTHS
from mockfire_contract.reports import REPORTS
from mockfire_contract.reports.model import KEY_ENVIRONMENT


class ReportFile(click.ParamType[tuple[str, Path]]):
    """A report's name and the file that it goes to: junit=report.xml."""

    name = "name=file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """Return name and file; fail with the names that there are."""
        name, equals, file = str(value).partition("=")
        if name not in REPORTS or not equals or not file:
            self.fail(f"{value!r} is not NAME=FILE with one of {', '.join(sorted(REPORTS))}", param, ctx)
        path = Path(file)
        if not path.absolute().parent.is_dir():
            self.fail(f"no folder {str(path.absolute().parent)!r} for the report", param, ctx)
        try:
            path.open("a").close()
        except OSError as error:
            self.fail(f"cannot write {file!r}: {error.strerror}", param, ctx)
        return name, path


@click.command()
@click.argument("target", required=False)
@profile_option("The contract to judge by; only what it allows is sent.")
@click.option("--model", help="The model to ask for. Default: the one of the documented example.")
@click.option(
    "--strength",
    type=click.Choice(list(map(str, STRENGTHS))),
    default="2",
    show_default=True,
    help="1: every value, 2: every pair of values, 3: every triple.",
)
@click.option(
    "--deep/--economical",
    default=None,
    help="Send everything there is, or few requests. Default: deep in process, economical for a TARGET.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Turns on what is generated."
)
@click.option(
    "--key-env",
    default=KEY_ENVIRONMENT,
    show_default=True,
    help="The environment variable that holds the key. The key itself is never an argument.",
)
@click.option(
    "--timeout", type=click.IntRange(1, 86_400), default=120, show_default=True, help="Seconds for an answer."
)
@click.option(
    "--report", "reports", type=ReportFile(), multiple=True, help="Write a report: junit=FILE or json=FILE."
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.ERROR.value,
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--quiet", is_flag=True, help="Print the last sentence only.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    target: str | None,
    profile: str,
    model: str | None,
    strength: str,
    seed: int,
    key_env: str,
    timeout: int,
    reports: tuple[tuple[str, Path], ...],
    fail_on: str,
    *,
    deep: bool | None,
    quiet: bool,
) -> None:
    """Check a server against the contract.

    TARGET is the base URL of a server on this machine; without it, the mock itself is checked in
    process. Exit codes: 0 the contract is kept, 1 it is broken, 2 used wrongly, 3 nothing was tested.
    """
    if target is not None and not target.strip():
        raise click.UsageError("TARGET is empty. Leave it out to check the mock itself, or give a base URL.")
    job = Job(
        target=target,
        profile=profile,
        model=model,
        strength=int(strength),
        deep=target is None if deep is None else deep,
        seed=seed,
        key=_key(key_env),
        key_environment=key_env,
        timeout=timeout,
        fail_on=Severity(fail_on),
        version=__version__,
    )
    sys.exit(run_job(job, reports, quiet=quiet).exit_code)


def _key(environment: str) -> str:
    """Return the key that the variable *environment* holds, "" where it holds none."""
    key = os.environ.get(environment, "").strip()
    if not key and environment != KEY_ENVIRONMENT:
        raise click.UsageError(f"--key-env names {environment}, which is not set.")
    if not (key.isascii() and key.isprintable()):
        raise click.UsageError(f"{environment} holds a character that no header can carry. Is it the key?")
    return key
