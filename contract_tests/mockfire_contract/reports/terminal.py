"""The report for people: progress while a run goes on, and what it found, on a terminal or in a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockfire_contract.catalogue import entry_of
from mockfire_contract.findings import Severity
from mockfire_contract.outcome import KEPT
from mockfire_contract.reports.model import grouped, telling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from mockfire_contract.findings import Verdict
    from mockfire_contract.outcome import Conclusion, Outcome
    from mockfire_contract.reports.model import About, Covered, Group

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
NAMED_CASES = 3
"""Cases of a group that are named; of the others the number is told."""
LABEL_WIDTH = 10
LONGEST_LINE = 160
"""Characters of a sentence on what was not exercised."""


def watched(verdicts: Iterable[Verdict], total: int, console: Console) -> Iterator[Verdict]:
    """Yield *verdicts* while a bar on *console* shows how far the *total* has come; none off a terminal."""
    if not console.is_terminal:
        yield from verdicts
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[found]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=total, found="")
        found = 0
        for verdict in verdicts:
            found += len(verdict.findings)
            said = f"{found} findings" if found else ""
            phase = str(verdict.observation.case.phase)
            progress.update(task, advance=1, description=phase, found=said)
            yield verdict


def show(outcome: Outcome, conclusion: Conclusion, about: About, console: Console) -> None:
    """Write to *console* what a run found, grouped by clause, what it covered, and how it ends."""
    for group in grouped(telling(outcome, about)):
        _show_group(group, console)
    for line in _summary(outcome, about):
        _line(console, about.redact(line))
    style = "bold green" if conclusion.exit_code == KEPT else "bold red"
    _line(console, "")
    _line(console, conclusion.sentence, style)


def _show_group(group: Group, console: Console) -> None:
    first, entry = group.told[0], entry_of(group.code)
    finding = first.finding
    _line(console, f"{group.code} {entry.title} ({group.severity}, {_places(group)})", STYLES[group.severity])
    rows = {
        "clause": group.clause,
        "found": finding.message,
        "came": finding.came,
        "promised": finding.promised,
        "at": finding.pointer,
        "in": _cases(group),
        "again": first.curl,
        "more": f"mockfire explain {group.code}",
    }
    for label, text in rows.items():
        if text:
            _line(console, f"  {label:<{LABEL_WIDTH}}{text}")
    _line(console, "")


def _places(group: Group) -> str:
    count = len(group.told)
    return "once" if count == 1 else f"{count} times"


def _cases(group: Group) -> str:
    names = list(dict.fromkeys(told.finding.case for told in group.told))
    more = len(names) - NAMED_CASES
    shown = "; ".join(names[:NAMED_CASES])
    return f"{shown}; and {more} more" if more > 0 else shown


def _summary(outcome: Outcome, about: About) -> Iterator[str]:
    seconds = sum(verdict.observation.exchange.seconds for verdict in outcome.verdicts)
    yield (
        f"{outcome.requests} requests to {about.target} by the profile {about.profile} (seed {about.seed}),"
        f" {seconds:.1f} s of waiting."
    )
    yield (
        f"{outcome.answers_with_pictures} answers with {outcome.pictures} pictures;"
        f" {outcome.downloads} fetched by their address."
    )
    if about.coverage is not None:
        yield from _coverage(about.coverage)
    if outcome.elsewhere:
        yield f"Not exercised: {outcome.elsewhere} pictures lie on another host and were not fetched."


def _coverage(coverage: Covered) -> Iterator[str]:
    told = {name: _figure(figure) for name, figure in coverage.as_json().items()}
    yield f"Covered: {'; '.join(f'{name} {figure}' for name, figure in told.items() if figure)}."
    for sentence in coverage.not_exercised:
        yield f"Not exercised: {_shortened(sentence)}"


def _shortened(sentence: str) -> str:
    """Return the start of a long list: the JSON report has all of it."""
    if len(sentence) <= LONGEST_LINE:
        return sentence
    return f"{sentence[:LONGEST_LINE].rpartition(' ')[0]} … (all of it: --report json=FILE)"


def _figure(figure: Any) -> str:
    """Return a figure of coverage in a few words: 3 of 4, or each part's own; "" for what is no figure."""
    if not isinstance(figure, dict):
        return str(figure) if isinstance(figure, int) else ""
    if figure.keys() >= {"covered", "total"}:
        return f"{figure['covered']} of {figure['total']}"
    return ", ".join(f"{name}: {_figure(part)}" for name, part in figure.items())


def _line(console: Console, text: str, style: str = "") -> None:
    """Write *text* as one line: neither wrapped nor read as markup, so that it can be copied."""
    console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)
