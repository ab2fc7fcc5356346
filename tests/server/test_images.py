"""Pictures are what was asked for, to the pixel; the same request gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from mockfire_server import fonts, images
from mockfire_server.images import Picture, draw, media_type

if TYPE_CHECKING:
    from mockfire_server.containers import Shelf, Strip

PARAMETERS = (("model", "gpt-image-1"), ("size", "512x512"), ("quality", "high"))
FOX = Picture(512, 512, "opaque", "png", "A fox reading a newspaper", PARAMETERS, "5eed", 0, 1)
SIZES = [(1024, 1024), (1536, 1024), (1024, 1536), (256, 256), (512, 512), (1792, 1024)]
TINY = [(1, 1), (1, 40), (40, 1), (2, 3), (16, 16), (64, 64), (96, 128), (300, 60), (60, 300)]
DRAW_IN_ANOTHER_PROCESS = """
import hashlib, json, sys
from mockfire_server.images import Picture, draw
for fields in json.loads(sys.argv[1]):
    fields["parameters"] = tuple(map(tuple, fields["parameters"]))
    print(hashlib.sha256(draw(Picture(**fields), minimum_bytes=70_000)).hexdigest())
"""


def decoded(data: bytes) -> Image.Image:
    """Return the picture, decoded to its end."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def shelves() -> list[Shelf[bytes] | Shelf[Strip]]:
    """Return what keeps pictures and their parts."""
    return [images._pictures, images._strips, images._lines]  # noqa: SLF001 - there is no public way to them


def asked_again(picture: Picture) -> bytes:
    """Return *picture*, drawn from nothing."""
    for shelf in shelves():
        shelf.clear()
    return draw(picture)


def art_rows(picture: Picture) -> int:
    """Return how many rows stand above the band."""
    return images._plan(picture.width, picture.height).art  # noqa: SLF001 - the division is not told elsewhere


@pytest.mark.parametrize("size", [*SIZES, *TINY])
@pytest.mark.parametrize(("background", "mode"), [("opaque", "RGB"), ("transparent", "RGBA")])
def test_size_and_mode(size: tuple[int, int], background: str, mode: str) -> None:
    """Width, height and the alpha channel are those that were asked for."""
    picture = replace(FOX, width=size[0], height=size[1], background=background)

    image = decoded(draw(picture))

    assert (size, mode, "PNG") == (image.size, image.mode, image.format)


@pytest.mark.parametrize(
    ("kind", "background", "mode"),
    [
        ("jpeg", "opaque", "RGB"),
        ("jpeg", "transparent", "RGB"),
        ("webp", "opaque", "RGB"),
        ("webp", "transparent", "RGBA"),
    ],
)
def test_other_formats(kind: str, background: str, mode: str) -> None:
    """JPEG and WebP are themselves; JPEG is always opaque."""
    image = decoded(draw(replace(FOX, format=kind, background=background)))

    assert (kind.upper(), mode, (512, 512)) == (image.format, image.mode, image.size)


@pytest.mark.parametrize("kind", ["png", "webp"])
@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024), (256, 256), (64, 64)])
def test_transparent_is_seen_through(kind: str, size: tuple[int, int]) -> None:
    """There are empty pixels, half-empty ones and full ones."""
    picture = replace(FOX, format=kind, width=size[0], height=size[1], background="transparent")
    counts = decoded(draw(picture)).getchannel("A").histogram()

    assert counts[0] > 0.02 * size[0] * size[1]
    assert sum(counts[1:100]) > 0.015 * size[0] * size[1]
    assert counts[255] > 0.4 * size[0] * size[1]


def test_every_variant_is_seen_through() -> None:
    """Whichever scene is chosen, its corners are empty."""
    small = replace(FOX, width=128, height=128, background="transparent", of=24)
    pictures = [replace(small, index=number) for number in range(24)]

    assert {0} == {decoded(draw(each)).getchannel("A").getpixel((1, 1)) for each in pictures}


