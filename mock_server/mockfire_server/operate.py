"""One call of an operation: the gateway's checks in the gateway's order, then the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from mockfire_server.answers import answer
from mockfire_server.bodies import check_encoding, decompress, parse
from mockfire_server.errors import JSON, NO_CHANNEL, NO_TOKEN, UNKNOWN_TOKEN, RefusedError, render
from mockfire_server.journal import Notes
from mockfire_server.orders import model_of, read_order
from mockfire_server.words import first_refusal
from mockfire_spec import Response, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_server.orders import Order
    from mockfire_server.settings import Settings
    from mockfire_spec import Operation, Request, Violation
    from mockfire_spec.prices import Prices

Outcome: TypeAlias = tuple[Response, Notes]
Read: TypeAlias = "Callable[[Operation, Settings, bytes, str, str], Understood]"


LONGEST_REMEMBERED = 4_096
"""Bytes of a body up to which what it asks for is remembered: tests send the same one again and again."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an operation, at *now* (Unix seconds), with the id *number*.

    *remember* is `read` with a memory of the engine's own.
    """

    operation: Operation
    request: Request
    settings: Settings
    prices: Prices
    now: float
    number: str
    remember: Read


@dataclass(frozen=True, slots=True)
class Understood:
    """What a request asks for, and remarks on what was let through."""

    order: Order
    remarks: tuple[str, ...]


def operate(call: Call) -> Outcome:
    """Return what *call* is answered with, and what the journal should know of it.

    The checks come in the order of new-api 2025-04-11 router/relay-router.go: encoding, token,
    body, model, then what the relay and the upstream ask for.
    """
    try:
        check_encoding(call.request.body, call.request.header("content-encoding") or "")
        _admit(call)
        understood = _understand(call)
    except RefusedError as refused:
        return _refused(call, refused)
    return _answered(call, understood)


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


def _understand(call: Call) -> Understood:
    request = call.request
    reading = call.remember if len(request.body) <= LONGEST_REMEMBERED else read
    encoding, kind = request.header("content-encoding") or "", request.header("content-type") or ""
    return reading(call.operation, call.settings, request.body, encoding, kind)


def read(operation: Operation, settings: Settings, body: bytes, encoding: str, kind: str) -> Understood:
    """Return what *body* asks of *operation*; raise RefusedError where it is refused.

    The gateway reads a body as JSON only where the header says so, and goes on without one
    where it does not (new-api 2025-04-11 common/gin.go).
    """
    if not kind.lower().startswith("application/json"):
        unread = f"the body was not read: content-type is {kind!r}, not application/json"
        return _judged(operation, settings, {}, (unread,))
    return _judged(operation, settings, parse(decompress(body, encoding, settings.max_body)), ())


def _judged(operation: Operation, settings: Settings, payload: Any, remarks: tuple[str, ...]) -> Understood:
    """Return what *payload* asks for; a rule that is only noted adds a remark."""
    _route(operation, settings, payload)
    broken = list(violations(operation.request, payload))
    enforced = [found for found in broken if _is_enforced(found, settings)]
    if enforced:
        raise RefusedError(first_refusal(enforced, operation.request.definition), remarks)
    noted = (f"let through: {found.message} [{found.source}]" for found in broken)
    return Understood(read_order(operation, payload), (*remarks, *noted))


def _route(operation: Operation, settings: Settings, payload: Any) -> None:
    """Raise RefusedError where no channel serves the model: before the prompt is looked at, and with 503."""
    if settings.models is None or not isinstance(payload, dict):
        return
    model = model_of(operation, payload)
    if isinstance(model, str) and model not in settings.models:
        raise RefusedError(NO_CHANNEL.about(model=model))


def _is_enforced(found: Violation, settings: Settings) -> bool:
    return settings.leniency == "enforced" or found.source.binding


def _refused(call: Call, refused: RefusedError) -> Outcome:
    refusal, remarks = refused.refusal, refused.remarks
    if refusal and remarks:
        refusal = replace(refusal, hint=refusal.hint or "; ".join(remarks))
    told = (f"refused: {refusal.message}",) if refusal else ()
    return render(refusal, call.settings, call.number), Notes(call.operation.name, remarks=(*told, *remarks))


def _answered(call: Call, understood: Understood) -> Outcome:
    order = understood.order
    found = answer(order, call.settings, call.request.origin, int(call.now))
    count = len(order.pictures)
    notes = Notes(
        operation=call.operation.name,
        model=order.model,
        pictures=count,
        billed=call.prices.of(order.model, count),
        remarks=understood.remarks,
        summary=found.summary,
    )
    return Response(200, (JSON,), found.body), notes
