"""From an answer to the pictures that it delivers, whichever way they come."""

from __future__ import annotations

import binascii
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import orjson
import pybase64

from mockfire_contract.asking import asked_for
from mockfire_contract.findings import Delivered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mockfire_spec import Operation, Response

Fetch: TypeAlias = "Callable[[str], Response | None]"
"""What asks a picture's address for the picture; None says that no answer came."""

TRANSPORT = "transport"
"""The relation that says which field delivers (`x-relations`)."""
ADDRESS = "address"
"""The encoding of a field that holds the picture's URL."""
LONGEST_BASE64 = 128 * 1024 * 1024
"""Characters of base64 beyond which a picture is not decoded."""
ODD_CHARACTERS = frozenset(map(chr, (*range(33), 92, 127)))
"""White space, control characters and the backslash: none of them belongs into a URL (RFC 3986)."""
OK = 200


class NotJson:
    """The type of `NOT_JSON`, which stands for a body that is no JSON value."""


NOT_JSON = NotJson()


@lru_cache(maxsize=2)
def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return NOT_JSON


def answer_of(response: Response) -> Any:
    """Return the JSON value of *response*'s body, or NOT_JSON; it is shared, so it must not be changed."""
    return _parsed(response.body)


def pictures_field(operation: Operation) -> str:
    """Return the name of the answer's field that lists the pictures, "" where the contract has none.

    It is the array whose items have a field that the relation `transport` delivers in.
    """
    schema = operation.responses.get(OK)
    properties: Mapping[str, Any] = schema.definition.get("properties", {}) if schema else {}
    fields = encodings(operation).keys()
    lists = (name for name, clause in properties.items() if _items_of(clause).keys() & fields)
    return next(lists, "")


def _items_of(clause: Mapping[str, Any]) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = clause.get("items", {}).get("properties", {})
    return properties


def encodings(operation: Operation) -> dict[str, str]:
    """Return the fields that can deliver a picture, each with its encoding: address or base64."""
    relation = operation.relations.get(TRANSPORT)
    terms: Mapping[str, Any] = relation.terms if relation else {}
    delivered_in = terms.get("delivered_in", {})
    return {field: terms["encoding"][value] for value, field in delivered_in.items()}


def picture_items(operation: Operation, answer: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each object of the answer's list of pictures with its JSON pointer."""
    name = pictures_field(operation)
    listed = answer.get(name) if isinstance(answer, dict) else None
    for place, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict):
            yield f"/{name}/{place}", item


def delivering_fields(operation: Operation, item: Mapping[str, Any]) -> list[str]:
    """Return the fields of *item* that hold something; an empty string is as good as absent."""
    return [field for field in encodings(operation) if item.get(field) not in (None, "")]


def asked_field(operation: Operation, payload: Any) -> str | None:
    """Return the field that delivers what *payload* asks for, or None where that is not said."""
    relation = operation.relations.get(TRANSPORT)
    if relation is None:
        return None
    found: str | None = relation.terms["delivered_in"].get(asked_for(operation, relation, payload))
    return found


def deliver(
    operation: Operation, payload: Any, response: Response, fetch: Fetch | None
) -> Iterator[Delivered]:
    """Yield the pictures of *response* to a request with *payload*: one for each item that delivers any.

    An address is asked through *fetch* (none: nothing is asked); base64 is decoded. Where an item
    delivers in several fields, the one that was asked for counts.
    """
    asked = asked_field(operation, payload)
    kinds = encodings(operation)
    for pointer, item in picture_items(operation, answer_of(response)):
        fields = delivering_fields(operation, item)
        field = asked if asked in fields else next(iter(fields), None)
        if field is not None:
            picture = Delivered(f"{pointer}/{field}", field, str(item[field]))
            yield _fetched(picture, fetch) if kinds[field] == ADDRESS else _decoded(picture)


def address_problem(value: str) -> str:
    """Return what keeps *value* from being an absolute http(s) URL, or "" where it is one."""
    if ODD_CHARACTERS & set(value):
        return "holds white space, control characters or a backslash"
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"cannot be read as a URL: {error}"
    if parts.scheme not in {"http", "https"}:
        return "does not begin with http:// or https://"
    return "" if host else "names no host"


def is_loopback(url: str) -> bool:
    """Tell whether *url* leads to this very machine: 127.0.0.0/8, ::1 or localhost, over http(s)."""
    if address_problem(url):
        return False
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fetched(picture: Delivered, fetch: Fetch | None) -> Delivered:
    problem = address_problem(picture.value)
    if problem or fetch is None:
        return replace(picture, problem=problem)
    if not is_loopback(picture.value):
        return replace(picture, elsewhere=True)
    answer = fetch(picture.value)
    if answer is None:
        return replace(picture, problem="no answer came", fetched=True)
    kind = answer.header("content-type") or ""
    if answer.status != OK:
        return replace(picture, problem=f"answered {answer.status}", content_type=kind, fetched=True)
    return replace(picture, content=answer.body, content_type=kind, fetched=True)


def _decoded(picture: Delivered) -> Delivered:
    """Return *picture* with its bytes; base64 that only a lenient reader takes is decoded, and said."""
    text = picture.value
    if len(text) > LONGEST_BASE64:
        return replace(picture, problem=f"has {len(text)} characters, too many to decode")
    content = _strictly(text)
    if content is not None:
        return replace(picture, content=content)
    prefix, comma, rest = text.partition(",")
    is_data_url = bool(comma) and prefix.startswith("data:")
    reason = "has a data: prefix" if is_data_url else "is not canonical base64"
    return replace(picture, content=_leniently(rest if is_data_url else text), problem=reason)


def _strictly(text: str) -> bytes | None:
    """Return what canonical base64 (RFC 4648, section 4) stands for, or None where *text* is none."""
    try:
        content = pybase64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if pybase64.b64encode(content) == text.encode() else None


def _leniently(text: str) -> bytes | None:
    """Return what *text* stands for once white space is gone, the URL alphabet read and padding added."""
    packed = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return pybase64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
