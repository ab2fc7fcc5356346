"""Request bodies: from the bytes of the wire to a JSON value, refused in the gateway's words."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import orjson

from mockfire_server.errors import INVALID_JSON, RefusedError, too_large
from mockfire_server.json_errors import why_not_json

if TYPE_CHECKING:
    from collections.abc import Callable


def decompress(body: bytes, encoding: str | None, limit: int) -> bytes:
    """Return *body* without its content encoding; the gateway takes gzip and br, and passes others on.

    Raise RefusedError for broken data, which the gateway answers with an empty 400
    (new-api 2025-04-11 middleware/gzip.go), and with 413 beyond *limit* bytes.
    """
    decoder = _DECODERS.get((encoding or "").strip().lower())
    return body if decoder is None else decoder(body, limit)


def _gunzip(body: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    try:
        content = stream.decompress(body, limit + 1)
    except zlib.error:
        raise RefusedError(None) from None
    if len(content) > limit:
        raise RefusedError(too_large(limit))
    if not stream.eof:
        raise RefusedError(None)
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
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = why_not_json(body, error.pos, error.msg)
    raise RefusedError(INVALID_JSON.about(reason=reason))
