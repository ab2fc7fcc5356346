"""The mock over a socket: real connections, hostile bodies, slow and vanishing clients."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from mockfire import MockServer, Settings
from mockfire.server import listen
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTHORISED = {"authorization": "Bearer sk-anything", "content-type": "application/json"}
URL_REQUEST = {"prompt": "a heron", "response_format": "url"}


@pytest.fixture(name="mock", scope="module")
def _mock() -> Iterator[MockServer]:
    with MockServer(Settings(max_body=100_000)) as mock:
        yield mock


@pytest.fixture(name="client", scope="module")
def _client(mock: MockServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=mock.origin, headers=AUTHORISED, trust_env=False) as client:
        yield client


def raw(mock: MockServer, *parts: bytes) -> bytes:
    """Return everything that the server sends back for *parts*, until it closes."""
    host, port = mock.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
        return received


@pytest.mark.parametrize("path", ["/v1/images/generations", "/images/generations"])
def test_a_picture_is_had_at_the_address_in_the_answer(
    client: httpx.Client, mock: MockServer, path: str
) -> None:
    """The address has the host and port that the client used, and needs no token."""
    address = client.post(path, json=URL_REQUEST).json()["data"][0]["url"]

    picture = httpx.get(address, trust_env=False)

    assert address.startswith(mock.origin)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert str(len(picture.content)) == picture.headers["content-length"]


def test_the_address_follows_the_host_that_was_asked(client: httpx.Client) -> None:
    """Another name for the same server gives addresses under that name; a Host that is none does not."""
    named = client.post("/v1/images/generations", json=URL_REQUEST, headers={"host": "mock.test:99"})
    wrong = client.post("/v1/images/generations", json=URL_REQUEST, headers={"host": 'a"b/c'})

    assert named.json()["data"][0]["url"].startswith("http://mock.test:99/files/")
    assert wrong.json()["data"][0]["url"].startswith("http://127.0.0.1:")


def test_every_answer_has_a_request_id(client: httpx.Client) -> None:
    """Both headers are on successes, refusals, pages and pictures."""
    answers = [client.get(path) for path in ("/", "/v1/x", "/files/x")]
    answers.append(client.post("/v1/images/generations", json=URL_REQUEST))

    ids = [(answer.headers["x-oneapi-request-id"], answer.headers["x-request-id"]) for answer in answers]
    assert all(first == second for first, second in ids)
    assert len(answers) == len(set(ids))


def test_a_body_over_the_limit_is_refused_unread(mock: MockServer) -> None:
    """A declared length over the limit gets 413 at once, and the connection is closed."""
    head = b"POST /v1/images/generations HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999\r\n\r\n"

    received = raw(mock, head)

    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in received.lower()
    assert b"request body exceeds 100000 bytes" in received


def test_an_undeclared_body_over_the_limit_is_refused_on_the_way(mock: MockServer) -> None:
    """A body in chunks is cut off where it passes the limit."""
    head = b"POST /v1/images/generations HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    chunk = b"ea60\r\n" + b"x" * 60_000 + b"\r\n"

    assert raw(mock, head, chunk, chunk).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("length", [b"-5", b"abc"])
def test_a_wrong_length_is_no_crash(mock: MockServer, length: bytes) -> None:
    """A Content-Length that is none is refused by the HTTP parser."""
    head = b"POST /v1/images/generations HTTP/1.1\r\nhost: x\r\ncontent-length: " + length + b"\r\n\r\n"

    assert raw(mock, head).startswith(b"HTTP/1.1 400 ")


def test_a_slow_body_is_read_to_its_end_before_a_refusal(mock: MockServer) -> None:
    """A request without a token is drained first: Node clients break off with EPIPE otherwise."""
    body = json.dumps(URL_REQUEST).encode()
    head = (
        b"POST /v1/images/generations HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
        b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    )

    assert raw(mock, head, body[:10], body[10:]).startswith(b"HTTP/1.1 401 ")


def test_a_client_that_vanishes_leaves_no_trace(mock: MockServer, client: httpx.Client) -> None:
    """A request that breaks off is not answered, and the server goes on."""
    host, port = mock.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST /v1/images/generations HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nhalf"
        )

    assert client.get("/_mockfire/health").status_code == 200


def test_health_and_journal_and_document_are_served(client: httpx.Client, mock: MockServer) -> None:
    """The control routes tell how the server is, what it did, and what it keeps."""
    client.post("/v1/images/generations", json=URL_REQUEST)

    assert client.get("/_mockfire/health").json()["status"] == "ok"
    assert client.get("/_mockfire/journal").json()["entries"][-1]["status"] == 200
    assert mock.engine.contract.document == client.get("/openapi.json").json()


def test_an_unknown_control_route_names_the_known_ones(client: httpx.Client) -> None:
    """A wrong control path gets a sentence."""
    answer = client.get("/_mockfire/jurnal")

    assert answer.status_code == 404
    assert "/_mockfire/journal" in answer.json()["error"]


def test_a_hundred_clients_at_once_are_served(mock: MockServer) -> None:
    """Connections do not wait for each other's pictures."""
    from concurrent.futures import ThreadPoolExecutor

    def ask(number: int) -> int:
        body = {"prompt": f"heron {number}", "response_format": "url"}
        address = f"{mock.base_url}/images/generations"
        return httpx.post(address, json=body, headers=AUTHORISED, trust_env=False).status_code

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(100))) == [200] * 100


def test_a_taken_port_is_said_in_a_sentence(mock: MockServer) -> None:
    """Whoever finds the port taken is told what to do."""
    port = int(mock.origin.rpartition(":")[2])

    with pytest.raises(SettingError, match=f"port {port} on 127.0.0.1 is taken.*--port 0"):
        listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_said_in_a_sentence() -> None:
    """An address of another machine cannot be listened on."""
    with pytest.raises(SettingError, match=r"cannot listen on 203\.0\.113\.1"):
        listen("203.0.113.1", 0)


def test_a_server_is_entered_once_at_a_time() -> None:
    """A MockServer that runs cannot be started again, one that does not has no address; afterwards it can."""
    mock = MockServer()
    with pytest.raises(SettingError, match="not running"):
        _ = mock.base_url
    with mock, pytest.raises(SettingError, match="running already"):
        mock.__enter__()
    with mock:
        assert httpx.get(f"{mock.origin}/_mockfire/health", trust_env=False).status_code == 200


def test_a_client_that_goes_on_sending_gets_its_refusal(mock: MockServer) -> None:
    """A body over the limit is thrown away for a while, so that the answer is not lost to a reset."""
    host, port = mock.origin.removeprefix("http://").split(":")
    head = b"POST /v1/images/generations HTTP/1.1\r\nhost: x\r\ncontent-length: 20000000\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head)
        for _ in range(20):
            connection.sendall(b"x" * 1_000_000)
        assert connection.recv(12) == b"HTTP/1.1 413"
