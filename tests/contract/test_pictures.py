"""Pictures are read to their last byte, whatever they are."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockfire_contract.errors import UndecodableError
from mockfire_contract.pictures import MOST_PIXELS, Decoded, attempt, decode

if TYPE_CHECKING:
    from types import ModuleType

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _header(width: int, height: int, depth: int, colour: int, interlace: int = 0) -> bytes:
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def _png(
    rows: bytes, *chunks: bytes, size: tuple[int, int] = (2, 1), kind: tuple[int, int] = (8, 2)
) -> bytes:
    header = _header(*size, *kind)
    return SIGNATURE + header + b"".join(chunks) + _chunk(b"IDAT", zlib.compress(rows)) + END


def _saved(image: PIL.Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


GOOD = _png(b"\0" + bytes(6))
NOISE = PIL.Image.effect_noise((64, 48), 90)


@pytest.mark.parametrize(
    ("rows", "chunks", "kind", "expected"),
    [
        (b"\0" + bytes(6), (), (8, COLOUR), (False, False)),
        (b"\0" + bytes(12), (), (16, COLOUR), (False, False)),
        (b"\0" + b"\1", (), (1, GREY), (False, False)),
        (b"\0" + b"\x12", (), (4, GREY), (False, False)),
        (b"\0" + bytes(2), (), (8, GREY), (False, False)),
        (b"\0" + bytes(4), (), (16, GREY), (False, False)),
        (b"\0" + bytes(2), (_chunk(b"PLTE", bytes(6)),), (8, PALETTE), (False, False)),
        (b"\0\0\xff\0\xff", (), (8, GREY_ALPHA), (True, False)),
        (b"\0\0\xff\0\x7f", (), (8, GREY_ALPHA), (True, True)),
        (b"\0" + bytes(3) + b"\xff" + bytes(3) + b"\xfe", (), (8, COLOUR_ALPHA), (True, True)),
        (b"\0" + (bytes(3) + b"\xff") * 2, (), (8, COLOUR_ALPHA), (True, False)),
        (b"\0" + (bytes(6) + b"\xff\xff") * 2, (), (16, COLOUR_ALPHA), (True, False)),
        (b"\0" + (bytes(6) + b"\x10\xff") * 2, (), (16, COLOUR_ALPHA), (True, True)),
        (b"\0\0\1", (_chunk(b"PLTE", bytes(6)), _chunk(b"tRNS", b"\xff\x80")), (8, PALETTE), (True, True)),
        (b"\0\0\0", (_chunk(b"PLTE", bytes(6)), _chunk(b"tRNS", b"\xff\x80")), (8, PALETTE), (True, False)),
        (b"\0\x05\x06", (_chunk(b"tRNS", b"\0\x05"),), (8, GREY), (True, True)),
        (b"\0\x07\x06", (_chunk(b"tRNS", b"\0\x05"),), (8, GREY), (True, False)),
        (b"\0\1\2\3\4", (_chunk(b"tRNS", b"\3\4"),), (16, GREY), (True, True)),
        (b"\0\1\2\3\4", (_chunk(b"tRNS", b"\4\3"),), (16, GREY), (True, False)),
        (b"\0\1\2\3\4\5\6", (_chunk(b"tRNS", b"\0\1\0\2\0\3"),), (8, COLOUR), (True, True)),
        (b"\0" + b"\1\0\2\0\3\0" * 2, (_chunk(b"tRNS", b"\1\0\2\0\3\0"),), (16, COLOUR), (True, True)),
    ],
)
def test_every_kind_of_png(
    rows: bytes, chunks: tuple[bytes, ...], kind: tuple[int, int], expected: tuple[bool, bool]
) -> None:
    """Each colour type and depth is read; see-through is what a pixel is, not what it could be."""
    decoded = decode(_png(rows, *chunks, kind=kind))

    assert Decoded("png", 2, 1, *expected) == decoded


def test_interlaced_png_is_read() -> None:
    """The seven passes of an interlaced picture count up to its pixels."""
    # 3x2: passes 1, 4 and 6 hold one pixel of the first row each in their one row, pass 7 the second row.
    rows = b"\0\1" + b"\0\2" + b"\0\3" + b"\0\4\5\6"
    content = SIGNATURE + _header(3, 2, 8, GREY, 1) + _chunk(b"IDAT", zlib.compress(rows)) + END

    assert Decoded("png", 3, 2, has_alpha=False, see_through=False) == decode(content)


def test_pixels_may_lie_in_several_chunks() -> None:
    """An IDAT that is cut into several chunks is one stream."""
    packed = zlib.compress(b"\0" + bytes(6))
    parts = _chunk(b"IDAT", packed[:4]) + _chunk(b"IDAT", b"") + _chunk(b"IDAT", packed[4:])

    assert decode(SIGNATURE + _header(2, 1, 8, COLOUR) + parts + END).width == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "they begin with b''"),
        (b"<html>", "they begin with b'<html>'"),
        (SIGNATURE, "no IEND chunk ends it"),
        (GOOD[:-12], "no IEND chunk ends it"),
        (GOOD[:-20], "in chunk 'IDAT' that reaches to byte"),
        (GOOD[:40], "breaks off at byte 40"),
        (GOOD + b"\0", "1 bytes follow the end of the PNG"),
        (GOOD.replace(b"IDAT", b"IDAU"), "has a wrong CRC"),
        (SIGNATURE + _chunk(b"IDAT", b"") + END, "does not begin with an IHDR"),
        (SIGNATURE + _chunk(b"IHDR", b"") + END, "does not begin with an IHDR"),
        (SIGNATURE + _header(0, 1, 8, COLOUR) + END, "0x1: it has no pixels"),
        (SIGNATURE + _header(1, 1, 3, COLOUR) + END, "colour type 2 with 3 bits"),
        (SIGNATURE + _header(1, 1, 8, 5) + END, "colour type 5 with 8 bits"),
        (SIGNATURE + _header(1, 1, 8, COLOUR, 2) + END, "interlace method"),
        (SIGNATURE + _header(1, 1, 8, COLOUR) + END, r"\(IDAT\) are missing"),
        (_png(b"\0" + bytes(6), _chunk(b"ABCD", b"")), "critical chunk that nobody knows: b'ABCD'"),
        (_png(b"\0" + bytes(2), kind=(8, PALETTE)), "no palette"),
        (_png(b"\0" + bytes(5)), "inflate to 6 bytes; 7 are needed for 2x1"),
        (_png(b"\0" + bytes(7)), "inflate to 8 bytes; 7 are needed"),
        (_png(b"\5" + bytes(6)), "names filter 5"),
        (SIGNATURE + _header(2, 1, 8, COLOUR) + _chunk(b"IDAT", b"rubbish") + END, "cannot be inflated"),
        (
            SIGNATURE + _header(2, 1, 8, COLOUR) + _chunk(b"IDAT", zlib.compress(bytes(7))[:-5]) + END,
            "break off before their end",
        ),
        (
            SIGNATURE + _header(2, 1, 8, COLOUR) + (_chunk(b"IDAT", b"") + _chunk(b"tEXt", b"")) * 2 + END,
            "not in one row of chunks",
        ),
        (SIGNATURE + _header(100_000, 100_000, 8, COLOUR) + END, "100000x100000 pixels"),
    ],
)
def test_broken_png_is_found_with_its_place(content: bytes, sentence: str) -> None:
    """Whatever is wrong with a PNG, the sentence says what and where."""
    with pytest.raises(UndecodableError, match=sentence):
        decode(content)


@pytest.mark.parametrize(
    ("kind", "options", "mode", "expected"),
    [
        ("JPEG", {}, "RGB", Decoded("jpeg", 64, 48, has_alpha=False, see_through=False)),
        ("JPEG", {"progressive": True}, "L", Decoded("jpeg", 64, 48, has_alpha=False, see_through=False)),
        ("WEBP", {}, "RGB", Decoded("webp", 64, 48, has_alpha=False, see_through=False)),
        ("WEBP", {"lossless": True}, "RGBA", Decoded("webp", 64, 48, has_alpha=True, see_through=True)),
        ("GIF", {}, "RGB", Decoded("gif", 64, 48, has_alpha=False, see_through=False)),
        ("PNG", {}, "RGBA", Decoded("png", 64, 48, has_alpha=True, see_through=True)),
    ],
)
def test_other_formats_are_read(kind: str, options: dict[str, Any], mode: str, expected: Decoded) -> None:
    """JPEG, WebP and GIF are read as what they are."""
    image = NOISE.convert(mode)
    if mode == "RGBA":
        image.putpixel((5, 5), (1, 2, 3, 0))

    assert expected == decode(_saved(image, kind, **options))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "PNG"])
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
def test_cut_picture_is_found(kind: str, kept: float) -> None:
    """A picture of which the end is missing is no picture, whatever its format."""
    content = _saved(NOISE, kind)

    with pytest.raises(UndecodableError):
        decode(content[: int(len(content) * kept)])


@pytest.mark.parametrize(("kind", "missing"), [("JPEG", 1), ("WEBP", 1), ("GIF", 1), ("PNG", 1)])
def test_last_byte_counts(kind: str, missing: int) -> None:
    """Even a picture that lacks only its last byte is found."""
    with pytest.raises(UndecodableError, match="breaks off"):
        decode(_saved(NOISE, kind)[:-missing])


def test_bytes_after_a_webp_are_found() -> None:
    """Rubbish after the end of a WebP is found."""
    with pytest.raises(UndecodableError, match="5 bytes follow the end of the WebP"):
        decode(_saved(NOISE, "WEBP") + b"-----")


def test_damaged_jpeg_is_found() -> None:
    """A JPEG whose tables are overwritten cannot be read, and Pillow's reason is told."""
    content = _saved(NOISE, "JPEG")

    with pytest.raises(UndecodableError, match="the JPEG cannot be read to its end"):
        decode(content[:20] + b"\0" * (len(content) - 22) + content[-2:])


