"""`mockfire spec`: the contract in effect, for any OpenAPI tool."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from mockfire.commands.options import profile_option
from mockfire_spec.compiled import FILE
from mockfire_spec.documents import compile_contract, effective_document, write_yaml


@click.command()
@profile_option("The contract to print.")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@click.option(
    "--compile", "compiling", is_flag=True, help="For maintainers: write compiled.json anew from the YAML."
)
def command(profile: str, form: str, *, compiling: bool) -> None:
    """Print the contract of a profile as one OpenAPI 3.1 document."""
    if compiling:
        Path(str(FILE)).write_bytes(compile_contract())
        click.echo(f"wrote {FILE}")
        return
    document = effective_document(profile)
    text = (
        write_yaml(document)
        if form == "yaml"
        else orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    )
    click.echo(f"{text.rstrip()}\n".encode(), nl=False)
