"""What the checks say of answers in the corners: what they leave alone, and how much a finding weighs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.cases import Expectation
from mockfire_contract.findings import Severity
from mockfire_spec import Request, Response, Source

if TYPE_CHECKING:
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
    ("usage", "expected"),
    [
        (None, []),
        ({}, []),
        ({"total_tokens": 3}, []),
        ({"input_tokens": 1, "output_tokens": 2}, []),
        ({"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}, []),
        ({"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 5}, []),
        ({"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 5}, ["/usage/total_tokens"]),
        ({"input_tokens": 5, "input_tokens_details": {"text_tokens": 5, "image_tokens": 0}}, []),
        ({"input_tokens": 5, "input_tokens_details": {"text_tokens": 5}}, []),
        ({"input_tokens": 5, "input_tokens_details": {}}, []),
        ({"input_tokens": 5, "input_tokens_details": None}, []),
        ({"input_tokens": 5, "input_tokens_details": {"text_tokens": 4}}, ["/usage/input_tokens"]),
        ({"output_tokens": 5, "output_tokens_details": {"image_tokens": 4}}, ["/usage/output_tokens"]),
    ],
)
def test_usage_adds_up_where_it_is_given(served: Bench, usage: Any, expected: list[str]) -> None:
    """Each sum is checked where all of it is given, and only there."""
    findings = served.run(served.answering(usage=usage), [served.valid()]).findings

    assert expected == [finding.pointer for finding in findings if finding.code == "MF112"]
    assert len(expected) == len(findings)


@pytest.mark.parametrize(
    ("away", "is_found"), [(0, False), (-500, False), (500, False), (-700, True), (700, True)]
)
def test_time_may_be_off_by_the_tolerance(bench: Bench, away: int, *, is_found: bool) -> None:
    """The time of the answer may be as far from now as the contract says, on either side."""
    created = bench.honest(bench.run(bench.honest, [bench.valid()]).verdicts[0].observation.exchange.request)
    send = bench.answering(created=created.json()["created"] + away)

    assert bench.found(send, bench.valid()) == ([("MF110", Severity.ERROR)] if is_found else [])


def test_milliseconds_are_recognised(bench: Bench) -> None:
    """A time in milliseconds is told as what it is."""
    send = bench.with_fault("MF110")

    assert "it looks like milliseconds" in bench.one(send, bench.valid()).message


@pytest.mark.parametrize("created", [True, 1.5, None, "1", ...])
def test_time_of_another_type_is_left_to_the_schema(bench: Bench, created: Any) -> None:
    """A time that is no integer is one finding, the schema's."""
    assert bench.found(bench.answering(created=created), bench.valid()) == [("MF104", Severity.ERROR)]


@pytest.mark.parametrize("data", [..., None, "x", {}])
def test_missing_list_of_pictures_is_one_finding(bench: Bench, data: Any) -> None:
    """An answer without its list of pictures is told once, by the schema."""
    assert bench.found(bench.answering(data=data), bench.valid()) == [("MF104", Severity.ERROR)]


def test_empty_list_of_pictures_is_a_wrong_count(bench: Bench) -> None:
    """Success with no picture at all: asked for one, got none."""
    finding = bench.one(bench.answering(data=[]), bench.valid())

    assert (finding.code, finding.pointer, finding.came, finding.promised) == ("MF105", "/data", "0", "1")
    assert finding.message == "asked for 1 picture, got 0"


def test_item_without_a_picture_is_a_wrong_transport(bench: Bench) -> None:
    """An item that delivers nothing in any field is told as such."""
    finding = bench.one(bench.answering(data=[{"url": ""}]), bench.valid())

    assert (finding.code, finding.pointer, finding.message) == ("MF106", "/data/0", "url is missing")


def test_two_transports_at_once_are_found(bench: Bench, toys: ModuleType) -> None:
    """The picture comes in the way that was asked for and in that way only."""
    item = {
        "url": "http://127.0.0.1:8080/pictures/1024x1024/none/0.png",
        "b64_json": toys.encoded("8x8/none/0.png"),
    }
    finding = bench.one(bench.answering(data=[item]), bench.valid())

    assert (finding.code, finding.came) == ("MF106", "url and b64_json")


def test_the_page_breaks_its_own_relation_and_nothing_else(documented: Bench) -> None:
    """The page's example asks for a url and shows base64 with an empty url: one finding for it."""
    example = documented.operation.response_examples[200][0]
    send = documented.answering(data=example["data"])
    found = documented.found(send, documented.valid(size="auto"))

    assert found == [("MF106", Severity.ERROR)]


