"""`mockfire fixtures`: listed, shown, copied, and made anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import mockfire.commands.fixtures as module
from mockfire.cli import main
from mockfire_fixtures import files, index, load, names

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*arguments: str) -> Result:
    """Return what `mockfire fixtures` with *arguments* prints, and its exit code."""
    return CliRunner().invoke(main, ["fixtures", *arguments])


def test_the_table_has_a_row_for_each() -> None:
    """Every fixture is listed with its title, and a broken one with its place."""
    heading, *rows = run().output.splitlines()
    first = [row.split()[0] for row in rows]

    assert [*names()] == first
    assert heading.split() == ["NAME", "KIND", "STATUS", "BROKEN", "AT", "WHAT", "IT", "IS"]
    assert all(entry.title in row for entry, row in zip(index(), rows, strict=True))
    assert "request: /n maximum" in next(row for row in rows if row.startswith("refused-n-above-the-maximum"))


def test_one_is_printed_as_json() -> None:
    """A name prints its file, laid out for reading."""
    result = run("error-no-channel")

    assert json.loads(result.output)["response"]["body"] == load("error-no-channel").response.json()
    assert '\n    "status": 503' in result.output


def test_an_unknown_name_ends_in_a_sentence() -> None:
    """A wrong name is answered with the nearest, and exit code 2."""
    result = run("error-no-chanel")

    assert result.exit_code == 2
    assert "The nearest is 'error-no-channel'." in result.output


def test_all_are_copied_to_a_folder(tmp_path: Path) -> None:
    """--write copies the index and every file, byte for byte, into a folder that it makes."""
    result = run("--write", str(tmp_path / "new" / "folder"))
    copied = {
        path.relative_to(tmp_path / "new" / "folder").as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*.json")
    }

    assert result.exit_code == 0
    assert dict(files()) == copied
    assert f"{len(index())} fixtures are in " in result.output


def test_a_folder_that_cannot_be_made_ends_in_a_sentence(tmp_path: Path) -> None:
    """A file in the way of the folder is named."""
    (tmp_path / "taken").write_text("", "utf-8")
    result = run("--write", str(tmp_path / "taken" / "folder"))

    assert result.exit_code == 1
    assert "Error: cannot write " in result.output
    assert "taken" in result.output


def test_making_them_replaces_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--make writes every file anew and takes away those that are no longer made."""
    monkeypatch.setattr(module, "package_files", lambda _package: tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "stale.json").write_text("{}", "utf-8")
    result = run("--make")

    assert f"{len(index())} fixtures and their index, " in result.output
    assert {entry.file for entry in index()} == {
        f"data/{path.name}" for path in (tmp_path / "data").iterdir()
    }


@pytest.mark.parametrize("arguments", [("request-documented", "--make"), ("--make", "--write", "there")])
def test_one_thing_at_a_time(arguments: tuple[str, ...]) -> None:
    """A name, --write and --make exclude each other."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert "give one of them" in result.output
