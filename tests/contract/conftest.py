"""What the tests of the contract tests share: an honest server, the faults, and small lists of cases."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockfire_contract.cases import Case, Credentials, Expectation, Phase
from mockfire_contract.clients import fetch_through
from mockfire_contract.outcome import Outcome, collect
from mockfire_contract.plan import make_plan
from mockfire_contract.runner import run
from mockfire_spec import Contract, Request, Response, Source, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from mockfire_contract.findings import Finding, Severity
    from mockfire_spec import Send

HERE = Path(__file__).parent
BASE = {
    "model": "gpt-image-1",
    "prompt": "A heron in the reeds",
    "n": 1,
    "response_format": "url",
    "size": "1024x1024",
    "background": "auto",
    "quality": "auto",
    "moderation": "low",
}
INFERRED = Source("a test", "a test", evidence="inferred")


def load(name: str) -> ModuleType:
    """Return the module called *name* beside this file; tests are no package that could be imported from."""
    full_name = f"mockfire_contract_tests_{name}"
    if full_name not in sys.modules:
        spec = importlib.util.spec_from_file_location(full_name, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full_name] = module
        spec.loader.exec_module(module)
    return sys.modules[full_name]


@lru_cache(maxsize=4)
def contract_of(profile: str) -> Contract:
    """Return the contract of *profile*, loaded once."""
    return Contract.load(profile)


@lru_cache(maxsize=16)
def plan_of(profile: str, strength: int, *, deep: bool) -> tuple[Case, ...]:
    """Return the cases of a plan for *profile*, made once: cases are values."""
    return make_plan(contract_of(profile), strength=strength, deep=deep).cases


class Bench:
    """A profile's contract, its honest server, and what makes cases for it and runs them."""

    def __init__(self, profile: str) -> None:
        self.contract = contract_of(profile)
        self.operation = self.contract.operations[0]
        self.toys = load("toy_server")
        self.honest: Send = self.toys.Toy(self.contract)

    def valid(self, name: str = "valid", **changes: Any) -> Case:
        """Return a documented valid case: the page's fields with *changes* (... leaves a field out)."""
        payload = {key: value for key, value in {**BASE, **changes}.items() if value is not ...}
        return self.case(name, payload, Expectation.ACCEPTED, self.operation.source)

    def broken(self, name: str = "broken", **changes: Any) -> Case:
        """Return a case that breaks the contract in one place, with the source of what it breaks."""
        payload = {key: value for key, value in {**BASE, **changes}.items() if value is not ...}
        violation = next(violations(self.operation.request, payload))
        case = self.case(name, payload, Expectation.REFUSED, violation.source, Phase.REFUSALS)
        return Case(**{**_fields(case), "broken": violation})

    def tokened(self, name: str, credentials: Credentials, source: Source | None = None) -> Case:
        """Return a valid body with other *credentials*, to be refused."""
        rests_on = source or self.operation.secured or INFERRED
        case = self.case(name, BASE, Expectation.REFUSED, rests_on, Phase.REFUSALS)
        return Case(**{**_fields(case), "credentials": credentials})

    def case(
        self,
        name: str,
        payload: Any,
        expectation: Expectation,
        source: Source,
        phase: Phase = Phase.COVERING,
    ) -> Case:
        """Return a case with *payload* as its JSON body."""
        body = json.dumps(payload).encode()
        request = Request(
            self.operation.method, self.operation.path, (("content-type", "application/json"),), body
        )
        return Case(name, phase, self.operation, request, expectation, source, payload)

    def elsewhere(self, name: str, method: str, path: str) -> Case:
        """Return a case that goes to another method or path."""
        request = Request(method, path, (("content-type", "application/json"),), json.dumps(BASE).encode())
        operation = self.operation
        return Case(
            name, Phase.REFUSALS, operation, request, Expectation.REFUSED, operation.source, payload=BASE
        )

    def few(self) -> list[Case]:
        """Return a few cases, which between them meet every check."""
        unknown = [self.tokened("an unknown token", Credentials.UNKNOWN, INFERRED)]
        return [
            *(unknown if self.operation.unknown_token else []),
            self.tokened("without a token", Credentials.NONE),
            self.elsewhere("another method", "PUT", self.operation.path),
            self.elsewhere("another path", "POST", "/v1/images/nowhere"),
            self.broken("a wrong size", size="512x512"),
            self.broken("no prompt", prompt=...),
            self.broken("no prompt, again", prompt=...),
            self.valid("two by address", n=2, size="1536x1024", background="opaque"),
            self.valid("two by address, again", n=2, size="1536x1024", background="opaque"),
            self.valid("two as base64", n=2, response_format="b64_json", background="transparent"),
            self.valid("one for a week", response_format="oss_url", size="1024x1536"),
        ]

    def planned(self, strength: int = 2, *, deep: bool = False) -> tuple[Case, ...]:
        """Return the cases of the plan for this profile."""
        return plan_of(self.contract.profile, strength, deep=deep)

    def faults(self, table: str) -> dict[str, Callable[[Send], Send]]:
        """Return the faults of *table*, each as what makes it of an honest server."""
        made: dict[str, Callable[[Send], Send]] = getattr(load("faults"), table)(self.toys, load("tampering"))
        return made

    def with_fault(self, name: str, table: str = "by_code") -> Send:
        """Return the honest server with the fault called *name*."""
        return self.faults(table)[name](self.honest)

    def run(self, send: Send, cases: Iterable[Case]) -> Outcome:
        """Return the outcome of *cases* sent to *send* in the same process."""
        return collect(run(send, cases, key=self.toys.KEY, fetch=fetch_through(send)))

    def found(self, send: Send, *cases: Case) -> list[tuple[str, Severity]]:
        """Return code and weight of the findings of *cases* on *send*, in the order met."""
        return [(finding.code, finding.severity) for finding in self.run(send, cases).findings]

    def one(self, send: Send, case: Case) -> Finding:
        """Return the only finding of *case* on *send*."""
        (finding,) = self.run(send, [case]).findings
        return finding

    def answering(self, **changes: Any) -> Send:
        """Return the honest server with *changes* in its answers (... takes a field out)."""

        def send(request: Request) -> Response:
            response = self.honest(request)
            if request.method == "GET" or response.status != 200:
                return response
            answer = {key: part for key, part in {**response.json(), **changes}.items() if part is not ...}
            return replace(response, body=json.dumps(answer).encode())

        return send

    def codes(self, send: Send, cases: Iterable[Case]) -> set[str]:
        """Return the codes of the findings of *cases* on *send*."""
        return {finding.code for finding in self.run(send, cases).findings}


def _fields(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in Case.__slots__}


@pytest.fixture(params=["documented", "as-served"])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Return the bench of each profile in turn."""
    return Bench(request.param)


@pytest.fixture
def served() -> Bench:
    """Return the bench of the profile as-served, which has every clause."""
    return Bench("as-served")


@pytest.fixture
def documented() -> Bench:
    """Return the bench of the profile documented, the page and nothing else."""
    return Bench("documented")


@pytest.fixture
def toys() -> ModuleType:
    """Return the module of the honest server and of what breaks it."""
    return load("toy_server")


@pytest.fixture
def sockets() -> ModuleType:
    """Return the module of servers over a socket."""
    return load("sockets")
