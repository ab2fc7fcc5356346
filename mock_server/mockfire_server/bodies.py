"""Request bodies: from the bytes of the wire to a JSON value, refused in the gateway's words."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import orjson

from mockfire_server.errors import INVALID_JSON, RefusedError, too_large
from mockfire_server.json_errors import why_not_json
from mockfire_server.nesting import is_deeper_than

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 200
"""Levels of nesting that are read: a request has one, and what handles a value must not run out of stack."""


def decompress(body: bytes, encoding: str | None, limit: int) -> bytes:
    """Return *body* without its content encoding; the gateway takes gzip and br, and passes others on.

    Raise RefusedError for broken data, which the gateway answers with an empty 400
    (new-api 2025-04-11 middleware/gzip.go), and with 413 beyond *limit* bytes.
    """
    decoder = _DECODERS.get((encoding or "").strip().lower())
    return body if decoder is None else decoder(body, limit)


def check_encoding(body: bytes, encoding: str) -> None:
    """Raise RefusedError where *body* is said to be gzip and does not even begin so.

    The gateway sees that before it asks for a token; what breaks later shows when it is read.
    """
    if encoding.strip().lower() == "gzip" and not body.startswith(b"\x1f\x8b"):
        raise RefusedError(None)


def _gunzip(body: bytes, limit: int) -> bytes:
    content, rest = b"", body
    while rest:
        stream = zlib.decompressobj(wbits=31)
        try:
            content += stream.decompress(rest, limit + 1 - len(content))
        except zlib.error:
            raise RefusedError(None) from None
        if len(content) > limit:
            raise RefusedError(too_large(limit))
        if not stream.eof:
            raise RefusedError(None)
        rest = stream.unused_data
    return content


def _unbrotli(body: bytes, limit: int) -> bytes:
    import brotli

    stream = brotli.Decompressor()
    try:
        content: bytes = stream.process(body, output_buffer_limit=limit + 1)
    except brotli.error:
        raise RefusedError(None) from None
    if len(content) > limit:
        raise RefusedError(too_large(limit))
    if not stream.is_finished():
        raise RefusedError(None)
    return content


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {"gzip": _gunzip, "br": _unbrotli}


def parse(body: bytes) -> Any:
    """Return *body* as a JSON value; raise RefusedError in the words of Go's decoder where it is none."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = why_not_json(body, error.pos, error.msg)
    else:
        if body.count(b"[") + body.count(b"{") <= DEEPEST or not is_deeper_than(DEEPEST, value):
            return value
        reason = "exceeded max depth"
    raise RefusedError(INVALID_JSON.about(reason=reason))
