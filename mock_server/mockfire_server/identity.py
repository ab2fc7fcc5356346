"""Request ids in the gateway's form."""

from __future__ import annotations

import random
import time
from functools import lru_cache

_DRAWS = random.Random(random.SystemRandom().random())  # noqa: S311 - an id, not a secret


def request_id(now: float) -> str:
    """Return an id for a request at *now* (Unix seconds).

    The form is the gateway's: YYYYMMDDhhmmss in UTC, nine digits of nanoseconds, eight random
    characters (new-api 2025-04-11 middleware/request-id.go; ids recorded 2024-03-14 to 2025-09-13).
    """
    seconds = int(now)
    return f"{_stamp(seconds)}{int((now - seconds) * 1e9):09d}{_DRAWS.getrandbits(32):08x}"


@lru_cache(maxsize=1)
def _stamp(seconds: int) -> str:
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds))
