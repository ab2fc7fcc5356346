"""Requests that keep the contract: the documented one, each listed value, prompts of every kind."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from mockfire.fixture_maker.drafts import (
    FREE_MODEL,
    PROMPT,
    Draft,
    base_payload,
    kebab,
    post,
    read_at,
    subject,
)
from mockfire_spec.sources import UNKNOWN, read_source
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockfire_spec import Contract, Operation

PROMPTS = {
    "Chinese": "一只苍鹭站在浅水里，远处是青山，水墨画风格",
    "astral characters": "A flamingo 🦩 in the rain 🌧️, beside it a clef 𝄞 and the letter 𠮷",
    "right to left": "ציפור כחולה מעל הים, بجانبها قارب صغير",
    "quotes and lines": 'A sign that says "Open",\nand under it: it\'s <b>late</b> \\ 10 % off',
    "one character": "鹤",
}
"""Prompts that clients and fonts stumble over, by what they are."""


def request_drafts(contract: Contract) -> Iterator[Draft]:
    """Yield the valid requests of *contract*, in the order of the index."""
    kinds = (_usual, _listed, _prompts, _fields, _without_prefix)
    yield from chain.from_iterable(kind(subject(contract)) for kind in kinds)


def _usual(operation: Operation) -> Iterator[Draft]:
    example = operation.request_examples[0]
    title = "The request of the documentation page, without its comments and with another prompt."
    yield _draft(operation, "documented", title, example)
    title = "The prompt alone: a request of an OpenAI client that leaves everything else out."
    yield _draft(operation, "prompt-alone", title, {"prompt": PROMPT}, "openai")


def _listed(operation: Operation) -> Iterator[Draft]:
    """Yield a request for each value that a field's list holds for the documented model."""
    example = base_payload(operation)
    for name, clause in operation.request_for(example["model"])["properties"].items():
        source = read_source(clause) or UNKNOWN
        for value in (value for value in clause.get("enum", ()) if value is not None):
            title = f"A request with {name} {show(value)}, the rest as documented."
            yield _draft(
                operation, kebab(name, show(value)), title, {**example, name: value}, source.evidence
            )


def _prompts(operation: Operation) -> Iterator[Draft]:
    for kind, prompt in PROMPTS.items():
        payload = base_payload(operation, prompt=prompt)
        yield _draft(
            operation, kebab("prompt", kind), f"A prompt for careful clients: {kind}.", payload, "inferred"
        )


def _fields(operation: Operation) -> Iterator[Draft]:
    field = operation.relations["count"].terms["request"]
    clause = operation.request_for(operation.default_model)["properties"][field]
    most = clause.get("maximum", 10)
    yield _draft(operation, "two-pictures", "Two pictures.", base_payload(operation, **{field: 2}))
    title = f"As many pictures as OpenAI's document allows: {most}."
    yield _draft(operation, "most-pictures", title, base_payload(operation, **{field: most}), "openai")
    title = "A model outside the gpt-image family, with a size of its own."
    free = base_payload(operation, model=FREE_MODEL, size="1365x1024")
    yield _draft(operation, "free-size", title, free, "sibling")
    title = "Every optional field null, as some SDKs send what was left out."
    yield _draft(operation, "null-fields", title, _nulls(operation), "openai")
    title = "A field that the contract does not name."
    yield _draft(operation, "unknown-field", title, base_payload(operation, seed=7), "inferred")


def _nulls(operation: Operation) -> dict[str, Any]:
    """Return the example with null in each field whose clause allows it."""
    clauses = operation.request_for(operation.default_model)["properties"]
    nullable = [name for name, clause in clauses.items() if "null" in clause.get("type", ())]
    return base_payload(operation, **dict.fromkeys(nullable))


def _without_prefix(operation: Operation) -> Iterator[Draft]:
    for path in operation.aliases:
        title = f"A request to {path}, from a client whose base URL lacks the prefix."
        request = post(operation, base_payload(operation), path)
        yield Draft("request-without-prefix", title, "inferred", "x-aliases", request)


def _draft(operation: Operation, name: str, title: str, payload: Any, evidence: str = "documented") -> Draft:
    return Draft(f"request-{name}", title, evidence, read_at(operation.source), post(operation, payload))
