"""The journal: the last exchanges, shown without keys, with large payloads as size and SHA-256."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson

from mockfire_server.nesting import is_deeper_than

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mockfire_spec import Request, Response
    from mockfire_spec.exchange import Headers

LENGTH = 1_000
LONGEST_BODY = 16_384
"""Bytes of a body that are kept whole; of a longer one its size, digest and start are kept."""

START = 1_024
LONGEST_TEXT = 4_096
"""Characters of a path, a remark or a header's value that are kept."""

MOST_HEADERS = 64
DEEPEST = 64
"""Levels down to which a body is shown as JSON: what writes the journal out is recursive."""

SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "x-api-key", "api-key", "cookie"})
SHORTEST_KEY = 8
"""Characters from which on a key is looked for everywhere: a shorter one would hide ordinary words."""

REDACTED = "[redacted]"

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_MARK = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


def keys_of(headers: Headers) -> list[str]:
    """Return what *headers* carry in secret and is long enough to be looked for, longest first."""
    secret = [pair for pair in headers if pair[0] in SECRET_HEADERS]
    found = {key for name, value in secret for key in _carried(name, value.strip())}
    # A header travels as latin-1, while a body that repeats it is most often UTF-8.
    found |= {key.encode("latin-1", "ignore").decode("utf-8", "ignore") for key in found}
    return sorted((key for key in found if len(key) >= SHORTEST_KEY), key=len, reverse=True)


def _carried(name: str, value: str) -> Iterable[str]:
    if name == "cookie":
        return (pair.partition("=")[2].strip(' "') for pair in value.split(";"))
    if name.endswith("authorization"):
        return value.partition(" ")[2].strip() or value, value.rpartition(" ")[2]
    return (value,)


def redact(text: str, keys: Sequence[str]) -> str:
    """Return *text* without *keys*, longest first, be they written plainly or with JSON's escapes."""
    for key in keys:
        text = text.replace(key, REDACTED)
    return _redact_escaped(text, keys) if keys and "\\" in text else text


def _redact_escaped(text: str, keys: Sequence[str]) -> str:
    plain = _ESCAPE.sub(_meaning, text)
    found = [key for key in keys if key in plain]
    # One mark stands for one character of the plain text, so that places are the same in both.
    marks = _MARK.findall(text) if found else [text]
    for key in found:
        for match in re.finditer(re.escape(key), plain):
            marks[match.start() : match.end()] = [REDACTED, *[""] * (len(key) - 1)]
    return "".join(marks)


def _meaning(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[0][-1]


def _start(text: str, longest: int, keys: Sequence[str]) -> str:
    """Return the first *longest* characters of *text* without *keys*, nor the beginning of one at the end."""
    window = text[: longest + _margin(keys)]
    clean = redact(window, keys)
    unsure = _margin(keys) if len(window) < len(text) else 0
    return clean[: max(0, min(longest, len(clean) - unsure))]


def _margin(keys: Sequence[str]) -> int:
    return 6 * len(keys[0]) if keys else 0


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
    """A body as it is kept: whole, or its start, with its *size* in bytes and, where changed, its SHA-256."""

    size: int
    kept: bytes = field(repr=False)
    digest: str = ""

    def shortened(self, keys: Sequence[str]) -> Body:
        """Return what is kept of a body, whole up to now, in an exchange that is too long to be kept."""
        longest = LONGEST_BODY if self.size <= LONGEST_BODY else START
        # A character has four bytes at most; one more tells that there is more.
        window = self.kept[: 4 * (longest + _margin(keys) + 1)]
        text = _start(window.decode("utf-8", "surrogateescape"), longest, keys)
        digest = hashlib.sha256(self.kept).hexdigest()
        return Body(self.size, text.encode("utf-8", "surrogateescape"), digest)

    def as_json(self, keys: Sequence[str]) -> dict[str, Any]:
        """Return the body without *keys* for the journal's JSON: as JSON where it is JSON, else as text."""
        digest = self.digest or hashlib.sha256(self.kept).hexdigest()
        told = {"bytes": self.size, "sha256": digest}
        if self.size > LONGEST_BODY:
            return {**told, "start": redact(self.kept.decode("utf-8", "replace"), keys)}
        return {**told, "content": _readable(self.kept, keys)}


def _readable(content: bytes, keys: Sequence[str]) -> Any:
    text = redact(content.decode("utf-8", "surrogateescape"), keys)
    shown = text.encode("utf-8", "surrogateescape")
    try:
        value = orjson.loads(shown)
    except orjson.JSONDecodeError:
        return shown.decode("utf-8", "replace")
    return shown.decode() if is_deeper_than(DEEPEST, value) else value


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
        """Return *text* without the keys that the request carried."""
        return redact(text, keys_of(self.request_headers))

    def is_long(self) -> bool:
        """Tell whether the exchange holds more than should stay in memory."""
        headers = self.request_headers + self.response_headers
        texts = chain.from_iterable(((self.path, self.notes.model), self.notes.remarks, *headers))
        text, body = sum(map(len, texts)), max(self.request.size, self.response.size)
        return body > LONGEST_BODY or text > LONGEST_TEXT or len(headers) > MOST_HEADERS

    def shortened(self) -> Entry:
        """Return the entry with long texts and bodies cut, and without keys: these may be long as well."""
        keys, notes = keys_of(self.request_headers), self.notes
        remarks = tuple(_start(remark, LONGEST_TEXT, keys) for remark in notes.remarks[:MOST_HEADERS])
        model = _start(notes.model, LONGEST_TEXT, keys)
        return replace(
            self,
            path=_start(self.path, LONGEST_TEXT, keys),
            notes=replace(notes, model=model, remarks=remarks, summary=None),
            request_headers=tuple(_shown(self.request_headers, keys)),
            request=self.request.shortened(keys),
            response_headers=tuple(_shown(self.response_headers, keys)),
            response=self.response.shortened(keys),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object, without any key."""
        keys, notes = keys_of(self.request_headers), self.notes
        return {
            "id": self.number,
            "at": self.at,
            "milliseconds": round(self.milliseconds, 3),
            "method": self.method,
            "path": redact(self.path, keys),
            "status": self.status,
            "operation": notes.operation or None,
            "model": redact(notes.model, keys) or None,
            "pictures": notes.pictures,
            "billed": str(notes.billed),
            "remarks": [redact(remark, keys) for remark in notes.remarks],
            "request": {"headers": dict(_shown(self.request_headers, keys)), **self.request.as_json(keys)},
            "response": {"headers": dict(_shown(self.response_headers, keys)), **self.response.as_json(keys)},
        }


def _shown(headers: Headers, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the headers that may be seen, long ones cut."""
    open_to_all = (pair for pair in headers[:MOST_HEADERS] if pair[0] not in SECRET_HEADERS)
    return ((_start(name, START, keys), _start(value, LONGEST_TEXT, keys)) for name, value in open_to_all)


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
        answer = response.body if notes.summary is None else notes.summary
        route = (request.method, request.path, response.status)
        sent = (request.headers, Body(len(request.body), request.body))
        answered = (response.headers, Body(len(answer), answer))
        whole = Entry(number, at, milliseconds, *route, notes, *sent, *answered)
        entry = whole.shortened() if whole.is_long() else whole
        self.entries.append(entry)
        return entry

    def as_json(self) -> dict[str, Any]:
        """Return all entries, oldest first, as a JSON object; others may go on writing meanwhile."""
        entries = list(self.entries)
        return {"kept": len(entries), "most": LENGTH, "entries": [entry.as_json() for entry in entries]}
