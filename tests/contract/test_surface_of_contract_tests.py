"""The public surface of the contract tests is written down, and light to import."""

from __future__ import annotations

import subprocess
import sys

import mockfire_contract


def test_surface_is_sorted_and_real() -> None:
    """Every exported name exists, and the list is in order."""
    assert sorted(mockfire_contract.__all__) == mockfire_contract.__all__
    assert all(hasattr(mockfire_contract, name) for name in mockfire_contract.__all__)


def test_heavy_libraries_wait_until_they_are_needed() -> None:
    """Importing the package imports neither hypothesis nor Pillow nor an HTTP client nor rich."""
    heavy = ["PIL", "covertable", "httpx", "hypothesis", "jsonschema", "pytest", "rich", "yaml"]
    script = (
        f"import sys, mockfire_contract.reports; print([name for name in {heavy} if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout

    assert loaded == "[]\n"


def test_contract_tests_never_import_the_mock() -> None:
    """A test tool that shares code with what it tests shares its bugs."""
    script = "import sys, mockfire_contract.reports; print('mockfire_server' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout

    assert loaded == "False\n"
