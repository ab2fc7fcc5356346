"""The journal: the last exchanges, shown without keys, with large payloads as size and SHA-256."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from mockfire_spec import Request, Response
    from mockfire_spec.exchange import Headers

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
    kept: bytes = field(repr=False)
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
    """One exchange: *at* in Unix seconds, *milliseconds* of work, and what went over the wire.

    It holds the key that was sent; what it shows (`redacted`, `as_json`) does not.
    """

    number: str
    at: float
    milliseconds: float
    method: str
    path: str = field(repr=False)
    status: int
    notes: Notes = field(repr=False)
    request_headers: Headers = field(repr=False)
    request: Body = field(repr=False)
    response_headers: Headers = field(repr=False)
    response: Body = field(repr=False)

    def redacted(self, text: str) -> str:
        """Return *text* without the key that the request carried."""
        value = next((value for name, value in self.request_headers if name == "authorization"), "")
        key = value.rpartition(" ")[2]
        return text.replace(key, REDACTED) if len(key) >= SHORTEST_KEY else text

    def as_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object, without any key."""
        shown: dict[str, Any] = self._cleaned(self._raw())
        shown["request"]["headers"].pop("authorization", None)
        return shown

    def _raw(self) -> dict[str, Any]:
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

    def _cleaned(self, value: Any) -> Any:
        """Return *value* with the key taken out of every text in it."""
        if isinstance(value, dict):
            return {self.redacted(name): self._cleaned(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._cleaned(part) for part in value]
        return self.redacted(value) if isinstance(value, str) else value


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
        entry = Entry(
            number,
            at,
            milliseconds,
            request.method,
            request.path,
            response.status,
            notes,
            request.headers,
            Body.of(request.body),
            response.headers,
            Body.of(response.body if notes.summary is None else notes.summary),
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
