"""Where a draft keeps each profile, and where it breaks it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockfire.fixture_maker.drafts import subject
from mockfire_fixtures import Broken
from mockfire_spec import violations
from mockfire_spec.errors import MockfireError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockfire.fixture_maker.drafts import Draft
    from mockfire_spec import Contract, Operation, Request, Response, Schema

NOT_A_PICTURE = "not-a-picture"
ERROR_WITH_SUCCESS = "error-with-success"


class FalseClaimError(MockfireError):
    """A draft is not what it claims to be: the contract has changed under it."""


def settle(draft: Draft, contracts: Mapping[str, Contract]) -> tuple[tuple[str, ...], Broken | None]:
    """Return the profiles that *draft* keeps, and the place where it breaks the others (None: in several).

    Raise FalseClaimError where it is not broken at the place that it claims, or is valid nowhere.
    """
    if not draft.operates:
        return (), None
    found = {profile: list(_places(draft, contract)) for profile, contract in contracts.items()}
    valid = tuple(profile for profile, places in found.items() if not places)
    claim = draft.claim or next((places[0] for places in found.values() if len(places) == 1), None)
    under = tuple(profile for profile, places in found.items() if claim and places == [claim])
    if not (under if draft.claim else valid):
        told = "; ".join(f"{profile}: {', '.join(map(str, places))}" for profile, places in found.items())
        raise FalseClaimError(f"{draft.name} claims to be {draft.claim or 'valid'}. It breaks {told}.")
    return valid, None if claim is None else replace(claim, under=under)


def _places(draft: Draft, contract: Contract) -> Iterator[Broken]:
    """Yield the places where *draft* breaks *contract*; of a relation only where nothing else is broken."""
    operation = subject(contract)
    schema_places = [*_request_places(draft.request, contract), *_response_places(draft.response, operation)]
    if draft.claim and draft.claim.word == ERROR_WITH_SUCCESS:
        yield from [draft.claim] if schema_places else []
    elif schema_places:
        yield from schema_places
    elif draft.claim and _is_in(draft.claim, operation):
        yield draft.claim


def _is_in(claim: Broken, operation: Operation) -> bool:
    """Tell whether *claim* speaks of a relation that *operation* has; a picture: transport."""
    relation = "transport" if claim.word == NOT_A_PICTURE else claim.relation
    return relation in operation.relations


def _request_places(request: Request | None, contract: Contract) -> Iterator[Broken]:
    if request is None:
        return
    operation = contract.find(request.method, request.path)
    if operation is None:
        yield Broken("request", word="no-such-operation")
    else:
        yield from _body_places("request", operation.request, request)


def _response_places(response: Response | None, operation: Operation) -> Iterator[Broken]:
    schema = operation.response_schema(response.status) if response else None
    if response and schema:
        yield from _body_places("response", schema, response)


def _body_places(part: str, schema: Schema, message: Request | Response) -> Iterator[Broken]:
    try:
        value: Any = message.json()
    except ValueError:
        unreadable = "empty" if part == "response" and not message.body else "not-json"
        yield Broken(part, word=unreadable)
        return
    for found in violations(schema, value):
        yield Broken(part, found.pointer, found.keyword)
