"""`mockfire fixtures`: the ready-made requests and answers, listed, shown, or copied for other languages."""

from __future__ import annotations

from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from mockfire_fixtures import files, index, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mockfire_fixtures import Entry


@click.command()
@click.argument("name", required=False)
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Copy the index and all fixtures to this folder, for tests in other languages.",
)
@click.option("--make", "remake", is_flag=True, help="Make the checked-in files anew; for maintainers.")
def command(name: str | None, folder: Path | None, *, remake: bool) -> None:
    """List the ready-made requests and answers; with a NAME, print that one."""
    if sum(map(bool, (name, folder, remake))) > 1:
        raise click.UsageError("NAME, --write and --make are three different things: give one of them.")
    if name:
        click.echo(_shown(name))
    elif folder:
        _copy(folder)
    elif remake:
        _make()
    else:
        click.echo("\n".join(_table(index())))


def _shown(name: str) -> str:
    """Return the file of the fixture *name*, laid out for reading."""
    wanted = load(name).entry.file
    content = next(content for path, content in files() if path == wanted)
    return orjson.dumps(orjson.loads(content), option=orjson.OPT_INDENT_2).decode()


def _copy(folder: Path) -> None:
    copied = list(files())
    _write(folder, copied)
    click.echo(f"{len(copied) - 1} fixtures are in {folder}; {folder / 'index.json'} says what each is.")


def _make() -> None:
    from mockfire.fixture_maker import make

    home = Path(str(package_files("mockfire_fixtures")))
    made = make()
    for stale in (home / "data").glob("*.json"):
        if f"data/{stale.name}" not in made:
            stale.unlink()
    _write(home, made.items())
    kilobytes = sum(map(len, made.values())) / 1_000
    click.echo(f"{len(made) - 1} fixtures and their index, {kilobytes:.0f} kB, are in {home}.")


def _write(folder: Path, contents: Iterable[tuple[str, bytes]]) -> None:
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        for path, content in contents:
            (folder / path).write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename or folder}: {error.strerror}") from None


HEADINGS = ("NAME", "KIND", "STATUS", "BROKEN AT", "WHAT IT IS")


def _table(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the lines of a table with one row for each entry."""
    rows = [HEADINGS, *map(_row, entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield _line(row, widths)


def _row(entry: Entry) -> Sequence[str]:
    broken = str(entry.broken) if entry.broken else ""
    return entry.name, entry.kind, str(entry.status or ""), broken, entry.title


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
