"""The wheel: exactly what is in the packages, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {
    "mockfire": ROOT,
    "mockfire_spec": ROOT / "spec",
    "mockfire_server": ROOT / "mock_server",
    "mockfire_contract": ROOT / "contract_tests",
    "mockfire_fixtures": ROOT / "fixtures",
}
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Every file of the five packages is in the wheel: none is lost to an ignore rule, none is added."""
    expected = {
        path.relative_to(home).as_posix()
        for package, home in SOURCES.items()
        for path in (home / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert expected == found


def test_the_wheel_has_its_licence_and_its_commands(wheel: zipfile.ZipFile) -> None:
    """The metadata is whole: licence, the command, the plugin."""
    told = {name.partition(".dist-info/")[2] for name in wheel.namelist() if ".dist-info/" in name}
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))

    assert told == METADATA
    assert "mockfire = mockfire.cli:main" in wheel.read(entry_points).decode()
    assert "mockfire = mockfire.pytest_plugin" in wheel.read(entry_points).decode()


@pytest.mark.parametrize("package", SOURCES)
def test_every_package_says_that_it_is_typed(wheel: zipfile.ZipFile, package: str) -> None:
    """Type checkers read the packages."""
    assert f"{package}/py.typed" in wheel.namelist()


@pytest.mark.parametrize("folder", ["spec", "mock_server", "contract_tests", "fixtures"])
def test_a_source_root_holds_one_package(folder: str) -> None:
    """Any other folder in a source root would become importable."""
    found = [path.name for path in (ROOT / folder).iterdir() if path.is_dir() and path.name != "__pycache__"]

    assert [name for name in found if name not in SOURCES] == []
    assert len([name for name in found if name in SOURCES]) == 1


def test_every_dependency_has_its_reason() -> None:
    """CONTRIBUTING.md names each library that is installed with the kit."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [requirement.partition(">")[0].partition("[")[0] for requirement in project["dependencies"]]
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

    assert [name for name in names if name not in text] == []
