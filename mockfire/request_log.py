"""The line that `mockfire serve` prints for each request."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from mockfire_spec.wording import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_server import Entry

LONGEST_PATH = 60

PAUSE_SECONDS = 0.05
"""Lines are gathered for so long before they are written: a write for each would halve the rate."""


def as_text(entry: Entry, currency: str) -> str:
    """Return a line for a person: time, method, path, status, milliseconds, what would have been billed."""
    clock = time.strftime("%H:%M:%S", time.localtime(entry.at))
    path = _short(entry.redacted(entry.path))
    line = f"{clock}  {entry.status}  {entry.method} {path}  {entry.milliseconds:.1f} ms"
    if entry.notes.pictures:
        plural = "" if entry.notes.pictures == 1 else "s"
        line += f"  {entry.notes.pictures} picture{plural}, would have cost {entry.notes.billed} {currency}"
    return "\n".join(
        (line, *(f"          {printable(entry.redacted(remark))}" for remark in entry.notes.remarks))
    )


def as_json(entry: Entry, currency: str) -> str:
    """Return a line for a program: one JSON object."""
    notes = entry.notes
    line = {
        "at": entry.at,
        "id": entry.number,
        "method": entry.method,
        "path": entry.redacted(entry.path),
        "status": entry.status,
        "milliseconds": round(entry.milliseconds, 3),
        "model": entry.redacted(notes.model) or None,
        "pictures": notes.pictures,
        "billed": str(notes.billed),
        "currency": currency,
        "remarks": [entry.redacted(remark) for remark in notes.remarks],
    }
    return orjson.dumps(line).decode()


def _short(path: str) -> str:
    """Return *path* fit for a line: the address of a picture holds the whole picture's description."""
    shown = printable(path)
    return (
        shown if len(shown) <= LONGEST_PATH else f"{shown[: LONGEST_PATH // 2]}…{shown[-LONGEST_PATH // 4 :]}"
    )


@dataclass(slots=True)
class RequestLog:
    """Writes a line for each exchange to standard output, many at a time."""

    currency: str
    render: Callable[[Entry, str], str]
    _lines: list[str] = field(default_factory=list)

    def __call__(self, entry: Entry) -> None:
        """Take *entry* in; it is written within a twentieth of a second."""
        if not self._lines:
            asyncio.get_running_loop().call_later(PAUSE_SECONDS, self.flush)
        self._lines.append(self.render(entry, self.currency))

    def flush(self) -> None:
        """Write what has been gathered; a reader that has gone away is no reason to stop serving.

        Neither is a full disk, nor a terminal that lacks a character: it gets the character's number.
        """
        lines, self._lines = self._lines, []
        text = "".join(f"{line}\n" for line in lines)
        # ValueError is what a closed standard output raises.
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(_encodable(text, sys.stdout.encoding or "utf-8"))
            sys.stdout.flush()


def _encodable(text: str, encoding: str) -> str:
    return text.encode(encoding, "backslashreplace").decode(encoding)
