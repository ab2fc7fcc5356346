"""`mockfire explain`: what a finding's code means and what to do about it."""

from __future__ import annotations

import click


@click.command()
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain the CODE of a finding, such as MF105; without one, list them all."""
    from mockfire_contract.catalogue import explain, listing

    click.echo(explain(code) if code else listing())
