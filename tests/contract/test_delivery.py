"""From an answer to its pictures: which field, which encoding, and where nothing is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.delivery import (
    NOT_JSON,
    address_problem,
    answer_of,
    deliver,
    encodings,
    is_loopback,
    pictures_field,
)
from mockfire_contract.findings import Delivered
from mockfire_spec import Contract, Response

if TYPE_CHECKING:
    from types import ModuleType

    from tests.contract.conftest import Bench

SAME_BYTES = b"\xfb\xff\xfe picture"
CANONICAL = "+//+IHBpY3R1cmU="


def _delivered(bench: Bench, payload: Any, *items: Any, fetch: Any = None) -> list[Delivered]:
    response = Response(200, body=json.dumps({"data": items}).encode())
    return list(deliver(bench.operation, payload, response, fetch))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (CANONICAL, ""),
        (CANONICAL.rstrip("="), "is not canonical base64"),
        (CANONICAL.replace("+", "-").replace("/", "_"), "is not canonical base64"),
        (CANONICAL[:8] + "\n" + CANONICAL[8:], "is not canonical base64"),
        (f"data:image/png;base64,{CANONICAL}", "has a data: prefix"),
    ],
)
def test_base64_is_read_leniently_and_judged_strictly(bench: Bench, text: str, problem: str) -> None:
    """Base64 that a lenient reader takes is decoded, and what is wrong with it is told."""
    found = _delivered(bench, {"response_format": "b64_json"}, {"b64_json": text})

    assert [Delivered("/data/0/b64_json", "b64_json", text, SAME_BYTES, problem=problem)] == found


@pytest.mark.parametrize("text", ["!", "not base64 at all!", "ÄÖÜ=", "A"])
def test_what_is_no_base64_has_no_bytes(bench: Bench, text: str) -> None:
    """Where there is nothing to decode, there are no bytes."""
    (found,) = _delivered(bench, {"response_format": "b64_json"}, {"b64_json": text})

    assert (found.content, found.problem) == (None, "is not canonical base64")


def test_base64_without_end_is_not_decoded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Base64 that is longer than any picture is told by its length, and does not fill the memory."""
    monkeypatch.setattr("mockfire_contract.delivery.LONGEST_BASE64", 4)
    (found,) = _delivered(bench, {"response_format": "b64_json"}, {"b64_json": "QQ==QQ=="})

    assert (found.content, found.problem) == (None, "has 8 characters, too many to decode")


def test_trailing_bits_are_not_canonical(bench: Bench) -> None:
    """Two texts that stand for the same bytes are not both canonical (RFC 4648, section 3.5)."""
    first, second = _delivered(
        bench, {"response_format": "b64_json"}, {"b64_json": "QQ=="}, {"b64_json": "QR=="}
    )

    assert (first.problem, second.problem) == ("", "is not canonical base64")


def test_empty_string_is_no_picture(bench: Bench) -> None:
    """The page's own example has an empty url beside the picture: it counts as absent."""
    found = _delivered(bench, {"response_format": "url"}, {"url": "", "b64_json": CANONICAL}, {"url": None})

    assert [picture.pointer for picture in found] == ["/data/0/b64_json"]


def test_asked_field_wins_where_there_are_two(bench: Bench) -> None:
    """Where a picture comes in two fields, the one that was asked for is looked at."""
    item = {"url": "http://127.0.0.1/1.png", "b64_json": CANONICAL}

    assert [found.field for found in _delivered(bench, {"response_format": "oss_url"}, item)] == ["url"]
    assert [found.field for found in _delivered(bench, {"response_format": "b64_json"}, item)] == ["b64_json"]


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"data": null}', b'{"data": [1, null, []]}', b"{"])
def test_answer_without_pictures_delivers_none(bench: Bench, answer: bytes) -> None:
    """Whatever stands in the place of the pictures, reading them does not fail."""
    assert not list(deliver(bench.operation, {}, Response(200, body=answer), None))


def test_body_that_is_no_json_is_said_so() -> None:
    """A body that is no JSON is told apart from null."""
    assert answer_of(Response(200, body=b"NaN")) is NOT_JSON
    assert answer_of(Response(200, body=b"null")) is None


