"""The pytest plugin: options for contract tests. It imports nothing of the kit before a test asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("mockfire", "contract tests for ChatfireAPI's image endpoint")
    group.addoption(
        "--mockfire-target",
        metavar="URL",
        help="run the contract against the loopback server at URL, in place of a mock of its own",
    )
