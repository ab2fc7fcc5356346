"""A line of shell that sends a case again: with the key's variable in place of the key."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from shlex import quote
from typing import TYPE_CHECKING

from mockfire_contract.cases import Credentials
from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockfire_contract.cases import Case
    from mockfire_spec import Request

LONGEST_BODY = 2_000
"""Bytes of a body that are shown as they are; a longer one is packed."""
LONGEST_PACKED = 4_000
"""Characters of a packed body that are shown; of a longer one only the size is told."""


def curl_line(case: Case, request: Request, key_environment: str) -> str:
    """Return a line of POSIX shell that sends *request*, made for *case*, with curl.

    The valid key is written as the variable *key_environment*. A body that is long or not
    printable is packed with gzip and base64. Raise SettingError where the name is no variable's.
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key_environment):
        raise SettingError(
            f"{key_environment!r} is no name of an environment variable:"
            " it has letters, digits and _ and begins with no digit."
        )
    before, data, after = _body(request.body)
    query = f"?{request.query}" if request.query else ""
    url = quote(f"{request.origin}{request.path}{query}")
    method = "-I" if request.method == "HEAD" else f"-X {quote(request.method)}"
    headers = [f"-H {header}" for header in _headers(case, request, key_environment)]
    return before + " ".join(["curl", "-sS", method, url, *headers, *data]) + after


def _headers(case: Case, request: Request, key_environment: str) -> Iterator[str]:
    for name, value in request.headers:
        if name.lower() != "authorization":
            yield quote(f"{name}: {value}")
        elif case.credentials is Credentials.VALID:
            yield f'"Authorization: Bearer ${key_environment}"'
        else:
            yield quote(f"Authorization: {value}")
    if request.body and request.header("content-type") is None:
        # Without this, curl sends the content type of a form.
        yield quote("Content-Type:")


def _body(body: bytes) -> tuple[str, list[str], str]:
    """Return what stands before curl for *body*, curl's own options, and what stands after them."""
    if not body:
        return "", [], ""
    text = body.decode("utf-8", "replace")
    if len(body) <= LONGEST_BODY and text.isprintable() and text.encode() == body:
        return "", ["--data-raw", quote(text)], ""
    packed = b64encode(gzip.compress(body, mtime=0)).decode()
    if len(packed) <= LONGEST_PACKED:
        return f"echo {packed} | base64 -d | gzip -d | ", ["--data-binary", "@-"], ""
    return "", ["--data-binary", "@BODY"], f"  # BODY: {len(body):,} bytes, too long to show"
