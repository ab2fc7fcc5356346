"""Draw the art of a picture: seven scenes in twelve palettes, a slab of rows at a time."""

from __future__ import annotations

import cmath
import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Pair = tuple[int, int]
Colour = tuple[int, int, int]
Points = list[complex]  # pixels: x is the real part, y the imaginary one

_TURN = 2 * math.pi
_ROUND = 128  # corners of a polygon that looks round
_FINER = 3  # Pillow draws polygons with hard edges: draw them larger, then shrink
# The sky from top to bottom, the light, the farthest and the nearest hill.
_PALETTES = """
2d2a55 c8587a ffb38a ffe3b0 a24a78 2b1e46
a9c9d8 dfe6dd fbeed7 f4a261 8fb3b5 2f5d62
0b132b 1c2f5c 4a6fa5 f6f0d8 35568c 0a1024
f7d8ba f2b591 e8896b fff1d6 c9674f 6b2d3c
dcebdd b7d6b9 7fb69a f7e7a9 5c9a82 17403a
e9ddf5 cdb9ea a48fd3 fff0f5 8570b8 3a2b63
083d56 117a8b 7fd1c7 ffd9a0 17677c 052c3f
fbe4e4 f6c1c0 ea9aa0 fff7ec d4717f 7a2f48
fff3c4 ffd97a ffb347 ff7f50 e58a3c 8a3f1e
0a1f2e 14524f 5fb58b e3ffd1 1f6f63 061820
cfd9e6 a5b8d0 7692b7 fde7c8 5a77a0 22314d
1d1030 51235f c0567f ffcf9c 6c2c6a 140a22
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon, seen through as *opacity* says (0 to 1)."""

    points: Points
    colour: Colour
    opacity: float = 1.0


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour at *share* (0 to 1) of the way from *first* to *second*."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


