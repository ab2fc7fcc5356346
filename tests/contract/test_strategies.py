"""What is generated comes from the contract: valid bodies, and bodies broken in one place."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from mockfire_contract.cases import Expectation, Phase
from mockfire_contract.hypothesis_profiles import register
from mockfire_contract.neighbours import ABSENT
from mockfire_contract.refusals import mutants
from mockfire_contract.strategies import (
    Broken,
    broken_bodies,
    choices,
    drawn,
    generated_cases,
    valid_bodies,
)
from mockfire_spec import Contract, violations
from mockfire_spec.documents import effective_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_spec import Operation

PROFILES = ("documented", "as-served")
DOCUMENTS = {profile: effective_document(profile) for profile in PROFILES}
OPERATIONS = {profile: Contract.load(profile).operations[0] for profile in PROFILES}
MODELS = (None, "gpt-image-1", "gpt-image-1-mini", "gpt-image-2", "dall-e-3")


KINDS = ("heron", "苍鹭芦苇晨雾", "🦩🎨👩𝄞𠮷", "مرحباשלום", "\n\t")


def operation_of(profile: str, edit: Callable[[dict[str, Any]], object]) -> Operation:
    """Return the first operation of *profile*, its document changed by *edit*."""
    document = deepcopy(DOCUMENTS[profile])
    edit(document)
    return Contract(document, profile).operations[0]


def fields(document: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the request in *document*."""
    found: dict[str, Any] = document["components"]["schemas"]["ImageRequest"]["properties"]
    return found


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("profile", PROFILES)
@given(data=st.data())
def test_valid_body_keeps_the_contract(profile: str, model: str | None, data: st.DataObject) -> None:
    """Every generated body is valid, for the model that was asked for, and can be sent as UTF-8."""
    body = data.draw(valid_bodies(OPERATIONS[profile], model))

    assert list(violations(OPERATIONS[profile].request, body)) == []
    assert body.get("model", "gpt-image-1") == (model or "gpt-image-1")
    assert body["prompt"].strip()
    assert json.loads(json.dumps(body, ensure_ascii=False).encode()) == body


@pytest.mark.parametrize("model", [None, "dall-e-3"])
@pytest.mark.parametrize("profile", PROFILES)
@given(data=st.data())
def test_broken_body_breaks_one_keyword(profile: str, model: str | None, data: st.DataObject) -> None:
    """Every broken body has one violation, and says which."""
    broken: Broken = data.draw(broken_bodies(OPERATIONS[profile], model))

    assert [broken.violation] == list(violations(OPERATIONS[profile].request, broken.payload))


@pytest.mark.parametrize("profile", PROFILES)
def test_every_listed_value_is_drawn(profile: str) -> None:
    """A few hundred bodies hold each value of each list, and leave each optional field out."""
    operation = OPERATIONS[profile]
    bodies = drawn(valid_bodies(operation), 400, seed=0)
    seen = {name: {json.dumps(body.get(name, "…")) for body in bodies} for name in choices(operation)}
    wanted = {
        name: {json.dumps("…" if value is ABSENT else value) for value in values}
        for name, values in choices(operation).items()
        if len(values) < 40 and name != "prompt"
    }

    assert {name: values for name, values in seen.items() if name in wanted} == wanted


def test_texts_are_of_every_kind() -> None:
    """Among a few hundred prompts are ASCII, Chinese, astral and right-to-left letters, and line ends."""
    prompts = "".join(body["prompt"] for body in drawn(valid_bodies(OPERATIONS["documented"]), 300, seed=0))

    assert [any(letter in prompts for letter in kind) for kind in KINDS] == [True] * len(KINDS)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_keyword_is_broken(profile: str) -> None:
    """Each keyword and place that has a mutant is drawn, none of them rarely."""
    operation = OPERATIONS[profile]
    wanted = {(proof.violation.pointer, proof.violation.keyword) for _, proof in mutants(operation)}
    broken = drawn(broken_bodies(operation), 600, seed=0)
    counts = dict.fromkeys(wanted, 0)
    for each in broken:
        counts[each.violation.pointer, each.violation.keyword] += 1

    assert counts.keys() == wanted
    assert min(counts.values()) >= 4


