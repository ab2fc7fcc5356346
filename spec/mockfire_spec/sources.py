"""Where a clause was read, and how strong that evidence is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVIDENCE = ("documented", "gateway", "recorded", "openai", "sibling", "inferred")
"""The kinds of evidence, strongest first."""

NOT_BINDING = ("sibling", "inferred")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a clause was read: a page, the field on it, the mark beside it, the kind of evidence."""

    page: str
    field: str
    mark: str = ""
    evidence: str = "documented"

    @property
    def documented(self) -> bool:
        """Tell whether the documentation page itself says it."""
        return self.evidence == EVIDENCE[0]

    @property
    def binding(self) -> bool:
        """Tell whether a server is held to it: inference and other models' pages are only noted."""
        return self.evidence not in NOT_BINDING

    def __str__(self) -> str:
        mark = f", {self.mark}" if self.mark else ""
        return f"{self.page}, {self.field}{mark} [{self.evidence}]"


UNKNOWN = Source("", "", evidence=EVIDENCE[-1])


def read_source(holder: Mapping[str, Any]) -> Source | None:
    """Return the `x-source` of *holder* as a Source, or None where it has none."""
    found = holder.get("x-source")
    return Source(**found) if found else None


def weakest(holders: Iterable[Mapping[str, Any]]) -> Source:
    """Return the weakest source of *holders* (outermost first), the innermost of equals.

    A clause rests on everything on the way to it: a documented list of values that an
    inferred condition applies to another model is inferred there.
    """
    found = [source for holder in holders if (source := read_source(holder))]
    return max(reversed(found), key=_rank, default=UNKNOWN)


def _rank(source: Source) -> int:
    return EVIDENCE.index(source.evidence)