@pytest.mark.parametrize("size", [(4, 3840), (3840, 4), (3840, 3840)])
def test_the_largest(size: tuple[int, int]) -> None:
    """Pictures of up to 3840 pixels a side are drawn."""
    assert size == decoded(draw(replace(FOX, width=size[0], height=size[1]))).size


def test_same_picture_same_bytes() -> None:
    """What was kept and what is drawn anew are the same."""
    pictures = [
        replace(FOX, format=kind, background=b)
        for kind in ("png", "jpeg", "webp")
        for b in ("opaque", "transparent")
    ]

    assert [draw(each) for each in pictures] == [asked_again(each) for each in pictures]


def test_same_picture_in_every_process() -> None:
    """Nothing of the process (hash seed, order of earlier pictures) shows in the bytes."""
    pictures = [
        FOX,
        replace(FOX, background="transparent", caption="一只狐狸 🦊 café", index=2, of=4),
        replace(FOX, format="jpeg", compression=40),
        replace(FOX, format="webp", background="transparent"),
    ]
    fields = json.dumps(
        [{name: getattr(each, name) for name in Picture.__slots__} for each in reversed(pictures)]
    )
    run = subprocess.run(
        [sys.executable, "-c", DRAW_IN_ANOTHER_PROCESS, fields],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )

    here = [hashlib.sha256(draw(each, minimum_bytes=70_000)).hexdigest() for each in pictures]
    assert here == run.stdout.split()[::-1]


def test_asking_again_is_free() -> None:
    """A finished picture is kept and handed out as it is."""
    assert draw(FOX) is draw(replace(FOX))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize(
    "change",
    [
        {"caption": "A fox reading a magazine"},
        {"seed": "5eee"},
        {"index": 1},
        {"of": 2},
        {"parameters": (("model", "gpt-image-1"), ("size", "512x512"), ("quality", "low"))},
    ],
)
@pytest.mark.parametrize("side", [512, 8])
def test_another_request_has_other_bytes(kind: str, change: dict[str, object], side: int) -> None:
    """Whatever differs in the request differs in the bytes, even where there is no room for text."""
    picture = replace(FOX, format=kind, width=side, height=side)
    other = replace(picture, **change)  # type: ignore[arg-type]  # the fields are given by name

    assert draw(picture) != draw(other)


def test_pictures_of_one_answer_look_different() -> None:
    """Ten pictures of one request differ at a glance: shrunk to 16 pixels, every two still do."""
    pictures = [decoded(draw(replace(FOX, index=number, of=10))) for number in range(10)]
    small = [picture.crop((30, 30, 480, art_rows(FOX))).resize((16, 16)) for picture in pictures]
    apart = [
        sum(ImageStat.Stat(ImageChops.difference(one, other)).mean)
        for number, one in enumerate(small)
        for other in small[:number]
    ]

    assert min(apart) > 25


@pytest.mark.parametrize("background", ["opaque", "transparent"])
@pytest.mark.parametrize("size", [(1024, 1024), (512, 512), (1536, 1024)])
def test_caption_changes_the_band_alone(background: str, size: tuple[int, int]) -> None:
    """Above the band, two prompts have the same pixels; within it, they have not."""
    picture = replace(FOX, width=size[0], height=size[1], background=background)
    one, other = (decoded(draw(replace(picture, caption=caption))) for caption in ("A fox", "Two herons"))
    box = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox()

    assert box is not None
    assert art_rows(picture) <= box[1]


def test_prompt_parameters_and_mark_are_shown() -> None:
    """The caption and the foot hold ink, and other parameters hold other ink."""
    rows = art_rows(FOX)
    one, other = (
        decoded(draw(replace(FOX, parameters=(("size", size),)))).crop((0, rows, 512, 512))
        for size in ("auto", "1x1")
    )
    box = ImageChops.difference(one, other).getbbox()

    assert box is not None
    assert box[1] > (512 - rows) / 2
    assert len(one.getcolors(1 << 16) or []) > 30


