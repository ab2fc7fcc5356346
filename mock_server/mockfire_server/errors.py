"""The gateway's error envelopes, as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from mockfire_spec import Response

if TYPE_CHECKING:
    from mockfire_server.settings import Settings

GATEWAY = "gateway"
"""The type that stands for the gateway's own word, which is a setting (`new_api_error`, `rix_api_error`)."""

UPSTREAM = "invalid_request_error"

JSON = ("content-type", "application/json; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way to be refused.

    *relayed* tells the two envelopes of the gateway apart: middleware sends message and type,
    the relay all four keys (new-api 2025-04-11 middleware/utils.go and dto/error.go). *numbered*
    tells whether the request id is added to the message. *hint* is for the person at the other
    end, and travels in a header so that the message stays the real one.
    """

    status: int
    message: str
    type: str = GATEWAY
    code: str | None = None
    param: str = ""
    relayed: bool = False
    numbered: bool = True
    hint: str = ""

    def about(self, **words: object) -> Refusal:
        """Return this refusal with *words* put into its message."""
        return replace(self, message=self.message.format(**words))


class RefusedError(Exception):
    """A request is refused: *refusal* says how; None stands for status 400 with an empty body.

    *remarks* are for the journal, and for the hint of a refusal that has none of its own.
    """

    def __init__(self, refusal: Refusal | None, remarks: tuple[str, ...] = ()) -> None:
        super().__init__(refusal.message if refusal else "status 400 with an empty body")
        self.refusal = refusal
        self.remarks = remarks


NO_TOKEN = Refusal(401, "未提供令牌", hint="send the header 'Authorization: Bearer KEY'")
UNKNOWN_TOKEN = Refusal(401, "无效的令牌")
INVALID_JSON = Refusal(400, "Invalid request, 无效的请求, {reason}")
NO_CHANNEL = Refusal(503, "当前分组 default 下对于模型 {model} 无可用渠道")
INVALID_URL = Refusal(404, "Invalid URL ({method} {path})", UPSTREAM, "", relayed=True, numbered=False)
TOO_LARGE = Refusal(413, "request body exceeds {limit}", code="read_request_body_failed", relayed=True)
PANIC = Refusal(500, "Panic detected, error: {reason}", "new_api_panic")


def upstream(code: str, message: str, param: str) -> Refusal:
    """Return a refusal in the upstream's words, passed through by the relay with status 400."""
    return Refusal(400, message, UPSTREAM, code, param, relayed=True)


def of_the_gateway(code: str, message: str) -> Refusal:
    """Return a refusal of the relay itself, with status 400."""
    return Refusal(400, message, GATEWAY, code, relayed=True)


def too_large(limit: int) -> Refusal:
    """Return the refusal of a body over *limit* bytes (later versions of new-api; default 128 MB)."""
    megabyte = 1024 * 1024
    return TOO_LARGE.about(limit=f"{limit // megabyte} MB" if limit >= megabyte else f"{limit} bytes")


def render(refusal: Refusal | None, settings: Settings, number: str) -> Response:
    """Return *refusal* as the answer to the request with the id *number*; None is an empty 400."""
    if refusal is None:
        return Response(400)
    hint = (("x-mockfire-hint", refusal.hint),) if refusal.hint else ()
    return Response(refusal.status, (JSON, *hint), orjson.dumps({"error": _error(refusal, settings, number)}))


def _error(refusal: Refusal, settings: Settings, number: str) -> dict[str, Any]:
    message = f"{refusal.message} (request id: {number})" if refusal.numbered else refusal.message
    kind = settings.error_type if refusal.type == GATEWAY else refusal.type
    if refusal.relayed:
        return {"message": message, "type": kind, "param": refusal.param, "code": refusal.code}
    # Rix API and later versions of new-api add an empty code (recorded 2025-09-13).
    code = {"code": ""} if kind == "rix_api_error" else {}
    return {**code, "message": message, "type": kind}
