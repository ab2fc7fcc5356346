"""The reference: bare uvicorn (uvloop, httptools), where a raw ASGI function answers a constant."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def constant(status: int, content_type: str, length: int) -> ASGIApp:
    """Return an application that reads a request to its end and answers *length* bytes, always the same."""
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(length).encode())]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    body = {"type": "http.response.body", "body": b"x" * length}

    async def answer(_scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send(start)
        await send(body)

    return answer


def main() -> None:
    """Serve the constant that the command line describes, on 127.0.0.1, until a signal ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--content-type", default="application/json")
    parser.add_argument("--length", type=int, default=300, help="bytes of the answer's body")
    told = parser.parse_args()
    uvicorn.run(
        constant(told.status, told.content_type, told.length),
        port=told.port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
