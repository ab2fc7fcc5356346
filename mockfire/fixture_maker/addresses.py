"""What the address of a picture answers: the picture, and the store's refusals; and a redirect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mockfire.fixture_maker.drafts import CLOCK, NUMBER, ORIGIN, Draft, base_payload, post, subject
from mockfire.fixture_maker.pictures import tiny_png
from mockfire.fixture_maker.stand_in import ask
from mockfire_spec import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockfire_spec import Contract, Operation

DAY = 86_400
WHERE = "289170412e0, response_format: a url lives for 24 hours"


def address_drafts(contract: Contract) -> Iterator[Draft]:
    """Yield what lies beside the operation of *contract*: a picture's address, and a slash too many."""
    yield from _pictures(subject(contract))
    yield _slash(subject(contract))


def _pictures(operation: Operation) -> Iterator[Draft]:
    payload = base_payload(operation)
    address: str = ask(post(operation, payload)).json()["data"][0]["url"]
    request = Request("GET", address.removeprefix(ORIGIN), origin=ORIGIN)
    forged = replace(request, path=request.path.replace(str(CLOCK + DAY), str(CLOCK + 2 * DAY)))
    picture = Response(
        200, (("content-type", "image/png"), ("x-oneapi-request-id", NUMBER)), tiny_png(payload["size"])
    )
    for name, title, evidence, asked, answer in (
        ("download", "A picture at its address: the one that answer-url-1536x1024 names.",
         "documented", request, picture),
        ("expired", "The same address more than a day later: an object store's refusal.",
         "documented", request, ask(request, later=DAY + 60)),
        ("forged", "The same address with a later end: an object store's refusal.",
         "inferred", forged, ask(forged)),
    ):  # fmt: skip
        yield Draft(f"picture-{name}", title, evidence, WHERE, asked, answer, operates=False)


def _slash(operation: Operation) -> Draft:
    request = post(operation, base_payload(operation), f"{operation.path}/")
    title = "A slash at the end of the path: a redirect that keeps the method."
    where = "recorded from relays of the same software"
    return Draft("quirk-slash-redirect", title, "recorded", where, request, ask(request), operates=False)
