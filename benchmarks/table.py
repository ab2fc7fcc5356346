"""From samples to a table and sentences: medians over the rounds, ratios within each round."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from commands import PEERS
from processes import KNOWN
from subjects import reference_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from samples import Sample
    from subjects import Subject

    Measured = Mapping[str, Sequence[Sample]]

HEADINGS = (
    "server and request",
    "requests/s",
    "lowest to highest",
    "p50 ms",
    "p99 ms",
    "µs of CPU a request",
    "first answer s",
    "memory MB, idle to after",
    "of bare uvicorn",
)
NOISE = 0.05
"""Share of the machine that others may use before the figures are doubted."""


def as_table(subjects: Sequence[Subject], measured: Measured) -> str:
    """Return a Markdown table, a row for each of *subjects*, its columns aligned."""
    rows = [HEADINGS, *(tuple(_cells(subject, measured)) for subject in subjects)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    rule = "|".join(["", "-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:]), ""])
    return "\n".join((lines[0], rule, *lines[1:]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return f"| {' | '.join((first, *rest))} |"


def _cells(subject: Subject, measured: Measured) -> Iterator[str]:
    samples = measured[subject.name]
    rates = [sample.rate for sample in samples]
    yield subject.title
    yield f"{median(rates):,.0f}"
    yield f"{min(rates):,.0f} to {max(rates):,.0f}"
    yield f"{_middle(samples, lambda sample: sample.p50):.2f}"
    yield f"{_middle(samples, _p99):.2f}"
    yield f"{_middle(samples, _processor):.0f}" if KNOWN else "not told"
    yield f"{_middle(samples, lambda sample: sample.first_answer):.2f}"
    idle, after = _middle(samples, lambda sample: sample.idle), _middle(samples, lambda sample: sample.after)
    yield f"{idle:.0f} to {after:.0f}" if KNOWN else "not told"
    reference = reference_of(subject, measured)
    yield f"{_ratio(measured, subject.name, reference, _rate):.2f}" if reference else ""


def _rate(sample: Sample) -> float:
    return sample.rate


def _p99(sample: Sample) -> float:
    return sample.p99


def _processor(sample: Sample) -> float:
    return sample.processor


def _middle(samples: Sequence[Sample], figure: Callable[[Sample], float]) -> float:
    return median(map(figure, samples))


def _ratios(measured: Measured, name: str, other: str, figure: Callable[[Sample], float]) -> list[float]:
    """Return *figure* of *name* over that of *other*, round by round: what disturbs a round disturbs both."""
    pairs = zip(measured[name], measured[other], strict=True)
    return [figure(mine) / figure(theirs) for mine, theirs in pairs]


def _ratio(measured: Measured, name: str, other: str, figure: Callable[[Sample], float]) -> float:
    return median(_ratios(measured, name, other, figure))


def sentences(subjects: Sequence[Subject], measured: Measured) -> Iterator[str]:
    """Yield one line for each comparison, and one on how quiet the machine was."""
    for subject in subjects:
        if subject.name not in PEERS and (reference := reference_of(subject, measured)):
            yield _sentence(subject, reference, measured)
    if KNOWN:
        yield _quiet([sample.others for samples in measured.values() for sample in samples])


def _sentence(subject: Subject, reference: str, measured: Measured) -> str:
    ratios = _ratios(measured, subject.name, reference, _rate)
    parts = [
        f"{subject.name}: {median(ratios):.2f} of bare uvicorn ({min(ratios):.2f} to {max(ratios):.2f})",
        f"p99 {_ratio(measured, subject.name, reference, _p99):.1f} times as long",
    ]
    if KNOWN:
        parts.append(
            f"CPU a request {_ratio(measured, subject.name, reference, _processor):.1f} times as much"
        )
    if subject.name == "url":
        parts += [
            f"{_ratio(measured, 'url', peer, _rate):.1f} times {PEERS[peer]}"
            for peer in PEERS
            if peer in measured
        ]
    return ", ".join(parts)


def _quiet(shares: Sequence[float]) -> str:
    told = f"Others used {median(shares):.0%} of the machine in the median sample, {max(shares):.0%} at most."
    doubt = " It was not quiet: measure again." if median(shares) > NOISE else ""
    return told + doubt
