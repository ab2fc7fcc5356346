"""What a valid request is answered with."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from mockfire_server import Engine, Settings
from mockfire_server.settings import USAGE_FORMS
from mockfire_server.usage import picture_tokens, token_counts
from mockfire_spec import Contract, Request, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockfire_spec import Response

Ask = Any

PAGE = Contract.load("documented").operations[0]
SERVED = Contract.load("as-served").operations[0]
SIZES = [size for size in PAGE.request_for("gpt-image-1")["properties"]["size"]["enum"] if size != "auto"]


def picture_of(response: Response, index: int = 0) -> Image.Image:
    """Return the picture that *response* holds in base64, decoded to its end."""
    content = base64.b64decode(response.json()["data"][index]["b64_json"], validate=True)
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def fetched(engine: Engine, address: str, method: str = "GET", **headers: str) -> Response:
    """Return what *engine* answers at *address*."""
    return engine.respond(Request(method, urlsplit(address).path, tuple(headers.items())))


@pytest.mark.parametrize("profile", ["documented", "as-served"])
@pytest.mark.parametrize("form", ["url", "oss_url", "b64_json"])
def test_an_ordinary_answer_keeps_both_profiles(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response], profile: str, form: str
) -> None:
    """What the mock answers is valid as documented and as served, in every transport."""
    answer = asked_of(engine_with(profile), {**PAGE.request_examples[0], "response_format": form}).json()

    assert list(violations(PAGE.responses[200], answer)) == []
    assert list(violations(SERVED.responses[200], answer)) == []
    assert list(answer) == ["data", "created", "usage"]


def test_nothing_of_the_request_is_echoed(ask: Ask) -> None:
    """The page documents no echo, and the answer's enums are narrower than the request's: keys are left out."""
    answer = ask({"prompt": "a heron", "size": "auto", "quality": "auto", "response_format": "url"}).json()

    assert sorted(answer) == ["created", "data", "usage"]
    assert [list(item) for item in answer["data"]] == [["url"]]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("background", "mode"), [("transparent", "RGBA"), ("opaque", "RGB"), ("auto", "RGB")]
)
def test_the_picture_is_what_was_asked_for(ask: Ask, size: str, background: str, mode: str) -> None:
    """Width, height and alpha are as asked."""
    picture = picture_of(ask({"prompt": "a heron", "size": size, "background": background}))

    assert (size, mode) == (f"{picture.width}x{picture.height}", picture.mode)
    if mode == "RGBA":
        assert picture.getchannel("A").getextrema()[0] == 0


def test_an_open_size_is_one_of_the_documented_and_stays(ask: Ask) -> None:
    """Auto is decided by the request: one of the three, the same each time, not the same for all."""
    sizes = [picture_of(ask({"prompt": f"heron {number}", "size": "auto"})).size for number in range(12)]

    assert {f"{width}x{height}" for width, height in sizes} == set(SIZES)
    assert picture_of(ask({"prompt": "heron 0", "size": "auto"})).size == sizes[0]


@pytest.mark.parametrize(("form", "name"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
def test_the_format_is_what_was_asked_for(ask: Ask, form: str, name: str) -> None:
    """PNG, JPEG and WebP are drawn."""
    assert name == picture_of(ask({"prompt": "a heron", "output_format": form})).format


@pytest.mark.parametrize(
    ("model", "field"), [("gpt-image-1", "b64_json"), ("dall-e-3", "url"), (None, "b64_json")]
)
def test_a_left_out_transport_depends_on_the_model(ask: Ask, model: str | None, field: str) -> None:
    """The gpt-image family answers base64, every other model a URL."""
    body = {"prompt": "a heron"} | ({"model": model} if model else {})

    assert [field] == list(ask(body).json()["data"][0])


def test_as_many_different_pictures_as_asked_for(ask: Ask) -> None:
    """The pictures of one answer differ."""
    data = ask({"prompt": "a heron", "n": 4, "size": "1024x1024"}).json()["data"]

    assert len({item["b64_json"] for item in data}) == 4


def test_the_same_request_gets_the_same_picture(ask: Ask) -> None:
    """A picture is a function of its request; another prompt gives another."""
    first, again, other = (ask({"prompt": prompt}).json()["data"] for prompt in ("heron", "heron", "egret"))

    assert first == again != other


def test_the_transport_makes_no_difference_to_the_picture(engine: Engine, ask: Ask) -> None:
    """The bytes at a URL are those of the base64."""
    inline = ask({"prompt": "a heron", "response_format": "b64_json"}).json()["data"][0]["b64_json"]
    address = ask({"prompt": "a heron", "response_format": "oss_url"}).json()["data"][0]["url"]

    assert base64.b64decode(inline) == fetched(engine, address).body


def test_a_png_carries_the_parameters_of_its_request(ask: Ask) -> None:
    """The text chunk of a PNG says what was asked."""
    picture = picture_of(ask({"prompt": "一只苍鹭", "quality": "high", "size": "1024x1024"}))

    text = " ".join(map(str, picture.info.values()))
    assert [word for word in ("一只苍鹭", "high", "1024x1024", "gpt-image-1") if word not in text] == []


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_a_realistic_payload_is_as_long_as_a_real_one(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response], form: str
) -> None:
    """Padding makes 1.5 to 2.5 MB of a picture that still decodes."""
    response = asked_of(engine_with(payload="realistic"), {"prompt": "a heron", "output_format": form})

    length = len(base64.b64decode(response.json()["data"][0]["b64_json"]))
    assert 1_500_000 <= length <= 2_600_000
    assert picture_of(response).size in {(1024, 1024), (1536, 1024), (1024, 1536)}


@pytest.mark.parametrize(("form", "hours"), [("url", 24), ("oss_url", 168)])
def test_an_address_lives_as_long_as_the_page_says(form: str, hours: int) -> None:
    """A url lives for 24 hours and an oss_url for 7 days, to the second."""
    moments = [1_795_000_000.0]
    engine = Engine(Contract.load(), clock=lambda: moments[-1])
    body = f'{{"prompt":"a heron","response_format":"{form}"}}'.encode()
    headers = (("authorization", "Bearer sk-anything"), ("content-type", "application/json"))
    address = engine.respond(Request("POST", "/v1/images/generations", headers, body)).json()["data"][0][
        "url"
    ]

    moments.append(moments[0] + hours * 3600 - 1)
    assert fetched(engine, address).status == 200
    moments.append(moments[0] + hours * 3600)
    expired = fetched(engine, address)
    assert (expired.status, expired.header("content-type")) == (403, "application/xml")
    assert b"<Code>AccessDenied</Code><Message>Request has expired.</Message>" in expired.body


def test_an_address_of_another_secret_is_forged(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response]
) -> None:
    """Servers serve each other's pictures exactly where they share the secret."""
    ours, same, other = engine_with(secret="a"), engine_with(secret="a"), engine_with(secret="b")
    address = asked_of(ours, {"prompt": "x", "response_format": "url"}).json()["data"][0]["url"]

    assert [fetched(engine, address).status for engine in (ours, same, other)] == [200, 200, 403]


