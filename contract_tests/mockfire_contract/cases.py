"""A case: one request, and what the contract promises of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockfire_spec import Operation, Request, Source, Violation


class Expectation(StrEnum):
    """What the contract says of a case's answer."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    EITHER = "either"


class Credentials(StrEnum):
    """What a case carries as its token; the token itself is added where it is sent."""

    VALID = "valid"
    NONE = "none"
    UNKNOWN = "unknown"


class Phase(StrEnum):
    """The parts of a run, in their order."""

    REFUSALS = "refusals"
    NEIGHBOURS = "neighbours"
    COVERING = "covering"
    EXAMPLES = "examples"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class Case:
    """One request to *operation*, and what is expected of its answer.

    *payload* is the JSON value that the body holds (None where the body is none). *source* is
    what the expectation rests on; *broken* the one violation of a request that must be refused
    for its body. *name* is unique in a plan and stable from run to run.
    """

    name: str
    phase: Phase
    operation: Operation
    request: Request
    expectation: Expectation
    source: Source
    payload: Any = None
    broken: Violation | None = None
    credentials: Credentials = Credentials.VALID
