"""What a valid request is answered with: pictures by address or in base64, the time, the usage."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import pybase64

from mockfire_server.addresses import make_path
from mockfire_server.images import Picture, draw
from mockfire_server.usage import USAGE, picture_tokens, token_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockfire_server.orders import Order
    from mockfire_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON *body* of an answer, and its *summary*: the same with each payload as size and SHA-256."""

    body: bytes
    summary: bytes


def answer(order: Order, settings: Settings, origin: str, now: int) -> Answer:
    """Return what *order* is answered with at *now* (Unix seconds).

    The keys come in the order of the page's own example. Base64 is joined in as bytes: it is
    never a string, which would cost a hundred times as much.
    """
    rest = orjson.dumps({"created": now, **USAGE[settings.usage](_counts(order))})[1:]
    items = list(_items(order, settings, origin, now))
    return Answer(
        _joined(order, (item[0] for item in items), rest), _joined(order, (item[1] for item in items), rest)
    )


def _joined(order: Order, values: Iterator[bytes], rest: bytes) -> bytes:
    key = b'{"' + order.field.encode() + b'":'
    return b'{"data":[' + b",".join(key + value + b"}" for value in values) + b"]," + rest


def _items(order: Order, settings: Settings, origin: str, now: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield each picture's value, as it is sent and as it is summed up."""
    for picture in order.pictures:
        if order.lifetime:
            path = make_path(picture, now + order.lifetime, settings.secret)
            address = orjson.dumps(f"{settings.public_url or origin}{path}")
            yield address, address
        else:
            content = draw_padded(picture, settings)
            summary = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            yield b'"' + pybase64.b64encode(content) + b'"', orjson.dumps(summary)


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
