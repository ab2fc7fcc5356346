"""What a mock server can be told, checked once at the start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockfire_spec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR_TYPES = ("new_api_error", "rix_api_error")
"""The gateway's own errors: new-api's (middleware/utils.go) and Rix API's (recorded 2025-09-13)."""

USAGE_FORMS = ("null", "tokens", "empty", "absent")
PAYLOADS = ("small", "realistic")
LENIENCIES = ("noted", "enforced")
MEGABYTE = 1024 * 1024

_CHOICES = {
    "error_type": ERROR_TYPES,
    "usage": USAGE_FORMS,
    "payload": PAYLOADS,
    "leniency": LENIENCIES,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How the mock behaves where the contract leaves it open.

    *tokens* and *models* close their lists where they are given; *max_body* is in bytes (128 MB
    as at later versions of the gateway); *public_url* replaces the client's own origin in picture
    URLs; *secret* signs those URLs, so servers with the same secret serve each other's.
    """

    tokens: frozenset[str] | None = None
    models: frozenset[str] | None = None
    error_type: str = ERROR_TYPES[0]
    usage: str = USAGE_FORMS[0]
    payload: str = PAYLOADS[0]
    leniency: str = LENIENCIES[0]
    public_url: str | None = None
    secret: str = "mockfire"  # noqa: S105 - not one: it keeps addresses good across restarts
    max_body: int = 128 * MEGABYTE

    def __post_init__(self) -> None:
        problem = next(self._problems(), None)
        if problem:
            raise SettingError(problem)

    def _problems(self) -> Iterator[str]:
        for name, allowed in _CHOICES.items():
            value = getattr(self, name)
            if value not in allowed:
                yield f"{name} (--{name.replace('_', '-')}) is one of {', '.join(allowed)}; got {value!r}"
        if self.max_body < 1:
            yield f"max_body (--max-body) is at least 1 byte; got {self.max_body}"
        if self.public_url is not None and not re.fullmatch(
            r"https?://[^/\s?#]+(/[^\s?#]*)?", self.public_url
        ):
            like = "https://mock.example:8080, without a query"
            yield f"public_url (--public-url) is like {like}; got {self.public_url!r}"
