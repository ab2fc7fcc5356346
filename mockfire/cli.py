"""The command `mockfire`: a table of subcommands, each loaded when it is used."""

from __future__ import annotations

import difflib
import io
import sys
from importlib import import_module
from typing import Any

import click

from mockfire import __version__
from mockfire_spec.errors import MockfireError

COMMANDS = {
    "serve": "Serve the mock: real pictures, real errors, nothing billed.",
    "check": "Check a server against the contract; without a target, the mock itself.",
    "demo": "Start a mock, ask it for a picture, show the answer, and stop.",
    "spec": "Print the contract of a profile as OpenAPI.",
    "explain": "Explain the code of a finding.",
    "fixtures": "List the ready-made requests and answers, or write them to a folder.",
}
"""Each subcommand, by the name of its module in `mockfire.commands`, with the line that `--help` shows."""


class Commands(click.Group):
    """Loads a subcommand when it is called: `mockfire --help` waits for none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand *cmd_name*; fail with the nearest name where there is none."""
        if cmd_name in COMMANDS:
            command: click.Command = import_module(f"mockfire.commands.{cmd_name}").command
            return command
        near = difflib.get_close_matches(cmd_name, COMMANDS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(COMMANDS)}."
        ctx.fail(f"No command {cmd_name!r}.{hint}")
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table, without loading anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; wrong use ends in one sentence and the error's own exit code."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except MockfireError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mockfire")
def main() -> None:
    """Stand in for ChatfireAPI's image endpoint, and check that it keeps its contract."""
