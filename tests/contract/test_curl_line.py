"""Each case can be sent again with one line of shell, whatever its body."""

from __future__ import annotations

import gzip
import shlex
import subprocess
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockfire_contract.cases import Credentials
from mockfire_contract.reports.curl import curl_line
from mockfire_contract.runner import dressed
from mockfire_spec import Request
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from tests.contract.conftest import Bench

JSON = (("content-type", "application/json"),)


def _line(bench: Bench, credentials: Credentials = Credentials.VALID, **changes: Any) -> str:
    case = replace(bench.valid(), credentials=credentials)
    request = replace(dressed(case, bench.toys.KEY, "http://127.0.0.1:1"), **changes)
    return curl_line(case, request, "CHATFIRE_API_KEY")


def test_curl_line_sends_the_request_again(bench: Bench) -> None:
    """The line has method, address, headers and body, and the key's variable in place of the key."""
    words = shlex.split(_line(bench))

    assert words == [
        "curl",
        "-sS",
        "-X",
        "POST",
        "http://127.0.0.1:1/v1/images/generations",
        "-H",
        "content-type: application/json",
        "-H",
        "Authorization: Bearer $CHATFIRE_API_KEY",
        "--data-raw",
        bench.valid().request.body.decode(),
    ]


@pytest.mark.parametrize(
    ("credentials", "token"),
    [(Credentials.NONE, None), (Credentials.UNKNOWN, "Authorization: Bearer sk-mockfire-unknown-token")],
)
def test_curl_line_has_the_token_of_its_case(
    served: Bench, credentials: Credentials, token: str | None
) -> None:
    """Without a token there is none in the line; the unknown one is no secret."""
    words = shlex.split(_line(served, credentials))

    assert [token] * bool(token) == [word for word in words if word.startswith("Authorization")]


@given(
    body=st.one_of(
        st.binary(max_size=60), st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_every_body_survives_the_shell(body: bytes) -> None:
    """Whatever the bytes of a body are, the line carries them."""
    assert body == _sent(curl_line(_CASE, Request("POST", "/a", JSON, body), "KEY"))


class _Case:
    credentials = Credentials.VALID


_CASE: Any = _Case()


def _sent(line: str) -> bytes:
    """Return the body that *line* sends."""
    words = shlex.split(line)
    if words[0] == "echo":
        assert words[2:10] == ["|", "base64", "-d", "|", "gzip", "-d", "|", "curl"]
        assert words[-2:] == ["--data-binary", "@-"]
        return gzip.decompress(b64decode(words[1]))
    return words[words.index("--data-raw") + 1].encode() if "--data-raw" in words else b""


def test_shell_runs_the_line(bench: Bench) -> None:
    """A shell passes on quotes, dollars, line ends and what is long just as they are."""
    body = b'{"prompt": "it\'s $HOME `x` \\n ' + b"heron " * 2_000 + b'"}\n'
    line = _line(bench, body=body)
    script = f"curl() {{ while [ $# -gt 1 ]; do shift; done; cat; }}; {line}"
    sent = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True).stdout

    assert body == sent
    assert len(line) < 1_000


def test_line_that_would_be_too_long_says_so(bench: Bench) -> None:
    """A body that cannot be packed into a line is told by its size."""
    body = b"".join(sha256(bytes([place])).digest() for place in range(250))

    assert _line(bench, body=body).endswith(
        f"--data-binary @BODY  # BODY: {len(body):,} bytes, too long to show"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"method": "HEAD", "body": b""}, ["curl", "-sS", "-I"]),
        ({"method": "GET", "body": b"", "query": "a=b&c=d"}, ["curl", "-sS", "-X", "GET"]),
    ],
)
def test_curl_line_of_other_methods(bench: Bench, changes: dict[str, Any], expected: list[str]) -> None:
    """HEAD asks for the headers alone; no body, no data."""
    words = shlex.split(_line(bench, **changes))

    assert expected == words[: len(expected)]
    assert "--data-raw" not in words
    assert any(word.endswith(changes.get("query", "generations")) for word in words)


def test_curl_is_kept_from_its_own_content_type(bench: Bench) -> None:
    """A case without a content type is sent again without one, not as a form."""
    assert "Content-Type:" in shlex.split(_line(bench, headers=()))


@pytest.mark.parametrize("name", ["", "1KEY", "KEY; rm -rf /", "$(id)", "KEY\n"])
def test_name_that_is_no_variable_is_refused(bench: Bench, name: str) -> None:
    """What goes into a line of shell has to be the name of a variable."""
    with pytest.raises(SettingError, match="no name of an environment variable"):
        curl_line(bench.valid(), bench.valid().request, name)
