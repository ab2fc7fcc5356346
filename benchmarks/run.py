"""Measure mockfire beside bare uvicorn, Prism and aimock, in one interleaved run, and print a table."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from commands import HOME, PEERS, mockfire_path, why_no_peers
from errors import BenchmarkError
from load import CONNECTIONS, find_wrk
from machine import machine, today, versions
from samples import take
from subjects import SUBJECTS, chosen, in_order, without_peers
from table import as_table, sentences
from workloads import WORKLOADS, rehearse

if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

    from samples import Sample
    from subjects import Subject

RESULTS = HOME / "RESULTS.md"
INTERRUPTED = 130


def main() -> None:
    """Do what the command line says; end with the exit code of what went wrong."""
    told = _arguments()
    signal.signal(signal.SIGTERM, _leave)
    try:
        _run(told)
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """End as by Ctrl-C, so that no server is left behind."""
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=_positive, default=5, help="samples of each row (default: 5)")
    parser.add_argument("--seconds", type=_positive, default=5, help="load of each sample (default: 5)")
    parser.add_argument(
        "--only",
        action="append",
        choices=SUBJECTS,
        metavar="NAME",
        help=f"measure this row and what it is compared with (repeatable): {', '.join(SUBJECTS)}",
    )
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/RESULTS.md")
    told = parser.parse_args()
    if told.write and told.only:
        parser.error("--write is for the whole table: leave out --only")
    return told


def _positive(text: str) -> int:
    """Return *text* as a whole number from 1 on; argparse puts the refusal into its own sentence."""
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _run(told: argparse.Namespace) -> None:
    find_wrk()
    mockfire_path()
    subjects, skipped = _measurable(chosen(told.only))
    measured = _measure(subjects, told.rounds, told.seconds)
    lines = [as_table(subjects, measured), "", *sentences(subjects, measured), *skipped]
    print("\n".join(lines))
    if told.write:
        RESULTS.write_text(_page("\n".join(lines), told), "utf-8")


def _measurable(subjects: tuple[Subject, ...]) -> tuple[tuple[Subject, ...], list[str]]:
    """Return the subjects that this machine can run, and a sentence about those that it cannot."""
    peers = [subject.name for subject in subjects if subject.name in PEERS]
    reason = why_no_peers(_tell) if peers else ""
    if not reason:
        return subjects, []
    return without_peers(subjects), [f"Skipped {' and '.join(peers)}: {reason}."]


def _measure(subjects: tuple[Subject, ...], rounds: int, seconds: int) -> dict[str, list[Sample]]:
    """Return the samples of each subject, one of each round; a round takes every subject once."""
    wanted = {subject.workload for subject in subjects}
    rehearsed = {item.name: rehearse(item) for item in WORKLOADS if item.name in wanted}
    measured: dict[str, list[Sample]] = {subject.name: [] for subject in subjects}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds):
            for subject in in_order(subjects, turn):
                known = rehearsed[subject.workload]
                sample = take(subject.start(known, Path(folder)), known.question, seconds)
                measured[subject.name].append(sample)
                _tell(f"round {turn + 1} of {rounds}: {subject.name} {sample.rate:,.0f} requests/s")
    return measured


def _tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def _page(text: str, told: argparse.Namespace) -> str:
    """Return RESULTS.md: the table *text*, and where, when and how it came about."""
    table, _, rest = text.partition("\n\n")
    remarks = "\n".join(f"- {line}" for line in rest.splitlines())
    return f"""# Results

Measured on {today()}: {machine()}.
With {versions()}.
Medians of {told.rounds} interleaved rounds, {told.seconds} s of load each, {CONNECTIONS} connections,
load and server on the same machine: compare ratios, not absolutes. What is what: README.md beside this page.
Again: `python benchmarks/run.py --rounds {told.rounds} --seconds {told.seconds} --write`

{table}

{remarks}
"""


if __name__ == "__main__":
    main()
