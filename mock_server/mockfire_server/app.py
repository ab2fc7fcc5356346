"""The edge: Starlette for the control routes, a plain ASGI function for everything that is mocked."""

from __future__ import annotations

import asyncio
import contextlib
import re
from functools import cache, partial
from typing import TYPE_CHECKING

from mockfire_server.elsewhere import ALLOW_ORIGIN
from mockfire_spec import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette
    from starlette.requests import Request as ControlRequest
    from starlette.responses import JSONResponse
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mockfire_server.engine import Engine
    from mockfire_server.journal import Entry

CONTROL = "/_mockfire"
DOCUMENT = "/openapi.json"
LINGER_SECONDS = 2

_AUTHORITY = re.compile(r"[A-Za-z0-9.:_\-\[\]]+")


class TooLargeError(Exception):
    """The body is over the limit; what is left of it is not read."""


class ClientGoneError(Exception):
    """The client went away before its request was whole."""


def create_app(engine: Engine, report: Callable[[Entry], None] | None = None) -> ASGIApp:
    """Return the ASGI application that serves *engine*; *report* is told of each exchange.

    Starlette's routing costs a third of what the server can do, so that only the control routes
    go through it.
    """
    control = cache(partial(_control, engine))
    mocked = _mocked(engine, report or _silent)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        inner = control() if scope["type"] != "http" or _is_control(path) else mocked
        await inner(scope, receive, send)

    return app


def _silent(entry: Entry) -> None:
    del entry


def _is_control(path: str) -> bool:
    return path in {DOCUMENT, CONTROL} or path.startswith(f"{CONTROL}/")


def _control(engine: Engine) -> Starlette:
    """Return the control routes; Starlette is loaded when the first of them is asked for."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def health(_request: ControlRequest) -> JSONResponse:
        return JSONResponse(
            {"status": "ok", "profile": engine.contract.profile, "journal": len(engine.journal.entries)}
        )

    async def journal(_request: ControlRequest) -> JSONResponse:
        return JSONResponse(engine.journal.as_json())

    async def document(_request: ControlRequest) -> JSONResponse:
        return JSONResponse(engine.contract.document, headers=dict([ALLOW_ORIGIN]))

    async def unknown(request: ControlRequest) -> JSONResponse:
        known = ", ".join(route.path for route in routes[:-1])
        return JSONResponse({"error": f"nothing at {request.url.path}. There is: {known}"}, 404)

    routes = [
        Route(f"{CONTROL}/health", health),
        Route(f"{CONTROL}/journal", journal),
        Route(DOCUMENT, document),
        Route("/{rest:path}", unknown),
    ]
    return Starlette(routes=routes)


def _mocked(engine: Engine, report: Callable[[Entry], None]) -> ASGIApp:
    limit = engine.settings.max_body

    async def mocked(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, closing = await _read_body(scope, receive, limit), False
        except TooLargeError:
            body, closing = b"", True
        except ClientGoneError:
            return
        request = _request(scope, body)
        response, entry = engine.exchange(request, too_long=closing)
        await _send(receive, send, response, closing=closing)
        report(entry)

    return mocked


async def _read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Return the whole body, read to its end before any answer: Node clients break off otherwise."""
    if _declared_length(scope) > limit:
        raise TooLargeError
    message = await receive()
    if not message.get("more_body"):
        return _chunk(message, limit)
    chunks, size = [_chunk(message, limit)], len(message["body"])
    while message.get("more_body"):
        message = await receive()
        chunks.append(_chunk(message, limit - size))
        size += len(chunks[-1])
    return b"".join(chunks)


def _chunk(message: Message, limit: int) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    chunk: bytes = message.get("body", b"")
    if len(chunk) > limit:
        raise TooLargeError
    return chunk


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _request(scope: Scope, body: bytes) -> Request:
    headers = tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]])
    return Request(
        method=scope["method"],
        path=scope["path"],
        headers=headers,
        body=body,
        query=scope["query_string"].decode("latin-1"),
        origin=_origin(scope, headers),
    )


def _origin(scope: Scope, headers: tuple[tuple[str, str], ...]) -> str:
    """Return scheme, host and port as the client used them; a Host that is none gives the server's own."""
    host = next((value for name, value in headers if name == "host"), "")
    if not _AUTHORITY.fullmatch(host):
        server = scope.get("server") or ("127.0.0.1", None)
        name = f"[{server[0]}]" if ":" in server[0] else server[0]
        host = f"{name}:{server[1]}" if server[1] else name
    return f"{scope['scheme']}://{host}"


async def _send(receive: Receive, send: Send, response: Response, *, closing: bool) -> None:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.headers
    ]
    if response.header("content-length") is None and response.status not in {204, 304}:
        headers.append((b"content-length", str(len(response.body)).encode()))
    if closing:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if closing:
        await send({"type": "http.response.body", "body": response.body, "more_body": True})
        await _linger(receive)
        await send({"type": "http.response.body"})
    else:
        await send({"type": "http.response.body", "body": response.body})


async def _linger(receive: Receive) -> None:
    """Throw away what still comes, for a while: a connection closed on unread bytes loses its answer."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while (await receive()).get("more_body"):
                pass
