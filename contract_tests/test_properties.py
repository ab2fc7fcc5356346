"""What holds for every request that the contract allows, and for every one that breaks it in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockfire_contract.cases import Case, Expectation, Phase
from mockfire_contract.clients import fetch_through
from mockfire_contract.runner import run
from mockfire_contract.strategies import broken_bodies, valid_bodies
from mockfire_server import Engine
from mockfire_spec import Contract, Request
from mockfire_spec.documents import profiles

if TYPE_CHECKING:
    from mockfire_contract.findings import Finding
    from mockfire_contract.strategies import Broken

ENGINES = {profile: Engine(Contract.load(profile)) for profile in profiles()}
OPERATIONS = {profile: engine.contract.operations[0] for profile, engine in ENGINES.items()}
MODELS = st.sampled_from([None, "gpt-image-1", "gpt-image-1-mini", "gpt-image-2", "cogview"])
JSON_HEADER = (("content-type", "application/json"),)


@pytest.fixture(autouse=True, scope="module")
def _in_process_only(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--mockfire-target"):
        pytest.skip(
            "generated bodies are for the mock in process: another server gets the planned ones alone"
        )


def judged(profile: str, payload: Any, expectation: Expectation, broken: Any = None) -> tuple[Finding, ...]:
    """Return the findings on what the mock answers to *payload*."""
    operation, send = OPERATIONS[profile], ENGINES[profile].respond
    request = Request(operation.method, operation.path, JSON_HEADER, orjson.dumps(payload))
    source = broken.source if broken else operation.source
    case = Case("generated", Phase.GENERATED, operation, request, expectation, source, payload, broken)
    (verdict,) = run(send, [case], key="sk-properties", fetch=fetch_through(send))
    return verdict.findings


@pytest.mark.parametrize("profile", ENGINES)
@given(data=st.data())
def test_every_valid_request_is_answered_as_promised(profile: str, data: st.DataObject) -> None:
    """Whatever the contract allows is answered with pictures that are what was asked for."""
    payload = data.draw(valid_bodies(OPERATIONS[profile], data.draw(MODELS)))

    assert judged(profile, payload, Expectation.ACCEPTED) == ()


@pytest.mark.parametrize("profile", ENGINES)
@given(data=st.data())
def test_every_request_that_breaks_one_keyword_is_refused_as_promised(
    profile: str, data: st.DataObject
) -> None:
    """Whatever breaks the contract in one place is refused, in an envelope, by name."""
    broken: Broken = data.draw(broken_bodies(OPERATIONS[profile]))

    assert judged(profile, broken.payload, Expectation.REFUSED, broken.violation) == ()


@pytest.mark.parametrize("profile", ENGINES)
@given(
    body=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_no_body_whatever_is_a_server_error(profile: str, body: bytes) -> None:
    """Bytes that nobody meant as a request are refused, never with a 5xx."""
    operation = OPERATIONS[profile]
    headers = (*JSON_HEADER, ("authorization", "Bearer sk-properties"))

    response = ENGINES[profile].respond(Request(operation.method, operation.path, headers, body))

    assert 400 <= response.status < 500


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("profile", ENGINES)
@given(data=st.data())
def test_no_value_in_any_field_is_a_server_error(profile: str, data: st.DataObject) -> None:
    """Any JSON value in any field is answered or refused, never with a 5xx."""
    operation = OPERATIONS[profile]
    fields = list(operation.request.definition["properties"])
    base = OPERATIONS["documented"].request_examples[0]
    change = data.draw(st.dictionaries(st.sampled_from(fields), JSON_VALUES, max_size=3))
    body = {**base, **change}
    try:
        content = orjson.dumps(body)
    except TypeError:  # an integer of more than 64 bits: the standard library writes it
        import json

        content = json.dumps(body).encode()
    headers = (*JSON_HEADER, ("authorization", "Bearer sk-properties"))

    response = ENGINES[profile].respond(Request(operation.method, operation.path, headers, content))

    assert response.status in {200, 400}
