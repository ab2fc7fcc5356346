"""Draw the picture that a request asked for; what was drawn before is kept, up to a limit."""

from __future__ import annotations

import functools
import io
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mockfire_server import containers
from mockfire_server.containers import Shelf, Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from PIL import Image

    from mockfire_server.canvas import Colour, Pair, Stage

_VARIANTS = 24  # each palette twice, with another scene each time
_SLAB = 1 << 17  # pixels drawn at once: this bounds the memory that a large picture takes
_LIGHT_PAPER = ((250, 247, 242), (38, 35, 42), (134, 127, 132))  # paper, ink, pale ink
_DARK_PAPER = ((22, 23, 29), (238, 235, 228), (140, 140, 150))
_CAPTION = ((12, 0.043, 1), (11, 0.034, 2), (10, 0.027, 3))  # least pixels, share of a side, lines


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows and how it is stored."""

    width: int  # pixels
    height: int
    background: str  # "transparent" or "opaque"
    format: str  # "png", "jpeg" or "webp"
    caption: str  # the start of the prompt
    parameters: tuple[tuple[str, str], ...]  # of the request, as names and values
    seed: str  # digest of the whole request: chooses the scene
    index: int  # within one answer, from 0
    of: int  # how many pictures the answer has
    compression: int = 100  # output_compression, 0 to 100; PNG ignores it

    @property
    def see_through(self) -> bool:
        """Whether there is an alpha channel. JPEG has none."""
        return self.background == "transparent" and self.format != "jpeg"


class _Block(NamedTuple):
    """Some rows of a picture; blocks stand under one another."""

    key: Hashable
    draw: Callable[[], Image.Image]
    lasting: bool = True  # other pictures have the same block


class _Plan(NamedTuple):
    """How a picture is divided, in rows from top to bottom, and what else is measured in pixels."""

    art: int
    above: int = 0  # of the caption
    caption: int = 0
    foot: int = 0  # none where there is no room for a band
    margin: int = 0
    small: int = 0  # type of the foot
    scale: tuple[tuple[int, int], ...] = ()  # type of the caption: sizes, each with its number of lines


_pictures: Shelf[bytes] = Shelf(4 << 20, len)
_strips: Shelf[Strip] = Shelf(8 << 20, lambda strip: len(strip.chunk))
_lines: Shelf[Strip] = Shelf(1 << 19, lambda strip: len(strip.chunk))


def media_type(format: str) -> str:  # noqa: A002 - the request's field has this name
    """Return the media type of *format*: png, jpeg or webp (IANA, image types)."""
    return f"image/{format}"


def draw(picture: Picture, *, minimum_bytes: int = 0) -> bytes:
    """Return the encoded *picture*, padded to at least *minimum_bytes*; equal pictures, equal bytes."""
    encoded = _pictures.get(picture, functools.partial(_encoded, picture))
    return containers.padded(encoded, picture.format, minimum_bytes)


def _encoded(picture: Picture) -> bytes:
    strips = map(_strip, _column(picture))
    data = containers.png_of_strips(picture.width, picture.height, strips, alpha=picture.see_through)
    if picture.format != "png":
        data = _converted(data, picture.format, picture.compression)
    return containers.with_note(data, picture.format, "mockfire", _note(picture))


def _converted(png: bytes, kind: str, compression: int) -> bytes:
    """Return *png* as *kind*, JPEG or WebP: kept strips take a tenth of the room of kept pixels."""
    from PIL import Image

    file = io.BytesIO()
    with Image.open(io.BytesIO(png)) as drawn:
        drawn.save(file, kind, quality=10 + round(0.82 * compression), method=2)
    return file.getvalue()


def _note(picture: Picture) -> str:
    """Return the request as JSON; it tells apart pictures that are too small for text."""
    number = f"{picture.index + 1} / {picture.of}"
    asked = {"prompt": picture.caption, "parameters": dict(picture.parameters)}
    return json.dumps({**asked, "picture": number, "seed": picture.seed}, ensure_ascii=False)


def _strip(block: _Block) -> Strip:
    """Return *block* compressed: well where it lasts, otherwise quickly."""
    if block.lasting:
        return _strips.get(block.key, lambda: _small_strip(block.draw()))
    return _lines.get(block.key, lambda: _quick_strip(block.draw()))


def _small_strip(image: Image.Image) -> Strip:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)  # for the row filters that Pillow chooses
    return containers.strip(containers.filtered_rows(file.getvalue()), level=6)


def _quick_strip(image: Image.Image) -> Strip:
    stride = image.width * len(image.getbands())
    return containers.strip(containers.plain_rows(image.tobytes(), stride), level=1)


def _column(picture: Picture) -> Iterator[_Block]:
    """Yield the art of *picture* (of size, background and variant alone), then the band."""
    from mockfire_server import canvas

    plan = _plan(picture.width, picture.height)
    stage = _stage(picture, plan)
    paper = None if picture.see_through else _tone(stage)[0]
    rows = max(1, _SLAB // picture.width)
    for start in range(0, plan.art, rows):
        part = range(start, min(start + rows, plan.art))
        key = (picture.width, picture.height, picture.see_through, stage.variant, start)
        yield _Block(key, functools.partial(canvas.slab, stage, part, picture.width, paper))
    if plan.foot:
        yield from _band(picture, plan, stage)


@functools.lru_cache(maxsize=64)
def _plan(width: int, height: int) -> _Plan:
    """Return how a picture is divided. A band that would take half of it is left out."""
    from mockfire_server.fonts import line_height

    unit = min(width, height)
    scale = tuple((max(least, round(share * unit)), count) for least, share, count in _CAPTION)
    caption = max(line_height(size) * count for size, count in scale)
    small, margin, above = max(9, round(0.0165 * unit)), round(0.05 * unit), round(0.03 * unit)
    foot = above + line_height(small) + margin
    art = height - above - caption - foot
    if 2 * art < height or width < 10 * small:
        return _Plan(art=height)
    return _Plan(art, above, caption, foot, margin, small, scale)


def _stage(picture: Picture, plan: _Plan) -> Stage:
    """Return where the scene is set: a print in its margins, or a cut-out with room for its halo."""
    from mockfire_server.canvas import Stage

    variant = (zlib.crc32(picture.seed.encode("utf-8", "replace")) + picture.index) % _VARIANTS
    width, height = picture.width - 2 * plan.margin, plan.art - plan.margin
    if picture.see_through:
        height = round(0.88 * plan.art)
        width = min(round(0.88 * picture.width), round(1.3 * height))
    top = (plan.art - height) / 2 if picture.see_through else plan.margin
    corner = complex((picture.width - width) / 2, top)
    return Stage(corner, complex(max(1, width), max(1, height)), variant)


def _tone(stage: Stage) -> tuple[Colour, Colour, Colour]:
    """Return paper, ink and pale ink: dark paper under a sky that is darker than ink."""
    return _DARK_PAPER if sum(stage.sky(0)) < sum(_LIGHT_PAPER[1]) else _LIGHT_PAPER


def _band(picture: Picture, plan: _Plan, stage: Stage) -> Iterator[_Block]:
    """Yield the caption and the foot: on paper, or on a card amid nothing."""
    from mockfire_server import fonts

    paper, ink, _ = _tone(stage)
    inset = plan.margin // 2 if picture.see_through else None
    left = plan.margin + (inset or 0) // 2
    place = (picture.width, picture.height, inset, paper)
    page = functools.partial(_page, picture.width, inset, paper)
    caption = fonts.clean(picture.caption) or "Untitled"
    text = fonts.fitted(caption, picture.width - 2 * left, plan.scale)
    row = fonts.line_height(text.size)

    def written(line: tuple[str, ...]) -> Image.Image:
        return fonts.draw_line(page(row), (left, 0), line, text, (ink, paper))

    yield _Block(("above", *place), functools.partial(page, plan.above, "top"))
    for line in text.lines:
        key = (line, text.size, text.order, *place)
        yield _Block(key, functools.partial(written, line), lasting=False)
    if rest := plan.caption - row * len(text.lines):
        yield _Block(("rest", rest, *place), functools.partial(page, rest))
    foot = (picture.parameters, picture.index, picture.of, stage.variant)
    yield _Block((*foot, *place), lambda: _foot(picture, plan, stage, left, page(plan.foot, "bottom")))


def _foot(picture: Picture, plan: _Plan, stage: Stage, left: int, page: Image.Image) -> Image.Image:
    """Return *page* with the mock mark, what parameters there is room for, the number and some colours."""
    from mockfire_server.fonts import draw_line, fitted, line_height

    (paper, ink, pale), size, accent = _tone(stage), plan.small, stage.hill(0.5)
    top, right = page.height - plan.margin - line_height(size), page.width - left
    for colour in map(stage.hill, (1, 0.67, 0.33, 0)):
        _blot(page, (right - size, top + size // 8), (size, size), size / 2, colour)
        right -= round(1.3 * size)
    number = f"{picture.index + 1} / {picture.of}" * (picture.of > 1)
    count, mark = (fitted(text, page.width, ((size, 1),)) for text in (number, "MOCK"))
    right -= count.width(number) + size // 2
    draw_line(page, (right, top), count.lines[0], count, (ink, paper))
    width = mark.width("MOCK") + 2 * size
    _blot(page, (left, top - size // 6), (width, line_height(size) + size // 6), size / 3, accent)
    draw_line(page, (left + size, top), mark.lines[0], mark, (_LIGHT_PAPER[0], accent))
    room = right - left - width - 2 * size
    if room > 4 * size:
        asked = fitted(", ".join(map(" ".join, picture.parameters)), room, ((size, 1),))
        draw_line(page, (left + width + size, top), asked.lines[0], asked, (pale, paper))
    return page


def _page(width: int, inset: int | None, paper: Colour, rows: int, end: str = "") -> Image.Image:
    """Return *rows* of *paper*; with an *inset* a card that is rounded at its "top" or "bottom" *end*."""
    from PIL import Image

    if inset is None:
        return Image.new("RGB", (width, rows), paper)
    page = Image.new("RGBA", (width, rows), (*paper, 0))
    if end:
        start, more = (-inset, 0) if end == "bottom" else (0, inset)
        _blot(page, (inset, start), (width - 2 * inset, rows + more), inset, paper)
    else:
        page.paste((*paper, 255), (inset, 0, width - inset, rows))
    return page


def _blot(page: Image.Image, at: Pair, size: Pair, radius: float, colour: Colour) -> None:
    """Draw a smooth rounded rectangle on *page*, its upper left corner *at*."""
    from PIL import Image, ImageDraw

    mask = Image.new("L", (3 * size[0], 3 * size[1]))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), 3 * radius, 255)
    page.paste(colour, at, mask.reduce(3))