def test_another_host_is_never_asked(bench: Bench) -> None:
    """A picture on another host is noted, and nothing is sent there."""
    (found,) = _delivered(bench, {}, {"url": "https://s3ai.cn/cdn/1.png"}, fetch=_fail)

    assert found.elsewhere
    assert not found.fetched


def _fail(url: str) -> Response:
    raise AssertionError(f"asked for {url}")


@pytest.mark.parametrize(
    ("response", "problem", "content"),
    [
        (None, "no answer came", None),
        (Response(404, (("content-type", "text/html"),), b"gone"), "answered 404", None),
        (Response(206, (("content-type", "image/png"),), b"part"), "answered 206", None),
        (Response(200, (("content-type", "image/png"),), b"all"), "", b"all"),
    ],
)
def test_address_is_asked_for_the_picture(
    bench: Bench, response: Response | None, problem: str, content: bytes | None
) -> None:
    """An address on this machine is asked, and what it answered is kept or told."""
    (found,) = _delivered(bench, {}, {"url": "http://127.0.0.1:9/1.png"}, fetch=lambda _url: response)

    assert (problem, content, True) == (found.problem, found.content, found.fetched)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1/a.png", ""),
        ("https://example.com", ""),
        ("http://[::1]:80/a", ""),
        ("//example.com/a.png", "does not begin with http:// or https://"),
        ("/a.png", "does not begin with http:// or https://"),
        ("ftp://example.com/a.png", "does not begin with http:// or https://"),
        ("data:image/png;base64,QQ==", "does not begin with http:// or https://"),
        ("http:///a.png", "names no host"),
        ("http://", "names no host"),
        ("http://a b/c", "holds white space"),
        ("http://127.0.0.1\\@example.com/", "holds white space, control characters or a backslash"),
        ("http://example.com/a\n.png", "holds white space"),
        ("http://[::1/a.png", "cannot be read as a URL"),
        ("http://example.com:port/", "cannot be read as a URL"),
    ],
)
def test_absolute_address(url: str, problem: str) -> None:
    """An address is absolute, http(s), and clean as a URL; else it is said what is wrong."""
    assert (bool(problem), True) == (bool(address_problem(url)), address_problem(url).startswith(problem))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:8080/v1", True),
        ("https://localhost", True),
        ("http://LOCALHOST:1", True),
        ("http://0.0.0.0:8080", False),
        ("http://10.0.0.1", False),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://127.0.0.1@example.com", False),
        ("http://2130706433", False),
        ("https://api.chatfire.cn", False),
        ("file:///etc/passwd", False),
        ("127.0.0.1:8080", False),
        ("", False),
    ],
)
def test_loopback(url: str, *, expected: bool) -> None:
    """Only what is this very machine for certain counts as loopback."""
    assert expected is is_loopback(url)


def test_fields_come_from_the_contract(bench: Bench) -> None:
    """Which field lists the pictures, and how each delivers, is read from the contract."""
    assert pictures_field(bench.operation) == "data"
    assert {"url": "address", "oss_url": "address", "b64_json": "base64"}.items() >= encodings(
        bench.operation
    ).items()


def test_contract_without_the_relation_delivers_nothing() -> None:
    """Without the relation `transport`, nothing is known to deliver, and nothing fails."""
    document = Contract.load("documented").document
    path = "/v1/images/generations"
    bare = {**document["paths"][path]["post"], "x-relations": {}}
    operation = Contract({**document, "paths": {path: {"post": bare}}}).operations[0]

    assert not pictures_field(operation)
    assert not list(deliver(operation, {}, Response(200, body=b'{"data": [{"url": "http://[::1]"}]}'), None))


def test_toy_delivers_what_is_asked(bench: Bench, toys: ModuleType) -> None:
    """The honest server's answer holds the very bytes of the picture, both ways."""
    outcome = bench.run(bench.honest, [bench.valid(response_format="b64_json"), bench.valid("by address")])
    given = [picture.field for verdict in outcome.verdicts for picture in verdict.observation.pictures]

    assert given == ["b64_json", "url"]
    assert toys.picture("1024x1024/none/0.png").startswith(b"\x89PNG")
