"""A draft: a fixture before it is judged. And what all drafts share: the time, the request id, the key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from mockfire_server.engine import ID_HEADERS
from mockfire_spec import Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockfire_fixtures import Broken
    from mockfire_spec import Contract, Operation, Source

CLOCK = 1_745_537_237
"""When everything happens, in Unix seconds: `created` in the answer that the page shows (289170412e0)."""

NUMBER = "20250424232717000000000mockfire"
"""The id of every request, in the gateway's form: CLOCK in UTC, nanoseconds, eight letters."""

PROMPT = "A grey heron"
"""The prompt of every request that is not about prompts."""

KEY = "sk-anything"
ORIGIN = "http://127.0.0.1:8080"
FREE_MODEL = "recraftv3"
"""A model outside the gpt-image family: the one of the sibling page's example (229327113e0)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A fixture before it is judged.

    *claim* is the place where it is meant to be broken, None where it is meant to be valid.
    *operates* tells whether the contract's operation is what it goes to and comes from.
    """

    name: str
    title: str
    evidence: str
    where: str
    request: Request | None = None
    response: Response | None = None
    claim: Broken | None = None
    operates: bool = True

    @property
    def kind(self) -> str:
        """Return what the fixture holds: "request", "answer", or both as "exchange"."""
        if self.request and self.response:
            return "exchange"
        return "request" if self.request else "answer"


def kebab(*parts: object) -> str:
    """Return *parts* as one name in lower case with hyphens: ("size", "1024x1024") as size-1024x1024."""
    words = "-".join(map(str, parts)).lower()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-")


def subject(contract: Contract) -> Operation:
    """Return the operation that the fixtures are about: the one of the documentation page."""
    return contract.operations[0]


def read_at(source: Source) -> str:
    """Return where *source* was read: its page and field."""
    return f"{source.page}, {source.field}"


def base_payload(operation: Operation, **changes: Any) -> dict[str, Any]:
    """Return the body of the page's own example with a short prompt and *changes*."""
    return {**operation.request_examples[0], "prompt": PROMPT, **changes}


def post(operation: Operation, payload: Any, path: str | None = None) -> Request:
    """Return the request that carries *payload* as JSON to *operation* (or to *path*), with a key."""
    return post_raw(operation, orjson.dumps(payload), path=path)


def post_raw(
    operation: Operation, body: bytes, kind: str = "application/json", path: str | None = None
) -> Request:
    """Return the request with the bytes *body*, said to be of the content type *kind*."""
    headers = (("content-type", kind), ("authorization", f"Bearer {KEY}"))
    return Request(operation.method, path or operation.path, headers, body, origin=ORIGIN)


def answered(
    status: int,
    body: Any,
    kind: str = "application/json; charset=utf-8",
    gateway: str | None = "new_api_error",
) -> Response:
    """Return an answer with the request id of *gateway*, if any; *body* is JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    declared = (("content-type", kind),) if content else ()
    numbered = ((ID_HEADERS[gateway], NUMBER),) if gateway else ()
    return Response(status, (*declared, *numbered), content)


def pictures_answer(items: list[Mapping[str, Any]], **rest: Any) -> Response:
    """Return a 200 with *items* as pictures, created at CLOCK, without usage; *rest* changes or adds keys."""
    return answered(200, {"data": items, "created": CLOCK, "usage": None, **rest})
