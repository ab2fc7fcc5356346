"""A breach: what a check says; with the check's code and the case it becomes a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockfire_contract.findings import Severity
    from mockfire_spec import Source


@dataclass(frozen=True, slots=True)
class Breach:
    """One clause, read at *source*, that an answer broke at *pointer*.

    *came* and *promised* are short texts. *severity* is given where it is not the source's own.
    """

    source: Source
    pointer: str
    message: str
    came: str
    promised: str
    severity: Severity | None = None
