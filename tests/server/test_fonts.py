"""Any text is set somehow: in fonts that show it, within its room, without a crash."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mockfire_server import fonts
from mockfire_server.fonts import BUILT_IN, NO_CHARACTER, Setting, Source

if TYPE_CHECKING:
    from pathlib import Path

INK, PAPER = (0, 0, 0), (255, 255, 255)
SCALE = ((32, 1), (24, 2), (16, 3))


def drawn(text: str, size: int = 24) -> bytes:
    """Return the pixels of *text* on one line."""
    setting = fonts.fitted(text, 600, ((size, 1),))
    page = Image.new("RGB", (600, fonts.line_height(size)), PAPER)
    return fonts.draw_line(page, (2, 0), setting.lines[0], setting, (INK, PAPER)).tobytes()


@pytest.fixture(name="only_built_in")
def _only_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "sources", lambda: (BUILT_IN,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \t fox\n\nruns  ", "a fox runs"),
        ("a\x00b\x07c\x85d\u2028e", "a b c d e"),
        ("\ud800 alone", "? alone"),
        ("cafe\u0301", "café"),
        ("\n\t ", ""),
    ],
)
def test_clean(text: str, expected: str) -> None:
    """Text is one line of what can be shown."""
    assert expected == fonts.clean(text)


def test_built_in_shows_ascii_alone() -> None:
    """The font that comes with Pillow has Latin letters and no ideographs."""
    assert (fonts.shows(BUILT_IN, "a"), fonts.shows(BUILT_IN, "狐")) == (True, False)


def test_plain_text_asks_no_other_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """ASCII looks the same on every machine, and nothing is searched for it."""
    monkeypatch.setattr(fonts, "sources", lambda: pytest.fail("the folders were searched"))

    assert fonts.fitted("A heron at dawn", 200, SCALE).order == (BUILT_IN,)


@pytest.mark.parametrize("text", ["中", "🦊", NO_CHARACTER])
@pytest.mark.usefixtures("only_built_in")
def test_box_where_no_font_shows_it(text: str) -> None:
    """What no font shows is a box, the same for all."""
    assert drawn("国") == drawn(text) != drawn("")


@pytest.mark.usefixtures("only_built_in")
def test_base_letter_where_no_font_shows_the_accent() -> None:
    """A letter without its accent reads better than a box."""
    assert drawn("cafe") == drawn("café")


@pytest.mark.usefixtures("only_built_in")
def test_no_box_for_a_modifier() -> None:
    """Joiners, variation selectors and lone accents vanish where no font has them."""
    assert drawn("a") == drawn("a\u200d\ufe0f\u0301\u0351")


def test_ideographs_are_shown_where_a_font_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a Chinese font, the characters are themselves instead of boxes."""
    if not any(fonts.shows(source, "狐") for source in fonts.sources()):
        pytest.skip("no Chinese font is installed here")
    shown = drawn("狐")
    other = drawn("狸")
    monkeypatch.setattr(fonts, "sources", lambda: (BUILT_IN,))

    assert len({shown, other, drawn("狐")}) == 3


def test_one_font_for_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The font that lacks least leads, so that a word is not patched from two."""
    other = Source("other.ttf")
    monkeypatch.setattr(fonts, "sources", lambda: (BUILT_IN, other))
    monkeypatch.setattr(fonts, "shows", lambda source, char: source == other or char.isascii())

    assert ((other, BUILT_IN), (BUILT_IN,)) == (fonts.ranked("café"), fonts.ranked("cafe"))


def test_broken_fonts_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that only has the name of a font is not used, and a missing folder is none."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "SimSun.ttc").write_bytes(b"not a font")
    for name in ("_LINUX", "_MACOS", "_WINDOWS"):
        monkeypatch.setattr(fonts, name, (str(tmp_path), str(tmp_path / "missing")))

    assert fonts.sources.__wrapped__() == (BUILT_IN,)


def test_fonts_are_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names match whatever their case and spaces; the face of a collection comes with the name."""
    paths = [tmp_path / "Hiragino Sans GB.ttc", tmp_path / "NotoSansCJK-Regular.ttc"]
    for path in paths:
        path.touch()
    for name in ("_LINUX", "_MACOS", "_WINDOWS"):
        monkeypatch.setattr(fonts, name, (str(tmp_path),))
    monkeypatch.setattr(fonts, "_opens", lambda _: True)
    both = fonts.sources.__wrapped__()
    paths[1].unlink()

    assert (BUILT_IN, Source(str(paths[1]), 2)) == both
    assert (BUILT_IN, Source(str(paths[0]), 0)) == fonts.sources.__wrapped__()


