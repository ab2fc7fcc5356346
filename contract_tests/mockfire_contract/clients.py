"""Sending requests over a socket, each exactly once, and to this machine alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mockfire_contract.delivery import address_problem, is_loopback
from mockfire_contract.errors import UnansweredError
from mockfire_spec import Request, Response
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpx

    from mockfire_contract.delivery import Fetch
    from mockfire_spec import Send

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of a body after which an answer counts as broken off: ten pictures of 2.5 MB take 34 MB."""
DEFAULT_TIMEOUT = 120.0
"""Seconds for one answer; a live picture of the gpt-image family often takes more than 60."""
OWN_HEADERS = {"user-agent": "mockfire", "accept": "*/*", "accept-encoding": "identity"}
ANSWERS_KEPT_OPEN = 0
"""Connections kept for the next request: none, since a stale one could only be saved by sending twice."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server on this machine: its *root* URL without the contract's path, and the two ways to ask it."""

    root: str
    send: Send
    fetch: Fetch


def loopback_target(base_url: str, paths: Iterable[str], timeout: float = DEFAULT_TIMEOUT) -> Target:
    """Return the server at *base_url*, which may end in a slash or in the first part of a contract's path.

    Raise SettingError where it is no http(s) URL, or leads to another machine.
    """
    root = root_url(base_url, paths)
    return Target(root, socket_send(root, timeout), socket_fetch(timeout))


def root_url(base_url: str, paths: Iterable[str]) -> str:
    """Return *base_url* without the slash and the first parts of *paths* that it ends in.

    `http://127.0.0.1:8080/v1/` is cut to `http://127.0.0.1:8080` where a path begins with `/v1`.
    Raise SettingError where it is no http(s) URL, or leads to another machine.
    """
    _refuse_others(base_url)
    trimmed = base_url.rstrip("/")
    starts = {start for path in paths for start in _starts(path)}
    longest = max((start for start in starts if trimmed.endswith(start)), key=len, default="")
    return trimmed.removesuffix(longest).rstrip("/")


def socket_send(base_url: str, timeout: float = DEFAULT_TIMEOUT, paths: Iterable[str] = ()) -> Send:
    """Return what sends a request to *base_url* over a socket, once, and returns the answer.

    Redirects are not followed, proxies of the environment are not asked. The function raises
    UnansweredError where no whole answer came within *timeout* seconds.
    """
    root = root_url(base_url, paths)
    client = _client(timeout)

    def send(request: Request) -> Response:
        query = f"?{request.query}" if request.query else ""
        return _ask(client, request, f"{root}{request.path}{query}", timeout)

    return send


def socket_fetch(timeout: float = DEFAULT_TIMEOUT) -> Fetch:
    """Return what fetches a picture's address over a socket, without a token; None where no answer came.

    An address that leads to another machine is never asked.
    """
    client = _client(timeout)

    def fetch(url: str) -> Response | None:
        if not is_loopback(url):
            return None
        try:
            return _ask(client, Request("GET", urlsplit(url).path), url, timeout)
        except UnansweredError:
            return None

    return fetch


def fetch_through(send: Send) -> Fetch:
    """Return what fetches a picture's address from the server behind *send*, in the same process."""

    def fetch(url: str) -> Response | None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return send(Request("GET", parts.path, query=parts.query, origin=origin))

    return fetch


def _refuse_others(base_url: str) -> None:
    problem = address_problem(base_url)
    if problem:
        raise SettingError(f"{base_url!r} {problem}. Give a base URL such as http://127.0.0.1:8080.")
    parts = urlsplit(base_url)
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingError(
            f"{parts.hostname}: a base URL has no user, query or fragment."
            " Give its scheme, host, port and path alone."
        )
    if not is_loopback(base_url):
        raise SettingError(
            f"{parts.hostname} is not this machine, so nothing was sent. Live runs are not built into this"
            " version: give a loopback URL (127.0.0.1, ::1 or localhost), such as http://127.0.0.1:8080."
        )


def _starts(path: str) -> list[str]:
    """Return the beginnings of *path*, cut at its slashes: /v1, /v1/images, and so on."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: count + 1]) for count in range(len(parts))]


def _client(timeout: float) -> httpx.Client:
    import httpx

    limits = httpx.Limits(max_keepalive_connections=ANSWERS_KEPT_OPEN)
    client = httpx.Client(trust_env=False, follow_redirects=False, timeout=timeout, limits=limits)
    client.headers = httpx.Headers(OWN_HEADERS)
    return client


def _ask(client: httpx.Client, request: Request, url: str, timeout: float) -> Response:
    import httpx

    headers = list(request.headers)
    try:
        with client.stream(request.method, url, headers=headers, content=request.body) as answer:
            body = b"".join(_pieces(answer, timeout))
            kept = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
            return Response(answer.status_code, kept, body)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        raise UnansweredError(f"nothing answers at {url}: {_reason(error)}", reached=False) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise UnansweredError(_reason(error), reached=True) from None


def _pieces(answer: httpx.Response, timeout: float) -> Iterable[bytes]:
    """Yield the body of *answer*; raise UnansweredError where it does not end in size or time."""
    size, end = 0, time.monotonic() + timeout
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise UnansweredError(f"the answer has more than {LARGEST_ANSWER:,} bytes", reached=True)
        if time.monotonic() > end:
            raise UnansweredError(f"the answer did not end within {timeout:g} seconds", reached=True)
        yield piece


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