@pytest.mark.parametrize(
    "change",
    [("/files/17", "/files/18"), (".png", ".jpgx"), (".png", ".jpg"), ("/W", "/X"), ("/files/", "/files/9")],
)
def test_a_changed_address_is_forged(engine: Engine, ask: Ask, change: tuple[str, str]) -> None:
    """Neither the end of its life nor what it shows can be changed in an address."""
    address = ask({"prompt": "x", "response_format": "url"}).json()["data"][0]["url"]

    changed = fetched(engine, address.replace(*change, 1))

    assert changed.status == 403
    assert b"<Code>SignatureDoesNotMatch</Code>" in changed.body


def test_a_picture_is_served_in_ranges(engine: Engine, ask: Ask) -> None:
    """Parts of a picture can be had, as from an object store."""
    address = ask({"prompt": "x", "response_format": "url"}).json()["data"][0]["url"]
    whole = fetched(engine, address).body

    part = fetched(engine, address, range="bytes=2-5")
    tail = fetched(engine, address, range="bytes=-7")
    rest = fetched(engine, address, range=f"bytes={len(whole) - 3}-")
    none = fetched(engine, address, range=f"bytes={len(whole)}-")

    assert (206, whole[2:6], f"bytes 2-5/{len(whole)}") == (
        part.status,
        part.body,
        part.header("content-range"),
    )
    assert (whole[-7:], whole[-3:]) == (tail.body, rest.body)
    assert (416, f"bytes */{len(whole)}") == (none.status, none.header("content-range"))
    assert whole == fetched(engine, address, range="bytes=-").body


def test_head_tells_the_length_alone(engine: Engine, ask: Ask) -> None:
    """HEAD answers with the headers of GET and no body."""
    address = ask({"prompt": "x", "response_format": "url"}).json()["data"][0]["url"]

    head, whole = fetched(engine, address, "HEAD"), fetched(engine, address)

    assert (head.status, head.body, head.header("content-type")) == (200, b"", "image/png")
    assert str(len(whole.body)) == head.header("content-length")


