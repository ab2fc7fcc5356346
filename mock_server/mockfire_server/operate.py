"""One call of an operation: the gateway's checks in the gateway's order, then the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from mockfire_server.answers import answer
from mockfire_server.bodies import decompress, parse
from mockfire_server.errors import JSON, NO_CHANNEL, NO_TOKEN, UNKNOWN_TOKEN, RefusedError, render
from mockfire_server.journal import Notes
from mockfire_server.orders import model_of, read_order
from mockfire_server.words import first_refusal
from mockfire_spec import Response, violations

if TYPE_CHECKING:
    from mockfire_server.errors import Refusal
    from mockfire_server.orders import Order
    from mockfire_server.settings import Settings
    from mockfire_spec import Operation, Request, Violation
    from mockfire_spec.prices import Prices

NOTED = ("sibling", "inferred")
"""Evidence whose rules are noted and let through unless they are enforced: inference, other models' pages."""

Outcome: TypeAlias = tuple[Response, Notes]


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation, at *now* (Unix seconds), with the id *number*."""

    operation: Operation
    request: Request
    settings: Settings
    prices: Prices
    now: float
    number: str


def operate(call: Call) -> Outcome:
    """Return what *call* is answered with, and what the journal should know of it."""
    remarks: list[str] = []
    try:
        order = _read(call, remarks)
    except RefusedError as refused:
        return _refused(call, refused.refusal, remarks)
    return _answered(call, order, remarks)


def _read(call: Call, remarks: list[str]) -> Order:
    """Return what is asked for; the checks come in the order of new-api 2025-04-11 router/relay-router.go."""
    _admit(call)
    payload = _payload(call, remarks)
    _route(call, payload)
    _judge(call, payload, remarks)
    return read_order(call.operation, payload)


def _admit(call: Call) -> None:
    """Raise RefusedError where the request's token does not let it in."""
    if call.operation.secured is None:
        return
    token = (call.request.header("authorization") or "").rpartition(" ")[2]
    if not token or token.lower() == "bearer":
        raise RefusedError(NO_TOKEN)
    allowed = call.settings.tokens
    if token == call.operation.unknown_token or (allowed is not None and token not in allowed):
        raise RefusedError(UNKNOWN_TOKEN)


def _payload(call: Call, remarks: list[str]) -> Any:
    """Return the JSON value of the body.

    The gateway reads a body as JSON only where the header says so, and goes on without one
    where it does not (new-api 2025-04-11 common/gin.go).
    """
    request = call.request
    body = decompress(request.body, request.header("content-encoding"), call.settings.max_body)
    kind = request.header("content-type") or ""
    if kind.lower().startswith("application/json"):
        return parse(body)
    remarks.append(f"the body was not read: content-type is {kind!r}, not application/json")
    return {}


def _route(call: Call, payload: Any) -> None:
    """Raise RefusedError where no channel serves the model: before the prompt is looked at, and with 503."""
    models = call.settings.models
    if models is None or not isinstance(payload, dict):
        return
    model = model_of(call.operation, payload)
    if isinstance(model, str) and model not in models:
        raise RefusedError(NO_CHANNEL.about(model=model))


def _judge(call: Call, payload: Any, remarks: list[str]) -> None:
    """Raise RefusedError where *payload* breaks the contract; a rule that is only noted adds a remark."""
    broken = list(violations(call.operation.request, payload))
    enforced = [found for found in broken if _is_enforced(found, call.settings)]
    if enforced:
        raise RefusedError(first_refusal(enforced, call.operation.request.definition))
    remarks.extend(f"let through: {found.message} [{found.source}]" for found in broken)


def _is_enforced(found: Violation, settings: Settings) -> bool:
    return settings.leniency == "enforced" or found.source.evidence not in NOTED


def _refused(call: Call, refusal: Refusal | None, remarks: list[str]) -> Outcome:
    if refusal and remarks:
        refusal = replace(refusal, hint=refusal.hint or "; ".join(remarks))
    return render(refusal, call.settings, call.number), Notes(call.operation.name, remarks=tuple(remarks))


def _answered(call: Call, order: Order, remarks: list[str]) -> Outcome:
    found = answer(order, call.settings, call.request.origin, int(call.now))
    count = len(order.pictures)
    notes = Notes(
        operation=call.operation.name,
        model=order.model,
        pictures=count,
        billed=call.prices.of(order.model, count),
        remarks=tuple(remarks),
        summary=found.summary,
    )
    return Response(200, (JSON,), found.body), notes
