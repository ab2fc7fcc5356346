"""What goes over the wire, as frozen values: the one meeting point of the mock and the contract tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

Headers: TypeAlias = tuple[tuple[str, str], ...]


def _lookup(headers: Headers, name: str) -> str | None:
    for key, value in headers:
        if key == name:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Request:
    """One request: *path* without the query, *origin* as scheme, host and port that the client used.

    Names of headers are in lower case.
    """

    method: str
    path: str
    headers: Headers = ()
    body: bytes = b""
    query: str = ""
    origin: str = "http://127.0.0.1:8080"

    def header(self, name: str) -> str | None:
        """Return the first value of the header *name* (in lower case), or None."""
        return _lookup(self.headers, name)

    def json(self) -> Any:
        """Return the body as a JSON value; raise ValueError where it is none."""
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: an HTTP status, headers with lower-case names, and the body's bytes."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of the header *name* (in lower case), or None."""
        return _lookup(self.headers, name)

    def json(self) -> Any:
        """Return the body as a JSON value; raise ValueError where it is none."""
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, what it was answered with, and when: *sent_at* in Unix seconds, *seconds* until the end."""

    request: Request
    response: Response
    sent_at: float = 0.0
    seconds: float = 0.0


Send: TypeAlias = Callable[[Request], Response]
