"""Servers with one fault each: the twelve of the benchmark by name, and one for each check by its code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from mockfire_spec import Send

    Wrap = Callable[[Send], Send]

PAGE = frozenset({"model", "prompt", "n", "response_format", "size", "background", "quality", "moderation"})
STARTED = 1_700_000_000


def twelve(toys: ModuleType, tools: ModuleType) -> dict[str, Wrap]:
    """Return the twelve seeded faults by name, each as what makes it of an honest server."""
    return {
        "missing_created": tools.told_otherwise(tools.dropped("created")),
        "created_string": tools.told_otherwise(lambda answer: {**answer, "created": str(answer["created"])}),
        "b64_garbage": tools.listed_otherwise(tools.edited("b64_json", lambda _text: "not base64 at all!")),
        "size_mismatch": tools.asked_otherwise(
            tools.swapped("size", {"1536x1024": "1024x1024", "1024x1536": "1024x1024"})
        ),
        "enum_512": tools.asked_otherwise(tools.swapped("size", {"512x512": "1024x1024"})),
        "empty_prompt_500": tools.answered(toys.refusal(500, "the prompt cannot be drawn"), prompt=""),
        "url_no_scheme": tools.listed_otherwise(tools.edited("url", lambda url: url.partition("//")[2])),
        "n_ignored": tools.told_otherwise(lambda answer: {**answer, "data": answer["data"][:1]}),
        "no_content_type": tools.redone(tools.without_header("content-type"), tools.of_success),
        "no_auth_200": tools.if_not_authorized(lambda token: not token, toys.KEY),
        "b64_as_url": tools.asked_otherwise(tools.swapped("response_format", {"b64_json": "url"})),
        "usage_missing": tools.told_otherwise(tools.dropped("usage")),
    }


def by_code(toys: ModuleType, tools: ModuleType) -> dict[str, Wrap]:
    """Return, for each check by its code, what gives an honest server just the fault that it looks for."""
    return {
        "MF100": tools.broken_off,
        "MF101": tools.answered(toys.refusal(400, "size is not to our taste", "size"), size="1536x1024"),
        "MF102": tools.redone(tools.without_header("content-type"), tools.of_success),
        "MF103": tools.redone(lambda answer: replace(answer, body=answer.body[:-5]), tools.of_success),
        "MF104": tools.told_otherwise(tools.dropped("created")),
        "MF105": tools.told_otherwise(lambda answer: {**answer, "data": answer["data"][:1]}),
        "MF106": tools.asked_otherwise(tools.swapped("response_format", {"b64_json": "url"})),
        "MF107": tools.listed_otherwise(tools.edited("url", lambda url: url.partition("//")[2])),
        "MF108": tools.redone(lambda _answer: toys.refusal(404, "gone"), tools.of_picture),
        "MF109": tools.listed_otherwise(
            tools.edited("b64_json", lambda text: f"data:image/png;base64,{text}")
        ),
        "MF110": tools.told_otherwise(lambda answer: {**answer, "created": answer["created"] * 1000}),
        "MF111": tools.told_otherwise(lambda answer: {**answer, "created": STARTED}),
        "MF112": tools.told_otherwise(
            lambda answer: {**answer, "usage": {"input_tokens": 5, "output_tokens": 7, "total_tokens": 13}}
        ),
        "MF201": tools.redone(lambda answer: replace(answer, body=answer.body[:-20]), tools.of_picture),
        "MF202": tools.asked_otherwise(tools.swapped("size", {"1536x1024": "1024x1536"})),
        "MF203": tools.asked_otherwise(tools.swapped("background", {"transparent": "opaque"})),
        "MF204": tools.asked_otherwise(tools.swapped("background", {"opaque": "transparent"})),
        "MF205": tools.asked_otherwise(tools.swapped("output_format", {None: "webp"})),
        "MF206": tools.told_otherwise(
            lambda answer: {**answer, "data": [answer["data"][0]] * len(answer["data"])}
        ),
        "MF207": tools.redone(
            lambda answer: replace(answer, headers=(("content-type", "image/gif"),)), tools.of_picture
        ),
        "MF301": tools.asked_otherwise(tools.swapped("size", {"512x512": "1024x1024"})),
        "MF302": tools.answered(toys.refusal(500, "the prompt cannot be drawn"), prompt=None),
        "MF303": tools.redone(
            lambda answer: replace(answer, body=b'{"detail": "prompt and size"}'), tools.of_refusal
        ),
        "MF304": tools.redone(
            lambda answer: replace(answer, body=toys.refusal(400, "wrong").body), tools.of_refusal
        ),
        "MF305": tools.redone(tools.without_header("x-oneapi-request-id"), tools.of_api),
        "MF306": tools.echoing,
        "MF401": tools.if_not_authorized(lambda token: not token, toys.KEY),
        "MF402": tools.if_not_authorized(bool, toys.KEY),
        "MF403": tools.everywhere,
        "MF501": tools.told_otherwise(lambda answer: {**answer, "seed": 7}),
        "MF502": tools.told_otherwise(lambda answer: {**answer, "quality": "auto"}),
        "MF503": tools.told_otherwise(tools.dropped("usage")),
        "MF601": tools.of_two_minds,
    }


def otherwise(toys: ModuleType, tools: ModuleType) -> dict[str, Wrap]:
    """Return servers that are stricter or laxer than the page where the page is silent, by what they do."""
    return {
        "refuses a prompt over 1,000 characters": tools.refusing(
            toys.refusal(400, "prompt is too long"), lambda asked: len(str(asked.get("prompt"))) > 1000
        ),
        "refuses fields that the page does not name": tools.refusing(
            toys.refusal(400, "unknown field"), lambda asked: bool(asked.keys() - PAGE)
        ),
        "needs all eight fields": tools.refusing(
            toys.refusal(400, "a field is missing"), lambda asked: bool(PAGE - asked.keys())
        ),
        "refuses more than ten pictures": tools.refusing(
            toys.refusal(400, "n must be ten at most"), lambda asked: _number(asked) > 10
        ),
        "carries one model": tools.refusing(
            toys.refusal(503, "no channel for this model"), lambda asked: asked.get("model") != "gpt-image-1"
        ),
        "refuses an empty prompt": tools.refusing(
            toys.refusal(400, "prompt is required"), lambda asked: asked.get("prompt") == ""
        ),
        "accepts an empty prompt": tools.asked_otherwise(tools.swapped("prompt", {"": "nothing"})),
        "accepts no pictures as one": tools.asked_otherwise(tools.swapped("n", {0: 1})),
        "accepts any number as one": tools.asked_otherwise(
            lambda payload: {**payload, "n": 1} if not 0 < _number(payload) < 11 else payload
        ),
        "accepts any token": tools.if_not_authorized(bool, toys.KEY),
        "sends no request ids": tools.redone(tools.without_header("x-oneapi-request-id"), tools.of_api),
        "has another envelope": tools.redone(
            lambda answer: replace(answer, body=b'{"detail": "no"}'), tools.of_refusal
        ),
        "refuses in plain text": tools.redone(lambda answer: replace(answer, body=b"no"), tools.of_refusal),
        "sends a field of its own": tools.told_otherwise(lambda answer: {**answer, "seed": 7}),
        "answers unknown places with a web page": tools.web_page,
    }


def _number(payload: dict[str, Any]) -> float:
    given = payload.get("n", 1)
    return given if isinstance(given, int | float) else 1
