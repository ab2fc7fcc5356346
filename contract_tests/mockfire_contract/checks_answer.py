"""Checks of the answer to a valid request: what it is made of, and how it hangs together with the request."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from mockfire_contract.asking import asked_for, severity_in
from mockfire_contract.breach import Breach
from mockfire_contract.delivery import (
    ADDRESS,
    NOT_JSON,
    OK,
    TRANSPORT,
    address_problem,
    answer_of,
    asked_field,
    delivering_fields,
    encodings,
    picture_items,
    pictures_field,
)
from mockfire_contract.findings import Severity
from mockfire_contract.pictures import attempt
from mockfire_spec import violations
from mockfire_spec.sources import UNKNOWN, read_source
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockfire_contract.findings import Delivered, Observation
    from mockfire_spec import Operation, Source

JSON_TYPE = "application/json"


def every_request_is_answered(_operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that every request gets an answer."""
    reason = observation.exchange.response.body.decode("utf-8", "replace")
    yield Breach(
        observation.case.source, "", f"no answer came: {reason}", "no answer", "an answer", Severity.ERROR
    )


def valid_request_is_accepted(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a request that the contract allows is answered as it documents success."""
    response = observation.exchange.response
    statuses = " or ".join(str(status) for status in operation.responses if status < 300)  # noqa: PLR2004 - HTTP's
    said = response.body[:200].decode("utf-8", "replace")
    yield Breach(
        observation.case.source,
        "",
        f"a request that the contract allows was answered {response.status}: {said}",
        str(response.status),
        statuses,
    )


def answer_is_declared_json(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the answer's content type is application/json."""
    came = observation.exchange.response.header("content-type")
    kind = (came or "").partition(";")[0].strip().lower()
    if kind != JSON_TYPE:
        got = f"content type {came}" if came else "no content type"
        yield Breach(_answer_source(operation), "", f"the answer has {got}", got, JSON_TYPE)


def answer_is_json(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the answer's body is a JSON value."""
    body = observation.exchange.response.body
    if answer_of(observation.exchange.response) is NOT_JSON:
        start = body[:60].decode("utf-8", "replace")
        message = (
            f"the body cannot be read as JSON; it begins with {start!r}" if body else "the body is empty"
        )
        yield Breach(_answer_source(operation), "", message, f"{len(body)} bytes", "a JSON value")


def answer_keeps_the_schema(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the answer is valid under the contract's schema (values of enums: MF502)."""
    response = observation.exchange.response
    answer, schema = answer_of(response), operation.response_schema(response.status)
    if answer is NOT_JSON or schema is None:
        return
    for violation in violations(schema, answer):
        if violation.keyword != "enum":
            came = "nothing" if violation.keyword == "required" else show(violation.actual)
            promised = f"{violation.keyword}: {show(violation.expected)}"
            yield Breach(violation.source, violation.pointer, violation.message, came, promised)


def count_is_honoured(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the answer holds as many pictures as were asked for (relation `count`).

    A number below one asks for nothing that an answer could hold.
    """
    relation, case = operation.relations["count"], observation.case
    asked = asked_for(operation, relation, case.payload)
    name, answer = pictures_field(operation), answer_of(observation.exchange.response)
    listed = answer.get(name) if isinstance(answer, dict) else None
    if isinstance(asked, int) and isinstance(listed, list) and len(listed) != asked >= 1:
        message = f"asked for {_pictures(asked)}, got {len(listed)}"
        severity = severity_in(relation, case)
        yield Breach(relation.source, f"/{name}", message, str(len(listed)), str(asked), severity)


def asked_transport_is_used(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that each picture comes in the one field that was asked for (relation `transport`)."""
    relation, case = operation.relations[TRANSPORT], observation.case
    asked = asked_field(operation, case.payload)
    for pointer, item in picture_items(operation, answer_of(observation.exchange.response)):
        came = delivering_fields(operation, item)
        if asked is not None and came != [asked]:
            got = " and ".join(came) or "no picture at all"
            message = (
                f"the picture should come in {asked}; it came in {got}" if came else f"{asked} is missing"
            )
            yield Breach(relation.source, pointer, message, got, asked, severity_in(relation, case))


def address_is_absolute(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a picture's address is an absolute http(s) URL (relation `transport`)."""
    for picture in _as_asked(operation, observation, address=True):
        problem = address_problem(picture.value)
        if problem:
            yield Breach(
                operation.relations[TRANSPORT].source,
                picture.pointer,
                f"the address {problem}: {show(picture.value)}",
                show(picture.value),
                "an absolute http(s) URL",
            )


def address_answers_with_a_picture(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a picture's address answers 200 with image/* (relation `transport`)."""
    source = operation.relations[TRANSPORT].source
    for picture in _as_asked(operation, observation, address=True):
        if not picture.fetched:
            continue
        if picture.problem:
            message = f"the picture's address did not answer with a picture: {picture.problem}"
            yield Breach(source, picture.pointer, message, picture.problem, "200 with image/*")
        elif not picture.content_type.lower().startswith("image/"):
            came = picture.content_type or "no content type"
            message = f"the picture's address answered with {came}"
            severity = Severity.WARNING if _is_picture(picture) else None
            yield Breach(source, picture.pointer, message, came, "image/*", severity)


def base64_is_canonical(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that base64 is canonical and has no data: prefix (relation `transport`; RFC 4648, section 4)."""
    for picture in _as_asked(operation, observation, address=False):
        if picture.problem:
            yield Breach(
                operation.relations[TRANSPORT].source,
                picture.pointer,
                f"the base64 {picture.problem}: {show(picture.value[:40])}",
                picture.problem,
                "canonical base64 without a prefix",
            )


def created_is_near_now(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the time of the answer is a Unix time in seconds, near now (relation `created`)."""
    relation = operation.relations["created"]
    exchange, name = observation.exchange, relation.terms["answer"]
    created = created_of(operation, observation)
    if created is None:
        return
    away = max(exchange.sent_at - created, created - exchange.sent_at - exchange.seconds, 0)
    if away > relation.terms["tolerance_seconds"]:
        hint = "; it looks like milliseconds" if _is_close(created / 1000, exchange.sent_at) else ""
        message = f"{name} is {created}, {away:.0f} seconds away from the time of the answer{hint}"
        yield Breach(relation.source, f"/{name}", message, str(created), f"about {exchange.sent_at:.0f}")


def usage_adds_up(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that each total of tokens is the sum of its parts, where they are given (relation `usage`)."""
    relation = operation.relations["usage"]
    name, answer = relation.terms["answer"], answer_of(observation.exchange.response)
    usage = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(usage, dict):
        return
    for total, parts in chain(_sums(relation.terms, usage), _details(relation.terms, usage)):
        came, numbers = usage.get(total), list(parts.values())
        if all(map(_is_count, [came, *numbers])) and numbers and came != sum(numbers):
            message = f"{total} is {came}, its parts ({', '.join(parts)}) add up to {sum(numbers)}"
            yield Breach(relation.source, f"/{name}/{total}", message, str(came), str(sum(numbers)))


def created_of(operation: Operation, observation: Observation) -> int | None:
    """Return the Unix time that the answer gives for itself (relation `created`), or None."""
    answer = answer_of(observation.exchange.response)
    created = answer.get(operation.relations["created"].terms["answer"]) if isinstance(answer, dict) else None
    return created if _is_count(created) else None


def is_as_asked(operation: Operation, observation: Observation, picture: Delivered) -> bool:
    """Tell whether *picture* came in the field that was asked for, or in any where none was."""
    return asked_field(operation, observation.case.payload) in {None, picture.field}


def _as_asked(operation: Operation, observation: Observation, *, address: bool) -> Iterator[Delivered]:
    kinds = encodings(operation)
    for picture in observation.pictures:
        if is_as_asked(operation, observation, picture) and (kinds[picture.field] == ADDRESS) is address:
            yield picture


def _is_picture(picture: Delivered) -> bool:
    return picture.content is not None and not isinstance(attempt(picture.content), str)


def _answer_source(operation: Operation) -> Source:
    schema = operation.responses.get(OK)
    return (read_source(schema.definition) if schema else None) or UNKNOWN


def _sums(terms: Mapping[str, Any], usage: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule in terms.get("sums", ()):
        yield rule["total"], {part: usage.get(part) for part in rule["parts"]}


def _details(terms: Mapping[str, Any], usage: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule in terms.get("details", ()):
        parts = usage.get(rule["parts"])
        yield rule["total"], parts if isinstance(parts, dict) else {}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_close(first: float, second: float) -> bool:
    return abs(first - second) < 86_400  # noqa: PLR2004 - a day


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"