@pytest.mark.parametrize("profile", PROFILES)
def test_list_in_the_document_is_the_list_that_is_drawn(profile: str) -> None:
    """A value joins, a value goes: what is generated follows, with no code touched."""

    def change(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["Size"]["enum"].append("3x3")
        document["components"]["schemas"]["Quality"]["enum"].remove("high")

    operation = operation_of(profile, change)
    bodies = drawn(valid_bodies(operation), 200, seed=0)
    broken = drawn(broken_bodies(operation), 100, seed=0)

    assert "3x3" in {body.get("size") for body in bodies}
    assert "high" not in {body.get("quality") for body in bodies}
    assert "3x3" not in {each.violation.actual for each in broken if each.violation.field == "size"}


def test_clauses_of_every_type_are_drawn() -> None:
    """Constants, numbers, booleans, arrays, objects and null come from the document too."""

    def add(document: dict[str, Any]) -> None:
        fields(document).update(
            version={"const": 2},
            scale={"type": "number", "minimum": 1, "maximum": 2},
            seed={"type": "integer", "minimum": -500, "maximum": 500},
            floor={"type": "integer", "minimum": 20},
            upscale={"type": "boolean"},
            tags={"type": "array"},
            extra={"type": ["object", "null"]},
            short={"type": "string", "maxLength": 0},
        )

    table = choices(operation_of("documented", add))

    assert list(dict.fromkeys(table["version"])) == [ABSENT, 2]
    assert _present(table["scale"]) == [1, 2]
    assert (*_ends(table["seed"]), len(_present(table["seed"]))) == (-500, 500, 64)
    assert _ends(table["floor"]) == (20, 20)
    assert _present(table["upscale"]) == [False, True]
    assert _present(table["tags"]) == [[]]
    assert _present(table["extra"]) == [{}, None]
    assert _present(table["short"]) == []


def _present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not ABSENT]


def _ends(values: list[Any]) -> tuple[Any, Any]:
    present = _present(values)
    return present[0], present[-1]


def test_pattern_is_kept_by_known_values() -> None:
    """A free size is one of those that some model lists, never a giant."""
    sizes = {*choices(OPERATIONS["as-served"], "gpt-image-2")["size"]} - {ABSENT, None}

    assert {"auto", "1024x1024", "512x512"} <= sizes
    assert all(size == "auto" or max(map(int, size.split("x"))) <= 2048 for size in sizes)


def test_size_that_is_listed_for_another_model_is_no_free_text() -> None:
    """On the page any model but one takes any size; sizes are sent all the same."""
    sizes = choices(OPERATIONS["documented"], "dall-e-3")["size"]

    assert sizes == ["1024x1024", "1536x1024", "1024x1536", "auto"]


@pytest.mark.parametrize("profile", PROFILES)
def test_failing_body_shrinks_to_what_matters(profile: str) -> None:
    """Each field shrinks by itself: the simplest value, or absence where it may be left out."""
    operation = OPERATIONS[profile]
    first = {name: values[0] for name, values in choices(operation).items()}
    expected = {**first, "prompt": "0", "size": "auto", "quality": "high"}

    found = find(
        valid_bodies(operation),
        lambda body: body.get("size") == "auto" and body.get("quality") == "high",
        settings=settings(database=None, derandomize=True, max_examples=2_000),
    )

    assert {name: value for name, value in expected.items() if value is not ABSENT} == found


def test_numbers_without_bounds_are_harmless() -> None:
    """Where the contract gives no bound, few pictures are asked for."""
    assert {1, 2, 3} == {*choices(OPERATIONS["documented"])["n"]}
    assert {ABSENT, None, 1, 2, 3, 10} == {*choices(OPERATIONS["as-served"])["n"]}


def test_generated_cases_are_cases_like_any_other() -> None:
    """Half of them are valid and accepted, half broken and refused; a seed brings them back."""
    operation = OPERATIONS["as-served"]
    cases = list(generated_cases(operation, count=6, seed=3))
    others = list(generated_cases(operation, count=6, seed=4))

    assert [case.expectation for case in cases] == [Expectation.ACCEPTED] * 6 + [Expectation.REFUSED] * 6
    assert {Phase.GENERATED} == {case.phase for case in cases}
    assert cases == list(generated_cases(operation, count=6, seed=3))
    assert [case.request for case in cases] != [case.request for case in others]
    assert cases[0].name == "generated 01"


def test_profiles_are_registered() -> None:
    """`ci` is the same each time and keeps nothing, `nightly` looks further and differs."""
    register()
    ci, dev, nightly = (settings.get_profile(name) for name in ("ci", "dev", "nightly"))

    assert (ci.derandomize, ci.deadline, ci.database, ci.print_blob) == (True, None, None, True)
    assert (
        nightly.derandomize,
        nightly.deadline,
        nightly.database,
        nightly.print_blob,
    ) == (False, None, None, True)
    assert dev.max_examples < ci.max_examples < nightly.max_examples
