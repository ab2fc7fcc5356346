"""What the checks say of refusals and failures: what they leave alone, and how much a finding weighs."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from mockfire_contract.cases import Credentials, Expectation
from mockfire_contract.findings import Severity
from mockfire_contract.situations import Situation, situation_of
from mockfire_spec import Response, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from mockfire_spec import Send
    from tests.contract.conftest import Bench

JSON = (("content-type", "application/json"), ("x-request-id", "1"))
WEAK = Source("a test", "a test", evidence="inferred")


def _always(status: int, body: Any = None, headers: tuple[tuple[str, str], ...] = JSON) -> Send:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _request: Response(status, headers, content)


def _error(message: str, param: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "type": "new_api_error", "param": param, "code": None}}


@pytest.mark.parametrize(
    ("expectation", "payload", "status", "expected"),
    [
        (Expectation.ACCEPTED, {"prompt": "a"}, 200, Situation.ACCEPTED),
        (Expectation.ACCEPTED, {"prompt": "a"}, 202, Situation.DENIED),
        (Expectation.ACCEPTED, {"prompt": "a"}, 307, Situation.DENIED),
        (Expectation.ACCEPTED, {"prompt": "a"}, 404, Situation.DENIED),
        (Expectation.ACCEPTED, {"prompt": "a"}, 502, Situation.FAILED),
        (Expectation.REFUSED, {}, 200, Situation.LET_THROUGH),
        (Expectation.REFUSED, {}, 302, Situation.LET_THROUGH),
        (Expectation.REFUSED, {}, 422, Situation.REFUSED),
        (Expectation.REFUSED, {}, 500, Situation.FAILED),
        (Expectation.EITHER, {"prompt": "a"}, 200, Situation.ACCEPTED),
        (Expectation.EITHER, {"prompt": 1}, 200, Situation.TOLERATED),
        (Expectation.EITHER, {"prompt": "a"}, 202, Situation.TOLERATED),
        (Expectation.EITHER, {"prompt": "a"}, 400, Situation.REFUSED),
        (Expectation.EITHER, {"prompt": "a"}, 500, Situation.FAILED),
    ],
)
def test_situation(
    served: Bench, expectation: Expectation, payload: Any, status: int, expected: Situation
) -> None:
    """What came of a case follows from what was expected and what was answered."""
    outcome = served.run(_always(status, {}), [served.case("a case", payload, expectation, WEAK)])

    assert expected is situation_of(outcome.verdicts[0].observation)


def test_the_aliases_of_a_path_are_not_elsewhere(served: Bench) -> None:
    """A path that the profile lists as an alias is the operation's own."""
    case = served.valid()
    case = replace(case, request=replace(case.request, path="/images/generations"))

    assert not served.run(served.honest, [case]).findings


@pytest.mark.parametrize(
    ("evidence", "severity"), [("documented", Severity.ERROR), ("openai", Severity.WARNING)]
)
def test_refusal_of_a_valid_request_weighs_what_it_rests_on(
    served: Bench, evidence: str, severity: Severity
) -> None:
    """Refusing what the page allows is an error; refusing what others allow is a warning."""
    case = replace(served.valid(), source=Source("page", "field", evidence=evidence))

    assert served.found(_always(400, _error("no")), case) == [("MF101", severity)]


@pytest.mark.parametrize(
    ("status", "evidence", "severity"),
    [
        (500, "inferred", Severity.ERROR),
        (502, "documented", Severity.ERROR),
        (503, "documented", Severity.ERROR),
        (503, "inferred", Severity.WARNING),
    ],
)
def test_server_error_is_an_error(served: Bench, status: int, evidence: str, severity: Severity) -> None:
    """A 5xx is an error on any request; a 503 may also say that a model is not carried."""
    case = replace(served.valid(), source=Source("page", "field", evidence=evidence))

    assert served.found(_always(status, _error("no")), case) == [("MF302", severity)]


@pytest.mark.parametrize(("status", "expected"), [(404, []), (405, []), (501, []), (500, ["MF302"])])
def test_other_places_may_refuse_as_they_like(served: Bench, status: int, expected: list[str]) -> None:
    """At another place 404, 405 and 501 are all right; a crash is not."""
    case = served.elsewhere("elsewhere", "DELETE", served.operation.path)

    assert expected == [code for code, _ in served.found(_always(status, _error("no")), case)]


