"""How hypothesis is run: `ci` is the same each time, `dev` is quick, `nightly` looks further."""

from __future__ import annotations


def register() -> None:
    """Register the profiles `ci`, `dev` and `nightly`; pytest's --hypothesis-profile picks one.

    `ci` draws the same examples in each run and keeps nothing; `nightly` draws new ones each time,
    which a printed blob or --hypothesis-seed brings back.
    """
    from hypothesis import settings

    settings.register_profile(
        "ci", derandomize=True, deadline=None, database=None, print_blob=True, max_examples=100
    )
    settings.register_profile("dev", deadline=None, max_examples=50)
    settings.register_profile(
        "nightly", derandomize=False, deadline=None, database=None, print_blob=True, max_examples=2_000
    )