def test_other_methods_on_a_picture_are_refused_as_by_a_store(engine: Engine, ask: Ask) -> None:
    """A picture cannot be written."""
    address = ask({"prompt": "x", "response_format": "url"}).json()["data"][0]["url"]

    assert fetched(engine, address, "PUT").status == 405


def test_the_address_is_that_of_the_client_or_the_public_one(
    engine_with: Callable[..., Engine], request_with: Callable[..., Request]
) -> None:
    """Addresses begin with the origin that the client used, unless another is set."""
    request = request_with({"prompt": "x", "response_format": "url"})
    public = engine_with(public_url="https://mock.example/base")

    assert engine_with().respond(request).json()["data"][0]["url"].startswith(f"{request.origin}/files/")
    assert public.respond(request).json()["data"][0]["url"].startswith("https://mock.example/base/files/")


@pytest.mark.parametrize(
    "prompt", ["𝔘" * 32_000, "\u202e\u0000\u200b", '’“”\n\t\\"', "👩‍👩‍👧‍👦" * 50, "e\u0301" * 300]
)
def test_any_prompt_is_answered(engine: Engine, ask: Ask, prompt: str) -> None:
    """Long, astral and odd prompts get a picture, at an address of moderate length."""
    address = ask({"prompt": prompt, "response_format": "url"}).json()["data"][0]["url"]

    assert fetched(engine, address).status == 200
    assert len(address) < 2_000


def test_created_is_now(ask: Ask) -> None:
    """The time is the clock's, in whole seconds."""
    assert ask({"prompt": "x", "response_format": "url"}).json()["created"] == 1_795_000_000


@pytest.mark.parametrize("form", USAGE_FORMS)
def test_usage_takes_the_form_that_was_set(
    engine_with: Callable[..., Engine], asked_of: Callable[..., Response], form: str
) -> None:
    """Usage is null, token counts, empty or absent, and valid as served in each form."""
    answer = asked_of(
        engine_with(usage=form),
        {"prompt": "a heron!", "response_format": "url", "n": 2, "quality": "low", "size": "1024x1024"},
    ).json()

    counts = token_counts("a heron!", 272, 2)
    assert (
        answer.get("usage", "absent")
        == {"null": None, "tokens": counts, "empty": {}, "absent": "absent"}[form]
    )
    assert counts["total_tokens"] == 2 + 544
    assert list(violations(SERVED.responses[200], answer)) == []


@pytest.mark.parametrize(
    ("quality", "square", "tall", "wide"),
    [("low", 272, 408, 400), ("medium", 1056, 1584, 1568), ("high", 4160, 6240, 6208)],
)
def test_tokens_are_those_that_were_published(quality: str, square: int, tall: int, wide: int) -> None:
    """The closed form gives the nine published figures of the gpt-image-1 family."""
    sizes = [(1024, 1024), (1024, 1536), (1536, 1024)]

    assert [square, tall, wide] == [picture_tokens("gpt-image-1", quality, *size) for size in sizes]


@pytest.mark.parametrize(
    ("size", "tokens"), [((1024, 1024), 7024), ((1024, 1536), 5488), ((1536, 1024), 5488)]
)
def test_tokens_of_the_next_model_are_those_that_were_published(size: tuple[int, int], tokens: int) -> None:
    """gpt-image-2 counts by area: 7024 and 5488 at high; auto counts as high."""
    assert (
        tokens == picture_tokens("gpt-image-2", "high", *size) == picture_tokens("gpt-image-2", "auto", *size)
    )


def test_every_relation_of_the_contract_is_known_to_the_tests() -> None:
    """A relation that is added to the contract needs a test here that the mock upholds it."""
    upheld = {"count", "transport", "size", "background", "distinct", "created", "usage", "format"}

    assert upheld == set(SERVED.relations)


def test_settings_are_refused_with_what_is_allowed() -> None:
    """A setting that makes no sense is refused in one sentence."""
    from mockfire_spec.errors import SettingError

    with pytest.raises(
        SettingError, match=r"usage \(--usage\) is one of null, tokens, empty, absent; got 'some'"
    ):
        Settings(usage="some")
    with pytest.raises(SettingError, match=r"public_url .* is like"):
        Settings(public_url="mock.example")
    with pytest.raises(SettingError, match="at least 1 byte"):
        Settings(max_body=0)
