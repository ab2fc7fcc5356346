"""The contract in effect: its operations, found by method and path."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from mockfire_spec.conditions import flatten
from mockfire_spec.documents import DEFAULT_PROFILE, effective_document, resolve
from mockfire_spec.sources import UNKNOWN, Source, read_source
from mockfire_spec.validation import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The keys of an OpenAPI Path Item Object that hold operations."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A demand on request and answer together (`x-relations`): its name, meaning, source and terms."""

    name: str
    meaning: str
    source: Source
    terms: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the contract; *responses* maps a status to the schema of its body."""

    name: str
    method: str
    path: str
    aliases: tuple[str, ...]
    summary: str
    source: Source
    request: Schema
    responses: Mapping[int, Schema]
    relations: Mapping[str, Relation]
    request_examples: tuple[Mapping[str, Any], ...] = ()
    response_examples: Mapping[int, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    secured: Source | None = None
    unknown_token: str | None = None
    request_id_headers: tuple[str, ...] = ()

    @property
    def default_model(self) -> str | None:
        """Return the model that a request without one is routed as, or None where one must be named."""
        clause = self.request.definition.get("properties", {}).get("model", {})
        found: str | None = clause.get("default")
        return found

    def request_for(self, model: str | None) -> dict[str, Any]:
        """Return the request's schema as it comes down to for *model*: one flat object schema."""
        return self._flat(model)

    @cached_property
    def _flat(self) -> Callable[[str | None], dict[str, Any]]:
        """Return what flattens the request's schema for a model, with a memory: it is asked often."""

        @lru_cache(maxsize=64)
        def flat(model: str | None) -> dict[str, Any]:
            return flatten(self.request.definition, {} if model is None else {"model": model})

        return flat

    def response_schema(self, status: int) -> Schema | None:
        """Return the schema of an answer with *status*; a refusal without its own has that of 400."""
        refusal = self.responses.get(400) if status >= 400 else None  # noqa: PLR2004 - HTTP's first
        return self.responses.get(status, refusal)


class Contract:
    """An OpenAPI document in effect, and the operations that it describes."""

    def __init__(self, document: Mapping[str, Any], profile: str = DEFAULT_PROFILE) -> None:
        self.document = document
        self.profile = profile

    @classmethod
    def load(cls, profile: str = DEFAULT_PROFILE) -> Contract:
        """Return the contract of *profile*; raise UnknownProfileError where there is none."""
        return cls(effective_document(profile), profile)

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Return the operations in the order of the document."""
        return tuple(_operations(self.document))

    @cached_property
    def _routes(self) -> dict[tuple[str, str], Operation]:
        return {
            (operation.method, path): operation
            for operation in self.operations
            for path in (operation.path, *operation.aliases)
        }

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation at *method* and *path*, or None."""
        return self._routes.get((method, path))

    @property
    def paths(self) -> frozenset[str]:
        """Return every path that some operation answers at."""
        return frozenset(path for _, path in self._routes)


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield _operation(document, path, item, method)


def _operation(document: Mapping[str, Any], path: str, item: Mapping[str, Any], method: str) -> Operation:
    raw = resolve(document, item[method])
    content = raw.get("requestBody", {}).get("content", {}).get("application/json", {})
    scheme = document.get("components", {}).get("securitySchemes", {}).get("bearer", {})
    secured = raw.get("security", document.get("security"))
    return Operation(
        name=raw["operationId"],
        method=method.upper(),
        path=path,
        aliases=tuple(item.get("x-aliases", ())),
        summary=raw.get("summary", ""),
        source=read_source(raw) or UNKNOWN,
        request=Schema(content.get("schema", {})),
        responses=dict(_response_schemas(raw)),
        relations=dict(_relations(raw)),
        request_examples=tuple(_examples(content)),
        response_examples={
            int(status): tuple(_examples(_json(response))) for status, response in raw["responses"].items()
        },
        secured=(read_source(scheme) or UNKNOWN) if secured else None,
        unknown_token=scheme.get("x-unknown-token"),
        request_id_headers=tuple(raw.get("x-request-id-headers", ())),
    )


def _json(response: Mapping[str, Any]) -> Mapping[str, Any]:
    content: Mapping[str, Any] = response.get("content", {}).get("application/json", {})
    return content


def _response_schemas(raw: Mapping[str, Any]) -> Iterator[tuple[int, Schema]]:
    for status, response in raw["responses"].items():
        yield int(status), Schema(_json(response).get("schema", {}))


def _examples(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for example in content.get("examples", {}).values():
        yield example["value"]


def _relations(raw: Mapping[str, Any]) -> Iterator[tuple[str, Relation]]:
    for name, terms in raw.get("x-relations", {}).items():
        rest = {key: value for key, value in terms.items() if key not in {"meaning", "x-source"}}
        yield name, Relation(name, terms["meaning"], read_source(terms) or UNKNOWN, rest)
