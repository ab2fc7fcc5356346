"""The mock as the source of answers: at a fixed time, with a fixed request id."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from mockfire.fixture_maker.drafts import CLOCK, NUMBER
from mockfire_server import Engine, Settings
from mockfire_spec import Contract
from mockfire_spec.documents import DEFAULT_PROFILE

if TYPE_CHECKING:
    from mockfire_spec import Request, Response

LEFT_OUT = {"x-mockfire-hint", "x-request-id", "access-control-allow-origin"}
"""Headers of the mock that no client of the API reads, or that repeat another."""


@lru_cache(maxsize=4)
def contract_of(profile: str = DEFAULT_PROFILE) -> Contract:
    """Return the contract of *profile*, loaded once."""
    return Contract.load(profile)


def ask(request: Request, profile: str = DEFAULT_PROFILE, usage: str = "null", later: int = 0) -> Response:
    """Return what the mock answers to *request*, *later* seconds after CLOCK; every rule is enforced."""
    settings = Settings(usage=usage, leniency="enforced")
    response = Engine(contract_of(profile), settings, clock=lambda: CLOCK + later).respond(request)
    drawn = response.header("x-request-id") or ""
    headers = tuple(
        (name, value.replace(drawn, NUMBER)) for name, value in response.headers if name not in LEFT_OUT
    )
    return replace(response, headers=headers, body=response.body.replace(drawn.encode(), NUMBER.encode()))
