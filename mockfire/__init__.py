"""mockfire: a stand-in for ChatfireAPI's image endpoint, and the contract tests that keep it honest."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockfire.server import MockServer
    from mockfire_server import Settings
    from mockfire_spec import Contract

__all__ = ["Contract", "MockServer", "Settings", "__version__"]

__version__ = "0.1.0"

_HOMES = {"Contract": "mockfire_spec", "MockServer": "mockfire.server", "Settings": "mockfire_server"}


def __getattr__(name: str) -> Any:
    """Return a public name, imported when it is first asked for: `mockfire --help` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mockfire' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
