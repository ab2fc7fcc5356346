"""What a run exercised of the contract, and what it did not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from mockfire_contract.cases import Expectation
from mockfire_contract.covering import base_body, factors, properties_of
from mockfire_contract.plan import Plan
from mockfire_contract.refusals import mutants, told
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mockfire_contract.cases import Case
    from mockfire_spec import Contract, Exchange, Operation, Violation

SUCCESSES = range(200, 300)
Answered = tuple["Case", "Exchange"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the contract was exercised, each as covered and total.

    *values*: by field, the listed values that were answered with a picture; *pairs* of such values
    of two fields; *keywords*: the keywords at their places that were broken alone, *broken* which;
    *statuses*: how often each status was seen; *not_exercised*: a sentence on each thing that was not.
    """

    values: dict[str, tuple[int, int]]
    pairs: tuple[int, int]
    keywords: tuple[int, int]
    broken: tuple[str, ...]
    statuses: dict[int, int]
    not_exercised: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the same as a JSON object; numbers come as objects of `covered` and `total`."""
        return {
            "values": {name: _of(figures) for name, figures in self.values.items()},
            "pairs": _of(self.pairs),
            "keywords": {**_of(self.keywords), "broken": list(self.broken)},
            "statuses": {str(status or "no answer"): times for status, times in self.statuses.items()},
            "not_exercised": list(self.not_exercised),
        }


def _of(figures: tuple[int, int]) -> dict[str, int]:
    return {"covered": figures[0], "total": figures[1]}


def coverage(contract: Contract, plan: Plan | Iterable[Case], exchanges: Iterable[Answered]) -> Coverage:
    """Return what *exchanges*, each a case with its exchange, exercised of *contract*.

    *plan* holds the cases that were meant to be sent; what it left out, and what was planned and
    not sent, is told too. A value counts where it was answered with 2xx. With several operations
    each field and place bears its operation's name.
    """
    answered = list(exchanges)
    planned = plan.cases if isinstance(plan, Plan) else tuple(plan)
    parts = [_exercised(operation, planned, answered) for operation in contract.operations]
    labels = [f"{part.operation.name} " if len(parts) > 1 else "" for part in parts]
    named = list(zip(labels, parts, strict=True))
    return Coverage(
        values={label + name: each for label, part in named for name, each in part.values().items()},
        pairs=_sum(part.pairs() for part in parts),
        keywords=_sum((len(part.broken), len(part.places)) for part in parts),
        broken=tuple(label + part.places[key] for label, part in named for key in part.broken),
        statuses=dict(sorted(Counter(map(_status, answered)).items())),
        not_exercised=(
            *_not_sent(planned, answered),
            *(label + sentence for label, part in named for sentence in part.not_exercised()),
            *(plan.left_out if isinstance(plan, Plan) else ()),
        ),
    )


def _status(answered: Answered) -> int:
    return answered[1].response.status


def _sum(figures: Iterable[tuple[int, int]]) -> tuple[int, int]:
    listed = list(figures)
    return sum(covered for covered, _ in listed), sum(total for _, total in listed)


def _not_sent(planned: Sequence[Case], answered: Sequence[Answered]) -> Iterator[str]:
    sent = {case.name for case, _ in answered}
    missing = [case.name for case in planned if case.name not in sent]
    if missing:
        yield f"{len(missing)} of {len(planned)} planned requests were not sent, from '{missing[0]}' on."


@dataclass(frozen=True, slots=True)
class _Exercised:
    """What was met of one operation: its *sent* payloads, the *accepted* ones of them, the *statuses* seen.

    *places* are the keywords that can be broken alone, by pointer and place in the schema, each
    with its name; *broken* those of them that were; *joined* the fields whose pairs were meant to be sent.
    """

    operation: Operation
    model: str | None
    sent: list[Mapping[str, Any]]
    accepted: list[Mapping[str, Any]]
    statuses: frozenset[int]
    places: dict[tuple[str, str], str]
    broken: list[tuple[str, str]]
    joined: frozenset[str]

    def values(self) -> dict[str, tuple[int, int]]:
        """Return how many of each field's listed values were accepted, and how many there are."""
        levels = factors(self.operation, self.model, wide=True)
        missing = self.missing()
        return {name: (len(values) - len(missing[name]), len(values)) for name, values in levels.items()}

    def missing(self) -> dict[str, list[Any]]:
        """Return each field's listed values that were never accepted."""
        levels = factors(self.operation, self.model, wide=True)
        return {
            name: [value for value in values if not any(body.get(name) == value for body in self.accepted)]
            for name, values in levels.items()
        }

    def pairs(self) -> tuple[int, int]:
        """Return how many pairs of listed values were accepted, and how many the contract allows."""
        levels = factors(self.operation, self.model, wide=True)
        base = base_body(self.operation, self.model)
        pairs = [
            {first: one, second: other}
            for first, second in combinations(self.joined & levels.keys(), 2)
            for one, other in product(levels[first], levels[second])
        ]
        allowed = [pair for pair in pairs if self.operation.request.is_valid({**base, **pair})]
        covered = [pair for pair in allowed if any(pair.items() <= body.items() for body in self.accepted)]
        return len(covered), len(allowed)

    def not_exercised(self) -> Iterator[str]:
        """Yield a sentence on each kind of thing that was never met."""
        values = [f"{name} {show(value)}" for name, values in self.missing().items() for value in values]
        yield from _sentence("Values never answered with a picture", values)
        covered, total = self.pairs()
        if covered < total:
            yield f"{total - covered} of {total} pairs of values were never answered with a picture."
        unseen = sorted(self.operation.responses.keys() - self.statuses)
        yield from _sentence("Statuses of the contract never seen", map(str, unseen))
        fields = properties_of(self.operation, self.model)
        given = {name for body in self.sent for name in body}
        yield from _sentence("Fields never sent", (name for name in fields if name not in given))
        unbroken = (name for key, name in self.places.items() if key not in self.broken)
        yield from _sentence("Keywords never broken", unbroken)


def _sentence(what: str, names: Iterable[str]) -> Iterator[str]:
    listed = ", ".join(names)
    if listed:
        yield f"{what}: {listed}."


def _exercised(operation: Operation, planned: Sequence[Case], answered: Sequence[Answered]) -> _Exercised:
    own = [(case, exchange) for case, exchange in answered if case.operation is operation]
    meant = [case.payload for case in planned if case.operation is operation and _is_positive(case)]
    model = next((body["model"] for body in meant if "model" in body), None)
    places = {_place(proof.violation): told(change, proof) for change, proof in mutants(operation, model)}
    met = {_place(case.broken) for case, _ in own if case.broken}
    return _Exercised(
        operation=operation,
        model=model,
        sent=[case.payload for case, _ in own if isinstance(case.payload, dict)],
        accepted=[
            case.payload
            for case, exchange in own
            if _is_positive(case) and exchange.response.status in SUCCESSES
        ],
        statuses=frozenset(exchange.response.status for _, exchange in own),
        places=places,
        broken=[key for key in places if key in met],
        joined=frozenset(name for body in meant for name in body),
    )


def _is_positive(case: Case) -> bool:
    may_be_taken = case.expectation is not Expectation.REFUSED and case.broken is None
    return may_be_taken and isinstance(case.payload, dict)


def _place(violation: Violation) -> tuple[str, str]:
    return violation.pointer, violation.schema_pointer
