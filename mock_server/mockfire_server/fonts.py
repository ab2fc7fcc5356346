"""Find fonts, tell which of them shows a character, break text into lines and draw them."""

from __future__ import annotations

import functools
import itertools
import math
import os
import re
import unicodedata
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from mockfire_server.containers import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Colour = tuple[int, int, int]

_BASELINE = 0.95  # ems from the top of a line
_MODIFIERS = {"Mn", "Me", "Cf", "Sk"}  # of another character: left out where no font has them
_SPACE = 0.28  # ems: the space that fonts round down at small sizes
_LINUX = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_MACOS = ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts")
_WINDOWS = ("C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts")
# A row for each purpose: its first file that is installed serves. The number after a colon picks
# a face of a collection (Noto's third is the one for simplified Chinese).
_WANTED = (
    """notosans-regular.ttf dejavusans.ttf liberationsans-regular.ttf segoeui.ttf arial.ttf""",
    """notosanscjk-regular.ttc:2 notosanscjksc-regular.otf notosanssc-regular.otf
    notosanssc-regular.ttf sourcehansanssc-regular.otf wqy-microhei.ttc wqy-zenhei.ttc
    pingfang.ttc hiragino_sans_gb.ttc stheiti_light.ttc msyh.ttc simsun.ttc
    droidsansfallbackfull.ttf arial_unicode.ttf arialuni.ttf""",
    """dejavusans.ttf arial_unicode.ttf arialuni.ttf segoeui.ttf""",
    """notoemoji-regular.ttf symbola.ttf seguiemj.ttf seguisym.ttf apple_symbols.ttf""",
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# An ideograph is a word, with opening marks before it and closing ones after. A word keeps its space.
_WIDE = r"\u2e80-\u2fff\u3003-\u3007\u3012-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf" ?(?:[（《「『【〈“‘]*[{_WIDE}][，。、！？）》」』】〉；：…”’]*|[^ {_WIDE}]+)")


class Source(NamedTuple):
    """A face of a font file; the empty path is the font that comes with Pillow."""

    path: str = ""
    face: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """Text broken into lines of words, at *size* pixels an em, in the fonts of *order*."""

    size: int
    order: tuple[Source, ...]
    lines: tuple[tuple[str, ...], ...] = ()

    def width(self, text: str) -> int:
        """Return the pixels that *text* takes on one line."""
        return _measured(text, self.order, self.size)


BUILT_IN = Source()
NO_CHARACTER = "\U0010ffff"  # Unicode will never assign it: fonts draw what they draw for the unknown
_tiles: Shelf[Image.Image] = Shelf(3 << 20, lambda image: 4 * image.width * image.height)


@functools.cache
def sources() -> tuple[Source, ...]:
    """Return the fonts to look in, best first; Pillow's own always leads."""
    walks = (os.walk(Path(folder).expanduser()) for folder in (*_LINUX, *_MACOS, *_WINDOWS))
    files = (Path(place, name) for walk in walks for place, _, names in walk for name in names)
    installed = {file.name.lower().replace(" ", "_"): str(file) for file in files}
    found = (_first_usable(row.split(), installed) for row in _WANTED)
    return tuple(dict.fromkeys([BUILT_IN, *filter(None, found)]))


def _first_usable(wanted: Iterable[str], installed: dict[str, str]) -> Source | None:
    named = (entry.partition(":") for entry in wanted)
    present = (Source(installed[name], int(index or 0)) for name, _, index in named if name in installed)
    return next(filter(_opens, present), None)


def _opens(source: Source) -> bool:
    """Tell whether *source* can be drawn at any size; bitmap emoji fonts cannot."""
    try:
        return bool(face(source, 16).getbbox("x"))
    except (OSError, ValueError):
        return False


@functools.lru_cache(maxsize=48)
def face(source: Source, size: int, layout: ImageFont.Layout | None = None) -> ImageFont.FreeTypeFont:
    """Return *source* at *size* pixels an em. Raise OSError where the file is no scalable font."""
    if source != BUILT_IN:
        return ImageFont.truetype(source.path, size, index=source.face, layout_engine=layout)
    built_in = ImageFont.load_default(size)
    if isinstance(built_in, ImageFont.FreeTypeFont):
        return built_in
    raise OSError("This Pillow was built without FreeType; install Pillow from its own wheels.")


@functools.lru_cache(maxsize=16384)
def shows(source: Source, char: str) -> bool:
    """Tell whether *source* has a glyph for *char*: it draws it unlike a non-character."""
    return _look(source, char) != _look(source, NO_CHARACTER)


def _look(source: Source, char: str) -> bytes:
    page = Image.new("L", (48, 40))
    # The other layout engine would set a lone accent on a dotted circle.
    ImageDraw.Draw(page).text((8, 8), char, 255, face(source, 20, ImageFont.Layout.BASIC))
    return page.tobytes()


def ranked(text: str) -> tuple[Source, ...]:
    """Return the fonts to set *text* in, those that lack least of it first."""
    if text.isascii():
        return (BUILT_IN,)
    chars = set(text) - {" "}
    return tuple(sorted(sources(), key=lambda source: sum(not shows(source, c) for c in chars)))


def clean(text: str) -> str:
    """Return *text* on one line: control characters become spaces, lone surrogates "?"."""
    sound = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    return " ".join(_CONTROLS.sub(" ", sound).split())


def fitted(text: str, room: float, scale: Sequence[tuple[int, int]]) -> Setting:
    """Return *text* broken into lines of at most *room* pixels.

    *scale* holds sizes in pixels an em, each with a number of lines: the first at which all the text fits
    is taken; at the last it is cut short.
    """
    plain = clean(text)
    order = ranked(plain)
    for size, count in scale[:-1]:
        setting = _wrapped(plain, Setting(size, order), room)
        if len(setting.lines) <= count:
            return setting
    size, count = scale[-1]
    return _shortened(_wrapped(plain, Setting(size, order), room), count, room)


def _wrapped(text: str, setting: Setting, room: float) -> Setting:
    lines: list[list[str]] = [[]]
    left = room
    for piece in (piece for word in _WORD.findall(text) for piece in _pieces(word, setting, room)):
        left -= setting.width(piece)
        if left < 0 and lines[-1]:
            lines.append([])
            left = room - setting.width(piece.lstrip())
        lines[-1].append(piece if lines[-1] else piece.lstrip())
    return replace(setting, lines=tuple(map(tuple, lines)))


def _pieces(word: str, setting: Setting, room: float) -> Iterator[str]:
    """Yield *word*, cut where it is wider than *room*, but never before a combining mark."""
    start, width = 0, 0.0
    if setting.width(word) > room:
        for at, char in enumerate(word):
            width += setting.width(char)
            if width > room and at > start and not unicodedata.combining(char):
                yield word[start:at]
                start, width = at, setting.width(char)
    yield word[start:]


def _shortened(setting: Setting, count: int, room: float) -> Setting:
    """Return the first *count* lines of *setting*, the last one with an ellipsis if more would follow."""
    if len(setting.lines) <= count:
        return setting
    last = "".join(setting.lines[count - 1])
    while len(last) > 1 and setting.width(f"{last}…") > room:
        last = last[:-1].rstrip()
    return replace(setting, lines=(*setting.lines[: count - 1], tuple(_WORD.findall(f"{last}…"))))


@functools.lru_cache(maxsize=4096)
def _measured(text: str, order: tuple[Source, ...], size: int) -> int:
    if text.startswith(" "):
        return math.ceil(_SPACE * size) + _measured(text[1:], order, size)
    return math.ceil(sum(face(source, size).getlength(run) for source, run in _runs(text, order)))


def _runs(text: str, order: tuple[Source, ...]) -> Iterator[tuple[Source, str]]:
    """Yield stretches of *text* with the font that shows each."""
    shown = (pair for char in text for pair in _shown(char, order))
    for source, pairs in itertools.groupby(shown, key=itemgetter(0)):
        yield source, "".join(map(itemgetter(1), pairs))


def _shown(char: str, order: tuple[Source, ...]) -> Iterator[tuple[Source, str]]:
    """Yield *char*, or else its base letter, or else the box of Pillow's font; no box for a modifier."""
    forms = (char, unicodedata.normalize("NFKD", char)[0])
    pairs = ((source, form) for form in forms for source in order if shows(source, form))
    if pair := next(pairs, None):
        yield pair
    elif unicodedata.category(char) not in _MODIFIERS:
        yield BUILT_IN, NO_CHARACTER


def line_height(size: int) -> int:
    """Return the pixels from one line to the next at *size* pixels an em."""
    return round(1.25 * size)


def draw_line(
    page: Image.Image,
    at: tuple[int, int],
    words: Iterable[str],
    setting: Setting,
    colours: tuple[Colour, Colour],
) -> Image.Image:
    """Return *page* with *words* on it, the upper left corner of the line *at*, in ink on paper *colours*."""
    left, top = at
    for word in _in_sight_order(words):
        bare = word.lstrip()
        key = (bare, setting.size, setting.order, *colours)
        tile = _tiles.get(key, functools.partial(_tile, *key))
        page.paste(tile, (left + setting.width(word) - setting.width(bare) - 1, top))
        left += setting.width(word)
    return page


def _in_sight_order(words: Iterable[str]) -> Iterator[str]:
    """Yield words from left to right; FriBiDi, which Pillow calls, turns a stretch round."""
    stretches = itertools.groupby(words, key=_is_right_to_left)
    for backwards, together in ((backwards, list(stretch)) for backwards, stretch in stretches):
        yield from ["".join(together)] if backwards else together


def _is_right_to_left(word: str) -> bool:
    return any(unicodedata.bidirectional(char) in {"R", "AL"} for char in word)


def _tile(text: str, size: int, order: tuple[Source, ...], ink: Colour, paper: Colour) -> Image.Image:
    image = Image.new("RGB", (_measured(text, order, size) + 2, line_height(size)), paper)
    pencil, left = ImageDraw.Draw(image), 1.0
    for source, run in _runs(text, order):
        font = face(source, size)
        pencil.text((left, _BASELINE * size), run, ink, font, "ls")
        left += font.getlength(run)
    return image
