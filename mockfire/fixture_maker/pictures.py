"""Small pictures of any size: a palette of two colours, a bit for each pixel, some hundred bytes."""

from __future__ import annotations

import base64
import struct
import zlib

COLOURS = (bytes([233, 196, 106, 38, 70, 83]), bytes([42, 157, 143, 231, 111, 81]))
"""By the picture's number in its answer: red, green and blue of its ground, and of its solid half."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE = 3


def tiny_png(size: str, number: int = 0, *, see_through: bool = False) -> bytes:
    """Return a flat PNG of *size* pixels, like "1536x1024"; if wanted, its upper half is see-through.

    Pictures of one size with different *number* (0, 1) have other colours.
    """
    width, height = map(int, size.split("x"))
    rows = _rows(width, height, solid=height // 2 if see_through else 0)
    transparency = _chunk(b"tRNS", bytes([0, 255])) if see_through else b""
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, _PALETTE, 0, 0, 0)),
            _chunk(b"PLTE", COLOURS[number]),
            transparency,
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def tiny_base64(size: str, number: int = 0, *, see_through: bool = False) -> str:
    """Return the picture in canonical base64."""
    return base64.b64encode(tiny_png(size, number, see_through=see_through)).decode()


def _rows(width: int, height: int, solid: int) -> bytes:
    """Return unfiltered rows of the first colour; the last *solid* ones have the second."""
    ground, other = (b"\0" + bytes([value]) * -(-width // 8) for value in (0x00, 0xFF))
    return ground * (height - solid) + other * solid


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