@functools.cache
def palette(variant: int) -> tuple[Colour, ...]:
    """Return three colours of the sky, the light, the farthest and the nearest hill."""
    rows = _PALETTES.strip().split("\n")
    colours = map(bytes.fromhex, rows[variant % len(rows)].split())
    return tuple((red, green, blue) for red, green, blue in colours)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene is set: places are shares of its box, radii shares of the shorter side."""

    corner: complex
    size: complex
    variant: int

    def vary(self, number: int) -> float:
        """Return a number from 0 to 1, spread evenly over the variants and the *number*s."""
        return (self.variant * 0.618034 + (number + 1) * 0.754878) % 1

    def sky(self, share: float) -> Colour:
        """Return the colour of the sky at *share* (0 to 1) of the way down."""
        top, middle, bottom, *_ = palette(self.variant)
        return mixed(mixed(top, middle, min(1, share * 2)), bottom, max(0, share * 2 - 1))

    def light(self) -> Colour:
        """Return the colour of the sun or the moon."""
        return palette(self.variant)[3]

    def hill(self, share: float) -> Colour:
        """Return the colour of a hill from *share* 0 (far) to 1 (near)."""
        *_, far, near = palette(self.variant)
        return mixed(far, near, share)

    def unit(self) -> float:
        """Return the pixels of the shorter side."""
        return min(self.size.real, self.size.imag)

    def at(self, x: float, y: float) -> complex:
        """Return the pixel at the shares *x* and *y* of the box."""
        return self.corner + complex(x * self.size.real, y * self.size.imag)

    def arc(self, middle: complex, radius: float, start: float = 0, end: float = 1) -> Points:
        """Return points round the pixel *middle*, from *start* to *end* of a turn."""
        turns = (start + (end - start) * step / _ROUND for step in range(_ROUND + 1))
        return [middle + cmath.rect(radius * self.unit(), _TURN * turn) for turn in turns]

    def patch(self, colour: Colour, opacity: float, *corners: tuple[float, float]) -> Shape:
        """Return a polygon by its *corners*, shares of the box."""
        return Shape([self.at(*corner) for corner in corners], colour, opacity)

    def ridge(self, level: float, swing: float, phase: float, colour: Colour, opacity: float = 1) -> Shape:
        """Return the land below a wavy line at *level*."""
        waves = [_TURN * (0.9 * step / _ROUND + phase) for step in range(_ROUND + 1)]
        rises = (swing * (math.sin(wave) + 0.45 * math.sin(2.3 * wave + 4 * phase)) for wave in waves)
        line = ((step / _ROUND, level + rise) for step, rise in enumerate(rises))
        return self.patch(colour, opacity, (0, 1), *line, (1, 1))


def _sun(stage: Stage, x: float, y: float, radius: float) -> Iterator[Shape]:
    for growth, opacity in ((1.9, 0.1), (1.4, 0.18), (1, 1)):
        yield Shape(stage.arc(stage.at(x, y), radius * growth), stage.light(), opacity)


def _hills(stage: Stage) -> Iterator[Shape]:
    yield from _sun(stage, 0.25 + 0.5 * stage.vary(0), 0.36, 0.15)
    for row in range(5):
        yield stage.ridge(0.55 + 0.1 * row, 0.045, stage.vary(row), stage.hill(row / 4))


def _sea(stage: Stage) -> Iterator[Shape]:
    middle, narrow = 0.35 + 0.3 * stage.vary(0), stage.unit() / stage.size.real
    yield from _sun(stage, middle, 0.62, 0.26)
    yield stage.ridge(0.59, 0.02, stage.vary(1), mixed(stage.hill(0), stage.sky(1), 0.5))
    yield stage.patch(stage.hill(0.35), 1, (0, 0.62), (1, 0.62), (1, 1), (0, 1))
    for row in range(9):
        half = narrow * (0.24 - 0.02 * row) * (0.7 + 0.6 * stage.vary(row + 2))
        x, y = middle + 0.08 * narrow * (stage.vary(row) - 0.5), 0.64 + 0.3 * (row / 8) ** 1.25
        left, right, low = x - half, x + half, y + 0.008 + 0.001 * row
        yield stage.patch(stage.light(), 0.8 - 0.06 * row, (left, y), (right, y), (right, low), (left, low))
    yield stage.ridge(0.93, 0.02, stage.vary(4), stage.hill(1))


def _orbits(stage: Stage) -> Iterator[Shape]:
    middle, tilt = stage.at(0.42 + 0.16 * stage.vary(0), 0.5), cmath.rect(1, 0.5 * stage.vary(3) - 0.35)
    for star in range(26):
        dot = stage.arc(stage.at(stage.vary(star), 0.57 * star % 1), 0.002 + 0.002 * (star % 3))
        yield Shape(dot, stage.light(), 0.7)
    yield Shape(stage.arc(middle, 0.23), stage.light())
    for number in range(3):
        flat = [complex(point.real, 0.36 * point.imag) * tilt for point in stage.arc(0, 0.34 + 0.09 * number)]
        outer, inner = ([middle + scale * point for point in flat] for scale in (1.01, 0.99))
        yield Shape([*outer, *reversed(inner)], stage.light(), 0.6 - 0.12 * number)
        moon = stage.arc(outer[int(_ROUND * stage.vary(number + 4))], 0.03 - 0.006 * number)
        yield Shape(moon, stage.hill(0.3 * number + 0.2))


def _circles(stage: Stage) -> Iterator[Shape]:
    colours = (stage.light(), stage.hill(0), stage.hill(0.6), stage.sky(0), stage.hill(1))
    for number, colour in enumerate(colours):
        away = cmath.rect(0.2 * stage.unit(), _TURN * (number / 5 + stage.vary(0)))
        circle = stage.arc(stage.at(0.5, 0.5) + away, 0.24 + 0.08 * stage.vary(number + 1))
        yield Shape(circle, colour, 0.55)


def _arches(stage: Stage) -> Iterator[Shape]:
    foot, spring = (stage.at(0.4 + 0.2 * stage.vary(0), y) for y in (1, 0.78))
    colours = (*map(stage.hill, (1, 0.6, 0.2)), stage.sky(1), stage.light(), stage.sky(0))
    for radius, colour in zip((0.62, 0.53, 0.44, 0.35, 0.26, 0.17), colours, strict=True):
        half = radius * stage.unit()
        yield Shape([*stage.arc(spring, radius, 0.5, 1), foot + half, foot - half], colour)


def _waves(stage: Stage) -> Iterator[Shape]:
    yield from _sun(stage, 0.25 + 0.5 * stage.vary(0), 0.2, 0.1)
    for row in range(8):
        colour = mixed(stage.sky(1), stage.hill(row / 7), min(1, 0.25 + row / 7))
        yield stage.ridge(0.3 + 0.09 * row, 0.05, stage.vary(1) + 0.09 * row, colour)


def _tiles(stage: Stage) -> Iterator[Shape]:
    colours = (stage.light(), *map(stage.hill, (0.1, 0.55, 1)), stage.sky(0), stage.sky(1))
    wide, high = stage.size.real, stage.size.imag
    across, down = (min(24, round(4 * side / stage.unit())) for side in (wide, high))
    cell = complex(wide / across, high / down)
    radius = min(cell.real, cell.imag) / stage.unit()
    for number in range(across * down):
        pick, row = int(997 * stage.vary(number)), number // across
        ground, figure, inner = (colours[(pick + row + step) % 6] for step in (0, 1 + pick % 3, 4 + pick % 2))
        corner = stage.corner + complex(number % across * cell.real, row * cell.imag)
        corners = [corner, corner + cell.real, corner + cell, corner + 1j * cell.imag]
        yield Shape(corners, ground)
        quarter, rings = pick % 4, ((1, figure), (0.5, inner))[: pick % 3]
        for share, colour in rings:
            arc = stage.arc(corners[quarter], share * radius, quarter / 4, quarter / 4 + 0.25)
            yield Shape([corners[quarter], *arc], colour)
        if not rings:
            yield Shape(stage.arc(corner + cell / 2, 0.36 * radius), figure)


@functools.lru_cache(maxsize=4)
def _scene(stage: Stage) -> tuple[Shape, ...]:
    scenes = (_hills, _sea, _orbits, _circles, _arches, _waves, _tiles)
    return tuple(scenes[stage.variant % len(scenes)](stage))


def slab(stage: Stage, rows: range, width: int, paper: Colour | None) -> Image.Image:
    """Return *rows* of a print on *paper*, RGB; without *paper* of a cut-out with a soft halo, RGBA."""
    edge = _outline(stage, 80 if paper else 2 + stage.variant % 3)
    page = Image.new("RGB", (width, len(rows)), paper or stage.sky(1))
    page.paste(_drawn(stage, rows, width), mask=_mask([(edge, 255)], rows, width))
    if not paper:
        page.putalpha(_mask(_halo(edge), rows, width))
    return page


@functools.lru_cache(maxsize=4)
def _outline(stage: Stage, power: float) -> Points:
    """Return the edge of the scene: an ellipse at *power* 2, nearer to a rectangle above."""

    def bulged(side: float) -> float:
        return 0.5 + 0.5 * math.copysign(abs(side) ** (2 / power), side)

    turns = (cmath.rect(1, _TURN * step / 360) for step in range(360))
    return [stage.at(bulged(turn.real), bulged(turn.imag)) for turn in turns]


def _drawn(stage: Stage, rows: range, width: int) -> Image.Image:
    art = Image.new("RGB", (width * _FINER, len(rows) * _FINER))
    solid, glass = ImageDraw.Draw(art), ImageDraw.Draw(art, "RGBA")
    for number, row in enumerate(rows):
        share = min(1, max(0, (row - stage.corner.imag) / stage.size.imag))
        box = (0, number * _FINER, art.width, number * _FINER + _FINER - 1)
        solid.rectangle(box, stage.sky(share))
    for shape in _scene(stage):
        pencil = solid if shape.opacity == 1 else glass  # blending takes several times as long
        pencil.polygon(_enlarged(shape.points, rows), (*shape.colour, round(255 * shape.opacity)))
    return art.reduce(_FINER)


def _mask(layers: Iterable[tuple[Points, int]], rows: range, width: int) -> Image.Image:
    mask = Image.new("L", (width * _FINER, len(rows) * _FINER))
    for points, value in layers:
        ImageDraw.Draw(mask).polygon(_enlarged(points, rows), value)
    return mask.reduce(_FINER)


def _halo(edge: Points) -> Iterator[tuple[Points, int]]:
    middle = sum(edge) / len(edge)
    for share in (step / 16 for step in range(17)):
        yield [middle + (1.09 - 0.09 * share) * (point - middle) for point in edge], round(120 * share**2)
    yield edge, 255


def _enlarged(points: Points, rows: range) -> list[tuple[float, float]]:
    return [(point.real * _FINER - 0.5, (point.imag - rows.start) * _FINER - 0.5) for point in points]
