"""Checks that look at a whole run: what only shows when answers are held against each other."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from mockfire_contract.breach import Breach
from mockfire_contract.checks_answer import created_of
from mockfire_contract.delivery import answer_of, delivering_fields, picture_items
from mockfire_contract.situations import Situation, situation_of
from mockfire_spec import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mockfire_contract.findings import Observation
    from mockfire_spec import Operation

SECONDS_APART = 3
"""Answers this far apart cannot have been made in the same second, however clocks are rounded."""
ALIKE_SOURCE = Source("x-relations", "the same request is handled alike", evidence="inferred")


def created_moves(
    operation: Operation, observations: Sequence[Observation]
) -> Iterator[tuple[Observation, Breach]]:
    """Demand that the time of the answers moves with the clock over a run (relation `created`)."""
    relation = operation.relations["created"]
    times = [
        (observation, created)
        for observation in observations
        if situation_of(observation) is Situation.ACCEPTED
        and (created := created_of(operation, observation)) is not None
    ]
    if len({created for _, created in times}) != 1:
        return
    (first, created), (last, _) = times[0], times[-1]
    apart = last.exchange.sent_at - first.exchange.sent_at - first.exchange.seconds
    if apart >= SECONDS_APART:
        name = relation.terms["answer"]
        message = f"{name} is {created} in {len(times)} answers that lie {apart:.0f} seconds apart"
        yield last, Breach(relation.source, f"/{name}", message, "the same time", "a time that moves")


def same_request_is_handled_alike(
    operation: Operation, observations: Sequence[Observation]
) -> Iterator[tuple[Observation, Breach]]:
    """Demand that a request sent twice gets answers of one kind: status, pictures and their fields."""
    answered = [seen for seen in observations if situation_of(seen) is not Situation.SILENT]
    for _, group in groupby(sorted(answered, key=_identity), key=_identity):
        first, *others = group
        for other in others:
            came, before = _handling(operation, other), _handling(operation, first)
            if came != before:
                message = f"the request of {first.case.name} was sent again and answered otherwise"
                yield other, Breach(ALIKE_SOURCE, "", message, came, before)


def _identity(observation: Observation) -> tuple[str, str, str, str, bytes]:
    request = observation.case.request
    headers = repr(sorted(request.headers))
    return (
        observation.case.credentials,
        request.method,
        f"{request.path}?{request.query}",
        headers,
        request.body,
    )


def _handling(operation: Operation, observation: Observation) -> str:
    response = observation.exchange.response
    listed = [delivering_fields(operation, item) for _, item in picture_items(operation, answer_of(response))]
    fields = ", ".join(sorted({field for fields in listed for field in fields}))
    return f"{response.status} with {len(listed)} pictures in {fields}" if fields else str(response.status)
