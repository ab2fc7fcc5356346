"""The plan of a run: which requests are sent, in which order, known before the first one goes out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, cycle, islice
from math import inf
from typing import TYPE_CHECKING, Any

from mockfire_contract.cases import Case, Expectation, Phase
from mockfire_contract.covering import (
    PROMPTS,
    base_body,
    factors,
    named_by_the_page,
    properties_of,
    rows,
    text_fields,
    unbroken,
)
from mockfire_contract.neighbours import boundaries, dealt, neighbours
from mockfire_contract.refusals import refusals
from mockfire_spec import ContractError
from mockfire_spec.errors import SettingError
from mockfire_spec.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mockfire_spec import Contract, Operation

STRENGTHS = (1, 2, 3)
"""How many fields' values are combined in every way: each value alone, every pair, every triple."""

BESIDE_ROWS = 28
"""Requests of the economical plan beside its covering rows; neighbours fill what the refusals leave."""

PICTURES_BESIDE_ROWS = 1
"""How many of them a correct server may answer with a picture: each one costs."""

GENERATED = 24
"""Valid bodies, and as many broken ones, that a deep plan draws."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The cases of a run in their order, and a sentence on each thing that was left out of it."""

    cases: tuple[Case, ...]
    left_out: tuple[str, ...] = ()

    @property
    def picture_answers(self) -> int:
        """Return how many of the requests a correct server answers with a picture at most."""
        return sum(case.expectation is not Expectation.REFUSED for case in self.cases)


def make_plan(
    contract: Contract, *, model: str | None = None, strength: int = 2, deep: bool = False, seed: int = 0
) -> Plan:
    """Return the plan for *contract*: the economical one, or with *deep* all that there is.

    *model* is the one to ask for, *strength* how many fields' values are combined, *seed* turns
    prompts and neighbours on and decides what is generated. Raise SettingError where *strength*
    is none of STRENGTHS, ContractError where the contract allows no valid request.
    """
    if strength not in STRENGTHS:
        raise SettingError(f"strength is {strength}; it can be {', '.join(map(str, STRENGTHS))}.")
    make = _deep if deep else _economical
    asked = [operation for operation in contract.operations if operation.request.definition]
    plans = [make(contract, operation, model, strength, seed) for operation in asked]
    if len(plans) > 1:
        plans = [_named_after(operation, plan) for operation, plan in zip(asked, plans, strict=True)]
    cases = chain.from_iterable(plan.cases for plan in plans)
    return Plan(tuple(cases), tuple(chain.from_iterable(plan.left_out for plan in plans)))


def _named_after(operation: Operation, plan: Plan) -> Plan:
    cases = (replace(case, name=f"{operation.name}: {case.name}") for case in plan.cases)
    return Plan(tuple(cases), tuple(f"{operation.name}: {sentence}" for sentence in plan.left_out))


def _economical(
    contract: Contract, operation: Operation, model: str | None, strength: int, seed: int
) -> Plan:
    found = list(refusals(contract, operation, model))
    refused = [case for case in found if _is_due(operation, case)]
    covering = list(covering_cases(operation, model, strength, seed=seed))
    minimal = list(minimal_cases(operation, model))
    offered = {name: without(cases, refused) for name, cases in neighbours(operation, model, seed).items()}
    room = BESIDE_ROWS - len(refused) - len(minimal)
    beside = _chosen(operation, offered, room, PICTURES_BESIDE_ROWS - len(minimal))
    left_out = (
        *_left_out_refusals(without(found, refused)),
        *_left_out_fields(operation, model),
        *_left_out_neighbours(offered, beside),
    )
    return Plan((*refused, *beside, *covering, *minimal), left_out)


def _deep(contract: Contract, operation: Operation, model: str | None, strength: int, seed: int) -> Plan:
    from mockfire_contract.strategies import generated_cases

    refused = list(refusals(contract, operation, model))
    narrow = list(covering_cases(operation, model, strength, seed=seed))
    more = factors(operation, model, wide=True) != factors(operation, model)
    wide = covering_cases(operation, model, strength, wide=True, seed=seed) if more else ()
    beside = chain(*neighbours(operation, model, seed).values(), boundaries(operation, model))
    offered = without(beside, [*refused, *narrow])
    minimal = minimal_cases(operation, model)
    generated = generated_cases(operation, model, GENERATED, seed)
    return Plan((*refused, *offered, *narrow, *wide, *minimal, *generated))


def without(cases: Iterable[Case], sent: Iterable[Case]) -> list[Case]:
    """Return those of *cases* whose very request is not among *sent*, each request once."""
    known = {(case.request, case.credentials) for case in sent}
    keyed = {(case.request, case.credentials): case for case in cases}
    return [case for key, case in keyed.items() if key not in known]


def _is_due(operation: Operation, case: Case) -> bool:
    """Tell whether a server has to refuse *case*, for a field that the page names."""
    if case.broken is None or not case.broken.field:
        return True
    return case.expectation is Expectation.REFUSED and named_by_the_page(operation, case.broken.field)


