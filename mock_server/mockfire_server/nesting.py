"""How deep a JSON value is nested, told without recursion: a value may be deeper than Python's stack."""

from __future__ import annotations

from typing import Any


def is_deeper_than(levels: int, value: Any) -> bool:
    """Tell whether *value* holds objects or arrays nested more than *levels* deep, itself counted."""
    level: list[Any] = [[value]]
    for _ in range(levels + 1):
        inner = (node.values() if isinstance(node, dict) else node for node in level)
        level = [part for parts in inner for part in parts if isinstance(part, dict | list)]
        if not level:
            return False
    return True
