"""What is written for people: true, and complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import mockfire
from mockfire.cli import COMMANDS

ROOT = Path(__file__).parents[2]
PRODUCT = [ROOT / folder for folder in ("mockfire", "spec", "mock_server", "contract_tests", "fixtures")]
MODULES = sorted(path for folder in PRODUCT for path in folder.rglob("*.py"))
README = (ROOT / "README.md").read_text("utf-8")


def test_every_command_is_in_the_readme() -> None:
    """Nobody adds a command without telling the reader."""
    assert [name for name in COMMANDS if f"mockfire {name}" not in README] == []


@pytest.mark.parametrize("marker", ["demo", "tests"])
def test_the_readme_has_its_two_commands(marker: str) -> None:
    """Each command is one line that does its own set-up."""
    found = re.search(rf"<!-- {marker} -->\n```\n(python3 -m venv .+)\n```\n", README)

    assert found is not None
    assert "pip install" in found[1]


def test_links_between_documents_lead_somewhere() -> None:
    """A link to a file of the project is to one that is there."""
    broken = [
        (str(document.relative_to(ROOT)), target)
        for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks/README.md"]
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]

    assert broken == []


def test_files_are_short() -> None:
    """No module of the product is over 250 lines."""
    assert [str(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > 250] == []


def test_functions_are_short() -> None:
    """No function of the product is over 45 lines with its docstring, half of them are under 10."""
    lengths = {
        f"{path.name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert [name for name, length in lengths.items() if length > 45] == []
    assert sorted(lengths.values())[len(lengths) // 2] <= 10


def test_every_module_says_what_it_is_for() -> None:
    """Each module opens with a docstring."""
    assert [str(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("package", [mockfire])
def test_the_surface_is_sorted_and_real(package: object) -> None:
    """Every exported name exists, and the list is in order."""
    names = mockfire.__all__

    assert names == sorted(names)
    assert all(hasattr(package, name) for name in names)
