"""A mock in process, and a short way to ask it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import orjson
import pytest

from mockfire_server import Engine, Settings
from mockfire_spec import Contract, Request, Response

Ask: TypeAlias = Callable[..., Response]

PATH = "/v1/images/generations"
KEY = "sk-a-key-of-the-tests"
NOW = 1_795_000_000.25


def make_engine(profile: str = "as-served", **settings: Any) -> Engine:
    """Return an engine of *profile* whose clock stands at NOW."""
    return Engine(Contract.load(profile), Settings(**settings), clock=lambda: NOW)


def make_request(
    body: Any = None, *, method: str = "POST", path: str = PATH, **headers: str | None
) -> Request:
    """Return a request with *body* (bytes as they are, else as JSON); a header given as None is left out."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    usual = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = tuple((name, value) for name, value in (usual | told).items() if value is not None)
    return Request(method, path, kept, content)


@pytest.fixture(name="engine", scope="session")
def _engine() -> Engine:
    return make_engine()


@pytest.fixture(name="ask", scope="session")
def _ask(engine: Engine) -> Ask:
    def ask(body: Any = None, **how: Any) -> Response:
        return engine.respond(make_request(body, **how))

    return ask


@pytest.fixture(name="engine_with", scope="session")
def _engine_with() -> Callable[..., Engine]:
    return make_engine


@pytest.fixture(name="request_with", scope="session")
def _request_with() -> Callable[..., Request]:
    return make_request


@pytest.fixture(name="asked_of", scope="session")
def _asked_of() -> Callable[..., Response]:
    def asked_of(engine: Engine, body: Any = None, **how: Any) -> Response:
        return engine.respond(make_request(body, **how))

    return asked_of