@pytest.mark.parametrize("text", ["A fox", "café", "一只狐狸 🦊"])
def test_png_carries_the_request(text: str) -> None:
    """The text chunk holds prompt, parameters, number and seed as JSON."""
    image = decoded(draw(replace(FOX, caption=text, index=1, of=4)))
    note = json.loads(image.info["mockfire"])

    assert {"prompt": text, "parameters": dict(PARAMETERS), "picture": "2 / 4", "seed": "5eed"} == note


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("background", ["opaque", "transparent"])
def test_padding_leaves_the_picture(kind: str, background: str) -> None:
    """A padded picture is as long as asked and shows the same pixels."""
    picture = replace(FOX, format=kind, background=background)
    padded = draw(picture, minimum_bytes=1_500_000)

    assert 1_500_000 <= len(padded) < 1_570_000
    assert decoded(draw(picture)).tobytes() == decoded(padded).tobytes()


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_compression_is_quality(kind: str) -> None:
    """Less quality is fewer bytes, and PNG does not care."""
    lengths = [len(draw(replace(FOX, format=kind, compression=each))) for each in (0, 50, 100)]

    assert sorted(set(lengths)) == lengths
    assert draw(FOX) == draw(replace(FOX, compression=3))


@pytest.mark.parametrize(
    "caption",
    [
        "",
        " \n\t ",
        "\x00\x01\x1b[31m\x7f\x85\u2028",
        "\ud800\udfff lone",
        "مرحبا بالعالم، שלום עולם",
        "e" + "\u0301" * 300,
        "🦊👩‍👩‍👧‍👦🇨🇳1️⃣" * 20,
        "\U0010ffff\ufffe\uffff\ue000",
        "supercalifragilistic" * 40,
        "晨雾中的江南水乡，" * 60,
        "\u202e desrever \u202c",
        "a" * 32_000,
    ],
)
@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_any_caption_is_drawn(caption: str, kind: str) -> None:
    """No prompt is refused."""
    assert decoded(draw(replace(FOX, caption=caption, format=kind, width=256, height=256))).size == (256, 256)


def test_ideographs_differ_from_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a font is found, a Chinese prompt is shown as itself."""
    if not any(fonts.shows(source, "狐") for source in fonts.sources()):
        pytest.skip("no Chinese font is installed here")
    picture = replace(FOX, caption="一只狐狸")
    shown = decoded(asked_again(picture)).tobytes()
    monkeypatch.setattr(fonts, "sources", lambda: (fonts.BUILT_IN,))

    assert shown != decoded(asked_again(picture)).tobytes()


def test_small_bytes() -> None:
    """A picture of 1024 by 1024 pixels stays below 150 kB, whatever the scene."""
    pictures = [
        replace(FOX, width=1024, height=1024, background=background, index=number, of=24)
        for number in range(7)
        for background in ("opaque", "transparent")
    ]

    assert max(len(draw(each)) for each in pictures) < 150_000


def test_what_is_kept_is_bounded() -> None:
    """However many pictures are asked for, what is kept stays within its limits: 16 MB in all."""
    for number in range(400):
        draw(replace(FOX, width=256, height=256, caption=f"Fox {number}", seed=str(number)))

    assert [shelf for shelf in shelves() if shelf.weight > shelf.limit] == []
    assert sum(shelf.limit for shelf in [*shelves(), fonts._tiles]) <= 16 << 20  # noqa: SLF001 - only the limit tells


def test_many_threads_one_picture() -> None:
    """Threads that draw at once get what one alone gets."""
    small = replace(FOX, width=256, height=256, of=3)
    pictures = [replace(small, caption=f"Fox {number % 5}", index=number % 3) for number in range(30)]
    alone = [asked_again(each) for each in pictures]
    for shelf in shelves():
        shelf.clear()
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(draw, pictures))

    assert alone == together


def test_media_type() -> None:
    """Each format has its media type."""
    assert [media_type(kind) for kind in ("png", "jpeg", "webp")] == ["image/png", "image/jpeg", "image/webp"]


def test_importing_is_light() -> None:
    """Pillow is not loaded before the first picture: start-up is import time."""
    program = "import sys, mockfire_server.images; print('PIL' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "False"
