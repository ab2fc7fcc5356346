"""Options that several subcommands share, and the types of their values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from mockfire_spec.documents import DEFAULT_PROFILE, profiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_UNITS = {"": 1, "B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


class Bytes(click.ParamType[int]):
    """A number of bytes, with a unit if wanted: 4096, 512KB, 128MB."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return *value* in bytes; fail with the forms that are understood."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+)\s*([KMG]?B?)", str(value).strip().upper())
        if match is None or match[2] not in _UNITS:
            self.fail(f"{value!r} is not a size. Write 4096, 512KB or 128MB.", param, ctx)
        return int(match[1]) * _UNITS[match[2]]


class Names(click.ParamType[frozenset[str]]):
    """Names with commas between them."""

    name = "names"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[str]:
        """Return the names as a set; fail where there is none."""
        found = frozenset(part.strip() for part in str(value).split(",") if part.strip())
        if not found:
            self.fail("at least one name is needed; to allow everything, leave the option out", param, ctx)
        return found


def profile_option(purpose: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option --profile, said to be for *purpose*."""
    return click.option(
        "--profile",
        type=click.Choice(list(profiles())),
        default=DEFAULT_PROFILE,
        show_default=True,
        help=f"{purpose} `documented` is the page taken literally, `as-served` what the gateway does.",
    )
