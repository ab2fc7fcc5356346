"""A run sends each case once, and survives a server that breaks off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.cases import Credentials
from mockfire_contract.clients import fetch_through
from mockfire_contract.errors import UnansweredError
from mockfire_contract.findings import Severity
from mockfire_contract.outcome import collect, conclude
from mockfire_contract.runner import MOST_SILENCE, dressed, run
from mockfire_spec import Request, Response
from mockfire_spec.errors import NothingTestedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockfire_contract.cases import Case
    from tests.contract.conftest import Bench

KEY = "sk-a-key-of-this-test"


def _silent(_request: Request) -> Response:
    raise UnansweredError("the connection was reset", reached=True)


def test_run_is_lazy(served: Bench) -> None:
    """A case is sent when its verdict is asked for, and not before."""
    sent: list[Request] = []

    def send(request: Request) -> Response:
        sent.append(request)
        return served.honest(request)

    verdicts = run(send, served.few(), key=KEY)
    next(verdicts)

    assert len(sent) == 1


def test_each_case_is_sent_once(served: Bench) -> None:
    """No case is sent twice, whatever comes back."""
    cases = [served.valid(str(place)) for place in range(5)]
    sent: list[Request] = []

    def send(request: Request) -> Response:
        sent.append(request)
        return Response(500)

    collect(run(send, cases, key=KEY))

    assert len(cases) == len(sent)


@pytest.mark.parametrize(
    ("credentials", "key", "expected"),
    [
        (Credentials.VALID, KEY, f"Bearer {KEY}"),
        (Credentials.VALID, "", None),
        (Credentials.NONE, KEY, None),
        (Credentials.UNKNOWN, KEY, "Bearer sk-mockfire-unknown-token"),
    ],
)
def test_request_carries_the_token_of_its_case(
    served: Bench, credentials: Credentials, key: str, expected: str | None
) -> None:
    """The valid key goes where the case says so, and nowhere else."""
    request = dressed(served.tokened("a case", credentials), key, "http://127.0.0.1:1")

    assert (expected, "http://127.0.0.1:1") == (request.header("authorization"), request.origin)


def test_nothing_listens(served: Bench) -> None:
    """Where nothing listens at the first request, the run ends with a sentence and exit code 3."""

    def send(_request: Request) -> Response:
        raise UnansweredError("nothing answers at http://127.0.0.1:1", reached=False)

    with pytest.raises(NothingTestedError, match=r"nothing answers at .* Is the server running\?") as caught:
        collect(run(send, served.few(), key=KEY))

    assert caught.value.exit_code == 3


def test_broken_connection_is_a_finding(served: Bench) -> None:
    """A connection that breaks off in the middle of a run is told, and the run goes on."""
    cases = served.few()

    def send(request: Request) -> Response:
        return _silent(request) if request.body == cases[5].request.body else served.honest(request)

    outcome = collect(run(send, cases, key=KEY, fetch=fetch_through(send)))

    assert len(cases) == outcome.requests
    assert {("MF100", Severity.ERROR, "no answer came: the connection was reset")} == {
        (finding.code, finding.severity, finding.message) for finding in outcome.findings
    }


def test_server_that_is_gone_ends_the_run(served: Bench) -> None:
    """A server that answers nothing is not asked for ever."""
    outcome = collect(run(_silent, [served.valid(str(place)) for place in range(10)], key=KEY))

    assert outcome.requests == MOST_SILENCE
    assert conclude(outcome).exit_code == 3


def test_own_mistakes_are_not_swallowed(served: Bench) -> None:
    """An error of the code under test in the same process is raised, not told as a finding."""

    def send(_request: Request) -> Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        collect(run(send, served.few(), key=KEY))


def test_pictures_of_refused_cases_are_not_fetched(served: Bench) -> None:
    """Where a broken request is let through, its pictures are counted and nothing is downloaded."""
    outcome = served.run(_let_through(served), [served.broken(size="512x512")])

    assert (outcome.pictures, outcome.downloads) == (1, 0)
    assert {"MF301"} == {finding.code for finding in outcome.findings}


def _let_through(bench: Bench) -> Callable[[Request], Response]:
    valid = bench.valid().request.body
    return lambda request: bench.honest(replace(request, body=valid) if request.body else request)


def test_picture_on_another_host_is_counted(served: Bench) -> None:
    """A picture that lies elsewhere is no finding, and it is said that it was not looked at."""

    def send(request: Request) -> Response:
        response = served.honest(request)
        body = response.body.replace(b"http://127.0.0.1:8080", b"https://s3ai.cn")
        return replace(response, body=body)

    outcome = served.run(send, [served.valid()])

    assert (outcome.elsewhere, outcome.downloads, outcome.findings) == (1, 0, ())


def test_in_process_pictures_are_fetched_from_the_same_server() -> None:
    """An address is asked with GET at its own origin, with its query and without a token."""
    asked: list[Request] = []

    def send(request: Request) -> Response:
        asked.append(request)
        return Response(200)

    fetch_through(send)("http://127.0.0.1:8080/a/b.png?until=1")

    assert asked == [Request("GET", "/a/b.png", query="until=1", origin="http://127.0.0.1:8080")]


def test_verdicts_are_judged_as_they_come(served: Bench) -> None:
    """Each verdict carries its own findings at once, so that progress can be shown."""

    def cases() -> Iterator[Case]:
        yield served.valid("first")
        yield served.broken("second", size="512x512")

    def send(request: Request) -> Response:
        return served.honest(replace(request, body=served.valid().request.body))

    counts: list[Any] = [len(verdict.findings) for verdict in run(send, cases(), key=served.toys.KEY)]

    assert counts == [0, 1]
