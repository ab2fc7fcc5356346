"""Making the fixtures from the contract and from what the mock answers; for maintainers."""

from __future__ import annotations

import base64
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

import orjson

from mockfire.fixture_maker.addresses import address_drafts
from mockfire.fixture_maker.answers import answer_drafts
from mockfire.fixture_maker.drafts import subject
from mockfire.fixture_maker.judge import settle
from mockfire.fixture_maker.refusals import refusal_drafts
from mockfire.fixture_maker.requests import request_drafts
from mockfire.fixture_maker.stand_in import contract_of
from mockfire.fixture_maker.tables import table_drafts
from mockfire_spec.documents import DEFAULT_PROFILE, profiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockfire.fixture_maker.drafts import Draft
    from mockfire_fixtures import Broken
    from mockfire_spec import Contract, Request, Response

__all__ = ["make"]


def make() -> dict[str, bytes]:
    """Return every file of the library by its path; the same contract and mock give the same bytes.

    Raise FalseClaimError where a fixture is no longer what it claims to be.
    """
    contracts = {profile: contract_of(profile) for profile in profiles()}
    drafts = list(_drafts(contracts))
    lines = [orjson.dumps(_entry(draft, contracts)) for draft in drafts]
    index = b"[\n" + b",\n".join(lines) + b"\n]\n"
    return {"index.json": index, **{_path(draft): _content(draft) for draft in drafts}}


def _drafts(contracts: dict[str, Contract]) -> Iterator[Draft]:
    """Yield all drafts; the default profile comes first where two have the same rule."""
    first = contracts[DEFAULT_PROFILE]
    others = (contract for profile, contract in contracts.items() if profile != DEFAULT_PROFILE)
    yield from chain(
        request_drafts(first),
        refusal_drafts([first, *others]),
        answer_drafts(first),
        table_drafts(first, "answers"),
        address_drafts(first),
        table_drafts(first, "errors"),
    )


def _path(draft: Draft) -> str:
    return f"data/{draft.name}.json"


def _entry(draft: Draft, contracts: dict[str, Contract]) -> dict[str, Any]:
    valid_under, broken = settle(draft, contracts)
    return {
        "name": draft.name,
        "file": _path(draft),
        "title": draft.title,
        "kind": draft.kind,
        "evidence": draft.evidence,
        "operation": subject(contracts[DEFAULT_PROFILE]).name if draft.operates else None,
        "status": draft.response.status if draft.response else None,
        "valid_under": valid_under,
        "broken": None if broken is None else _place(broken),
    }


def _place(broken: Broken) -> dict[str, Any]:
    parts = ("part", "pointer", "keyword", "relation", "word", "under")
    told = {name: getattr(broken, name) for name in parts}
    return {name: value for name, value in told.items() if value is not None}


def _content(draft: Draft) -> bytes:
    told: dict[str, Any] = {
        "name": draft.name,
        "title": draft.title,
        "kind": draft.kind,
        "evidence": draft.evidence,
        "where": draft.where,
    }
    if draft.request:
        line = {"method": draft.request.method, "path": draft.request.path}
        told["request"] = {**line, **_message(draft.request)}
    if draft.response:
        told["response"] = {"status": draft.response.status, **_message(draft.response)}
    lines = (b"  " + orjson.dumps(key) + b": " + orjson.dumps(value) for key, value in told.items())
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def _message(message: Request | Response) -> dict[str, Any]:
    return {"headers": dict(message.headers), **_body(message.body)}


def _body(body: bytes) -> dict[str, Any]:
    """Return the body as a JSON value, or as text where it is none, or as base64 where it is no text."""
    with suppress(orjson.JSONDecodeError):
        if orjson.dumps(value := orjson.loads(body)) == body:
            return {"body": value}
    with suppress(UnicodeDecodeError):
        return {"text": body.decode()}
    return {"base64": base64.b64encode(body).decode()}
