"""Memory and processor time of a server and all its processes, from Linux's /proc."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")
KNOWN = (PROC / "stat").exists()
"""Whether this system tells; where it does not, every figure here is zero."""

_SESSION, _USER, _SYSTEM, _PAGES = 3, 11, 12, 21
"""Places in /proc/PID/stat, counted from the process's state (proc(5))."""
_IDLE = (3, 4)
"""Places of idle and iowait among the processor times of /proc/stat."""


def resident_megabytes(session: int) -> float:
    """Return the resident memory of the processes of *session* in MB of 1,000,000 bytes."""
    pages = sum(int(fields[_PAGES]) for fields in _members(session))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def used_seconds(session: int) -> float:
    """Return the processor time that the processes of *session* have used, in seconds."""
    return _ticks(int(fields[_USER]) + int(fields[_SYSTEM]) for fields in _members(session))


def busy_seconds() -> float:
    """Return the processor time that the whole machine has used, in seconds."""
    if not KNOWN:
        return 0.0
    times = PROC.joinpath("stat").read_text("ascii").split("\n")[0].split()[1:9]
    return _ticks(int(time) for place, time in enumerate(times) if place not in _IDLE)


def _ticks(counts: Iterator[int]) -> float:
    return sum(counts) / os.sysconf("SC_CLK_TCK")


def _members(session: int) -> Iterator[list[str]]:
    """Yield what /proc says of each process of *session*, from its state on."""
    for path in PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(fields[_SESSION]) == session:
                yield fields
