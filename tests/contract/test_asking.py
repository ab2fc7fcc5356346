"""What a request asks for is read in the terms of the contract's relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.asking import asked_for, severity_in
from mockfire_contract.cases import Expectation
from mockfire_contract.findings import Severity
from mockfire_spec import Source

if TYPE_CHECKING:
    from tests.contract.conftest import Bench


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"response_format": "oss_url"}, "oss_url"),
        ({}, "b64_json"),
        ({"response_format": None}, "b64_json"),
        ({"model": "gpt-image-1.5"}, "b64_json"),
        ({"model": "cogview-4"}, "url"),
        ([], "b64_json"),
    ],
)
def test_left_out_transport_depends_on_the_model(served: Bench, payload: Any, expected: str) -> None:
    """Where the transport is left out, the first rule that fits the model says which it is."""
    relation = served.operation.relations["transport"]

    assert expected == asked_for(served.operation, relation, payload)


def test_choice_left_to_the_server_demands_nothing(bench: Bench) -> None:
    """`auto` leaves the size to the model."""
    relation = bench.operation.relations["size"]

    assert asked_for(bench.operation, relation, {"size": "auto"}) is None


@pytest.mark.parametrize(
    ("payload", "expectation", "evidence", "expected"),
    [
        ({"n": 2}, Expectation.ACCEPTED, "inferred", Severity.ERROR),
        ({"n": 2}, Expectation.EITHER, "inferred", Severity.WARNING),
        ({"n": 2}, Expectation.EITHER, "documented", Severity.ERROR),
        ({}, Expectation.ACCEPTED, "inferred", Severity.WARNING),
        ({"n": None}, Expectation.ACCEPTED, "inferred", Severity.WARNING),
        ({}, Expectation.ACCEPTED, "documented", Severity.ERROR),
    ],
)
def test_what_is_left_out_weighs_what_the_case_weighs(
    served: Bench, payload: Any, expectation: Expectation, evidence: str, expected: Severity
) -> None:
    """What a request says in so many words is documented; what it leaves out rests on the case too."""
    case = served.case("a case", payload, expectation, Source("page", "field", evidence=evidence))

    assert expected is severity_in(served.operation.relations["count"], case)