@pytest.mark.parametrize(("body", "severity"), [("picture", Severity.WARNING), (b"<html>", Severity.ERROR)])
def test_content_type_of_a_picture(served: Bench, toys: ModuleType, body: Any, severity: Severity) -> None:
    """A picture under a wrong content type is a warning, something else under it an error; one finding each."""
    content = toys.png(1024, 1024) if body == "picture" else body

    def send(request: Request) -> Response:
        plain = Response(200, (("content-type", "application/octet-stream"),), content)
        return plain if request.method == "GET" else served.honest(request)

    assert served.found(send, served.valid()) == [("MF108", severity)]


def test_solid_alpha_channel_is_only_noted(bench: Bench, toys: ModuleType) -> None:
    """An opaque picture with an alpha channel that nobody can see is drift, not an error."""

    def send(request: Request) -> Response:
        solid = Response(200, (("content-type", "image/png"),), toys.png(1024, 1024, "solid"))
        return solid if request.method == "GET" else bench.honest(request)

    assert bench.found(send, bench.valid(background="opaque")) == [("MF204", Severity.INFO)]
    assert bench.found(send, bench.valid(background="transparent")) == [("MF203", Severity.ERROR)]
    assert not bench.found(send, bench.valid(background="auto"))


def test_size_left_to_the_model_may_be_any(bench: Bench) -> None:
    """`auto` is honoured by any size."""
    assert not bench.found(bench.honest, bench.valid(size="auto"))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_format_is_honoured(served: Bench, kind: str) -> None:
    """Each format that was asked for is recognised, by address and as base64."""
    by_address = served.valid("address", output_format=kind)
    inside = served.valid("inside", output_format=kind, response_format="b64_json")

    assert not served.found(served.honest, by_address, inside)


def test_jpg_is_another_name_of_jpeg(served: Bench) -> None:
    """The content type image/jpg is met in the wild and means JPEG."""

    def send(request: Request) -> Response:
        response = served.honest(request)
        is_picture = request.method == "GET"
        return replace(response, headers=(("content-type", "image/jpg"),)) if is_picture else response

    assert not served.found(send, served.valid(output_format="jpeg"))


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"seed": 7}, ["/seed"]),
        ({"a/b~c": 7}, ["/a~1b~0c"]),
        ({"usage": {"cost": 1}}, ["/usage/cost"]),
        ({"data": [{"url": "u", "id": 1}, {"url": "u", "id": 2}]}, ["/data/0/id"]),
        ({"data": [{"url": "u", "revised_prompt": "a heron"}]}, []),
    ],
)
def test_undocumented_fields_are_drift(served: Bench, changes: dict[str, Any], pointers: list[str]) -> None:
    """Each field that is documented nowhere is told once, as information, with its place."""
    findings = served.run(served.answering(**changes), [served.valid(response_format="oss_url")]).findings
    drift = [finding for finding in findings if finding.code == "MF501"]

    assert pointers == [finding.pointer for finding in drift]
    assert {finding.severity for finding in drift} <= {Severity.INFO}


def test_field_of_the_page_s_example_is_documented(documented: Bench) -> None:
    """b64_json is in the page's example though not in its schema: it is no drift."""
    assert not documented.found(documented.honest, documented.valid(response_format="b64_json"))


def test_left_out_usage_is_an_error_only_by_the_page(documented: Bench, served: Bench) -> None:
    """The page demands `usage`; as served, it is expected and may be missing."""
    assert documented.found(documented.answering(usage=...), documented.valid()) == [
        ("MF104", Severity.ERROR)
    ]
    assert served.found(served.answering(usage=...), served.valid()) == [("MF503", Severity.WARNING)]


def test_value_of_an_undocumented_list_is_drift(served: Bench) -> None:
    """A value that no list has is information where the list is not the page's."""
    finding = served.one(served.answering(background="auto"), served.valid())

    assert (finding.code, finding.severity, finding.pointer) == ("MF502", Severity.INFO, "/background")


def test_open_case_that_is_accepted_is_judged_lightly(served: Bench) -> None:
    """Where accepting is left open, what is wrong with the answer is a warning."""
    case = served.case("open", {**served.valid().payload, "n": 2}, Expectation.EITHER, WEAK)

    assert served.found(served.answering(data=[]), case) == [("MF105", Severity.WARNING)]


def test_findings_name_clause_and_case(bench: Bench) -> None:
    """A finding says where the promise was read and which case met it."""
    finding = bench.one(bench.answering(data=[]), bench.valid("my case"))

    assert (finding.clause, finding.case) == ("289170412e0, n, 必需 [documented]", "my case")


def test_same_request_may_differ_in_its_pictures(bench: Bench) -> None:
    """Two answers to one request may show different pictures: only their kind is compared."""
    shades = iter(["0", "1"])

    def send(request: Request) -> Response:
        response = bench.honest(request)
        shade = next(shades, "2").encode() if request.method == "POST" else b""
        return replace(response, body=response.body.replace(b"/0.png", b"/" + shade + b".png"))

    assert not bench.found(send, bench.valid("first"), bench.valid("second"))
