"""Running cases: each is sent once, met with its checks, and told before the next one is sent."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from mockfire_contract.cases import Credentials
from mockfire_contract.checks import judge
from mockfire_contract.delivery import deliver
from mockfire_contract.errors import UnansweredError
from mockfire_contract.findings import Observation, Verdict
from mockfire_contract.situations import SILENT_STATUS, Situation, situation_of
from mockfire_spec import Exchange, Response
from mockfire_spec.errors import NothingTestedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mockfire_contract.cases import Case
    from mockfire_contract.delivery import Fetch
    from mockfire_spec import Request, Send

MOST_SILENCE = 3
"""Requests in a row without an answer after which a run ends: the server is gone."""
DEFAULT_ORIGIN = "http://127.0.0.1:8080"


def run(
    send: Send,
    cases: Iterable[Case],
    *,
    key: str,
    origin: str = DEFAULT_ORIGIN,
    fetch: Fetch | None = None,
) -> Iterator[Verdict]:
    """Yield the verdict on each of *cases*, one at a time, each sent exactly once.

    *key* is the token of cases with valid credentials, *origin* the server's root URL, *fetch*
    what gets a picture by its address (none: addresses are not asked). Raise NothingTestedError
    where nothing listens at the first request. A later request without an answer is a finding;
    three in a row end the run.
    """
    silence = 0
    for place, case in enumerate(cases):
        exchange = _exchanged(send, dressed(case, key, origin), is_first=place == 0)
        observation = _observed(case, exchange, fetch)
        yield Verdict(observation, tuple(judge(observation)))
        silence = silence + 1 if exchange.response.status == SILENT_STATUS else 0
        if silence == MOST_SILENCE:
            return


def dressed(case: Case, key: str, origin: str) -> Request:
    """Return the request of *case* as it is sent: to *origin*, with the token of its credentials."""
    token = token_of(case, key)
    headers = (("authorization", f"Bearer {token}"),) if token else ()
    return replace(case.request, origin=origin, headers=(*case.request.headers, *headers))


def token_of(case: Case, key: str) -> str:
    """Return the token that *case* carries, where *key* is the valid one; "" for none."""
    unknown = case.operation.unknown_token or ""
    return {Credentials.VALID: key, Credentials.UNKNOWN: unknown, Credentials.NONE: ""}[case.credentials]


def _exchanged(send: Send, request: Request, *, is_first: bool) -> Exchange:
    sent_at, started = time.time(), time.perf_counter()
    try:
        response = send(request)
    except UnansweredError as error:
        if is_first and not error.reached:
            raise NothingTestedError(f"nothing was tested: {error}. Is the server running?") from None
        response = Response(SILENT_STATUS, body=str(error).encode())
    return Exchange(request, response, sent_at, time.perf_counter() - started)


def _observed(case: Case, exchange: Exchange, fetch: Fetch | None) -> Observation:
    bare = Observation(case, exchange)
    asked = fetch if situation_of(bare) is Situation.ACCEPTED else None
    return replace(bare, pictures=tuple(deliver(case.operation, case.payload, exchange.response, asked)))
