"""Checks of refusals and failures: broken requests, missing tokens, and what the server says of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockfire_contract.breach import Breach
from mockfire_contract.cases import Credentials
from mockfire_contract.delivery import NOT_JSON, answer_of, delivering_fields, picture_items
from mockfire_contract.findings import Severity, severity_of
from mockfire_contract.redaction import holds_key
from mockfire_contract.situations import FIRST_FAILURE, FIRST_REFUSAL, is_elsewhere
from mockfire_spec import Source, violations
from mockfire_spec.sources import UNKNOWN, read_source
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockfire_contract.findings import Observation
    from mockfire_spec import Operation, Schema

GATEWAY_HEADERS = Source("x-request-id-headers", "request id", evidence="gateway")
NOT_IMPLEMENTED = 501
UNAVAILABLE = 503
SUCCESSES = range(200, 300)


def broken_request_is_refused(_operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a request that breaks the contract in one place is refused with a 4xx."""
    case, status = observation.case, observation.exchange.response.status
    if case.credentials is Credentials.VALID:
        fault = f"the request's {case.broken.message}" if case.broken else "it breaks the contract"
        pointer = case.broken.pointer if case.broken else ""
        message = f"the request was answered {status} although {fault}"
        yield Breach(case.source, pointer, message, str(status), "a refusal (4xx)")


def server_does_not_fail(_operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that no request makes the server fail (5xx)."""
    case, response = observation.case, observation.exchange.response
    if response.status < FIRST_FAILURE or (is_elsewhere(case) and response.status == NOT_IMPLEMENTED):
        return
    # 503 is also what a server says that does not carry a model: that weighs what the case weighs.
    severity = severity_of(case.source) if response.status == UNAVAILABLE else Severity.ERROR
    said = response.body[:200].decode("utf-8", "replace")
    message = f"the server failed with {response.status}: {said}"
    yield Breach(case.source, "", message, str(response.status), "no 5xx", severity)


def refusal_has_the_envelope(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a refusal or failure holds the error envelope that the contract describes."""
    response, schema = observation.exchange.response, _error_schema(operation, observation)
    if schema is None:
        return
    answer = answer_of(response)
    if answer is NOT_JSON:
        source = read_source(schema.definition) or UNKNOWN
        start = response.body[:60].decode("utf-8", "replace")
        message = (
            f"the {response.status} is no JSON: {start!r}" if start else f"the {response.status} is empty"
        )
        yield Breach(source, "", message, f"{len(response.body)} bytes", "the error envelope")
        return
    for violation in violations(schema, answer):
        came = "nothing" if violation.keyword == "required" else show(violation.actual)
        promised = f"{violation.keyword}: {show(violation.expected)}"
        message = f"in the {response.status}, {violation.message}"
        yield Breach(violation.source, violation.pointer, message, came, promised)


def message_names_the_field(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the refusal of a request with one broken field names that field."""
    case, response = observation.case, observation.exchange.response
    schema, field = _error_schema(operation, observation), case.broken.field if case.broken else ""
    if schema is None or not field or case.credentials is not Credentials.VALID:
        return
    answer = answer_of(response)
    if answer is NOT_JSON or not schema.is_valid(answer):
        return
    name = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(field)}(?![A-Za-z0-9_])")
    if not any(name.search(text) for text in _texts(answer)):
        source = read_source(schema.definition) or UNKNOWN
        message = f"{field!r} is what is wrong with the request, and the refusal does not name it"
        yield Breach(source, "", message, show(answer), f"a message that names {field}")


def answer_has_a_request_id(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that every answer carries a request id in one of the headers that the contract lists."""
    names = operation.request_id_headers
    if names and not any(observation.exchange.response.header(name) for name in names):
        promised = " or ".join(names)
        yield Breach(GATEWAY_HEADERS, "", f"no header of {promised} is there", "no request id", promised)


def key_does_not_come_back(_operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the token that a request carried appears nowhere in its answer."""
    exchange = observation.exchange
    token = (exchange.request.header("authorization") or "").rpartition(" ")[2]
    places = {f"the header {name}": f"{name}: {value}" for name, value in exchange.response.headers}
    places["the body"] = exchange.response.body.decode("utf-8", "replace")
    for place, text in places.items():
        if holds_key(token, text):
            message = f"the token of the request comes back in {place} of the answer"
            yield Breach(observation.case.source, "", message, "the token", "no token", Severity.ERROR)


def missing_token_is_refused(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a request without a token is refused."""
    yield from _without_refusal(operation, observation, Credentials.NONE, "no token")


def unknown_token_is_refused(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a request with a token that nobody knows is refused."""
    yield from _without_refusal(operation, observation, Credentials.UNKNOWN, "an unknown token")


def other_places_give_no_picture(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that other methods and paths than the operation's do not answer with a picture."""
    response, request = observation.exchange.response, observation.exchange.request
    kind = response.header("content-type") or ""
    listed = picture_items(operation, answer_of(response))
    given = kind.startswith("image/") or any(delivering_fields(operation, item) for _, item in listed)
    if response.status in SUCCESSES and given:
        message = f"{request.method} {request.path} answers with a picture, and no operation is there"
        yield Breach(observation.case.source, "", message, f"{response.status} with a picture", "no picture")


def _without_refusal(
    operation: Operation, observation: Observation, credentials: Credentials, said: str
) -> Iterator[Breach]:
    case, status = observation.case, observation.exchange.response.status
    if case.credentials is credentials:
        where = (operation.secured or UNKNOWN).field
        message = f"a request with {said} was answered {status}"
        yield Breach(case.source, "", message, str(status), f"a refusal (4xx): {where}")


def _error_schema(operation: Operation, observation: Observation) -> Schema | None:
    """Return the schema of the answer where it is a refusal with a body that the contract describes."""
    exchange = observation.exchange
    has_body = exchange.request.method != "HEAD"
    is_error = exchange.response.status >= FIRST_REFUSAL
    return operation.response_schema(exchange.response.status) if has_body and is_error else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
