"""Token counts of an answer, in the forms that the service has been seen to use."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

GRID = {"low": 16, "medium": 32, "high": 64}
"""Rows of output tokens for 1024 pixels (gpt-image-1 family; exact on OpenAI's nine published figures)."""

LONG_EDGE = {"low": 16, "medium": 48, "high": 96}
"""The factor of gpt-image-2's formula (OpenAI community thread 1382699)."""

CHARACTERS_PER_TOKEN = 4


def picture_tokens(model: str, quality: str, width: int, height: int) -> int:
    """Return the output tokens of one picture of *width* x *height* pixels; quality `auto` counts as high."""
    count = _tokens_by_area if re.match("gpt-image-2", model) else _tokens_by_grid
    return count(quality if quality in GRID else "high", width, height)


def _tokens_by_grid(quality: str, width: int, height: int) -> int:
    rows, columns = (math.ceil(edge * GRID[quality] / 1024) for edge in (height, width))
    # A wide picture has a column more, and so has a square one: 272 = 16 x 17, 400 = 16 x 25, 408 = 24 x 17.
    return rows * (columns + 1)


def _tokens_by_area(quality: str, width: int, height: int) -> int:
    factor, long, short = LONG_EDGE[quality], max(width, height), min(width, height)
    short_side = (2 * factor * short + long) // (2 * long)
    return math.ceil(factor * short_side * (2_000_000 + width * height) / 4_000_000)


def token_counts(prompt: str, per_picture: int, pictures: int) -> dict[str, Any]:
    """Return the usage object of OpenAI's gpt-image answers for *pictures* of *per_picture* tokens each."""
    text = max(1, math.ceil(len(prompt) / CHARACTERS_PER_TOKEN))
    output = per_picture * pictures
    return {
        "input_tokens": text,
        "input_tokens_details": {"image_tokens": 0, "text_tokens": text},
        "output_tokens": output,
        "output_tokens_details": {"image_tokens": output, "text_tokens": 0},
        "total_tokens": text + output,
    }


USAGE: dict[str, Callable[[Callable[[], dict[str, Any]]], dict[str, Any]]] = {
    "null": lambda _count: {"usage": None},
    "tokens": lambda count: {"usage": count()},
    "empty": lambda _count: {"usage": {}},
    "absent": lambda _count: {},
}
"""By the setting's name: the part of the answer that speaks of usage, given what counts the tokens."""
