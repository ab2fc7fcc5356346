"""What a valid request is answered with: pictures by address or in base64, the time, the usage."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import pybase64

from mockfire_server.addresses import make_path
from mockfire_server.images import Picture, draw
from mockfire_server.usage import USAGE, picture_tokens, token_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mockfire_server.orders import Order
    from mockfire_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON *body* of an answer, and its *summary*: the same with each payload as size and SHA-256.

    The summary is None where the body holds no payload.
    """

    body: bytes
    summary: bytes | None = None


def answer(order: Order, settings: Settings, origin: str, now: int) -> Answer:
    """Return what *order* is answered with at *now* (Unix seconds).

    The keys come in the order of the page's own example. Base64 is joined in as bytes: it is
    never a string, which would cost a hundred times as much.
    """
    rest = orjson.dumps({"created": now, **USAGE[settings.usage](lambda: _counts(order))})[1:]
    if order.lifetime:
        return Answer(_joined(order, _addresses(order, settings, origin, now), rest))
    summary = _joined(order, (_summary(picture, settings) for picture in order.pictures), rest)
    return Answer(_joined(order, _payloads(order, settings), rest), summary)


def _joined(order: Order, values: Iterable[bytes], rest: bytes) -> bytes:
    key = b'{"' + order.field.encode() + b'":'
    return b"".join((b'{"data":[', key, (b"}," + key).join(values), b"}],", rest))


def _addresses(order: Order, settings: Settings, origin: str, now: int) -> Iterator[bytes]:
    for picture in order.pictures:
        path = make_path(picture, now + order.lifetime, settings.secret)
        yield orjson.dumps(f"{(settings.public_url or origin).rstrip('/')}{path}")


def _payloads(order: Order, settings: Settings) -> Iterator[bytes]:
    for picture in order.pictures:
        yield b'"' + pybase64.b64encode(draw_padded(picture, settings)) + b'"'


@lru_cache(maxsize=256)
def _summary(picture: Picture, settings: Settings) -> bytes:
    """Return size and SHA-256 of the bytes of *picture*, as JSON."""
    content = draw_padded(picture, settings)
    return orjson.dumps({"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})


def _counts(order: Order) -> dict[str, Any]:
    picture = order.pictures[0]
    tokens = picture_tokens(order.model, order.quality, picture.width, picture.height)
    return token_counts(order.prompt, tokens, len(order.pictures))


def draw_padded(picture: Picture, settings: Settings) -> bytes:
    """Return the bytes of *picture*, as long as a real one where the payload is to be realistic.

    Real pictures have about 1.5 to 2.5 MB (1.5 to 3 MB of base64 for gpt-image-1).
    """
    if settings.payload != "realistic":
        return draw(picture)
    spread = int(picture.seed[:6], 16) % 1_000_000
    return draw(picture, minimum_bytes=1_500_000 + spread)
