"""What is measured: servers, each with the request that it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commands import PEERS, aimock, bare_uvicorn, mockfire, prism, write_document
from workloads import WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from servers import Command
    from workloads import Rehearsed

BARE = "bare-"


@dataclass(frozen=True, slots=True)
class Subject:
    """A server under a workload: the *name* of a row, and the row that it is compared with.

    *start* makes its command from the rehearsed workload and a folder for files.
    """

    name: str
    title: str
    workload: str
    start: Callable[[Rehearsed, Path], Command]
    reference: str = ""


def _bare(rehearsed: Rehearsed, _folder: Path) -> Command:
    status = rehearsed.question.status
    return bare_uvicorn(status, rehearsed.content_type, rehearsed.length)


def _of_mockfire(*options: str, quiet: bool = True) -> Callable[[Rehearsed, Path], Command]:
    return lambda _rehearsed, _folder: mockfire(*options, quiet=quiet)


def _subjects() -> Iterator[Subject]:
    """Yield every subject; those that are compared stand side by side."""
    for workload in WORKLOADS:
        name, bare = workload.name, BARE + workload.name
        yield Subject(bare, f"bare uvicorn, {workload.title}", name, _bare)
        yield Subject(name, f"mockfire, {workload.title}", name, _of_mockfire(*workload.options), bare)
        if name == "url":
            yield from _beside_url(bare)


def _beside_url(bare: str) -> Iterator[Subject]:
    yield Subject("url-lines", "mockfire, url, a line each", "url", _of_mockfire(quiet=False), bare)
    yield Subject("aimock", "aimock, one fixture", "url", lambda _rehearsed, _folder: aimock(), bare)
    yield Subject(
        "prism", "Prism, same contract", "url", lambda _rehearsed, folder: prism(write_document(folder)), bare
    )


SUBJECTS = {subject.name: subject for subject in _subjects()}


def chosen(names: list[str] | None) -> tuple[Subject, ...]:
    """Return the subjects with *names* and those they are compared with; all of them where there are none."""
    wanted = set(names or SUBJECTS)
    wanted |= {SUBJECTS[name].reference for name in wanted}
    return tuple(subject for name, subject in SUBJECTS.items() if name in wanted)


def without_peers(subjects: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Return *subjects* without those that need npm."""
    return tuple(subject for subject in subjects if subject.name not in PEERS)


def in_order(subjects: tuple[Subject, ...], turn: int) -> tuple[Subject, ...]:
    """Return *subjects* for round *turn*: every other one backwards, so that none is always first."""
    return subjects[::-1] if turn % 2 else subjects


def reference_of(subject: Subject, measured: Mapping[str, object]) -> str:
    """Return the name of what *subject* is compared with, or "" where that was not measured."""
    return subject.reference if subject.reference in measured else ""
