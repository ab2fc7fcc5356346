"""The journal: what was asked and answered, without keys and without megabytes."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from mockfire_server import Journal
from mockfire_server.journal import LENGTH, LONGEST_BODY, LONGEST_TEXT, MOST_HEADERS, START, Notes
from mockfire_spec import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_server import Engine, Entry
    from mockfire_spec.exchange import Headers

KEY = "sk-a-key-of-the-tests"
Asked = Any


def last(engine: Engine) -> dict[str, Any]:
    """Return the last entry as the journal shows it."""
    entry: dict[str, Any] = engine.journal.as_json()["entries"][-1]
    return entry


def shown(entry: Entry) -> str:
    """Return *entry* as the journal's JSON."""
    return orjson.dumps(entry.as_json()).decode()


def recorded(
    body: bytes = b"",
    headers: Headers = (("authorization", f"Bearer {KEY}"),),
    *,
    path: str = "/v1/x",
    answer: Response | None = None,
    notes: Notes | None = None,
) -> Entry:
    """Return the entry of an exchange that no engine has seen."""
    request = Request("POST", path, headers, body)
    answer = answer or Response(200)
    return Journal().record(request, answer, notes or Notes(), number="1", at=0.0, milliseconds=0.0)


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
    assert LENGTH == 1_000
    engine = engine_with()
    for number in range(LENGTH + 5):
        asked_of(engine, {}, path=f"/v1/{number}")

    entries = engine.journal.as_json()
    assert (LENGTH, "/v1/5", f"/v1/{LENGTH + 4}") == (
        entries["kept"],
        entries["entries"][0]["path"],
        entries["entries"][-1]["path"],
    )


def test_names_of_json_are_redacted_too(engine_with: Callable[..., Engine], asked_of: Asked) -> None:
    """A key that stands where a name should be is not shown either."""
    engine = engine_with()
    asked_of(engine, {"prompt": {KEY: "x"}, KEY: 1})

    content = last(engine)["request"]["content"]
    assert content == {"prompt": {"[redacted]": "x"}, "[redacted]": 1}


@pytest.mark.parametrize(
    ("header", "value", "key"),
    [
        ("authorization", "Bearer eight-ch", "eight-ch"),
        ("authorization", "no-scheme-at-all", "no-scheme-at-all"),
        ("authorization", "Bearer Bearer said-twice", "said-twice"),
        ("authorization", "Digest two words", "two words"),
        ("proxy-authorization", "Basic dXNlcjpzZWNyZXQ=", "dXNlcjpzZWNyZXQ="),
        ("x-api-key", "a key with spaces", "a key with spaces"),
        ("api-key", " padded-key ", "padded-key"),
        ("cookie", 'theme=dark; session="cookie-secret"', "cookie-secret"),
        ("x-api-key", "clé-très-secrète".encode().decode("latin-1"), "clé-très-secrète"),
    ],
)
def test_every_header_that_carries_a_key_is_heeded(header: str, value: str, key: str) -> None:
    """Such a header is not shown, and what it carries is redacted wherever it turns up, first or second."""
    headers = (("authorization", "Bearer another-key"), (header, value), ("x-other", f"<{key}>"))
    entry = recorded(
        orjson.dumps({"prompt": f"{key}, another-key"}),
        headers,
        path=f"/v1/{key}",
        answer=Response(404, (("x-hint", key),), key.encode()),
        notes=Notes(model=key, remarks=(f"got {key}",)),
    )

    text = shown(entry)
    assert [word for word in (key, "another-key") if word in text] == []
    assert entry.as_json()["request"]["headers"] == {"x-other": "<[redacted]>"}
    assert text.count("[redacted]") == 8


def test_a_short_key_hides_no_words() -> None:
    """A key of seven characters is an ordinary word: its header is left out, and nothing else is."""
    entry = recorded(b"a sparrow", (("x-api-key", "sparrow"),))

    assert (
        entry.as_json()["request"]["headers"],
        entry.as_json()["request"]["content"],
    ) == ({}, "a sparrow")


@pytest.mark.parametrize(
    "written", ['sk-\\"quoted\\/key', r"\u0073k-\u0022quoted/key", r"\u0073\u006B-\"quoted\u002fkey"]
)
@pytest.mark.parametrize("frame", ['{"prompt": "%s"}', '{"prompt": "%s", // a comment'])
def test_a_key_in_the_escapes_of_json_is_found(written: str, frame: str) -> None:
    """Escapes hide no key, whether the body is JSON or is not."""
    headers = (("authorization", 'Bearer sk-"quoted/key'),)
    entry = recorded((frame % f"one {written} two").encode(), headers)

    assert "quoted" not in shown(entry)
    assert "one [redacted] two" in shown(entry)


