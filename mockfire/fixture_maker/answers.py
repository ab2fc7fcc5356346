"""Valid exchanges: every transport in every size, every background, two pictures, every form of usage."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from mockfire.fixture_maker.drafts import (
    PROMPT,
    Draft,
    answered,
    base_payload,
    kebab,
    pictures_answer,
    post,
    read_at,
    subject,
)
from mockfire.fixture_maker.pictures import tiny_base64
from mockfire.fixture_maker.stand_in import ask
from mockfire_server.orders import transport
from mockfire_server.settings import USAGE_FORMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockfire_spec import Contract, Operation, Response

OTHER_MODEL = "dall-e-3"
USAGE_EVIDENCE = {"null": "documented", "tokens": "openai", "empty": "recorded", "absent": "recorded"}
"""By form: what it rests on that `usage` is seen so."""
USAGE_PLACE = "289170412e0, usage; overlays gateway and openai, ImagesResponse.usage"


def answer_drafts(contract: Contract) -> Iterator[Draft]:
    """Yield the valid exchanges of *contract*, in the order of the index."""
    kinds = (_sizes, _counts, _backgrounds, _usage, _others)
    yield from chain.from_iterable(kind(subject(contract)) for kind in kinds)


def _sizes(operation: Operation) -> Iterator[Draft]:
    for form in forms(operation):
        for size in listed(operation, "size"):
            payload = _asking(operation, {"transport": form, "size": size})
            title = f"A picture by {form}, size {size}."
            yield _draft(operation, kebab(form, size), title, payload)


def _counts(operation: Operation) -> Iterator[Draft]:
    for form in forms(operation):
        payload = _asking(operation, {"transport": form, "count": 2})
        yield _draft(operation, kebab(form, "two-pictures"), f"Two different pictures by {form}.", payload)


def _backgrounds(operation: Operation) -> Iterator[Draft]:
    terms = operation.relations["background"].terms
    for value in (terms["see_through"], terms["solid"]):
        payload = _asking(operation, {"transport": base64_form(operation), "background": value})
        title = f"A picture in base64, background {value}."
        yield _draft(operation, kebab(base64_form(operation), "background", value), title, payload)


def _usage(operation: Operation) -> Iterator[Draft]:
    request = post(operation, base_payload(operation))
    for form in USAGE_FORMS:
        title, response = f"A picture by url, with usage: {form}.", ask(request, usage=form)
        yield Draft(f"answer-usage-{form}", title, USAGE_EVIDENCE[form], USAGE_PLACE, request, response)


def _others(operation: Operation) -> Iterator[Draft]:
    title = "The prompt alone: the gpt-image family answers in base64."
    yield _draft(operation, "prompt-alone", title, {"prompt": PROMPT}, "openai")
    title = "Model and prompt alone: any other model answers with a url."
    yield _draft(operation, "other-model", title, {"model": OTHER_MODEL, "prompt": PROMPT}, "openai")
    title = "The answer that the page shows, with a picture of one pixel: an empty url beside base64."
    shown = answered(200, operation.response_examples[200][0])
    yield Draft("answer-documented", title, "documented", read_at(operation.source), response=shown)


def forms(operation: Operation) -> list[str]:
    """Return the values of the field that asks for a transport."""
    return listed(operation, "transport")


def base64_form(operation: Operation) -> str:
    """Return the transport that delivers base64."""
    terms = operation.relations["transport"].terms
    return next(form for form in forms(operation) if terms["encoding"][form] == "base64")


def listed(operation: Operation, relation: str) -> list[str]:
    """Return the values of the field that *relation* speaks of, for the documented model."""
    clauses = operation.request_for(base_payload(operation)["model"])["properties"]
    values = clauses[operation.relations[relation].terms["request"]]["enum"]
    return [value for value in values if value is not None]


def _asking(operation: Operation, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the documented request, asking for *wanted*: values by the names of relations."""
    fields = {operation.relations[name].terms["request"]: value for name, value in wanted.items()}
    return base_payload(operation, **fields)


def _draft(
    operation: Operation, name: str, title: str, payload: Mapping[str, Any], evidence: str = "documented"
) -> Draft:
    request = post(operation, payload)
    response = _drawn(operation, payload) if _is_base64(operation, payload) else ask(request)
    return Draft(f"answer-{name}", title, evidence, read_at(operation.source), request, response)


def _is_base64(operation: Operation, payload: Mapping[str, Any]) -> bool:
    encodings = operation.relations["transport"].terms["encoding"]
    return bool(encodings[transport(operation, payload)] == "base64")


def _drawn(operation: Operation, payload: Mapping[str, Any]) -> Response:
    """Return the answer to *payload* in base64; its pictures are small, unlike the mock's own."""
    background = _asked(operation, "background", payload)
    see_through = background == operation.relations["background"].terms["see_through"]
    size = _drawn_size(operation, _asked(operation, "size", payload))
    numbers = range(_asked(operation, "count", payload) or 1)
    pictures = (tiny_base64(size, number, see_through=see_through) for number in numbers)
    return pictures_answer([{"b64_json": picture} for picture in pictures])


def _asked(operation: Operation, relation: str, payload: Mapping[str, Any]) -> Any:
    return payload.get(operation.relations[relation].terms["request"])


def _drawn_size(operation: Operation, asked: str | None) -> str:
    """Return the size of the picture that *asked* gets: the first of the list where it is left open."""
    left_open = operation.relations["size"].terms["left_open"]
    return listed(operation, "size")[0] if asked in {None, left_open} else str(asked)
