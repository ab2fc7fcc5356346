"""The journal: what was asked and answered, without keys and without megabytes."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from mockfire_server.journal import LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_server import Engine
    from mockfire_spec import Response

KEY = "sk-a-key-of-the-tests"
Asked = Any


def last(engine: Engine) -> dict[str, Any]:
    """Return the last entry as the journal shows it."""
    entry: dict[str, Any] = engine.journal.as_json()["entries"][-1]
    return entry


def test_an_exchange_is_written_down(engine_with: Callable[..., Engine], asked_of: Asked) -> None:
    """The entry says what was asked, what was answered, and what it would have cost."""
    engine = engine_with()
    asked_of(engine, {"prompt": "a heron", "n": 3, "response_format": "url"})

    entry = last(engine)
    assert (
        entry["method"],
        entry["path"],
        entry["status"],
        entry["operation"],
    ) == ("POST", "/v1/images/generations", 200, "createImage")
    assert ("gpt-image-1", 3, Decimal("0.15")) == (
        entry["model"],
        entry["pictures"],
        Decimal(entry["billed"]),
    )
    assert entry["request"]["content"]["prompt"] == "a heron"
    assert len(entry["response"]["content"]["data"]) == 3


def test_a_refusal_costs_nothing(engine_with: Callable[..., Engine], asked_of: Asked) -> None:
    """What is refused is not billed."""
    engine = engine_with()
    asked_of(engine, {"prompt": ""})

    assert (400, 0, Decimal(0)) == (
        last(engine)["status"],
        last(engine)["pictures"],
        Decimal(last(engine)["billed"]),
    )


def test_a_payload_is_kept_as_size_and_digest(engine_with: Callable[..., Engine], asked_of: Asked) -> None:
    """Base64 is not kept; the digest is that of the picture's own bytes."""
    engine = engine_with()
    response: Response = asked_of(engine, {"prompt": "a heron"})

    content = base64.b64decode(response.json()["data"][0]["b64_json"])
    kept = last(engine)["response"]["content"]["data"][0]["b64_json"]
    assert {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} == kept


@pytest.mark.parametrize("path", ["/v1/images/generations", f"/v1/{KEY}"])
def test_the_key_is_nowhere(engine_with: Callable[..., Engine], asked_of: Asked, path: str) -> None:
    """A key is redacted in headers, bodies, paths and answers."""
    engine = engine_with()
    asked_of(engine, {"prompt": f"my key is {KEY}", "size": KEY}, path=path, x_other=f"Token {KEY}")

    text = orjson.dumps(engine.journal.as_json()).decode()
    assert KEY not in text
    assert "[redacted]" in text


def test_a_long_body_is_kept_as_its_start_and_its_digest(
    engine_with: Callable[..., Engine], asked_of: Asked
) -> None:
    """A long request does not stay in memory."""
    engine = engine_with()
    body = orjson.dumps({"prompt": "x" * 31_000, "response_format": "url"})
    asked_of(engine, body)

    kept = last(engine)["request"]
    assert (len(body), hashlib.sha256(body).hexdigest()) == (kept["bytes"], kept["sha256"])
    assert len(kept["start"]) < 2_000


def test_a_body_that_is_no_json_is_kept_as_text(engine_with: Callable[..., Engine], asked_of: Asked) -> None:
    """What an app really sent can be read, even where it is broken."""
    engine = engine_with()
    asked_of(engine, b"{prompt: \xff}")

    assert last(engine)["request"]["content"] == "{prompt: \ufffd}"


def test_the_journal_is_bounded(engine_with: Callable[..., Engine], asked_of: Asked) -> None:
    """The oldest entries go when there are a thousand."""
    engine = engine_with()
    for number in range(LENGTH + 5):
        asked_of(engine, {}, path=f"/v1/{number}")

    entries = engine.journal.as_json()
    assert (LENGTH, "/v1/5", f"/v1/{LENGTH + 4}") == (
        entries["kept"],
        entries["entries"][0]["path"],
        entries["entries"][-1]["path"],
    )