@pytest.mark.parametrize(
    ("text", "size", "count"),
    [
        ("A heron", 32, 1),
        ("A heron at dawn by the river", 24, 2),
        ("A heron at dawn by the river " * 3, 16, 3),
    ],
)
def test_short_text_is_set_large(text: str, size: int, count: int) -> None:
    """The first size at which the text fits is taken, and no word is lost."""
    setting = fonts.fitted(text, 220, SCALE)

    assert (size, count) == (setting.size, len(setting.lines))
    assert text.split() == [word.strip() for line in setting.lines for word in line]


def test_long_text_ends_in_an_ellipsis() -> None:
    """What does not fit is cut, and one sees that it is."""
    setting = fonts.fitted("a heron at dawn " * 40, 220, SCALE)

    assert (setting.size, len(setting.lines), setting.lines[-1][-1][-1]) == (16, 3, "…")


@pytest.mark.parametrize(
    "text", ["supercalifragilistic" * 8, "e" + "\u0301" * 300, "狐" * 200, "🦊" * 80, "", " "]
)
@pytest.mark.parametrize("room", [1, 12, 220])
def test_anything_is_set_in_any_room(text: str, room: int) -> None:
    """Words without an end are broken, and nothing is refused."""
    setting = fonts.fitted(text, room, SCALE)
    page = Image.new("RGB", (room, 40), PAPER)

    assert 1 <= len(setting.lines) <= 3
    assert page is fonts.draw_line(page, (0, 0), setting.lines[-1], setting, (INK, PAPER))


@given(st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_lines_keep_to_their_room(text: str) -> None:
    """No line is wider than the room, whatever the text."""
    setting = fonts.fitted(text, 220, SCALE)

    assert [line for line in setting.lines if sum(map(setting.width, line)) > 220 and len(line) > 1] == []


def test_lines_do_not_begin_with_closing_marks() -> None:
    """A full stop or a closing quote stays with its ideograph."""
    text = "晨雾中的江南水乡，乌篷船缓缓划过，“白墙黛瓦”倒映在水面。" * 3
    lines = [fonts.fitted(text, room, ((24, 20),)).lines for room in range(100, 300, 7)]

    assert set() == {line[0][0] for each in lines for line in each} & set("，。”")


def test_accents_stay_with_their_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line never begins with a combining mark, not even where the font gives it a width."""
    monkeypatch.setattr(fonts, "_measured", lambda text, *_: 10 * len(text))
    setting = fonts.fitted("q\u0323" * 60, 95, ((24, 30),))

    assert {"q"} == {line[0][0] for line in setting.lines}


def test_right_to_left_words_stay_together() -> None:
    """A stretch of Arabic or Hebrew is set as one, so that its words come in their own order."""
    words = ("a", " שלום", " עולם", " b")

    assert list(fonts._in_sight_order(words)) == ["a", " שלום עולם", " b"]  # noqa: SLF001 - the order is not seen elsewhere


def test_caches_are_bounded() -> None:
    """Words that were drawn are kept up to a limit of bytes, fonts and widths up to a count."""
    setting = Setting(40, (BUILT_IN,))
    page = Image.new("RGB", (400, 50), PAPER)
    for number in range(600):
        fonts.draw_line(page, (0, 0), (f"number-{number}",), setting, (INK, PAPER))

    assert fonts._tiles.weight <= fonts._tiles.limit  # noqa: SLF001 - only the weight tells
    assert len(fonts._tiles) < 600  # noqa: SLF001 - as above
    assert all(isinstance(cached, functools._lru_cache_wrapper) for cached in (fonts.face, fonts.shows))  # noqa: SLF001 - the type has no public name
    assert [cached.cache_info().maxsize for cached in (fonts.face, fonts.shows)] == [48, 16384]
