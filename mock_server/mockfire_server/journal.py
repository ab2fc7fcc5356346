"""The journal: the last exchanges, without keys, with large payloads as size and SHA-256."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockfire_spec import Request, Response

LENGTH = 1_000
LONGEST_BODY = 16_384
"""Bytes of a body that are kept whole; of a longer one its size, digest and start are kept."""

START = 1_024
SHORTEST_KEY = 8
"""Characters from which on a key is looked for everywhere: a shorter one would hide ordinary words."""

REDACTED = "[redacted]"


@dataclass(frozen=True, slots=True)
class Notes:
    """What the engine knows of an exchange beside its bytes: *billed* in the price table's currency."""

    operation: str = ""
    model: str = ""
    pictures: int = 0
    billed: Decimal = Decimal(0)
    remarks: tuple[str, ...] = ()
    summary: bytes | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it is kept: whole, or its start, with its *size* in bytes and, where cut, its SHA-256."""

    size: int
    kept: bytes
    digest: str = ""

    @classmethod
    def of(cls, content: bytes) -> Body:
        """Return what is kept of *content*."""
        if len(content) <= LONGEST_BODY:
            return cls(len(content), content)
        return cls(len(content), content[:START], hashlib.sha256(content).hexdigest())

    def as_json(self) -> dict[str, Any]:
        """Return the body for the journal's JSON: as JSON where it is JSON, as text otherwise."""
        if self.digest:
            return {"bytes": self.size, "sha256": self.digest, "start": self.kept.decode("utf-8", "replace")}
        digest = hashlib.sha256(self.kept).hexdigest()
        return {"bytes": self.size, "sha256": digest, "content": _readable(self.kept)}


def _readable(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange: *at* in Unix seconds, *milliseconds* of work, and what went over the wire."""

    number: str
    at: float
    milliseconds: float
    method: str
    path: str
    status: int
    notes: Notes
    request_headers: tuple[tuple[str, str], ...]
    request: Body
    response_headers: tuple[tuple[str, str], ...]
    response: Body

    def as_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object, without any key."""
        notes = self.notes
        return {
            "id": self.number,
            "at": self.at,
            "milliseconds": round(self.milliseconds, 3),
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "operation": notes.operation or None,
            "model": notes.model or None,
            "pictures": notes.pictures,
            "billed": str(notes.billed),
            "remarks": list(notes.remarks),
            "request": {"headers": dict(self.request_headers), **self.request.as_json()},
            "response": {"headers": dict(self.response_headers), **self.response.as_json()},
        }


@dataclass(slots=True)
class Journal:
    """The last exchanges, oldest first."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=LENGTH))

    def record(  # noqa: PLR0913 - an entry is made of all of it
        self,
        request: Request,
        response: Response,
        notes: Notes,
        *,
        number: str,
        at: float,
        milliseconds: float,
    ) -> Entry:
        """Write an exchange down, and return what was written."""
        key = _key(request)
        entry = Entry(
            number,
            at,
            milliseconds,
            request.method,
            _without(key, request.path),
            response.status,
            notes,
            tuple(_headers(request.headers, key)),
            Body.of(_without_bytes(key, request.body)),
            response.headers,
            Body.of(_without_bytes(key, response.body if notes.summary is None else notes.summary)),
        )
        self.entries.append(entry)
        return entry

    def as_json(self) -> dict[str, Any]:
        """Return all entries, oldest first, as a JSON object."""
        return {
            "kept": len(self.entries),
            "most": LENGTH,
            "entries": [entry.as_json() for entry in self.entries],
        }


def _key(request: Request) -> str:
    """Return the key that *request* carries, without its scheme, or "" where it is too short to look for."""
    value = (request.header("authorization") or "").rpartition(" ")[2]
    return value if len(value) >= SHORTEST_KEY else ""


def _headers(headers: tuple[tuple[str, str], ...], key: str) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        yield name, REDACTED if name == "authorization" else _without(key, value)


def _without(key: str, text: str) -> str:
    return text.replace(key, REDACTED) if key else text


def _without_bytes(key: str, content: bytes) -> bytes:
    return content.replace(key.encode(), REDACTED.encode()) if key else content
