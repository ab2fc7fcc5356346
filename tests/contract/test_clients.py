"""Requests over a socket: once each, to this machine alone, and every way of not answering is told."""

from __future__ import annotations

import socket
from itertools import count
from typing import TYPE_CHECKING

import pytest

from mockfire_contract import clients
from mockfire_contract.clients import loopback_target, root_url, socket_fetch, socket_send
from mockfire_contract.errors import UnansweredError
from mockfire_contract.outcome import collect, conclude
from mockfire_contract.runner import run
from mockfire_spec import Request, Response
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tests.contract.conftest import Bench

PATHS = ("/v1/images/generations", "/images/generations")


def _keeping(requests: list[Request]) -> Callable[[Request], Response]:
    def send(request: Request) -> Response:
        requests.append(request)
        return Response(200, (("X-Twice", "1"), ("X-Twice", "2")), b"made")

    return send


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/v1/images/generations", "http://127.0.0.1:8080"),
        ("http://localhost/scenario/slow/v1", "http://localhost/scenario/slow"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("http://localhost/v2", "http://localhost/v2"),
        ("http://localhost/prefix/", "http://localhost/prefix"),
    ],
)
def test_base_url_is_taken_in_every_form(base_url: str, expected: str) -> None:
    """A base URL may end in a slash, in /v1, or in any beginning of the contract's paths."""
    assert expected == root_url(base_url, PATHS)


@pytest.mark.parametrize(
    ("base_url", "sentence"),
    [
        (
            "https://api.chatfire.cn/v1",
            r"api\.chatfire\.cn is not this machine, so nothing was sent\. Live runs",
        ),
        ("http://10.0.0.1", "10.0.0.1 is not this machine"),
        ("http://0.0.0.0:8080", "0.0.0.0 is not this machine"),
        ("127.0.0.1:8080", "does not begin with http"),
        ("", "does not begin with http"),
        ("http://", "names no host"),
        ("http://sk-secret@127.0.0.1", "a base URL has no user, query or fragment"),
        ("http://127.0.0.1/?a=b", "a base URL has no user, query or fragment"),
        ("http://127.0.0.1/#a", "a base URL has no user, query or fragment"),
    ],
)
def test_any_other_place_is_refused(base_url: str, sentence: str) -> None:
    """Whatever is not this machine for certain is refused with a sentence, before anything is sent."""
    with pytest.raises(SettingError, match=sentence) as caught:
        loopback_target(base_url, PATHS)

    assert caught.value.exit_code == 2
    assert "sk-secret" not in str(caught.value)


def test_request_arrives_as_it_is(sockets: ModuleType) -> None:
    """Method, path, query, headers and body arrive untouched, and no token is made up."""
    seen: list[Request] = []
    with sockets.serving(_keeping(seen)) as base_url:
        send = socket_send(f"{base_url}/v1/", 5, PATHS)
        answer = send(Request("POST", "/v1/images/generations", (("X-One", "1"),), b"\xff{", "a=b"))
    (request,) = seen

    assert (request.method, request.path, request.query, request.body) == (
        "POST",
        "/v1/images/generations",
        "a=b",
        b"\xff{",
    )
    assert (request.header("x-one"), request.header("authorization")) == ("1", None)
    assert (answer.status, answer.body) == (200, b"made")
    assert [pair for pair in answer.headers if pair[0] == "x-twice"] == [("x-twice", "1"), ("x-twice", "2")]


def test_redirects_are_not_followed(sockets: ModuleType) -> None:
    """A redirect is an answer like any other: nothing is sent to where it points."""
    seen: list[Request] = []

    def send(request: Request) -> Response:
        seen.append(request)
        return Response(307, (("location", "/elsewhere"),))

    with sockets.serving(send) as base_url:
        answer = socket_send(base_url, 5)(Request("POST", "/", body=b"{}"))

    assert (answer.status, len(seen)) == (307, 1)