def test_huge_gif_is_refused_unread() -> None:
    """A picture that says it has more pixels than anyone asked for is not decoded."""
    content = bytearray(_saved(NOISE, "GIF"))
    content[6:10] = struct.pack("<HH", 60_000, 60_000)

    assert MOST_PIXELS < 60_000**2
    with pytest.raises(UndecodableError, match=r"60000x60000 pixels|cannot be read to its end"):
        decode(bytes(content))


def test_attempt_says_instead_of_raising() -> None:
    """An attempt returns the sentence where decoding raises, and the picture where it does not."""
    sentence = "the bytes are no PNG, JPEG, WebP or GIF: they begin with b'x'"

    assert sentence == attempt(b"x")
    assert decode(GOOD) == attempt(GOOD)


@given(cut=st.integers(0, len(GOOD) - 1))
def test_every_beginning_of_a_png_is_broken(cut: int) -> None:
    """No beginning of a PNG passes for a whole one."""
    assert isinstance(attempt(GOOD[:cut]), str)


@given(place=st.integers(8, len(GOOD) - 1), bit=st.integers(0, 7))
def test_every_flipped_bit_of_a_png_is_found(place: int, bit: int) -> None:
    """A PNG in which a single bit was flipped never passes: the CRC of each chunk is looked at."""
    damaged = bytearray(GOOD)
    damaged[place] ^= 1 << bit

    assert isinstance(attempt(bytes(damaged)), str)


def test_toy_pictures_are_what_they_say(toys: ModuleType) -> None:
    """The honest server's own PNGs are read as drawn."""
    assert Decoded("png", 30, 20, has_alpha=True, see_through=True) == decode(toys.png(30, 20, "see"))
    assert Decoded("png", 30, 20, has_alpha=True, see_through=False) == decode(toys.png(30, 20, "solid"))
    assert Decoded("png", 30, 20, has_alpha=False, see_through=False) == decode(toys.png(30, 20))
