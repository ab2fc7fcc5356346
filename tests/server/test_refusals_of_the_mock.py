"""What the mock refuses, and in which words: the gateway's and the upstream's."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Any

import brotli
import orjson
import pytest

from mockfire_server.errors import RefusedError
from mockfire_spec import Contract

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_server import Engine
    from mockfire_spec import Response

Ask = Any

ID = re.compile(r" \(request id: \d{23}[A-Za-z0-9]{8}\)$")
URL = {"prompt": "a heron", "response_format": "url"}


def error_of(response: Response) -> dict[str, Any]:
    """Return the error object of *response*, its message without the request id."""
    error: dict[str, Any] = response.json()["error"]
    return {**error, "message": ID.sub("", error["message"])}


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer "])
def test_no_token_is_refused_first(ask: Ask, authorization: str | None) -> None:
    """A request without a token gets 401 in the middleware's envelope, whatever its body holds."""
    response = ask(b"not json", authorization=authorization)

    assert response.status == 401
    assert error_of(response) == {"message": "未提供令牌", "type": "new_api_error"}


def test_the_message_ends_in_the_request_id(ask: Ask) -> None:
    """The id in the message is the one in the headers."""
    response = ask(URL, authorization=None)

    number = response.header("x-oneapi-request-id")
    assert response.json()["error"]["message"].endswith(f" (request id: {number})")
    assert number == response.header("x-request-id")


@pytest.mark.parametrize("token", ["sk-mockfire-unknown-token", "sk-stranger"])
def test_an_unknown_token_is_refused(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response], token: str
) -> None:
    """With a closed list of tokens every other one is unknown; one is unknown always."""
    response = asked_of(engine_with(tokens=frozenset({"sk-known"})), URL, authorization=f"Bearer {token}")

    assert (response.status, error_of(response)["message"]) == (401, "无效的令牌")


def test_a_listed_token_is_let_in(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response]
) -> None:
    """A closed list of tokens lets its own in."""
    engine = engine_with(tokens=frozenset({"sk-known"}))

    assert asked_of(engine, URL, authorization="Bearer sk-known").status == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "unexpected end of JSON input"),
        (b'{"prompt": "x"', "unexpected end of JSON input"),
        (
            b'{\n  "model": "gpt-image-1", // enum\n  "prompt": "x"\n}',
            "invalid character '/' looking for beginning of object key string: comments are not JSON (line 2, column 27)",
        ),
        (b'{"n": 1 /* one */}', "invalid character '/' after object key:value pair: comments are not JSON"),
        (b'{"n": NaN}', "invalid character 'N' looking for beginning of value (line 1, column 7)"),
        (b"[" * 3000 + b"]" * 3000, "exceeded max depth"),
        (b'{"prompt": "\\ud800"}', "a lone surrogate is no character"),
        (b'{"prompt": "\xff"}', "invalid UTF-8 at byte 12"),
        (b'{"prompt": "a\nb"}', "invalid character '\\n' in string literal"),
        (b"{'prompt': 1}", 'invalid character "\'" looking for beginning of object key string'),
        (b'{"n": [1 2]}', "invalid character '2' after array element"),
        (b'{"n": 1} trailing', "invalid character 't' after top-level value"),
        (b'{"n": 1e999}', "a number is too large for a double"),
    ],
)
def test_what_is_not_json_is_refused_in_the_words_of_its_decoder(ask: Ask, body: bytes, reason: str) -> None:
    """A body that is not JSON gets 400 and the place where it breaks off."""
    response = ask(body)

    message = error_of(response)["message"]
    assert response.status == 400
    assert message.startswith("Invalid request, 无效的请求, ")
    assert reason in message


