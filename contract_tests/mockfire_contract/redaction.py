"""Keeping the key out of everything that is written: by its value, in each form that it may take."""

from __future__ import annotations

import base64
import json
from functools import reduce
from html import escape
from itertools import takewhile
from operator import eq
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST_KEY = 8
"""A key of fewer characters is no secret, and could not be told from ordinary text."""
MARK = "[key]"
"""What stands in the place of the key."""


def forms(key: str) -> tuple[str, ...]:
    """Return *key* as it may appear in a text: plain, percent-encoded, in JSON or XML, in base64.

    Of base64, what is the same at each of the three places where the key may begin in the
    encoded bytes. The longest form comes first; a key shorter than eight characters has none.
    """
    if len(key) < SHORTEST_KEY:
        return ()
    plain = {key, quote(key, safe=""), quote(key), quote_plus(key), json.dumps(key)[1:-1], escape(key)}
    raw = key.encode("utf-8", "surrogatepass")
    plain.update(_base64_at(raw, place) for place in range(3))
    url_safe = {form.replace("+", "-").replace("/", "_") for form in plain}
    return tuple(sorted(plain | url_safe, key=lambda form: (-len(form), form)))


def _base64_at(raw: bytes, place: int) -> str:
    """Return the characters of base64 that *raw* alone decides when *place* bytes stand before it."""
    encoded = base64.b64encode(bytes(place) + raw).decode()
    first = -(-place * 8 // 6)
    return encoded[first : (place + len(raw)) * 8 // 6]


def redactor(key: str) -> Callable[[str], str]:
    """Return what replaces each form of *key* in a text by `[key]`.

    The first half of a form is replaced too, with what follows of it: a text may have been cut.
    """
    found = forms(key)
    return lambda text: reduce(_without, found, text)


def _without(text: str, form: str) -> str:
    head = form[: -(-len(form) // 2)]
    first, *others = text.split(head)
    return first + "".join(MARK + _after(form[len(head) :], rest) for rest in others)


def _after(tail: str, rest: str) -> str:
    """Return *rest* without what it has in common with the beginning of *tail*."""
    return rest[sum(takewhile(bool, map(eq, tail, rest))) :]


def holds_key(key: str, text: str) -> bool:
    """Tell whether *text* holds *key* in one of its forms."""
    return any(form in text for form in forms(key))
