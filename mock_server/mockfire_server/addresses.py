"""Addresses of pictures: everything that a picture needs, and when it ends, in a signed path."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from mockfire_server.images import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = "/files/"
EXTENSIONS = {"png": "png", "jpeg": "jpg", "webp": "webp"}

_PATH = re.compile(r"/files/(\d{1,12})/([0-9a-f]{32})/([A-Za-z0-9_-]{1,8000})\.(?:png|jpg|webp)")

_NAMES = tuple(field.name for field in fields(Picture))


class ForgedError(Exception):
    """The address was not made by a server with this secret."""


class ExpiredError(Exception):
    """The address was good until *ended* (Unix seconds)."""

    def __init__(self, ended: int) -> None:
        super().__init__(f"expired at {ended}")
        self.ended = ended


def make_path(picture: Picture, expires: int, secret: str) -> str:
    """Return the path at which any server with *secret* serves *picture* until *expires* (Unix seconds)."""
    payload = _pack(picture)
    return f"{PREFIX}{expires}/{_sign(secret, expires, payload)}/{payload}.{EXTENSIONS[picture.format]}"


def read_path(path: str, now: float, secret: str) -> Picture:
    """Return the picture at *path*; raise ForgedError or ExpiredError where it is not to be had."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise ForgedError
    expires, signature, payload = int(match[1]), match[2], match[3]
    if not hmac.compare_digest(signature, _sign(secret, expires, payload)):
        raise ForgedError
    if now >= expires:
        raise ExpiredError(expires)
    picture = _unpack(payload)
    if not path.endswith(EXTENSIONS[picture.format]):
        raise ForgedError
    return picture


def _sign(secret: str, expires: int, payload: str) -> str:
    return hmac.digest(secret.encode(), f"{expires}/{payload}".encode(), "sha256").hex()[:32]


@lru_cache(maxsize=512)
def _pack(picture: Picture) -> str:
    values = orjson.dumps([getattr(picture, name) for name in _NAMES])
    return base64.urlsafe_b64encode(values).rstrip(b"=").decode()


def _unpack(payload: str) -> Picture:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, orjson.JSONDecodeError):
        raise ForgedError from None
    return _picture(values)


def _picture(values: Sequence[Any]) -> Picture:
    """Return the picture of a payload whose signature was right; one of another version counts as forged."""
    try:
        width, height, background, form, caption, parameters, seed, index, of, compression = values
        shown = tuple((name, value) for name, value in parameters)
        return Picture(width, height, background, form, caption, shown, seed, index, of, compression)
    except (TypeError, ValueError):
        raise ForgedError from None
