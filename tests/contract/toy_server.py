"""An honest server of a few lines: the contract tests are tested against it."""

from __future__ import annotations

import io
import json
import struct
import time
import zlib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import PIL.Image
import pybase64

from mockfire_spec import Contract, Operation, Request, Response, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "sk-toy-0123456789abcdefghij"
JSON = ("content-type", "application/json")
REQUEST_ID = ("x-oneapi-request-id", "20261122120000123456789toyToy12")
MOST_PICTURES = 20
"""The page gives no bounds for n, so any are honest."""
MODES = {"transparent": "see", "opaque": "none", "auto": "none", None: "none"}


@dataclass(frozen=True)
class Toy:
    """A server that keeps *contract*: a Send, and the pictures that its addresses lead to."""

    contract: Contract
    clock: Callable[[], float] = field(default=time.time)

    def __call__(self, request: Request) -> Response:
        """Return the answer to *request*, with a request id."""
        answer = self._answer(request)
        return replace(answer, headers=(*answer.headers, REQUEST_ID))

    def _answer(self, request: Request) -> Response:
        if request.method == "GET" and request.path.startswith("/pictures/"):
            return _served(request.path)
        operation = self.contract.find(request.method, request.path)
        if operation is None:
            return refusal(404, f"Invalid URL ({request.method} {request.path})")
        token = (request.header("authorization") or "").removeprefix("Bearer ")
        if not token or token == operation.unknown_token:
            return refusal(401, "no such token")
        return self._made(operation, request)

    def _made(self, operation: Operation, request: Request) -> Response:
        try:
            payload = request.json()
        except ValueError:
            return refusal(400, "the body is no JSON")
        broken = next(violations(operation.request, payload), None)
        if broken:
            return refusal(400, f"Invalid value: {broken.message}", broken.field)
        if not 0 < _count(payload) <= MOST_PICTURES:
            return refusal(400, "n is out of range", "n")
        made = {"data": list(_pictures(operation, payload, request.origin)), "created": int(self.clock())}
        return Response(200, (JSON,), json.dumps({**made, "usage": None}).encode())


def refusal(status: int, message: str, param: str = "") -> Response:
    """Return the gateway's envelope with *message*."""
    error = {"message": message, "type": "new_api_error", "param": param, "code": "toy"}
    return Response(status, (JSON,), json.dumps({"error": error}).encode())


def _pictures(operation: Operation, payload: dict[str, Any], origin: str) -> Iterator[dict[str, str]]:
    way = payload.get("response_format") or _left_out_way(operation, payload)
    size = payload.get("size") or "auto"
    width_height = "1024x1024" if size == "auto" else size
    mode = MODES[payload.get("background")]
    kind = payload.get("output_format") or "png"
    for shade in range(_count(payload)):
        name = f"{width_height}/{mode}/{shade}.{kind}"
        yield {"b64_json": encoded(name)} if way == "b64_json" else {"url": f"{origin}/pictures/{name}"}


def _count(payload: dict[str, Any]) -> int:
    given = payload.get("n")
    return 1 if given is None else int(given)


def _left_out_way(operation: Operation, payload: dict[str, Any]) -> str:
    rules = operation.relations["transport"].terms["left_out"]
    model = payload.get("model") or "gpt-image-1"
    return "b64_json" if len(rules) > 1 and model.startswith(("gpt-image", "chatgpt-image")) else "url"


def _served(path: str) -> Response:
    name = path.removeprefix("/pictures/")
    return Response(200, (("content-type", f"image/{name.rpartition('.')[2]}"),), picture(name))


def encoded(name: str) -> str:
    """Return the picture called *name* as base64."""
    return pybase64.b64encode(picture(name)).decode()


@lru_cache(maxsize=64)
def picture(name: str) -> bytes:
    """Return the picture called *name*: WIDTHxHEIGHT/MODE/SHADE.FORMAT."""
    size, mode, file = name.split("/")
    width, height = map(int, size.split("x"))
    shade, _, kind = file.partition(".")
    if kind == "png":
        return png(width, height, mode, int(shade))
    return pillow(width, height, mode, int(shade), kind)


def png(width: int, height: int, mode: str = "none", shade: int = 0) -> bytes:
    """Return a flat PNG; *mode* is none (RGB), solid (RGBA, opaque) or see (RGBA, see-through)."""
    alpha = {"none": b"", "solid": b"\xff", "see": b"\x80"}[mode]
    pixel = bytes([40 + shade, 90, 160]) + alpha
    rows = (b"\0" + pixel * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pillow(width: int, height: int, mode: str, shade: int, kind: str) -> bytes:
    """Return a flat picture of another format than PNG."""
    colour = (40 + shade * 20, 90, 160)
    see = mode == "see"
    image = PIL.Image.new("RGBA" if see else "RGB", (width, height), (*colour, 128) if see else colour)
    file = io.BytesIO()
    image.save(file, kind, **({"lossless": True} if kind == "webp" else {}))
    return file.getvalue()
