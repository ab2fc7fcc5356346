"""Pictures at their addresses, as an object store serves them: GET, HEAD, ranges, and 403 in XML."""

from __future__ import annotations

import re
import time
from html import escape
from typing import TYPE_CHECKING

from mockfire_server.addresses import ExpiredError, ForgedError, read_path
from mockfire_server.answers import draw_padded
from mockfire_server.images import media_type
from mockfire_spec import Response

if TYPE_CHECKING:
    from mockfire_server.settings import Settings
    from mockfire_spec import Request

XML = ("content-type", "application/xml")

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)


def serve_file(request: Request, settings: Settings, now: float, number: str) -> Response:
    """Return the picture at the request's path at *now* (Unix seconds), or the store's refusal.

    No token is needed: the address itself is the permission (`url` lives 24 hours, `oss_url` 7 days:
    page 289170412e0, response_format).
    """
    if request.method not in {"GET", "HEAD"}:
        return _denied(
            405, "MethodNotAllowed", "The specified method is not allowed against this resource.", number
        )
    try:
        picture = read_path(request.path, now, settings.secret)
    except ExpiredError as error:
        expiry = f"<Expires>{_stamp(error.ended)}</Expires><ServerTime>{_stamp(now)}</ServerTime>"
        return _denied(403, "AccessDenied", "Request has expired.", number, expiry)
    except ForgedError:
        message = "The request signature we calculated does not match the signature you provided."
        return _denied(403, "SignatureDoesNotMatch", message, number)
    content = draw_padded(picture, settings)
    return _content(request, content, media_type(picture.format))


def _content(request: Request, content: bytes, kind: str) -> Response:
    headers = (("content-type", kind), ("accept-ranges", "bytes"), ("cache-control", "private, max-age=3600"))
    wanted = _RANGE.fullmatch((request.header("range") or "").strip())
    if wanted is None or not _is_range(*wanted.groups()):
        return _maybe_head(request, Response(200, headers, content))
    start, end = _span(wanted, len(content))
    if start >= end:
        return Response(416, (("content-range", f"bytes */{len(content)}"),))
    place = ("content-range", f"bytes {start}-{end - 1}/{len(content)}")
    return _maybe_head(request, Response(206, (*headers, place), content[start:end]))


def _maybe_head(request: Request, response: Response) -> Response:
    """Return *response* as HEAD asks for it: its length told, its body left out."""
    if request.method != "HEAD":
        return response
    return Response(response.status, (*response.headers, ("content-length", str(len(response.body)))))


def _is_range(first: str, last: str) -> bool:
    """Tell whether a Range header asks for something; one that ends before it begins does not (RFC 9110)."""
    if first and last:
        return int(first) <= int(last)
    return bool(first or last)


def _span(wanted: re.Match[str], length: int) -> tuple[int, int]:
    """Return the first byte and the one after the last that a Range header asks for."""
    first, last = wanted.groups()
    if not first:
        return max(0, length - int(last)), length
    return int(first), min(length, int(last) + 1) if last else length


def _denied(status: int, code: str, message: str, number: str, more: str = "") -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>{more}<RequestId>{number}</RequestId></Error>"
    )
    return Response(status, (XML,), body.encode())


def _stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
