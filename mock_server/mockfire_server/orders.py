"""What a valid request asks for, with everything that it leaves open decided."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from mockfire_server.addresses import EXTENSIONS
from mockfire_server.errors import Refusal, RefusedError, upstream
from mockfire_server.images import Picture
from mockfire_spec.wording import listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockfire_spec import Operation

MOST_PICTURES = 50
LONGEST_EDGE = 3840
MOST_PIXELS = 100_000_000
"""What the mock can draw, whatever the contract lets through: pictures, pixels of an edge, of an answer."""

USUAL_SIZE = "1024x1024"
CAPTION_LENGTH = 160
"""Characters of the prompt that a picture shows, and that its address carries."""
HOUR = 3600

_SIZE = re.compile(r"\s*(\d{1,400})\s*x\s*(\d{1,400})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """What a request asks for, with everything that it leaves open decided.

    *field* is the key of the answer that delivers a picture, *lifetime* the seconds for which a
    URL lives (0: not a URL).
    """

    model: str
    prompt: str
    pictures: tuple[Picture, ...]
    quality: str
    field: str
    lifetime: int


def read_order(operation: Operation, payload: Mapping[str, Any]) -> Order:
    """Return what *payload*, which keeps the contract, asks of *operation*.

    Raise RefusedError where it is more than the mock can draw.
    """
    count = int(_asked(operation, "count", payload, 1))
    seed = _seed(operation, payload)
    size = _size(operation, payload, seed)
    problem = next(_unservable(operation, payload, count, size), None)
    if problem:
        raise RefusedError(problem)
    return _order(operation, payload, count, size, seed)


def _value(operation: Operation, payload: Mapping[str, Any], name: str) -> Any:
    """Return the value of the field *name*, or the contract's default; None where it has no such field."""
    clause = operation.request.definition["properties"].get(name)
    if clause is None:
        return None
    value = payload.get(name)
    return clause.get("default") if value is None else value


def _order(
    operation: Operation, payload: Mapping[str, Any], count: int, size: tuple[int, int], seed: str
) -> Order:
    form = transport(operation, payload)
    terms = operation.relations["transport"].terms
    first = _first_picture(operation, payload, size, seed)
    return Order(
        model=model_of(operation, payload),
        prompt=payload.get("prompt") or "",
        pictures=tuple(replace(first, index=index, of=count) for index in range(count)),
        quality=_value(operation, payload, "quality") or "auto",
        field=terms["delivered_in"].get(form, form),
        lifetime=terms["lifetime_hours"].get(form, 0) * HOUR,
    )


def _first_picture(
    operation: Operation, payload: Mapping[str, Any], size: tuple[int, int], seed: str
) -> Picture:
    compression = _value(operation, payload, "output_compression")
    return Picture(
        width=size[0],
        height=size[1],
        background=_background(operation, payload),
        format=_asked(operation, "format", payload, "png"),
        caption=_caption(payload.get("prompt") or ""),
        parameters=_shown(operation, payload, size),
        seed=seed,
        index=0,
        of=1,
        compression=100 if compression is None else compression,
    )


def _caption(prompt: str) -> str:
    """Return the start of *prompt* in one line, with an ellipsis where there is more of it."""
    line = " ".join(prompt[: 2 * CAPTION_LENGTH].split())
    return line if len(line) <= CAPTION_LENGTH else f"{line[: CAPTION_LENGTH - 1]}…"


def model_of(operation: Operation, payload: Mapping[str, Any]) -> str:
    """Return the model that *payload* is routed to."""
    return payload.get("model") or operation.default_model or ""


def transport(operation: Operation, payload: Mapping[str, Any]) -> str:
    """Return how the pictures are to be delivered; where it is left out, the relation says by model."""
    terms = operation.relations["transport"].terms
    asked: str | None = payload.get(terms["request"])
    return asked or next(
        rule["value"]
        for rule in terms["left_out"]
        if re.search(rule.get("model", ""), model_of(operation, payload))
    )


def _asked(operation: Operation, relation: str, payload: Mapping[str, Any], otherwise: Any) -> Any:
    """Return the value of the field that *relation* speaks of, or what stands for a left-out one."""
    found = operation.relations.get(relation)
    if found is None:
        return otherwise
    value = _value(operation, payload, found.terms["request"])
    return found.terms.get("left_out", otherwise) if value is None else value