@pytest.mark.parametrize(
    ("change", "message", "param", "code"),
    [
        ({"size": "512x512"}, "Invalid value: '512x512'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.", "size", "invalid_value"),
        ({"moderation": "high"}, "Invalid value: 'high'. Supported values are: 'auto' and 'low'.", "moderation", "invalid_value"),
        ({"n": 0}, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n", "integer_below_min_value"),
        ({"n": 11}, "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead.", "n", "integer_above_max_value"),
        ({"background": 3}, "Invalid type for 'background': expected a string, but got an integer instead.", "background", "invalid_type"),
        ({"output_compression": "9"}, "Invalid type for 'output_compression': expected an integer, but got a string instead.", "output_compression", "invalid_type"),
        ({"prompt": "x" * 32_001}, "Invalid 'prompt': string too long. Expected a string with maximum length 32000, but got a string with length 32001 instead.", "prompt", "string_above_max_length"),
        ({"stream": True}, "Streaming is not served here: 'stream' must be false or left out.", "stream", "unsupported_parameter"),
        ({"background": "transparent", "output_format": "jpeg"}, "Invalid value: 'jpeg'. Supported values are: 'png' and 'webp'.", "output_format", "invalid_value"),
        ({"size": "y" * 500}, f"Invalid value: '{'y' * 100}…'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.", "size", "invalid_value"),
    ],
)  # fmt: skip
def test_the_upstream_refuses_with_the_name_of_the_field(
    ask: Ask, change: dict[str, Any], message: str, param: str, code: str
) -> None:
    """A value that the upstream would refuse gets its sentence, the field in `param`, and a code."""
    response = ask({**URL, **change})

    expected = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert (400, expected) == (response.status, error_of(response))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "prompt is required"),
        ({"prompt": ""}, "prompt is required"),
        ({"prompt": None}, "prompt is required"),
        (
            {"prompt": 5},
            "json: cannot unmarshal number into Go struct field ImageRequest.prompt of type string",
        ),
        ({**URL, "n": "1"}, "json: cannot unmarshal string into Go struct field ImageRequest.n of type int"),
        (
            {**URL, "n": 1.5},
            "json: cannot unmarshal number 1.5 into Go struct field ImageRequest.n of type int",
        ),
        ({**URL, "n": True}, "json: cannot unmarshal bool into Go struct field ImageRequest.n of type int"),
        (
            {**URL, "size": ["a"]},
            "json: cannot unmarshal array into Go struct field ImageRequest.size of type string",
        ),
        (
            {"n": "1", "size": "512x512"},
            "json: cannot unmarshal string into Go struct field ImageRequest.n of type int",
        ),
        ({"size": "512x512"}, "prompt is required"),
    ],
)
def test_the_relay_refuses_what_it_decodes_itself(ask: Ask, body: dict[str, Any], message: str) -> None:
    """Wrong types come first, then the prompt, then everything that is the upstream's to say."""
    response = ask(body)

    expected = {"message": message, "type": "new_api_error", "param": "", "code": "invalid_image_request"}
    assert (400, expected) == (response.status, error_of(response))


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        (
            {**URL, "model": 7},
            "cannot unmarshal number into Go struct field ModelRequest.model of type string",
        ),
        ([URL], "cannot unmarshal array into Go value of type dto.ImageRequest"),
        ("text", "cannot unmarshal string into Go value of type dto.ImageRequest"),
    ],
)
def test_the_distributor_refuses_what_it_decodes_itself(ask: Ask, body: Any, ending: str) -> None:
    """A wrong model, or no object at all, fails in the middleware: two keys in the envelope."""
    error = error_of(ask(body))

    assert sorted(error) == ["message", "type"]
    assert error["message"].endswith(ending)


def test_an_unlisted_model_has_no_channel(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response]
) -> None:
    """With a closed list of models another one gets 503, before its prompt is looked at."""
    response = asked_of(engine_with(models=frozenset({"gpt-image-1"})), {"model": "gpt-5"})

    assert (
        response.status,
        error_of(response)["message"],
    ) == (503, "当前分组 default 下对于模型 gpt-5 无可用渠道")


def test_the_other_gateway_has_other_words(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response]
) -> None:
    """Rix API has its own type, an empty code in the short envelope, and its own header."""
    response = asked_of(engine_with(error_type="rix_api_error"), URL, authorization=None)

    assert error_of(response) == {"code": "", "message": "未提供令牌", "type": "rix_api_error"}
    assert response.header("x-rixapi-request-id")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/images/generations"), ("POST", "/v1/nope"), ("DELETE", "/api/x"), ("GET", "/v1")],
)
def test_an_unknown_url_below_the_api_is_404(ask: Ask, method: str, path: str) -> None:
    """The gateway has no 405: a wrong method is an unknown URL, told without a request id."""
    response = ask(URL, method=method, path=path)

    expected = {
        "message": f"Invalid URL ({method} {path})",
        "type": "invalid_request_error",
        "param": "",
        "code": "",
    }
    assert (404, expected) == (response.status, response.json()["error"])