def test_proxies_of_the_environment_are_not_asked(
    monkeypatch: pytest.MonkeyPatch, sockets: ModuleType
) -> None:
    """A proxy in the environment would see the key: it is not used."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with sockets.serving(_keeping([])) as base_url:
        assert socket_send(base_url, 5)(Request("GET", "/")).body == b"made"


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_nothing_listens_is_told() -> None:
    """Where nothing listens, the error says where, and that nothing was reached."""
    with pytest.raises(UnansweredError, match=r"nothing answers at http://127\.0\.0\.1:\d+/v1") as caught:
        socket_send(f"http://127.0.0.1:{_closed_port()}", 5)(Request("GET", "/v1"))

    assert (caught.value.reached, caught.value.exit_code) == (False, 3)


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",),
        (b"HTTP/1.1 200 OK\r\ncontent-",),
        (b"\x00\x00\x12\x04",),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnone",),
    ],
)
def test_answer_that_breaks_off_is_told(pieces: tuple[bytes, ...], sockets: ModuleType) -> None:
    """No answer, half of one, or something that is not HTTP: each is told as no answer, once."""
    with sockets.raw(*pieces) as base_url, pytest.raises(UnansweredError) as caught:
        socket_send(base_url, 5)(Request("POST", "/", body=b"{}"))

    assert caught.value.reached


def test_slow_answer_is_told() -> None:
    """A server that does not answer in time is told with the kind of timeout."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        send = socket_send(f"http://127.0.0.1:{listener.getsockname()[1]}", 0.05)
        with pytest.raises(UnansweredError, match="ReadTimeout") as caught:
            send(Request("GET", "/"))

    assert caught.value.reached


def test_dripping_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch, sockets: ModuleType) -> None:
    """An answer that goes on and on, each piece in time, ends at the time for all of it."""
    monkeypatch.setattr("time.monotonic", count(0, 100).__next__)
    with (
        sockets.raw(b"HTTP/1.1 200 OK\r\n\r\n", b"drip", b"drip") as base_url,
        pytest.raises(UnansweredError, match="did not end within 5 seconds"),
    ):
        socket_send(base_url, 5)(Request("GET", "/"))


def test_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch, sockets: ModuleType) -> None:
    """An answer larger than any that was asked for does not fill the memory."""
    monkeypatch.setattr(clients, "LARGEST_ANSWER", 10)
    with (
        sockets.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n", b"01234567890") as base_url,
        pytest.raises(UnansweredError, match="more than 10 bytes"),
    ):
        socket_send(base_url, 5)(Request("GET", "/"))


def test_picture_is_fetched_without_a_token(sockets: ModuleType) -> None:
    """A picture's address is asked with GET, its query as it is, and without a token."""
    seen: list[Request] = []
    with sockets.serving(_keeping(seen)) as base_url:
        answer = socket_fetch(5)(f"{base_url}/pictures/a.png?until=1")
    (request,) = seen

    assert answer is not None
    assert (
        request.method,
        request.path,
        request.query,
        request.header("authorization"),
    ) == ("GET", "/pictures/a.png", "until=1", None)


def test_picture_that_cannot_be_fetched_is_none() -> None:
    """Where no answer comes, there is no picture; another machine is never asked."""
    fetch = socket_fetch(5)

    assert fetch(f"http://127.0.0.1:{_closed_port()}/a.png") is None
    assert fetch("http://192.0.2.1/a.png") is None


def test_run_over_a_socket_is_the_same(bench: Bench, sockets: ModuleType) -> None:
    """An honest server is found honest over a socket too, with its pictures fetched."""
    with sockets.serving(bench.honest) as base_url:
        target = loopback_target(f"{base_url}/v1", bench.contract.paths, 5)
        verdicts = run(target.send, bench.few(), key=bench.toys.KEY, origin=target.root, fetch=target.fetch)
        outcome = collect(verdicts)

    assert (conclude(outcome).exit_code, outcome.findings, outcome.downloads) == (0, (), 5)
