"""The edges of what the mock takes: the last value on one side, the first on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockfire_server.orders import LONGEST_EDGE
from mockfire_spec import Contract, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_server import Engine
    from mockfire_spec import Response

Ask = Any

URL = {"prompt": "a heron", "response_format": "url"}


def error_of(response: Response) -> dict[str, Any]:
    """Return what *response* says is wrong."""
    error: dict[str, Any] = response.json()["error"]
    return error


@pytest.mark.parametrize("path", ["/v1/x", "/api/x", "/assets/x", "/assets"])
def test_nothing_is_below_the_paths_of_the_api(ask: Ask, path: str) -> None:
    """Below these the gateway says 404, not its website (new-api router/web-router.go)."""
    response = ask({}, path=path)

    assert (response.status, error_of(response)["message"]) == (404, f"Invalid URL (POST {path})")


@pytest.mark.parametrize("path", ["/asset", "/assetsx", "/v1x"])
def test_a_path_that_only_looks_alike_is_the_website(ask: Ask, path: str) -> None:
    """A name that begins like one of the API's is not below it."""
    assert (
        ask({}, path=path).status,
        ask({}, path=path).header("content-type"),
    ) == (200, "text/html; charset=utf-8")


def test_a_preflight_is_remembered_for_half_a_day(engine: Engine) -> None:
    """The gateway lets browsers keep the permission for 43,200 seconds (new-api middleware/cors.go)."""
    asked = (("origin", "https://app.test"), ("access-control-request-method", "POST"))
    response = engine.respond(Request("OPTIONS", "/v1/images/generations", asked))

    assert (response.status, response.header("access-control-max-age")) == (204, "43200")


def test_a_prompt_of_null_is_a_missing_one(ask: Ask) -> None:
    """Go's decoder reads null as left out, so that it is not what the decoder complains of."""
    response = ask({"prompt": None})
    error = error_of(response)

    assert (response.status, error["code"], error["param"]) == (400, "invalid_image_request", "")
    assert error["message"].startswith("prompt is required (request id: ")
    assert error["type"] == "new_api_error"


def test_a_count_of_null_is_refused_by_the_upstream(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response]
) -> None:
    """Where the page allows no null, it is a wrong type in the upstream's words, and no decoding error."""
    example = Contract.load("documented").operations[0].request_examples[0]
    response = asked_of(engine_with("documented"), {**example, "n": None})
    error = error_of(response)

    assert (
        response.status,
        error["type"],
        error["code"],
        error["param"],
    ) == (400, "invalid_request_error", "invalid_type", "n")
    assert error["message"].startswith("Invalid type for 'n': expected an integer, but got null instead.")


@pytest.mark.parametrize("wrong", [{"model": 5}, {"n": "x"}])
def test_what_cannot_be_decoded_comes_before_a_prompt_of_null(ask: Ask, wrong: dict[str, Any]) -> None:
    """The decoder complains first, and not of null."""
    message = error_of(ask({"prompt": None, **wrong}))["message"]

    assert "json: cannot unmarshal" in message
    assert f".{next(iter(wrong))} of type" in message


def test_a_count_of_null_is_one_picture_as_served(ask: Ask) -> None:
    """OpenAI's page allows null for n."""
    response = ask({**URL, "n": None})

    assert (response.status, len(response.json()["data"])) == (200, 1)


@pytest.mark.parametrize("size", [f"{LONGEST_EDGE}x16", f"16x{LONGEST_EDGE}"])
def test_the_longest_edge_is_drawn(ask: Ask, size: str) -> None:
    """A free size goes up to 3,840 pixels on either edge."""
    assert LONGEST_EDGE == 3_840
    assert ask({**URL, "model": "cogview", "size": size}).status == 200


@pytest.mark.parametrize("size", [f"{LONGEST_EDGE + 1}x16", f"16x{LONGEST_EDGE + 1}", "0x16"])
def test_an_edge_beyond_the_longest_is_refused(ask: Ask, size: str) -> None:
    """One pixel more is refused with the field's name."""
    response = ask({**URL, "model": "cogview", "size": size})

    assert (
        response.status,
        error_of(response)["code"],
        error_of(response)["param"],
    ) == (400, "invalid_value", "size")


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/jsonx"],
)
def test_the_gateway_looks_at_the_start_of_the_content_type(ask: Ask, kind: str) -> None:
    """What begins like JSON's type, in any case, is read as JSON (new-api common/gin.go)."""
    assert ask(URL, content_type=kind).status == 200


@pytest.mark.parametrize("kind", ["text/json", "application/jso", " x application/json", "", None])
def test_what_does_not_begin_like_json_is_not_read(ask: Ask, kind: str | None) -> None:
    """Any other type leaves the body unread, and the prompt missing."""
    response = ask(URL, content_type=kind)

    assert response.status == 400
    assert error_of(response)["message"].startswith("prompt is required")


@pytest.mark.parametrize(("length", "status"), [(100, 200), (101, 413)])
def test_the_engine_itself_keeps_the_limit_of_a_body(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response], length: int, status: int
) -> None:
    """In process, where no server has counted the bytes, a body over the limit is refused all the same."""
    body = b'{"prompt": "a heron", "response_format": "url"}'.ljust(length)
    response = asked_of(engine_with(max_body=100), body)

    assert status == response.status
    if status == 413:
        assert error_of(response)["message"].startswith("request body exceeds 100 bytes")
        assert error_of(response)["code"] == "read_request_body_failed"
