"""The runnable contract: each case of the plan, on the mock in process, over a socket, or at a target."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mockfire import MockServer
from mockfire_contract.clients import fetch_through, loopback_target
from mockfire_contract.findings import Severity
from mockfire_contract.plan import make_plan
from mockfire_contract.runner import run
from mockfire_server import Engine
from mockfire_spec import Contract
from mockfire_spec.documents import profiles

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from mockfire_contract.cases import Case
    from mockfire_contract.findings import Verdict

KEY = os.environ.get("CHATFIRE_API_KEY", "sk-contract-tests")
CONTRACTS = {profile: Contract.load(profile) for profile in profiles()}
EVERYTHING = {profile: make_plan(contract, deep=True).cases for profile, contract in CONTRACTS.items()}
FEW = {profile: make_plan(contract).cases for profile, contract in CONTRACTS.items()}

IN_PROCESS = [(profile, case) for profile, cases in EVERYTHING.items() for case in cases]
OVER_A_SOCKET = [(profile, case) for profile, cases in FEW.items() for case in cases]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its cases: with a target, the economical plan of one profile and no more."""
    if "case" not in metafunc.fixturenames:
        return
    target, profile = (metafunc.config.getoption(f"--mockfire-{name}") for name in ("target", "profile"))
    cases = [pair for pair in OVER_A_SOCKET if pair[0] == profile] if target else OVER_A_SOCKET
    if metafunc.function is test_the_mock_in_process_keeps_its_contract:
        cases = [] if target else IN_PROCESS
    metafunc.parametrize(("profile", "case"), cases, ids=[f"{name}: {case.name}" for name, case in cases])


@pytest.fixture(name="engine_of", scope="session")
def _engine_of() -> Callable[[str], Engine]:
    engines = {profile: Engine(contract) for profile, contract in CONTRACTS.items()}
    return engines.__getitem__


@pytest.fixture(name="address_of", scope="session")
def _address_of(mockfire_target: str | None) -> Iterator[Callable[[str], str]]:
    if mockfire_target is not None:
        yield lambda _profile: mockfire_target
        return
    with MockServer(profile="documented") as documented, MockServer(profile="as-served") as served:
        yield {"documented": documented.origin, "as-served": served.origin}.__getitem__


def told(verdict: Verdict, weights: Collection[Severity] = frozenset(Severity)) -> list[str]:
    """Return each finding of *verdict* that has one of *weights*, in a line."""
    return [
        f"{finding.code} {finding.severity} at {finding.pointer or 'the answer'} ({finding.clause}): "
        f"{finding.message}. Came {finding.came}, promised {finding.promised}."
        for finding in verdict.findings
        if finding.severity in weights
    ]


def test_the_mock_in_process_keeps_its_contract(
    engine_of: Callable[[str], Engine], profile: str, case: Case
) -> None:
    """Everything that the contract says of this case holds for the mock, called in process."""
    send = engine_of(profile).respond

    (verdict,) = run(send, [case], key=KEY, fetch=fetch_through(send))

    assert told(verdict) == []


def test_the_server_keeps_the_contract(
    address_of: Callable[[str], str], mockfire_target: str | None, profile: str, case: Case
) -> None:
    """What the contract says of this case holds behind a socket; for another server, what is documented."""
    target = loopback_target(address_of(profile), CONTRACTS[profile].paths)
    weights = frozenset(Severity) if mockfire_target is None else {Severity.ERROR}

    (verdict,) = run(target.send, [case], key=KEY, origin=target.root, fetch=target.fetch)

    assert told(verdict, weights) == []
