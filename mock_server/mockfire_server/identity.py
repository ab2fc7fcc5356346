"""Request ids in the gateway's form."""

from __future__ import annotations

import random
import string
import time
from functools import lru_cache

_LETTERS = string.ascii_letters + string.digits
_SYSTEM = random.SystemRandom()
_DRAWS = random.Random(_SYSTEM.random())  # noqa: S311 - an id, not a secret


def request_id(now: float) -> str:
    """Return an id for a request at *now* (Unix seconds).

    The form is the gateway's: YYYYMMDDhhmmss in UTC, nine digits of nanoseconds, eight random
    characters (new-api 2025-04-11 middleware/request-id.go; ids recorded 2024-03-14 to 2025-09-13).
    """
    seconds = int(now)
    return f"{_stamp(seconds)}{int((now - seconds) * 1e9):09d}{''.join(_DRAWS.choices(_LETTERS, k=8))}"


@lru_cache(maxsize=1)
def _stamp(seconds: int) -> str:
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds))
