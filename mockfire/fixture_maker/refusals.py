"""Requests that break the contract in one place, each with the refusal that it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mockfire.fixture_maker.drafts import (
    FREE_MODEL,
    PROMPT,
    Draft,
    base_payload,
    kebab,
    post,
    post_raw,
    read_at,
    subject,
)
from mockfire.fixture_maker.stand_in import ask
from mockfire_contract.refusals import commented, mutants
from mockfire_fixtures import Broken
from mockfire_spec.documents import DEFAULT_PROFILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mockfire_contract.neighbours import Change
    from mockfire_spec import Contract, Operation, Request, Violation

ENDINGS = {
    "required": "left-out",
    "type": "of-the-wrong-type",
    "enum": "not-listed",
    "minimum": "below-the-minimum",
    "maximum": "above-the-maximum",
    "minLength": "too-short",
    "maxLength": "too-long",
    "pattern": "of-the-wrong-form",
}
"""By keyword: how the name of a request that breaks it ends."""

FORM = "application/x-www-form-urlencoded"
LONGEST_BODY = 4_000
"""Bytes of the longest request that is kept: a prompt of 32,001 characters is heavy, and easily made."""

DEPTH = 1_100
"""Arrays in arrays: more than the 1,024 that many decoders follow."""

UNREADABLE = {
    "empty-body": ("An empty body.", b""),
    "single-quotes": ("Python's way of writing a dictionary.", b"{'prompt': 'a heron'}"),
    "trailing-comma": ("A comma after the last field.", b'{"prompt": "a heron",}'),
    "nan": ("NaN, which JavaScript has and JSON has not.", b'{"prompt": "a heron", "n": NaN}'),
    "lone-surrogate": (
        "Half of a character: decoders differ, and the mock refuses it.",
        b'{"prompt": "\\ud83d"}',
    ),
    "invalid-utf-8": (
        "Latin-1 instead of UTF-8: decoders differ, and the mock refuses it.",
        b'{"prompt": "am Fl\xfcsschen"}',
    ),
    "deep-nesting": ("More arrays in arrays than many decoders follow.", b"[" * DEPTH + b"]" * DEPTH),
}
"""By name: what it is, and a body that is no JSON."""

PAGE = ("documented", "289170412e0, request example")
GATEWAY = ("gateway", "new-api 2025-04-11 common/gin.go")
STANDARD = ("inferred", "RFC 8259, 8 and 9")
"""Evidence, and where it was read. Go's own decoder replaces broken characters where the standard lets it."""

LEFT_TO_DECODERS = {"lone-surrogate", "invalid-utf-8", "deep-nesting"}


def refusal_drafts(contracts: Iterable[Contract]) -> Iterator[Draft]:
    """Yield a request for each rule of *contracts* that can be broken alone, and bodies that are no JSON.

    In the order of their names; where several contracts have a rule, the first one's refusal is given.
    """
    found: dict[str, Draft] = {}
    for contract in contracts:
        operation = subject(contract)
        for draft in (*_broken(operation, contract.profile), *_unreadable(operation)):
            found.setdefault(draft.name, draft)
    yield from sorted(found.values(), key=lambda draft: draft.name)


def _broken(operation: Operation, profile: str) -> Iterator[Draft]:
    for model in (None, FREE_MODEL):
        for change, proof in mutants(operation, model):
            violation, request = proof.violation, post(operation, _shortened(operation, proof.payload))
            if len(request.body) > LONGEST_BODY:
                continue
            yield Draft(
                name=_name(change, violation),
                title=f"Refused{_by(profile)}: {violation.message}{_beside(change)}.",
                evidence=violation.source.evidence,
                where=read_at(violation.source),
                request=request,
                response=ask(request, profile),
                claim=Broken("request", violation.pointer, violation.keyword),
            )


def _shortened(operation: Operation, payload: Any) -> Any:
    """Return *payload* with the short prompt in place of the page's."""
    shown = operation.request_examples[0]["prompt"]
    is_shown = isinstance(payload, dict) and payload.get("prompt") == shown
    return {**payload, "prompt": PROMPT} if is_shown else payload


def _name(change: Change, violation: Violation) -> str:
    ending = ENDINGS.get(violation.keyword, violation.keyword)
    return kebab("refused", violation.field or "body", ending, _beside(change))


def _by(profile: str) -> str:
    return "" if profile == DEFAULT_PROFILE else f" under {profile}"


def _beside(change: Change) -> str:
    told = " and ".join(f"{name} {value}" for name, value in change.given.items())
    return f" beside {told}" if told else ""


def _unreadable(operation: Operation) -> Iterator[Draft]:
    """Yield bodies that are no JSON; the page's own example, with its comments, comes first."""
    payload = base_payload(operation)
    comments = "Comments as in the page's own example are not JSON."
    yield _unread("json-with-comments", comments, post_raw(operation, commented(payload).encode()), PAGE)
    cut = post_raw(operation, orjson.dumps(payload)[:60])
    yield _unread("json-cut-off", "JSON that ends in the middle.", cut, GATEWAY)
    for name, (title, body) in UNREADABLE.items():
        source = STANDARD if name in LEFT_TO_DECODERS else GATEWAY
        yield _unread(name, title, post_raw(operation, body), source)
    form = post_raw(operation, b"prompt=a+heron&n=1", FORM)
    yield _unread("form", "A form: the gateway reads no prompt in it.", form, GATEWAY)


def _unread(name: str, title: str, request: Request, source: tuple[str, str]) -> Draft:
    claim = Broken("request", word="not-json")
    return Draft(f"refused-{name}", title, *source, request, ask(request), claim)
