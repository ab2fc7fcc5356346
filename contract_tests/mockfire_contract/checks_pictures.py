"""Checks of the pictures themselves: they are what the request asked for."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from mockfire_contract.asking import asked_for, severity_in
from mockfire_contract.breach import Breach
from mockfire_contract.checks_answer import is_as_asked
from mockfire_contract.delivery import TRANSPORT
from mockfire_contract.findings import Severity
from mockfire_contract.pictures import Decoded, attempt
from mockfire_spec import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockfire_contract.findings import Delivered, Observation
    from mockfire_spec import Operation

HTTP_SOURCE = Source("RFC 9110", "8.3 Content-Type", evidence="inferred")
"""What a header that names another type than the bytes have goes against; the page does not speak of it."""
FORMAT_NAMES = {"jpg": "jpeg"}
"""Other names of a format, as they are met in content types."""


def picture_decodes_to_the_end(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the bytes of each picture are a whole PNG, JPEG, WebP or GIF."""
    for picture in observation.pictures:
        if picture.content is None or not is_as_asked(operation, observation, picture):
            continue
        if picture.fetched and not picture.content_type.lower().startswith("image/"):
            continue
        decoded = attempt(picture.content)
        if isinstance(decoded, str):
            source = operation.relations[TRANSPORT].source
            yield Breach(source, picture.pointer, decoded, f"{len(picture.content)} bytes", "a whole picture")


def size_is_honoured(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that each picture is exactly as wide and as high as was asked for (relation `size`)."""
    relation, case = operation.relations["size"], observation.case
    asked = re.fullmatch(r"(\d+)x(\d+)", str(asked_for(operation, relation, case.payload)))
    for picture, decoded in _decoded(observation):
        if asked and (decoded.width, decoded.height) != (int(asked[1]), int(asked[2])):
            came = f"{decoded.width}x{decoded.height}"
            message = f"asked for {asked[0]}, the picture is {came}"
            severity = severity_in(relation, case)
            yield Breach(relation.source, picture.pointer, message, came, asked[0], severity)


def transparent_picture_is_see_through(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a picture asked for as transparent has see-through pixels (relation `background`)."""
    relation, case = operation.relations["background"], observation.case
    asked = asked_for(operation, relation, case.payload)
    for picture, decoded in _decoded(observation):
        if asked == relation.terms["see_through"] and not decoded.see_through:
            came = "an alpha channel without a see-through pixel" if decoded.has_alpha else "no alpha channel"
            message = f"asked for a {asked} background, the {decoded.format} picture has {came}"
            severity = severity_in(relation, case)
            yield Breach(relation.source, picture.pointer, message, came, "see-through pixels", severity)


def opaque_picture_is_solid(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that a picture asked for as opaque has no alpha channel; a solid one is only noted."""
    relation, case = operation.relations["background"], observation.case
    asked = asked_for(operation, relation, case.payload)
    for picture, decoded in _decoded(observation):
        if asked == relation.terms["solid"] and decoded.has_alpha:
            came = "see-through pixels" if decoded.see_through else "an alpha channel, all of it solid"
            message = f"asked for an {asked} background, the {decoded.format} picture has {came}"
            severity = severity_in(relation, case) if decoded.see_through else Severity.INFO
            yield Breach(relation.source, picture.pointer, message, came, "no alpha channel", severity)


def asked_format_is_used(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the bytes of each picture are of the format that was asked for (relation `format`)."""
    relation, case = operation.relations["format"], observation.case
    asked = asked_for(operation, relation, case.payload)
    for picture, decoded in _decoded(observation):
        if asked is not None and decoded.format != asked:
            message = f"asked for {asked}, the picture is a {decoded.format}"
            severity = severity_in(relation, case)
            yield Breach(relation.source, picture.pointer, message, decoded.format, str(asked), severity)


def pictures_differ(operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the pictures of one answer differ from each other (relation `distinct`)."""
    seen: dict[bytes, str] = {}
    for picture in observation.pictures:
        if picture.content is None:
            continue
        digest = sha256(picture.content).digest()
        if digest in seen:
            message = f"the picture is the same, byte for byte, as the one at {seen[digest]}"
            source = operation.relations["distinct"].source
            yield Breach(source, picture.pointer, message, "the same picture", "another picture")
        seen.setdefault(digest, picture.pointer)


def content_type_names_the_format(_operation: Operation, observation: Observation) -> Iterator[Breach]:
    """Demand that the content type a picture's address answers with is that of the bytes."""
    for picture, decoded in _decoded(observation):
        kind, _, name = picture.content_type.partition(";")[0].strip().lower().partition("/")
        if kind == "image" and FORMAT_NAMES.get(name, name) != decoded.format:
            came = f"image/{name}"
            message = f"the address answers with content type {came}, the bytes are a {decoded.format}"
            yield Breach(HTTP_SOURCE, picture.pointer, message, came, f"image/{decoded.format}")


def _decoded(observation: Observation) -> Iterator[tuple[Delivered, Decoded]]:
    for picture in observation.pictures:
        found = attempt(picture.content) if picture.content is not None else ""
        if isinstance(found, Decoded):
            yield picture, found
