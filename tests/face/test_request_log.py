"""The line for each request: without keys, short enough, and never in the way of serving."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from mockfire.request_log import PAUSE_SECONDS, RequestLog, as_json, as_text
from mockfire_server import Journal
from mockfire_server.journal import Notes
from mockfire_spec import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_server import Entry

KEY = "sk-a-key-of-the-tests"


def entry_of(path: str = "/v1/images/generations", notes: Notes | None = None) -> Entry:
    """Return the entry of a request for *path*."""
    request = Request("POST", path, (("authorization", f"Bearer {KEY}"),))
    return Journal().record(
        request, Response(200), notes or Notes(), number="7", at=1_795_000_000.0, milliseconds=1.26
    )


class Broken(io.StringIO):
    """A standard output that takes nothing."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, _text: str) -> int:
        """Raise the error."""
        raise self.error


def test_a_line_says_what_was_asked_and_what_it_would_have_cost() -> None:
    """Status, method, path, time and price are in the line; remarks are below it."""
    notes = Notes(pictures=2, billed=Decimal("0.1"), remarks=("let through: a word",))

    line, remark = as_text(entry_of(notes=notes), "CNY").splitlines()

    told = "  200  POST /v1/images/generations  1.3 ms  2 pictures, would have cost 0.1 CNY"
    assert line.endswith(told)
    assert remark == "          let through: a word"


def test_one_picture_is_no_plural() -> None:
    """A picture, not pictures."""
    assert " 1 picture, " in as_text(entry_of(notes=Notes(pictures=1)), "CNY")


@pytest.mark.parametrize("render", [as_text, as_json])
def test_no_line_shows_the_key(render: Callable[[Entry, str], str]) -> None:
    """The key is redacted in the path, in remarks and in the model's name."""
    notes = Notes(model=KEY, remarks=(f"the model {KEY}",))
    line = render(entry_of(f"/v1/{KEY}", notes), "CNY")

    assert KEY not in line
    assert "/v1/[redacted]" in line
    assert "the model [redacted]" in line


def test_a_line_for_a_program_is_an_object() -> None:
    """Every member has its value."""
    notes = Notes(model="gpt-image-1", pictures=1, billed=Decimal("0.05"), remarks=("a",))

    assert json.loads(as_json(entry_of(notes=notes), "CNY")) == {
        "at": 1_795_000_000.0,
        "id": "7",
        "method": "POST",
        "path": "/v1/images/generations",
        "status": 200,
        "milliseconds": 1.26,
        "model": "gpt-image-1",
        "pictures": 1,
        "billed": "0.05",
        "currency": "CNY",
        "remarks": ["a"],
    }


@pytest.mark.parametrize(("length", "shown"), [(60, 60), (61, 46)])
def test_a_long_path_is_shortened(length: int, shown: int) -> None:
    """Of a path over 60 characters the line has the start and the end."""
    path = "/start/".ljust(length - 4, "x") + "/end"

    told = as_text(entry_of(path), "CNY").split()[3]

    assert (shown, "/start/", "/end") == (len(told), told[:7], told[-4:])
    assert ("…" in told) == (length > 60)


def test_a_path_cannot_move_the_cursor() -> None:
    """Control characters are written as escapes."""
    assert r"/v1/\x1b[2J\n" in as_text(entry_of("/v1/\x1b[2J\n"), "CNY")


def test_a_line_that_cannot_be_encoded_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that knows ASCII only gets the numbers of other characters, and every line."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))

    async def serve() -> None:
        log = RequestLog("CNY", lambda entry, _currency: entry.path)
        for path in ("one", "未提供令牌", "three"):
            log(entry_of(path))
        log.flush()

    asyncio.run(serve())

    assert written.getvalue().decode("ascii").splitlines() == [
        "one",
        r"\u672a\u63d0\u4f9b\u4ee4\u724c",
        "three",
    ]


@pytest.mark.parametrize(
    "error",
    [
        BrokenPipeError(),
        OSError(errno.ENOSPC, "No space left on device"),
        ValueError("I/O operation on closed file"),
    ],
)
def test_an_output_that_takes_nothing_is_no_reason_to_stop(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A reader that has gone away, a full disk: nothing reaches the event loop, and the log goes on."""
    troubles: list[object] = []
    kept = io.StringIO()

    async def serve() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, told: troubles.append(told))
        log = RequestLog("CNY", lambda entry, _currency: entry.path)
        monkeypatch.setattr(sys, "stdout", Broken(error))
        log(entry_of("/lost"))
        await asyncio.sleep(2 * PAUSE_SECONDS)
        monkeypatch.setattr(sys, "stdout", kept)
        log(entry_of("/one"))
        log(entry_of("/two"))
        await asyncio.sleep(2 * PAUSE_SECONDS)

    asyncio.run(serve())

    assert troubles == []
    assert kept.getvalue() == "/one\n/two\n"
