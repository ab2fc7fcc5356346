"""A finding: one clause that an answer broke, as a value that says where, what came and what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockfire_contract.cases import Case
    from mockfire_spec import Exchange, Source


class Severity(StrEnum):
    """How much a finding weighs: error where the page says it, warning where not, info for drift."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause that an answer broke.

    *code* is the check's (MF101), *clause* the place where the promise was read, *pointer* the
    JSON pointer into the answer ("" for the whole of it, or into the request where *message*
    says so), *came* and *promised* short texts, *case* the case's name.
    """

    code: str
    severity: Severity
    clause: str
    pointer: str
    message: str
    came: str
    promised: str
    case: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """One picture of an answer: its bytes as they arrived, or why they could not be had.

    *pointer* leads to the field that delivered it, *field* is that field's name, *content_type*
    the header of the answer that carried it ("" for base64). *elsewhere* tells that the picture
    lies on another host, where nothing is sent; *fetched* that its address was asked for it.
    """

    pointer: str
    field: str
    value: str
    content: bytes | None = None
    content_type: str = ""
    problem: str = ""
    elsewhere: bool = False
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What one case met: its exchange, and the pictures of the answer."""

    case: Case
    exchange: Exchange
    pictures: tuple[Delivered, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """An observation, and the findings on it (none: the answer keeps the contract)."""

    observation: Observation
    findings: tuple[Finding, ...] = ()


def severity_of(source: Source) -> Severity:
    """Return how much breaking a clause of *source* weighs: an error only where it is documented."""
    return Severity.ERROR if source.documented else Severity.WARNING