def _chosen(
    operation: Operation, offered: Mapping[str, Sequence[Case]], room: int, pictures: int
) -> list[Case]:
    """Return up to *room* neighbours, of each field in turn; at most *pictures* that may bring a picture."""
    found: list[Case] = []
    on_the_page = [cases for name, cases in offered.items() if name and named_by_the_page(operation, name)]
    for case in dealt(on_the_page):
        if len(found) >= room:
            break
        free = case.expectation is Expectation.REFUSED
        if free or (case.expectation is Expectation.EITHER and pictures > 0):
            pictures -= not free
            found.append(case)
    return found


def _left_out_refusals(left: Iterable[Case]) -> Iterator[str]:
    names = [case.name.removeprefix("refusal: ") for case in left]
    if names:
        yield f"Refusals that the page does not ask for were left out: {'; '.join(names)}."


def _left_out_fields(operation: Operation, model: str | None) -> Iterator[str]:
    narrow = factors(operation, model)
    wide = factors(operation, model, wide=True)
    left = [f"{name} ({', '.join(map(show, values))})" for name, values in wide.items() if name not in narrow]
    if left:
        yield f"The values of fields that the page does not name were left out: {', '.join(left)}."


def _left_out_neighbours(offered: Mapping[str, Sequence[Case]], chosen: Sequence[Case]) -> Iterator[str]:
    left = {name or "the whole body": len(without(cases, chosen)) for name, cases in offered.items()}
    counts = [f"{number} of {name}" for name, number in left.items() if number]
    if counts:
        yield f"Neighbouring values were left out: {', '.join(counts)}."


def minimal_cases(operation: Operation, model: str | None = None) -> Iterator[Case]:
    """Yield the request with nothing but what is required, where the documented example has more.

    A model that is not the default has to be named all the same.
    """
    base = base_body(operation, model)
    named = [] if base["model"] == operation.default_model else ["model"]
    required = [*operation.request_for(base["model"]).get("required", ()), *named]
    payload = {name: value for name, value in base.items() if name in required}
    if payload != base:
        yield unbroken(operation, f"minimal: only {', '.join(payload)}", payload, phase=Phase.EXAMPLES)


def covering_cases(
    operation: Operation, model: str | None = None, strength: int = 2, *, wide: bool = False, seed: int = 0
) -> Iterator[Case]:
    """Yield a case for each row of the covering array, the documented example first where it is not *wide*.

    The others' prompts take turns, *seed* turns them on; the cheapest of them asks for many pictures.
    Raise ContractError where a row makes a body that the contract itself refuses.
    """
    base, many = base_body(operation, model), _many(operation, model)
    found = rows(operation, model, strength, wide=wide)
    prompts = islice(cycle(_prompts(operation, model)), seed % len(PROMPTS), None)
    able = [row for row in found[not wide :] if operation.request.is_valid({**base, **row, **many})]
    cheapest = min(able, key=lambda row: _cost(operation, model, row), default=None)
    for number, row in enumerate(found, 1):
        prompt = {} if number == 1 and not wide else next(prompts)
        extra = many if row is cheapest else {}
        said = " ".join([*map(str, row.values()), *(f"{name}={value}" for name, value in extra.items())])
        name = f"covering {'wide ' * wide}{number:02d}: {said}"
        yield _proved(operation, name, {**base, **row, **prompt, **extra})


def _proved(operation: Operation, name: str, payload: Mapping[str, Any]) -> Case:
    if not operation.request.is_valid(payload):
        raise ContractError(
            f"{operation.name}: {name} makes a request that the contract refuses: {payload}. Its conditions "
            "between fields must be `if` and `then` on the fields' values, or they cannot be covered."
        )
    return unbroken(operation, name, payload, phase=Phase.COVERING)


def _prompts(operation: Operation, model: str | None) -> list[dict[str, str]]:
    """Return PROMPTS as values of the fields that take any text, those that the contract allows there."""
    base, texts = base_body(operation, model), text_fields(operation, model)
    found = [dict.fromkeys(texts, prompt) for prompt in PROMPTS]
    return [each for each in found if operation.request.is_valid({**base, **each})] or [{}]


def _many(operation: Operation, model: str | None) -> dict[str, int]:
    """Return the field of the relation `count`, which asks for pictures, at its upper bound, or at two."""
    relation = operation.relations.get("count")
    name = relation.terms["request"] if relation else ""
    clause = properties_of(operation, model).get(name)
    return {} if clause is None else {name: clause.get("maximum", 2)}


def _cost(operation: Operation, model: str | None, row: Mapping[str, Any]) -> tuple[int, float]:
    """Return the rank of what *row* costs: how many low-to-high scales are not low, then its pixels."""
    scales = [name for name, values in factors(operation, model).items() if {"low", "high"} <= set(values)]
    relation = operation.relations.get("size")
    width, _, height = str(row.get(relation.terms["request"]) if relation else "").partition("x")
    pixels = int(width) * int(height) if width.isdecimal() and height.isdecimal() else inf
    return sum(row[name] != "low" for name in scales), pixels
