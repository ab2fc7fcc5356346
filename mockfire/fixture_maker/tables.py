"""The answers of `errors.yaml` and `answers.yaml`: what no mock gives by itself, written down as data."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

from mockfire.fixture_maker.drafts import NUMBER, Draft, answered, base_payload, post, subject
from mockfire.fixture_maker.pictures import tiny_base64
from mockfire_fixtures import Broken
from mockfire_server import Settings
from mockfire_server.errors import GATEWAY, Refusal, render
from mockfire_server.settings import ERROR_TYPES
from mockfire_spec.documents import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockfire_spec import Contract, Operation

JSON = "application/json; charset=utf-8"
ENVELOPES = ("middleware", "relay")
"""The gateway's two envelopes (new-api 2025-04-11 middleware/utils.go and dto/error.go)."""

USUAL_EVIDENCE = {"error": "gateway", "fault": "inferred"}
USUAL_PLACE = "made for tests"


def table_drafts(contract: Contract, table: str) -> Iterator[Draft]:
    """Yield the answers of *table* ("errors" or "answers"), in its order."""
    operation = subject(contract)
    for row in read_yaml(files("mockfire.fixture_maker") / f"{table}.yaml"):
        yield _draft(operation, row)


def _draft(operation: Operation, row: Mapping[str, Any]) -> Draft:
    name, asked, broken = row["name"], row.get("asked"), row.get("broken")
    gateway = row.get("gateway", ERROR_TYPES[0])
    return Draft(
        name=name,
        title=row["title"],
        evidence=row.get("evidence") or USUAL_EVIDENCE[name.partition("-")[0]],
        where=row.get("where", USUAL_PLACE),
        request=None if asked is None else post(operation, base_payload(operation, **asked)),
        response=answered(row.get("status", 200), _body(row), row.get("content_type", JSON), gateway),
        claim=None if broken is None else Broken("response", **broken),
    )


def _body(row: Mapping[str, Any]) -> bytes:
    envelope = next((name for name in ENVELOPES if name in row), None)
    if envelope:
        return _rendered(row, envelope)
    text = row["text"] if "text" in row else orjson.dumps(_filled(row["body"])).decode()
    return text.replace("{number}", NUMBER).encode()


def _rendered(row: Mapping[str, Any], envelope: str) -> bytes:
    """Return what the mock's own renderer makes of the row: it knows the gateway's envelopes."""
    words = {"type": GATEWAY, "relayed": envelope == "relay", **row[envelope]}
    return render(
        Refusal(row["status"], **words), Settings(error_type=row.get("gateway", ERROR_TYPES[0])), NUMBER
    ).body


def _filled(value: Any) -> Any:
    """Return *value* with a picture in place of each string like "$1536x1024" or "$1536x1024 see-through"."""
    if isinstance(value, dict):
        return {name: _filled(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part) for part in value]
    return _picture(value[1:]) if isinstance(value, str) and value.startswith("$") else value


def _picture(told: str) -> str:
    size, _, word = told.partition(" ")
    picture = tiny_base64(size, see_through=word == "see-through")
    if word == "cut-off":
        return picture[: len(picture) // 8 * 4]
    return f"data:image/png;base64,{picture}" if word == "as-data-url" else picture
