"""What Go's decoder, which the gateway uses, says of a text that is not JSON."""

from __future__ import annotations

import re

LOOK_BACK = 65_536
"""Characters before the fault that are read for what the decoder was doing."""

# A string that is not closed goes on to the end: a new start at each quote in it would take forever.
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*(?:"|\Z)|[{}\[\]]', re.DOTALL)

_BEFORE = {
    ("{", "{"): "looking for beginning of object key string",
    ("{", ","): "looking for beginning of object key string",
    ("{", ":"): "looking for beginning of value",
    ("[", "["): "looking for beginning of value",
    ("[", ","): "looking for beginning of value",
    ("", ""): "looking for beginning of value",
}
"""By the bracket that is open and the character before: what the decoder was doing."""

_AFTER = {
    "{": "after object key:value pair",
    "[": "after array element",
    "": "after top-level value",
}
"""By the bracket that is open: what the decoder had just read, where nothing of the table above fits."""

_SPECIAL = {
    "depth": "exceeded max depth",
    "recursion": "exceeded max depth",
    "surrogate": "invalid character in string escape code: a lone surrogate is no character",
    "escape": "invalid character {character!r} in string escape code",
    "infinity": "a number is too large for a double",
    "control character": "invalid character {character!r} in string literal",
}
"""By a word in our parser's message: what is said, wherever it happens."""


def why_not_json(body: bytes, position: int, message: str) -> str:
    """Return why *body* is not JSON: our parser stopped at *position* (characters) with *message*."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as broken:
        return f"invalid UTF-8 at byte {broken.start}"
    if position >= len(text.rstrip()):
        return "unexpected end of JSON input"
    start = next((at for at in (position, position - 1) if text.startswith(("//", "/*"), max(at, 0))), None)
    if start is not None:
        return f"{_complaint(text, start, message)}: comments are not JSON ({_place(text, start)})"
    return f"{_complaint(text, position, message)} ({_place(text, position)})"


def _complaint(text: str, position: int, message: str) -> str:
    special = next((said for word, said in _SPECIAL.items() if word in message), None)
    if special:
        return special.format(character=text[position])
    return f"invalid character {text[position]!r} {_context(text[:position])}"


def _context(before: str) -> str:
    last = before.rstrip()[-1:]
    bracket = _open_bracket(before[-LOOK_BACK:])
    return _BEFORE.get((bracket, last), _AFTER[bracket])


def _open_bracket(before: str) -> str:
    """Return the innermost bracket that is open at the end of *before*, or ""."""
    stack: list[str] = []
    for found in _TOKEN.findall(before):
        if found in "{[":
            stack.append(found)
        elif found in "}]" and stack:
            stack.pop()
    return stack[-1] if stack else ""


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return f"line {line}, column {column}"
