"""The structure of a PNG, checked to its last byte with the standard library."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockfire_contract.errors import UndecodableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
PIECE = 1 << 20
"""Bytes that are inflated at a time, so that a picture of any size takes little memory."""
HIGHEST_FILTER = 4

SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel by colour type (PNG specification, table 11.1)."""
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Bit depths that each colour type may have (the same table)."""
PALETTE = 3
WITH_ALPHA = frozenset({4, 6})

ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""The seven passes of an interlaced picture: first column and row, step in columns and rows."""


@dataclass(frozen=True, slots=True)
class Header:
    """What IHDR says: *width* and *height* in pixels, *depth* in bits for each sample."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a PNG, with the place of its first byte."""

    kind: bytes
    data: bytes
    place: int


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one pass in the inflated data: the first byte, bytes of a row with its filter, rows."""

    start: int
    stride: int
    count: int

    @property
    def end(self) -> int:
        return self.start + self.stride * self.count

    def filters(self, piece: bytes, position: int) -> bytes:
        """Return the filter bytes of the rows that begin in *piece*, which lies at *position*."""
        skipped = max(0, -(-(position - self.start) // self.stride))
        first = self.start + skipped * self.stride - position
        return piece[first : max(first, self.end - position) : self.stride]


def read_header(content: bytes) -> Header:
    """Return what the IHDR of *content* says; raise UndecodableError where it is none."""
    chunk = next(_chunks(content))
    if chunk.kind != b"IHDR" or len(chunk.data) != struct.calcsize(">IIBBBBB"):
        raise UndecodableError("the PNG does not begin with an IHDR chunk of 13 bytes")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", chunk.data)
    if not width or not height:
        raise UndecodableError(f"the PNG is {width}x{height}: it has no pixels")
    if depth not in DEPTHS.get(colour, ()):
        raise UndecodableError(f"the PNG has colour type {colour} with {depth} bits, which does not exist")
    if compression or filtering or interlace > 1:
        raise UndecodableError("the PNG names a compression, filter or interlace method that does not exist")
    return Header(width, height, depth, colour, bool(interlace))


def read_png(content: bytes) -> tuple[Header, bool]:
    """Return the header of *content* and whether it can hold see-through pixels.

    Every chunk's CRC is checked, the pixels are inflated to the exact length that the header
    promises, and nothing may follow the end (PNG specification, third edition, 5.3 to 11.2).
    Raise UndecodableError with the place where it breaks off.
    """
    header = read_header(content)
    chunks = list(_chunks(content))
    _check_order(header, chunks)
    _check_pixels(header, (chunk.data for chunk in chunks if chunk.kind == b"IDAT"))
    transparency = any(chunk.kind == b"tRNS" for chunk in chunks)
    return header, header.colour in WITH_ALPHA or transparency


def _chunks(content: bytes) -> Iterator[Chunk]:
    place = len(SIGNATURE)
    while place < len(content):
        chunk = _chunk(content, place)
        yield chunk
        place += len(chunk.data) + 12
        if chunk.kind == b"IEND":
            break
    else:
        raise UndecodableError(f"the PNG breaks off at byte {len(content)}: no IEND chunk ends it")
    if place < len(content):
        raise UndecodableError(f"{len(content) - place} bytes follow the end of the PNG at byte {place}")


def _chunk(content: bytes, place: int) -> Chunk:
    length = int.from_bytes(content[place : place + 4], "big")
    kind = content[place + 4 : place + 8]
    end = place + 12 + length
    if end > len(content):
        name = kind.decode("ascii", "replace")
        raise UndecodableError(
            f"the PNG breaks off at byte {len(content)}, in chunk {name!r} that reaches to byte {end}"
        )
    data = content[place + 8 : end - 4]
    if zlib.crc32(data, zlib.crc32(kind)) != int.from_bytes(content[end - 4 : end], "big"):
        raise UndecodableError(f"chunk {kind.decode('ascii', 'replace')!r} at byte {place} has a wrong CRC")
    return Chunk(kind, data, place)


def _check_order(header: Header, chunks: list[Chunk]) -> None:
    kinds = [chunk.kind for chunk in chunks]
    unknown = [kind for kind in kinds if kind[0] < ord("a") and kind not in CRITICAL]
    pixels = [place for place, kind in enumerate(kinds) if kind == b"IDAT"]
    if unknown:
        raise UndecodableError(f"the PNG has a critical chunk that nobody knows: {unknown[0]!r}")
    if not pixels or pixels[-1] - pixels[0] != len(pixels) - 1:
        raise UndecodableError("the pixels of the PNG (IDAT) are missing or not in one row of chunks")
    if header.colour == PALETTE and b"PLTE" not in kinds[: pixels[0]]:
        raise UndecodableError("the PNG has palette colours and no palette (PLTE) before its pixels")


def _check_pixels(header: Header, parts: Iterable[bytes]) -> None:
    passes = list(_passes(header))
    promised = passes[-1].end
    position = 0
    for piece in _inflated(b"".join(parts)):
        highest = max((max(rows.filters(piece, position), default=0) for rows in passes), default=0)
        if highest > HIGHEST_FILTER:
            raise UndecodableError(f"a row of the PNG names filter {highest}, which does not exist")
        position += len(piece)
        if position > promised:
            break
    if position != promised:
        raise UndecodableError(
            f"the pixels of the PNG inflate to {position} bytes; {promised} are needed for"
            f" {header.width}x{header.height}"
        )


def _inflated(data: bytes) -> Iterator[bytes]:
    inflater = zlib.decompressobj()
    try:
        while not inflater.eof:
            piece = inflater.decompress(data, PIECE)
            data = inflater.unconsumed_tail
            if not piece and not data and not inflater.eof:
                raise UndecodableError("the pixels of the PNG break off before their end")
            yield piece
    except zlib.error as error:
        raise UndecodableError(f"the pixels of the PNG cannot be inflated: {error}") from None


def _passes(header: Header) -> Iterator[_Rows]:
    start = 0
    for column, row, across, down in ADAM7 if header.interlaced else ((0, 0, 1, 1),):
        width = -(-(header.width - column) // across)
        height = -(-(header.height - row) // down)
        if width > 0 and height > 0:
            bits = width * SAMPLES[header.colour] * header.depth
            rows = _Rows(start, 1 + -(-bits // 8), height)
            yield rows
            start = rows.end
