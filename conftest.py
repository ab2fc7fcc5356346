"""What all tests share: how many examples hypothesis draws, and whether they are always the same."""

from __future__ import annotations

import os

from hypothesis import settings

from mockfire_contract.hypothesis_profiles import register

register()
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
