"""Reading a delivered picture to its end: what it is, how large, and whether one can see through it."""

from __future__ import annotations

import io
import warnings
from array import array
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mockfire_contract.errors import UndecodableError
from mockfire_contract.png import SIGNATURE, read_header, read_png

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

MOST_PIXELS = 64_000_000
"""A picture of more pixels is not decoded: it could fill the memory of the machine that tests."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a picture turned out to be.

    *format* is png, jpeg, webp or gif, *width* and *height* are in pixels. *has_alpha* tells that
    its pixels can be see-through, *see_through* that at least one is.
    """

    format: str
    width: int
    height: int
    has_alpha: bool
    see_through: bool


def decode(content: bytes) -> Decoded:
    """Return what the picture in *content* is, read to its last byte.

    Raise UndecodableError with the place where it breaks off, or with what it is instead.
    """
    read = next((read for is_mine, read in _READERS if is_mine(content)), None)
    if read is None:
        raise UndecodableError(f"the bytes are no PNG, JPEG, WebP or GIF: they begin with {content[:16]!r}")
    return read(content)


@lru_cache(maxsize=16)
def attempt(content: bytes) -> Decoded | str:
    """Return what the picture in *content* is, or the sentence on why it cannot be read."""
    try:
        return decode(content)
    except UndecodableError as error:
        return str(error)


def _png(content: bytes) -> Decoded:
    header = read_header(content)
    _refuse_too_many(header.width, header.height)
    header, has_alpha = read_png(content)
    see_through = has_alpha and _loaded(content, "PNG").see_through
    return Decoded("png", header.width, header.height, has_alpha, see_through)


def _jpeg(content: bytes) -> Decoded:
    if not content.rstrip(b"\0").endswith(b"\xff\xd9"):
        raise UndecodableError(f"the JPEG breaks off at byte {len(content)}: no end marker (FF D9) ends it")
    return _loaded(content, "JPEG")


def _webp(content: bytes) -> Decoded:
    promised = int.from_bytes(content[4:8], "little") + 8
    if len(content) < promised:
        raise UndecodableError(f"the WebP breaks off at byte {len(content)}: it promises {promised} bytes")
    if len(content) > promised + promised % 2:
        raise UndecodableError(
            f"{len(content) - promised} bytes follow the end of the WebP at byte {promised}"
        )
    return _loaded(content, "WEBP")


def _gif(content: bytes) -> Decoded:
    if not content.endswith(b";"):
        raise UndecodableError(f"the GIF breaks off at byte {len(content)}: no trailer (3B) ends it")
    return _loaded(content, "GIF")


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Decoded]], ...] = (
    (lambda content: content.startswith(SIGNATURE), _png),
    (lambda content: content.startswith(b"\xff\xd8\xff"), _jpeg),
    (lambda content: content.startswith(b"RIFF") and content[8:12] == b"WEBP", _webp),
    (lambda content: content.startswith((b"GIF87a", b"GIF89a")), _gif),
)


def _loaded(content: bytes, name: str) -> Decoded:
    """Return what Pillow makes of *content*, a picture of the format *name*, once all pixels are read."""
    import PIL.Image

    bombs = (PIL.Image.DecompressionBombWarning, PIL.Image.DecompressionBombError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            image = PIL.Image.open(io.BytesIO(content), formats=[name])
            _refuse_too_many(*image.size)
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError, *bombs) as error:
        reason = str(error) or type(error).__name__
        raise UndecodableError(f"the {name} cannot be read to its end: {reason}") from None
    has_alpha = image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info
    return Decoded(name.lower(), *image.size, has_alpha, has_alpha and _is_see_through(image))


def _refuse_too_many(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UndecodableError(
            f"the picture has {width}x{height} pixels; more than {MOST_PIXELS:,} are not decoded"
        )


def _is_see_through(image: Image) -> bool:
    transparency = image.info.get("transparency")
    if image.mode.startswith("I"):
        return transparency in array("H", image.convert("I;16").tobytes())
    if isinstance(transparency, tuple) and max(transparency) > 255:  # noqa: PLR2004 - eight bits hold no more
        # Pillow keeps eight of sixteen bits of the pixels and all of the colour that is see-through.
        image.info["transparency"] = tuple(part >> 8 for part in transparency)
    layered = image if image.mode in {"RGBA", "LA"} else image.convert("RGBA")
    lowest = layered.getchannel("A").getextrema()[0]
    return lowest != 255  # noqa: PLR2004 - 255 is opaque
