"""`mockfire demo`: a mock, one picture, and what went over the wire, in a second."""

from __future__ import annotations

import base64
from pathlib import Path

import click

from mockfire.server import MockServer

REQUEST = {
    "model": "gpt-image-1",
    "prompt": "A heron in golden reeds at sunrise. 一只苍鹭站在金色的芦苇丛中",
    "n": 1,
    "response_format": "b64_json",
    "size": "1536x1024",
    "background": "opaque",
    "quality": "high",
    "moderation": "auto",
}


@click.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("mockfire-demo.png"),
    show_default=True,
    help="Where the picture goes.",
)
def command(output: Path) -> None:
    """Start a mock, ask it for a picture, save the picture, and stop."""
    import httpx

    _save(output, b"")
    with MockServer() as mock:
        click.echo(f"mockfire stands in for ChatfireAPI at {mock.base_url}\n")
        click.echo(f"POST {mock.base_url}/images/generations")
        click.echo("".join(f"  {name}: {value}\n" for name, value in REQUEST.items()))
        answer = httpx.post(
            f"{mock.base_url}/images/generations",
            json=REQUEST,
            headers={"authorization": "Bearer sk-anything"},
            trust_env=False,
        )
    content = base64.b64decode(answer.raise_for_status().json()["data"][0]["b64_json"])
    _save(output, content)
    click.echo(f"{answer.status_code} {answer.reason_phrase}, request id {answer.headers['x-request-id']}")
    click.echo(f"a real picture of {len(content):,} bytes: {output.resolve()}\n")
    click.echo("Next: `mockfire serve`, and point the OpenAI SDK of any language at http://127.0.0.1:8080/v1")


def _save(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"cannot write {output}: {error.strerror}") from None