@pytest.mark.parametrize("filler", ["", KEY, KEY + " "])
@pytest.mark.parametrize("back", range(0, len(KEY) + 1, 5))
def test_a_key_at_the_cut_leaves_no_beginning(filler: str, back: int) -> None:
    """Where a long body is cut within a key, none of the key is kept."""
    beginning = (filler * START)[: (START - back) // len(filler or "x") * len(filler)].ljust(START - back)
    body = (beginning + KEY + " end").encode().ljust(LONGEST_BODY + 1)
    entry = recorded(body)

    assert "sk-a" not in shown(entry)
    assert b"sk-a" not in entry.request.kept
    assert len(entry.request.kept) <= START


@pytest.mark.parametrize("unit", [KEY, f"{KEY} ", f'"{KEY}", '])
def test_a_body_full_of_keys_is_cut_between_them(unit: str) -> None:
    """What is redacted makes the rest move up, and still no beginning of a key is kept."""
    entry = recorded((unit * LONGEST_BODY).encode())

    assert b"sk-a" not in entry.request.kept
    assert entry.request.kept.startswith(unit.replace(KEY, "[redacted]").encode())


def test_a_key_within_a_key_leaves_no_rest() -> None:
    """The longer of two keys is redacted first."""
    headers = (("x-api-key", KEY), ("authorization", f"Bearer {KEY}-and-more"))

    assert recorded(f"{KEY}-and-more".encode(), headers).as_json()["request"]["content"] == "[redacted]"


def test_a_deep_body_is_kept_as_text() -> None:
    """JSON deeper than what can be written out again is shown as the text that it was."""
    deep = "[" * 900 + f'"{KEY}"' + "]" * 900
    entry = recorded(deep.encode())

    assert deep.replace(KEY, "[redacted]") == entry.as_json()["request"]["content"]


@pytest.mark.parametrize(("depth", "kind"), [(64, list), (65, str)])
def test_up_to_64_levels_are_shown_as_json(depth: int, kind: type) -> None:
    """The boundary between JSON and text."""
    entry = recorded(b"[" * depth + b"]" * depth)

    assert kind is type(entry.as_json()["request"]["content"])


def test_the_journal_is_read_while_it_is_written() -> None:
    """An exchange that ends while the entries are shown does no harm, and is not counted."""
    journal = Journal()

    class Late(str):
        __slots__ = ()

        def replace(self, *_: Any) -> str:
            journal.entries.append(recorded())
            return str(self)

    for _ in range(3):
        journal.entries.append(recorded(path=Late("/v1/x")))

    assert journal.as_json()["kept"] == 3
    assert len(journal.entries) == 6


def test_long_texts_are_cut_and_hold_no_key() -> None:
    """A thousand long headers and paths do not fill the memory, and what is cut is redacted first."""
    long = "x" * (LONGEST_TEXT - 5) + KEY + "x" * 1_000_000
    many = tuple((f"x-{number}", "y") for number in range(1_000))
    entry = recorded(
        f"a {KEY}".encode(),
        (("x-long", long), ("authorization", f"Bearer {KEY}"), *many),
        path=f"/{long}",
        answer=Response(200, (("x-hint", long),), long.encode()),
        notes=Notes(model=long, remarks=(long, long), summary=long.encode()),
    )

    assert len(repr(entry)) + len(shown(entry)) < 10 * LONGEST_TEXT
    assert len(entry.request_headers) <= MOST_HEADERS
    assert [name for name, _ in entry.request_headers if name == "authorization"] == []
    assert entry.notes.summary is None
    assert "sk-a" not in shown(entry)
    assert entry.as_json()["request"]["content"] == "a [redacted]"
    assert hashlib.sha256(f"a {KEY}".encode()).hexdigest() == entry.as_json()["request"]["sha256"]


def test_a_key_longer_than_what_is_kept_is_redacted() -> None:
    """A key is looked for as it was sent, even where its header is too long to be kept."""
    key = "k" * 10 * LONGEST_TEXT
    headers = (("authorization", f"Bearer {key}"),)
    entry = recorded(f"a {key}".encode(), headers, path=f"/v1/{key}")

    assert "kkkk" not in shown(entry)


def test_many_short_headers_are_cut_too() -> None:
    """The number of headers has an end, however short they are."""
    entry = recorded(headers=tuple((f"x-{number}", "") for number in range(MOST_HEADERS + 1)))

    assert len(entry.request_headers) == MOST_HEADERS


def test_a_text_that_just_fits_is_kept_whole() -> None:
    """Only what is longer than the bound is cut."""
    whole = recorded(headers=(("x-long", "x" * LONGEST_TEXT),))
    cut = recorded(headers=(("x-long", "x" * (LONGEST_TEXT + 1)),))

    assert [len(dict(entry.request_headers)["x-long"]) for entry in (whole, cut)] == [LONGEST_TEXT] * 2


@pytest.mark.parametrize(("size", "member"), [(LONGEST_BODY, "content"), (LONGEST_BODY + 1, "start")])
def test_the_bound_of_a_body(size: int, member: str) -> None:
    """A body of 16 KB is kept whole, a longer one is not."""
    kept = recorded(b"x" * size).as_json()["request"]

    assert (size, member) == (kept["bytes"], list(kept)[-1])