def _seed(operation: Operation, payload: Mapping[str, Any]) -> str:
    """Return a digest of what the pictures depend on: all that was asked but their number and delivery."""
    beside = {operation.relations[name].terms["request"] for name in ("count", "transport")}
    rest = {key: value for key, value in payload.items() if key not in beside and value is not None}
    return hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _size(operation: Operation, payload: Mapping[str, Any], seed: str) -> tuple[int, int]:
    """Return width and height in pixels; where the size is left open, one of the documented ones."""
    terms = operation.relations["size"].terms
    asked = _value(operation, payload, terms["request"]) or terms["left_open"]
    if match := _SIZE.fullmatch(asked):
        return int(match[1]), int(match[2])
    sizes = _sizes(operation, payload)
    width, height = sizes[int(seed[:8], 16) % len(sizes)].split("x")
    return int(width), int(height)


def _sizes(operation: Operation, payload: Mapping[str, Any]) -> list[str]:
    terms = operation.relations["size"].terms
    clause = operation.request_for(model_of(operation, payload))["properties"].get(terms["request"], {})
    return [value for value in clause.get("enum", ()) if value and _SIZE.fullmatch(value)] or [USUAL_SIZE]


def _background(operation: Operation, payload: Mapping[str, Any]) -> str:
    """Return what the picture's ground is to be; `auto` is decided as opaque."""
    terms = operation.relations["background"].terms
    transparent: bool = _value(operation, payload, terms["request"]) == terms["see_through"]
    return "transparent" if transparent else "opaque"


def _shown(
    operation: Operation, payload: Mapping[str, Any], size: tuple[int, int]
) -> tuple[tuple[str, str], ...]:
    """Return what a picture says of its request, short enough for an address."""
    relations = (operation.relations[name] for name in ("count", "transport"))
    left_out = {"prompt", "user", "safety_identifier", *(found.terms["request"] for found in relations)}
    asked = {**payload, "model": model_of(operation, payload), "size": f"{size[0]}x{size[1]}"}
    return tuple(
        (name, str(asked[name])[:80])
        for name in operation.request.definition["properties"]
        if name not in left_out and asked.get(name) is not None
    )


def _unservable(
    operation: Operation, payload: Mapping[str, Any], count: int, size: tuple[int, int]
) -> Iterator[Refusal]:
    """Yield what the mock cannot serve of a request, whatever the contract lets through."""
    if payload.get("stream") is True:
        yield upstream("unsupported_parameter", NO_STREAM, "stream")
    yield from _uncountable(operation.relations["count"].terms["request"], count)
    form = _asked(operation, "format", payload, "png")
    if form not in EXTENSIONS:
        message = f"Invalid value: '{form}'. mockfire draws {listing(list(EXTENSIONS))}."
        yield upstream("invalid_value", message, operation.relations["format"].terms["request"])
    yield from _undrawable(operation.relations["size"].terms["request"], count, size)


def _uncountable(field: str, count: int) -> Iterator[Refusal]:
    if count < 1:
        message = OUTSIDE.format(field, "below minimum", ">= 1", count)
        yield upstream("integer_below_min_value", message, field)
    if count > MOST_PICTURES:
        message = OUTSIDE.format(field, "above maximum", f"<= {MOST_PICTURES}", count)
        yield upstream("integer_above_max_value", message, field)


def _undrawable(field: str, count: int, size: tuple[int, int]) -> Iterator[Refusal]:
    shown = "x".join(str(edge)[:12] for edge in size)
    if not all(1 <= edge <= LONGEST_EDGE for edge in size):
        message = f"Invalid value: '{shown}'. Each edge has 1 to {LONGEST_EDGE} pixels."
        yield upstream("invalid_value", message, field)
    elif size[0] * size[1] * count > MOST_PIXELS:
        message = f"Invalid value: '{shown}'. {count} of these have over {MOST_PIXELS:,} pixels."
        yield upstream("invalid_value", message, field)


NO_STREAM = "Streaming is not served here: 'stream' must be false or left out."
OUTSIDE = "Invalid '{}': integer {} value. Expected a value {}, but got {} instead."
"""The upstream's sentence on a number outside its bounds."""
