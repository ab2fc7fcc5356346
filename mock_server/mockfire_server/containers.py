"""Work on pictures as bytes: PNG from strips, notes and padding in PNG, JPEG and WebP."""

from __future__ import annotations

import functools
import hashlib
import itertools
import struct
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

Kept = TypeVar("Kept")

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_AFTER_HEADER = len(PNG_SIGNATURE) + 25  # PNG 1.2, 4.1.1: IHDR comes first, 13 bytes in 12 of frame
_BEFORE_END = -12  # PNG 1.2, 4.1.4: IEND comes last and is empty
_ADLER_BASE = 65521  # RFC 1950, 8.2
_SEGMENT_LIMIT = 65533  # JPEG (T.81, B.1.1.4): two bytes of length that count themselves
_JFIF = 0xFFE0
_FILLER_SIZE = 65500


class Shelf(Generic[Kept]):
    """What was made lately, up to *limit* bytes; what was used longest ago goes first."""

    __slots__ = ("_kept", "_lock", "_weigh", "limit", "weight")

    def __init__(self, limit: int, weigh: Callable[[Kept], int]) -> None:
        self.limit = limit
        self.weight = 0
        self._weigh = weigh
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what is kept under *key*; call *make* and keep its result where nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        self._keep(key, made)
        return made

    def _keep(self, key: Hashable, made: Kept) -> None:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self.weight += self._weigh(made)
            while self.weight > self.limit:
                self.weight -= self._weigh(self._kept.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self.weight = 0

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows of a PNG, compressed on their own, so that they can stand among other strips."""

    chunk: bytes  # a whole IDAT chunk
    adler: int  # of the rows, as RFC 1950 defines it
    length: int  # of the rows, in bytes


def strip(rows: bytes, *, level: int) -> Strip:
    """Return *rows* (each with its filter byte) as a strip, compressed at zlib's *level* 1 to 9.

    A full flush ends it on a byte and forgets what came before (RFC 1951, 3.2.4, and zlib's manual).
    """
    # A smaller memory level starts faster, which is what counts for a few rows.
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, 6 if level == 1 else 9)
    deflated = squeeze.compress(rows) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return Strip(chunk(b"IDAT", deflated), zlib.adler32(rows), len(rows))


def plain_rows(pixels: bytes, stride: int) -> bytes:
    """Return *pixels* as PNG rows of *stride* bytes, each led by filter type 0 (PNG 1.2, 6.2)."""
    view = memoryview(pixels)
    return b"\0" + b"\0".join(view[at : at + stride] for at in range(0, len(view), stride))


def filtered_rows(png: bytes) -> bytes:
    """Return the rows of a whole *png* as its encoder filtered them."""
    data = b"".join(body for kind, body in png_chunks(png) if kind == b"IDAT")
    return zlib.decompress(data)


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a PNG chunk: length, *kind*, *body*, CRC (PNG 1.2, 3.2)."""
    frame = struct.pack(">I4s", len(body), kind)
    return b"".join((frame, body, zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")))


def png_chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the body of each chunk of *png*."""
    at = len(PNG_SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        yield kind, png[at + 8 : at + 8 + length]
        at += 12 + length


def png_of_strips(width: int, height: int, strips: Iterable[Strip], *, alpha: bool) -> bytes:
    """Return an RGB or RGBA PNG (PNG 1.2, 4.1.1: colour types 2 and 6) that *strips* fill.

    Many IDAT chunks are one zlib stream (4.1.3): a header first, then the strips, and an empty last
    block with the checksum of all rows.
    """
    column = list(strips)
    header = struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2, 0, 0, 0)
    adler = functools.reduce(_adler_after, column, 1)
    return b"".join(
        (
            PNG_SIGNATURE,
            chunk(b"IHDR", header),
            chunk(b"IDAT", b"\x78\x01"),
            *(part.chunk for part in column),
            chunk(b"IDAT", b"\x03\x00" + adler.to_bytes(4, "big")),
            chunk(b"IEND", b""),
        )
    )


def _adler_after(adler: int, part: Strip) -> int:
    """Return the Adler-32 of what *adler* stands for, followed by the rows of *part*."""
    low, high = adler & 0xFFFF, adler >> 16
    part_low, part_high = part.adler & 0xFFFF, part.adler >> 16
    joined_low = (low + part_low - 1) % _ADLER_BASE
    joined_high = (high + part_high + part.length * (low - 1)) % _ADLER_BASE
    return joined_high << 16 | joined_low


def with_note(picture: bytes, kind: str, keyword: str, text: str) -> bytes:
    """Return *picture* (*kind*: png, jpeg or webp) with *text* under *keyword* among its metadata.

    PNG: a text chunk after the header. JPEG: a comment. WebP: a chunk of our own ("unknown chunks"
    of the container's specification).
    """
    return _NOTES[kind](picture, keyword, text)


def text_chunk(keyword: str, text: str) -> bytes:
    """Return a PNG text chunk: tEXt where Latin-1 is enough, otherwise iTXt in UTF-8 (PNG 1.2, 4.2.3)."""
    try:
        return chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        encoded = text.encode("utf-8", "replace")
        return chunk(b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + encoded)


def _note_png(picture: bytes, keyword: str, text: str) -> bytes:
    return _inserted(picture, _AFTER_HEADER, [text_chunk(keyword, text)])


def _note_jpeg(picture: bytes, keyword: str, text: str) -> bytes:
    body = f"{keyword}: {text}".encode("utf-8", "replace")
    pieces = (body[at : at + _SEGMENT_LIMIT] for at in range(0, len(body), _SEGMENT_LIMIT))
    return _inserted(picture, _after_jfif(picture), [_comment(piece) for piece in pieces])


def _note_webp(picture: bytes, keyword: str, text: str) -> bytes:
    return _appended(picture, [_riff(b"mfNt", f"{keyword}: {text}".encode("utf-8", "replace"))])


_NOTES = {"png": _note_png, "jpeg": _note_jpeg, "webp": _note_webp}


def padded(picture: bytes, kind: str, minimum: int) -> bytes:
    """Return *picture* (*kind*: png, jpeg or webp) with at least *minimum* bytes; it still decodes.

    The filler does not shrink when a proxy compresses it, as the pixels of a photograph do not.
    """
    if len(picture) >= minimum:
        return picture
    filler = _filler(kind)
    # WebP may grow by the extended header as well, which only makes it larger.
    count = -(-(minimum - len(picture)) // len(filler))
    return _PADDINGS[kind](picture, itertools.repeat(filler, count))


@functools.cache
def _filler(kind: str) -> bytes:
    noise = hashlib.shake_128(b"mockfire").digest(_FILLER_SIZE)
    return _FILLERS[kind](noise)


def _inserted(picture: bytes, at: int, parts: Iterable[bytes]) -> bytes:
    view = memoryview(picture)
    return b"".join((view[:at], *parts, view[at:]))


def _after_jfif(picture: bytes) -> int:
    """Return where comments may start: JFIF wants its own segment first (JFIF 1.02, page 2)."""
    marker, length = struct.unpack_from(">HH", picture, 2)
    return 4 + length if marker == _JFIF else 2


def _appended(picture: bytes, parts: Iterable[bytes]) -> bytes:
    """Return a WebP in its extended form with more chunks at its end (RIFF container, VP8X)."""
    pieces = [_extended_header(picture), picture[12:], *parts]
    size = 4 + sum(map(len, pieces))
    return b"".join((struct.pack("<4sI4s", b"RIFF", size, b"WEBP"), *pieces))


def _extended_header(picture: bytes) -> bytes:
    """Return the VP8X chunk that a simple lossy *picture* lacks, empty where it has one.

    The frame header (RFC 6386, 9.1) gives the size: 14 bits each, 6 bytes into the VP8 data.
    """
    if picture[12:16] != b"VP8 ":
        return b""
    width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", picture, 26))
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _riff(b"VP8X", b"\0\0\0\0" + sides)


def _riff(kind: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(body)) + body + b"\0" * (len(body) % 2)


def _comment(body: bytes) -> bytes:
    return struct.pack(">HH", 0xFFFE, len(body) + 2) + body


# The case of a PNG chunk's letters: ancillary, private, reserved, safe to copy (PNG 1.2, 3.3).
_FILLERS: dict[str, Callable[[bytes], bytes]] = {
    "png": functools.partial(chunk, b"mfPd"),
    "jpeg": _comment,
    "webp": functools.partial(_riff, b"mfPd"),
}
_PADDINGS: dict[str, Callable[[bytes, Iterable[bytes]], bytes]] = {
    "png": lambda picture, parts: _inserted(picture, len(picture) + _BEFORE_END, parts),
    "jpeg": lambda picture, parts: _inserted(picture, _after_jfif(picture), parts),
    "webp": _appended,
}
