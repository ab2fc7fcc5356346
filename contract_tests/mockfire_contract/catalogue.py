"""The catalogue of checks: what each code means, what it rests on, and what to do about it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from mockfire_contract.checks import CHECKS, RUN_CHECKS
from mockfire_spec import MockfireError

DEMAND = "Demand that "
"""How the docstring of a check begins; what follows is its claim."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told of one check.

    *name* is the check's own (a claim: count_is_honoured), *claim* that claim as a sentence.
    *rests_on* says where the promise is read, *weight* when a finding is an error, a warning or
    an information, *remedy* what to do on either side.
    """

    code: str
    name: str
    claim: str
    title: str
    meaning: str
    rests_on: str
    weight: str
    remedy: str


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Entry]:
    """Return the entry of every check by its code, in the order of the codes (`catalogue.toml`)."""
    told = tomllib.loads((files("mockfire_contract") / "catalogue.toml").read_text("utf-8"))
    checks = sorted((check.code, check.claim) for check in (*CHECKS, *RUN_CHECKS))
    return {
        code: Entry(code=code, name=claim.__name__, claim=_claim(claim.__doc__), **told[code])
        for code, claim in checks
    }


def entry_of(code: str) -> Entry:
    """Return the entry of *code*; raise MockfireError with the nearest codes where there is none."""
    wanted, known = code.strip().upper(), catalogue()
    if wanted not in known:
        near = get_close_matches(wanted, known, n=3, cutoff=0.5) or list(known)
        raise MockfireError(f"no check has the code {code!r}. Did you mean {', '.join(near)}?")
    return known[wanted]


def explain(code: str) -> str:
    """Return what *code* means, in several lines; raise MockfireError where there is no such code."""
    entry = entry_of(code)
    return (
        f"{entry.code}: {entry.title} ({entry.name})\n\n"
        f"The promise: {entry.claim}\n"
        f"What is wrong: {entry.meaning}\n"
        f"Rests on: {entry.rests_on}\n"
        f"Weight: {entry.weight}\n"
        f"What to do: {entry.remedy}\n"
    )


def listing() -> str:
    """Return the codes of all checks with their titles and names, a line each."""
    widest = max(len(entry.title) for entry in catalogue().values())
    return "".join(f"{entry.code}  {entry.title:<{widest}}  {entry.name}\n" for entry in catalogue().values())


def _claim(docstring: str | None) -> str:
    claim = (docstring or "").partition("\n")[0].removeprefix(DEMAND)
    return claim[:1].upper() + claim[1:]
