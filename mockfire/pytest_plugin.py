"""The pytest plugin: options for contract tests. It imports nothing of the kit before a test asks for it."""

from __future__ import annotations

import pytest

TARGET, PROFILE = "--mockfire-target", "--mockfire-profile"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("mockfire", "contract tests for ChatfireAPI's image endpoint")
    group.addoption(
        TARGET,
        metavar="URL",
        help="run the contract against the loopback server at URL, in place of a mock of its own; "
        "a finding that is no error is left to `mockfire check`",
    )
    group.addoption(
        PROFILE,
        metavar="NAME",
        default="as-served",
        help="the profile that the server at the target is held to: as-served (default) or documented",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a target or a profile that cannot be used, once and in a sentence."""
    target = config.getoption(TARGET)
    if target is None:
        return
    from mockfire_contract.clients import root_url
    from mockfire_spec import Contract, MockfireError

    try:
        root_url(target, Contract.load(str(config.getoption(PROFILE))).paths)
    except MockfireError as error:
        raise pytest.UsageError(f"{TARGET}: {error}") from None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse a target that no test looks at: such a run would be green without having tested it."""
    asked = ("mockfire_target" in getattr(item, "fixturenames", ()) for item in session.items)
    if session.config.getoption(TARGET) is not None and not any(asked):
        raise pytest.UsageError(f"{TARGET} was given, but no test that was collected is run against it.")


@pytest.fixture(scope="session")
def mockfire_target(request: pytest.FixtureRequest) -> str | None:
    """Return the URL given with --mockfire-target, or None."""
    target: str | None = request.config.getoption(TARGET)
    return target