def test_web_page_at_another_place_is_all_right(documented: Bench) -> None:
    """The gateway answers unknown paths with its web page and 200: that is no picture."""
    case = documented.elsewhere("elsewhere", "GET", "/nowhere")
    page = _always(200, b"<html>", (("content-type", "text/html"),))

    assert not documented.found(page, case)


def test_picture_itself_at_another_place_is_found(documented: Bench, toys: ModuleType) -> None:
    """Another place that answers with a picture's very bytes is found too."""
    case = documented.elsewhere("elsewhere", "GET", "/nowhere")
    picture = _always(200, toys.png(2, 2), (("content-type", "image/png"),))

    assert documented.found(picture, case) == [("MF403", Severity.ERROR)]


def test_answer_to_head_needs_no_envelope(served: Bench) -> None:
    """An answer to HEAD has no body, so none is missed."""
    case = served.elsewhere("elsewhere", "HEAD", served.operation.path)

    assert not served.found(_always(404, b""), case)


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        (b"", "", "the 400 is empty"),
        (b"<html>", "", "the 400 is no JSON: '<html>'"),
        (b"[]", "", "must be of type object"),
        (b'{"error": "no"}', "/error", "must be of type object"),
        (b'{"error": {"type": "t"}}', "/error/message", "in the 400, 'message' is required and missing"),
        (b'{"error": {"type": "t", "message": ""}}', "/error/message", "at least 1 characters"),
        (b'{"error": {"type": "t", "message": "n", "code": []}}', "/error/code", "got an array"),
    ],
)
def test_refusal_without_the_envelope(served: Bench, body: bytes, pointer: str, message: str) -> None:
    """Whatever a refusal lacks of the envelope is told once, and where."""
    finding = served.one(_always(400, body), served.broken(n="2"))

    assert ("MF303", Severity.WARNING, pointer) == (finding.code, finding.severity, finding.pointer)
    assert message in finding.message


def test_page_that_documents_no_refusal_demands_nothing_of_it(documented: Bench) -> None:
    """By the literal page, a refusal may look as it likes."""
    assert not documented.found(_always(400, b"<html>", ()), documented.broken(n="2"))


@pytest.mark.parametrize(
    ("error", "is_named"),
    [
        (_error("n must be an integer"), True),
        (_error("json: cannot unmarshal string into Go struct field ImageRequest.n of type int"), True),
        (_error("Invalid 'n'."), True),
        (_error("字段n无效"), True),
        (_error("wrong", "n"), True),
        (_error("cannot be drawn (request id: n2)"), False),
        (_error("\n"), False),
    ],
)
def test_field_is_named_as_a_word(served: Bench, error: dict[str, Any], *, is_named: bool) -> None:
    """A field is named where its name stands as a word of its own, in the message or beside it."""
    found = served.found(_always(400, error), served.broken(n="2"))

    assert found == ([] if is_named else [("MF304", Severity.WARNING)])


def test_refusal_for_the_token_names_no_field(served: Bench) -> None:
    """A request without a token is refused for that, whatever its body."""
    case = replace(served.broken(n="2"), credentials=Credentials.NONE)

    assert not served.found(_always(401, _error("no token")), case)


@pytest.mark.parametrize("form", [str, quote, lambda key: b64encode(f"a{key}".encode()).decode()])
@pytest.mark.parametrize("status", [200, 401, 500])
def test_key_is_found_in_every_form(served: Bench, form: Callable[[str], str], status: int) -> None:
    """The key is found in a body however it is written, and the finding does not repeat it."""
    answer = _error(f"no such token: {form(served.toys.KEY)}")
    found = served.run(_always(status, answer), [served.valid()]).findings

    assert "MF306" in {finding.code for finding in found}
    assert not any(served.toys.KEY in finding.message for finding in found if finding.code == "MF306")


def test_unknown_token_counts_as_a_key(served: Bench) -> None:
    """A server that repeats an unknown token would repeat a mistyped key."""
    case = served.tokened("unknown", Credentials.UNKNOWN, WEAK)
    send = _always(401, _error("no such token: sk-mockfire-unknown-token"))

    assert served.found(send, case) == [("MF306", Severity.ERROR)]


def test_nothing_is_demanded_of_an_answer_that_is_tolerated(served: Bench) -> None:
    """Where the contract leaves a broken body open, an acceptance is not held against its relations."""
    case = served.case("open", {"prompt": "a", "n": "2"}, Expectation.EITHER, WEAK)

    assert not served.found(_always(200, {"data": []}), case)
