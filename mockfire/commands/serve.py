"""`mockfire serve`: the mock in the foreground."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from mockfire import __version__
from mockfire.commands.options import Bytes, Names, profile_option
from mockfire.request_log import RequestLog, as_json, as_text
from mockfire.server import LOOPBACK, address, listen, make_server
from mockfire_server import Engine, Settings
from mockfire_server.settings import ERROR_TYPES, LENIENCIES, PAYLOADS, USAGE_FORMS
from mockfire_spec import Contract
from mockfire_spec.prices import load_prices

if TYPE_CHECKING:
    from typing import Any

_MODE_HELP = "Print one JSON object for each request instead of a line for people."


@click.command()
@profile_option("The contract to serve.")
@click.option("--host", default=LOOPBACK, show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 finds a free one."
)
@click.option("--tokens", type=Names(), help="The only keys to let in, with commas. Default: any key.")
@click.option("--models", type=Names(), help="The only models to serve, with commas. Default: any model.")
@click.option(
    "--usage",
    type=click.Choice(USAGE_FORMS),
    default=USAGE_FORMS[0],
    show_default=True,
    help="What `usage` holds.",
)
@click.option(
    "--payload",
    type=click.Choice(PAYLOADS),
    default=PAYLOADS[0],
    show_default=True,
    help="realistic: pictures of 1.5 to 2.5 MB.",
)
@click.option(
    "--error-type",
    type=click.Choice(ERROR_TYPES),
    default=ERROR_TYPES[0],
    show_default=True,
    help="The word in the gateway's own errors.",
)
@click.option(
    "--leniency",
    type=click.Choice(LENIENCIES),
    default=LENIENCIES[0],
    show_default=True,
    help="What happens to a rule that is only inferred.",
)
@click.option(
    "--public-url", help="The address to put in front of picture URLs. Default: the one that the client used."
)
@click.option(
    "--secret",
    envvar="MOCKFIRE_SECRET",
    default="mockfire",
    help="Signs picture URLs; servers that share it serve each other's.",
)
@click.option(
    "--max-body", type=Bytes(), default="128MB", show_default=True, help="The longest request body."
)
@click.option(
    "--prices",
    "price_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A price table of your own (YAML).",
)
@click.option("--quiet", is_flag=True, help="Print no line for each request.")
@click.option("--json", "as_objects", is_flag=True, help=_MODE_HELP)
def command(  # noqa: PLR0913 - one for each option
    profile: str,
    host: str,
    port: int,
    price_file: Path | None,
    *,
    quiet: bool,
    as_objects: bool,
    **settings: Any,
) -> None:
    """Serve the mock: real pictures, real errors, nothing billed.

    Point a client at it with OPENAI_BASE_URL, or at its constructor's base_url. Any key will do.
    """
    prices = load_prices(price_file)
    engine = Engine(Contract.load(profile), Settings(**settings), prices=prices)
    listener = listen(host, port)
    log = None if quiet else RequestLog(prices.currency, as_json if as_objects else as_text)
    click.echo(
        _banner_object(engine, address(listener)) if as_objects else _banner(engine, address(listener))
    )
    with contextlib.closing(listener):
        make_server(engine, log).run([listener])
    if log:
        log.flush()
    if not as_objects:
        click.echo("Stopped.")
    sys.exit(0)


def _banner(engine: Engine, origin: str) -> str:
    key = "one of --tokens" if engine.settings.tokens else "sk-anything"
    return (
        f"mockfire {__version__} stands in for ChatfireAPI at {origin} (profile {engine.contract.profile})\n"
        f"\n  export OPENAI_BASE_URL={origin}/v1\n  export OPENAI_API_KEY={key}\n"
        f"\n  journal   {origin}/_mockfire/journal\n  contract  {origin}/openapi.json\n"
        "\nNothing is billed. Stop with Ctrl-C.\n"
    )


def _banner_object(engine: Engine, origin: str) -> str:
    told = {
        "event": "listening",
        "origin": origin,
        "base_url": f"{origin}/v1",
        "profile": engine.contract.profile,
    }
    return orjson.dumps(told).decode()