@pytest.mark.parametrize("path", ["/", "/chat/completions", "/v1x"])
def test_a_path_outside_the_api_is_the_website(ask: Ask, path: str) -> None:
    """A base URL without /v1 meets HTML with status 200, as it was recorded."""
    response = ask(URL, path=path)

    assert (response.status, response.header("content-type")) == (200, "text/html; charset=utf-8")


def test_a_trailing_slash_is_redirected(ask: Ask) -> None:
    """The router sends a client from the path with a slash to the one without."""
    response = ask(URL, path="/v1/images/generations/")

    assert (response.status, response.header("location")) == (307, "/v1/images/generations")


def test_a_preflight_is_allowed(ask: Ask) -> None:
    """A browser may call from anywhere."""
    response = ask(b"", method="OPTIONS", access_control_request_method="POST")

    assert (
        response.status,
        response.header("access-control-allow-origin"),
        response.header("access-control-allow-methods"),
    ) == (204, "*", "GET,POST,PUT,DELETE,OPTIONS")


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_compressed_body_is_read(ask: Ask, encoding: str, compress: Callable[[bytes], bytes]) -> None:
    """Gzip and br are taken as at the gateway."""
    assert ask(compress(orjson.dumps(URL)), content_encoding=encoding).status == 200


@pytest.mark.parametrize("encoding", ["gzip", "br"])
@pytest.mark.parametrize("body", [b"nonsense", b"", gzip.compress(b"{}")[:-9]])
def test_a_broken_compressed_body_gets_an_empty_400(ask: Ask, encoding: str, body: bytes) -> None:
    """What cannot be decompressed is refused without a word, as at the gateway."""
    response = ask(body, content_encoding=encoding)

    assert (response.status, response.body) == (400, b"")


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_compressed_bomb_is_too_large(
    engine_with: Callable[..., Engine],
    asked_of: Callable[..., Response],
    encoding: str,
    compress: Callable[[bytes], bytes],
) -> None:
    """The limit holds for what comes out of a compressed body."""
    response = asked_of(engine_with(max_body=10_000), compress(b" " * 1_000_000), content_encoding=encoding)

    assert (response.status, error_of(response)["message"]) == (413, "request body exceeds 10000 bytes")


def test_a_body_that_is_not_said_to_be_json_is_not_read(ask: Ask) -> None:
    """The gateway goes on without a body that is not declared as JSON, and the answer hints at why."""
    response = ask(URL, content_type="text/plain")

    assert error_of(response)["message"] == "prompt is required"
    assert "content-type is 'text/plain'" in (response.header("x-mockfire-hint") or "")


def test_an_inferred_rule_is_noted_and_let_through(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response]
) -> None:
    """A rule of another model is only noted, unless it is to be enforced."""
    body = {**URL, "model": "gpt-image-1-mini", "size": "512x512"}
    lenient, strict = engine_with(), engine_with(leniency="enforced")

    assert asked_of(lenient, body).status == 200
    assert "let through: 'size' must be one of" in lenient.journal.entries[-1].notes.remarks[0]
    assert asked_of(strict, body).status == 400


def test_a_picture_too_large_to_draw_is_refused(ask: Ask) -> None:
    """A free size has an end, whatever the contract lets through."""
    response = ask({**URL, "model": "cogview", "size": "9999x9999"})

    assert (response.status, error_of(response)["param"]) == (400, "size")


@pytest.mark.parametrize("count", [-1, 0, 51, 10**12])
def test_a_number_of_pictures_that_cannot_be_drawn_is_refused(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response], count: int
) -> None:
    """The page sets no bounds on n; the mock's own keep a huge one from being drawn."""
    engine = engine_with("documented")
    example = Contract.load("documented").operations[0].request_examples[0]

    response = asked_of(engine, {**example, "n": count})

    assert (response.status, error_of(response)["param"]) == (400, "n")


def test_a_fault_of_the_mock_is_a_panic_and_not_a_crash(
    engine_with: Callable[..., Engine],
    asked_of: Callable[..., Response],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Even a mistake of ours is answered, in the gateway's words for its own."""
    monkeypatch.setattr("mockfire_server.engine.operate", lambda _call: 1 / 0)

    response = asked_of(engine_with(), URL)

    assert (response.status, error_of(response)["type"]) == (500, "new_api_panic")
    assert "please report this" in caplog.text


def test_a_refusal_says_its_own_name() -> None:
    """The error that carries a refusal reads well in a log."""
    assert str(RefusedError(None)) == "status 400 with an empty body"
