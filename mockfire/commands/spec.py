"""`mockfire spec`: the contract in effect, for any OpenAPI tool."""

from __future__ import annotations

import click
import orjson

from mockfire.commands.options import profile_option
from mockfire_spec.documents import effective_document, write_yaml


@click.command()
@profile_option("The contract to print.")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def command(profile: str, form: str) -> None:
    """Print the contract of a profile as one OpenAPI 3.1 document."""
    document = effective_document(profile)
    text = (
        write_yaml(document)
        if form == "yaml"
        else orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    )
    click.echo(text.rstrip("\n"))
