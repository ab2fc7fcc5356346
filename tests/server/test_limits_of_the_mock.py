"""What nobody means well: bodies too deep, too compressed, too long to explain; and contracts that were edited."""

from __future__ import annotations

import copy
import gzip
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
import pytest

from mockfire_server import Engine, Settings
from mockfire_server.json_errors import _TOKEN
from mockfire_spec import Contract, Request
from mockfire_spec.documents import effective_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_spec import Response

Ask = Any
URL = {"prompt": "a heron", "response_format": "url"}


def nested(depth: int, *, below: bool) -> bytes:
    """Return a body with arrays *depth* levels deep, in a field that nobody knows or instead of the object."""
    deep = b"[" * depth + b"]" * depth
    return b'{"prompt":"x","response_format":"url","odd":' + deep + b"}" if below else deep


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("depth", [199, 253, 254, 900, 1_000, 1_020, 1_024, 1_025, 20_000])
def test_a_deep_body_is_answered_or_refused(ask: Ask, depth: int, *, below: bool) -> None:
    """No depth of nesting is a fault of the server; beyond 200 levels it is refused as too deep."""
    response = ask(nested(depth, below=below))

    assert response.status == (200 if below and depth < 200 else 400)
    if depth > 200:
        assert "exceeded max depth" in response.json()["error"]["message"]


def test_an_open_string_is_explained_in_one_go() -> None:
    """A string that is not closed is one token: a search that began anew at each quote took seconds."""
    assert len(_TOKEN.findall('{"prompt":"' + '\\"' * 20_000 + "x")) == 3


def test_a_wrong_escape_is_named(ask: Ask) -> None:
    """An escape that JSON does not have is said to be one."""
    assert "in string escape code" in ask(b'{"prompt":"\\x"}').json()["error"]["message"]


def test_every_member_of_a_gzip_body_is_read(ask: Ask) -> None:
    """A body in two members is one body."""
    whole = orjson.dumps(URL)

    assert ask(gzip.compress(whole[:9]) + gzip.compress(whole[9:]), content_encoding="gzip").status == 200


def test_a_body_that_is_no_gzip_is_refused_before_the_token(ask: Ask) -> None:
    """The gateway unpacks before it asks for a token."""
    response = ask(b"{}", content_encoding="gzip", authorization=None)

    assert (response.status, response.body) == (400, b"")


@pytest.mark.parametrize("wanted", ["bytes=5-2", f"bytes=0-{'9' * 5000}", "bytes=a-b", "lines=1-2"])
def test_a_range_that_is_none_is_ignored(engine: Engine, ask: Ask, wanted: str) -> None:
    """A Range header that makes no sense gets the whole picture."""
    path = urlsplit(ask(URL).json()["data"][0]["url"]).path

    assert engine.respond(Request("GET", path, (("range", wanted),))).status == 200


def test_units_of_a_range_are_read_in_any_case(engine: Engine, ask: Ask) -> None:
    """Bytes are bytes."""
    path = urlsplit(ask(URL).json()["data"][0]["url"]).path

    assert len(engine.respond(Request("GET", path, (("range", "Bytes=0-1"),))).body) == 2


def test_a_public_url_may_end_in_a_slash(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response]
) -> None:
    """The address has one slash between its parts."""
    address = asked_of(engine_with(public_url="http://mock.test/"), URL).json()["data"][0]["url"]

    assert address.startswith("http://mock.test/files/")


def test_a_redirect_keeps_the_query(engine: Engine) -> None:
    """What follows the question mark goes along."""
    response = engine.respond(Request("POST", "/v1/images/generations/", query="a=1"))

    assert response.header("location") == "/v1/images/generations?a=1"


@pytest.mark.parametrize("size", ["12345x99999", "999999999x999999999", "3841x1", f"{'9' * 300}x1"])
def test_a_size_beyond_drawing_is_refused(ask: Ask, size: str) -> None:
    """No number of digits slips through."""
    assert ask({**URL, "model": "cogview", "size": size}).json()["error"]["param"] == "size"


def test_an_answer_beyond_drawing_is_refused(ask: Ask) -> None:
    """Ten of the largest pictures would keep everybody waiting."""
    response = ask({**URL, "model": "cogview", "size": "3840x3840", "n": 10})

    assert (response.status, response.json()["error"]["param"]) == (400, "size")


@pytest.mark.parametrize("extra", [{"output_compression": [1]}, {"output_format": "bmp"}, {"user": {}}])
def test_a_field_that_the_profile_does_not_know_is_ignored(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response], extra: dict[str, Any]
) -> None:
    """As documented, the fields of other documents are not read."""
    example = Contract.load("documented").operations[0].request_examples[0]

    assert (
        asked_of(engine_with("documented"), {**example, "response_format": "b64_json", **extra}).status == 200
    )


def test_a_stream_is_refused_by_either_profile(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response]
) -> None:
    """Nobody who asks for a stream gets an answer that is none."""
    example = Contract.load("documented").operations[0].request_examples[0]

    assert (
        asked_of(engine_with("documented"), {**example, "stream": True}).json()["error"]["param"] == "stream"
    )


def edited(change: Callable[[dict[str, Any]], None]) -> Engine:
    """Return a mock of the contract after *change*."""
    document = copy.deepcopy(effective_document())
    change(document["components"]["schemas"])
    return Engine(Contract(document), Settings())


def test_an_edited_bound_is_kept(asked_of: Callable[..., Response]) -> None:
    """Where the contract lets twenty pictures through, fifteen are drawn."""

    def twenty(schemas: dict[str, Any]) -> None:
        schemas["ImageRequest"]["properties"]["n"]["allOf"][0]["maximum"] = 20

    assert len(asked_of(edited(twenty), {**URL, "n": 15}).json()["data"]) == 15


def test_an_edited_default_is_kept(asked_of: Callable[..., Response]) -> None:
    """A default of the contract stands for a field that is left out."""

    def tall(schemas: dict[str, Any]) -> None:
        schemas["ImageRequest"]["properties"]["size"]["default"] = "1024x1536"
        schemas["Background"]["default"] = "transparent"

    from mockfire_server.addresses import read_path

    address = asked_of(edited(tall), URL).json()["data"][0]["url"]
    picture = read_path(urlsplit(address).path, 0, "mockfire")
    assert (picture.width, picture.height, picture.background) == (1024, 1536, "transparent")


def test_a_format_that_cannot_be_drawn_is_refused(asked_of: Callable[..., Response]) -> None:
    """A format that only the contract knows is refused by name."""

    def gif(schemas: dict[str, Any]) -> None:
        schemas["ImageRequest"]["properties"]["output_format"]["enum"].append("gif")

    response = asked_of(edited(gif), {**URL, "output_format": "gif"})
    assert (response.status, response.json()["error"]["param"]) == (400, "output_format")
