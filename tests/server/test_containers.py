"""What is done to pictures as bytes leaves them pictures."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mockfire_server import containers
from mockfire_server.containers import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ["png", "jpeg", "webp"]


def encoded(kind: str, mode: str = "RGB") -> bytes:
    """Return a small picture as Pillow writes it."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert(mode).save(file, kind)
    return file.getvalue()


def pixels(picture: bytes) -> bytes:
    """Return what a decoder sees."""
    with Image.open(io.BytesIO(picture)) as image:
        return image.tobytes()


def riff_chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a WebP."""
    at = 12
    while at < len(picture):
        kind, size = struct.unpack_from("<4sI", picture, at)
        yield kind, picture[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


@given(st.lists(st.binary(min_size=1, max_size=4000), min_size=1, max_size=6), st.sampled_from([1, 6, 9]))
def test_strips_join_into_one_stream(parts: list[bytes], level: int) -> None:
    """Strips that were compressed apart are one zlib stream, checksum and all."""
    strips = [containers.strip(part, level=level) for part in parts]
    png = containers.png_of_strips(1, 1, strips, alpha=False)

    assert b"".join(parts) == containers.filtered_rows(png)


@pytest.mark.parametrize(("alpha", "mode"), [(False, "RGB"), (True, "RGBA")])
def test_png_of_strips_decodes(alpha: bool, mode: str) -> None:  # noqa: FBT001 - a parameter of the test
    """Strips in either filtering make the picture that was cut into them."""
    image = Image.radial_gradient("L").resize((64, 48)).convert(mode)
    upper, lower = image.crop((0, 0, 64, 20)), image.crop((0, 20, 64, 48))
    file = io.BytesIO()
    upper.save(file, "PNG")
    rows = [containers.filtered_rows(file.getvalue()), containers.plain_rows(lower.tobytes(), 64 * len(mode))]
    strips = [containers.strip(part, level=6) for part in rows]

    with Image.open(io.BytesIO(containers.png_of_strips(64, 48, strips, alpha=alpha))) as joined:
        assert (mode, image.tobytes()) == (joined.mode, joined.tobytes())


def test_every_chunk_has_its_checksum() -> None:
    """The checksum of each chunk covers its kind and its body."""
    made = containers.chunk(b"mfPd", b"some body")

    assert (int.from_bytes(made[:4], "big"), made[4:8], made[8:-4]) == (9, b"mfPd", b"some body")
    assert zlib.crc32(made[4:-4]) == int.from_bytes(made[-4:], "big")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("size=1024x1024", b"tEXt"),
        ("café", b"tEXt"),
        ("一只狐狸", b"iTXt"),
        ("🦊", b"iTXt"),
        ("\ud800", b"iTXt"),
    ],
)
def test_text_chunk_fits_its_text(text: str, kind: bytes) -> None:
    """Latin-1 goes into tEXt, everything else into iTXt."""
    assert kind == containers.text_chunk("mockfire", text)[4:8]


@pytest.mark.parametrize("text", ["size: 1024x1024", "café", "一只狐狸 🦊"])
def test_png_note_is_read_back(text: str) -> None:
    """Pillow reads the note under its keyword, and the same pixels."""
    plain = encoded("png")
    noted = containers.with_note(plain, "png", "mockfire", text)

    with Image.open(io.BytesIO(noted)) as image:
        assert {"mockfire": text} == image.info
    assert pixels(plain) == pixels(noted)
    assert [b"IHDR", b"tEXt" if text.isascii() or text == "café" else b"iTXt"] == [
        kind for kind, _ in containers.png_chunks(noted)
    ][:2]


def test_jpeg_note_is_read_back() -> None:
    """Pillow reads the note as the comment, and the same pixels; JFIF stays the first segment."""
    plain = encoded("jpeg")
    noted = containers.with_note(plain, "jpeg", "mockfire", "一只狐狸")

    with Image.open(io.BytesIO(noted)) as image:
        assert "mockfire: 一只狐狸".encode() == image.info["comment"]
    assert pixels(plain) == pixels(noted)
    assert plain[:20] == noted[:20]


def test_long_jpeg_note_is_split() -> None:
    """A segment holds 65,533 bytes at most; a longer note takes several."""
    plain = encoded("jpeg")
    noted = containers.with_note(plain, "jpeg", "k", "x" * 150_000)

    assert 3 * 4 + len("k: ") + 150_000 == len(noted) - len(plain)
    assert pixels(plain) == pixels(noted)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_webp_note_is_in_the_extended_form(mode: str) -> None:
    """An unknown chunk needs VP8X, whether Pillow wrote one or not; the sizes in it are right."""
    plain = encoded("webp", mode)
    noted = containers.with_note(plain, "webp", "mockfire", "a fox")
    chunks = list(riff_chunks(noted))

    assert (chunks[0][0], chunks[-1]) == (b"VP8X", (b"mfNt", b"mockfire: a fox"))
    assert [kind for kind, _ in chunks if kind == b"VP8X"] == [b"VP8X"]
    assert (
        int.from_bytes(chunks[0][1][4:7], "little"),
        int.from_bytes(chunks[0][1][7:], "little"),
    ) == (39, 29)
    assert len(noted) - 8 == int.from_bytes(noted[4:8], "little")
    assert pixels(plain) == pixels(noted)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("minimum", [3_000, 65_536, 300_001])
def test_padding_keeps_the_picture(kind: str, minimum: int) -> None:
    """A padded picture is at least as long as asked, not much longer, and decodes to the same pixels."""
    plain = encoded(kind)
    padded = containers.padded(plain, kind, minimum)

    assert minimum <= len(padded) < minimum + 66_000
    assert pixels(plain) == pixels(padded)
    assert padded == containers.padded(plain, kind, minimum)


@pytest.mark.parametrize("kind", KINDS)
def test_no_padding_where_none_is_needed(kind: str) -> None:
    """A picture that is long enough is left as it is."""
    plain = encoded(kind)

    assert plain is containers.padded(plain, kind, len(plain))


def test_padding_resists_compression() -> None:
    """A proxy that compresses does not undo the padding."""
    padded = containers.padded(encoded("png"), "png", 500_000)

    assert len(gzip.compress(padded)) > 450_000


def test_note_and_padding_go_together() -> None:
    """A WebP that has been extended once is not extended again."""
    noted = containers.with_note(encoded("webp"), "webp", "mockfire", "odd")
    padded = containers.padded(noted, "webp", 70_000)

    assert [kind for kind, _ in riff_chunks(padded)][:4] == [b"VP8X", b"VP8 ", b"mfNt", b"mfPd"]
    assert pixels(noted) == pixels(padded)


def test_shelf_makes_once() -> None:
    """What is kept is not made again."""
    made = []
    shelf: Shelf[str] = Shelf(10, len)

    def make() -> str:
        made.append(1)
        return "four"

    assert [shelf.get("key", make), shelf.get("key", make)] == ["four", "four"]
    assert len(made) == 1


def test_shelf_drops_what_was_used_longest_ago() -> None:
    """Over the limit, the least recently used goes first."""
    shelf: Shelf[str] = Shelf(3, len)
    for key in "abcad":
        shelf.get(key, lambda key=key: key)  # type: ignore[misc]  # a lambda in a loop keeps its key this way

    made = [key for key in "acdb" if shelf.get(key, lambda: "again") == "again"]

    assert made == ["b"]


def test_shelf_never_outweighs_its_limit() -> None:
    """Whatever comes, the weight stays within the limit and is the sum of what is kept."""
    shelf: Shelf[bytes] = Shelf(100, len)
    sizes = [number * 61 % 150 for number in range(200)]
    for number, size in enumerate(sizes):
        assert size == len(shelf.get(number, lambda size=size: bytes(size)))  # type: ignore[misc]  # as above
        assert shelf.weight <= 100
    shelf.clear()

    assert (shelf.weight, len(shelf)) == (0, 0)
