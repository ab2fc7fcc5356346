"""The main job: the official OpenAI SDK, pointed at the mock, gets what it asked for."""

from __future__ import annotations

import asyncio
import base64
import io
from typing import TYPE_CHECKING, Literal

import httpx
import openai
import pytest
from PIL import Image

from mockfire import MockServer, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="mock", scope="module")
def _mock() -> Iterator[MockServer]:
    with MockServer(Settings(tokens=frozenset({"sk-good"}), usage="tokens")) as mock:
        yield mock


@pytest.fixture(name="client", scope="module")
def _client(mock: MockServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=mock.base_url, api_key="sk-good", max_retries=0) as client:
        yield client


def opened(content: bytes) -> Image.Image:
    """Return the picture that *content* is, decoded to its end."""
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("size", ["1024x1024", "1536x1024", "1024x1536"])
@pytest.mark.parametrize("background", ["transparent", "opaque"])
def test_base64_holds_the_pictures_that_were_asked_for(
    client: openai.OpenAI,
    size: Literal["1024x1024", "1536x1024", "1024x1536"],
    background: Literal["transparent", "opaque"],
) -> None:
    """Two pictures in base64, of the size and ground that the SDK's user asked for."""
    answer = client.images.generate(
        model="gpt-image-1", prompt="a heron", n=2, size=size, background=background
    )

    assert answer.data is not None
    pictures = [opened(base64.b64decode(item.b64_json or "")) for item in answer.data]
    assert [size, size] == [f"{picture.width}x{picture.height}" for picture in pictures]
    assert [background == "transparent"] * 2 == [picture.mode == "RGBA" for picture in pictures]


@pytest.mark.parametrize("form", ["url", "oss_url"])
def test_a_url_leads_to_the_picture(client: openai.OpenAI, form: str) -> None:
    """Both kinds of address are fetched without a token."""
    answer = client.images.generate(
        model="gpt-image-1", prompt="一只苍鹭", size="1024x1536", extra_body={"response_format": form}
    )

    assert answer.data is not None
    assert answer.data[0].url is not None
    assert opened(httpx.get(answer.data[0].url, trust_env=False).content).size == (1024, 1536)


def test_the_rest_of_the_answer_is_what_the_sdk_reads(client: openai.OpenAI) -> None:
    """Request id, time and usage arrive where the SDK puts them."""
    answer = client.images.generate(model="gpt-image-1", prompt="a heron", quality="low", size="1024x1024")

    assert answer.usage is not None
    assert (answer.usage.output_tokens, answer.usage.total_tokens) == (272, 274)
    assert answer._request_id  # noqa: SLF001 - the SDK's documented name for it
    assert answer.created > 1_700_000_000


def test_a_refusal_is_the_sdks_own_error(client: openai.OpenAI) -> None:
    """The SDK reads message, param, code and request id out of the refusal."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(model="gpt-image-1", prompt="a heron", size="512x512")

    assert (caught.value.param, caught.value.code) == ("size", "invalid_value")
    assert "Invalid value: '512x512'." in caught.value.message
    assert caught.value.request_id


def test_a_stranger_is_refused_with_the_sdks_own_error(mock: MockServer) -> None:
    """A wrong key is an AuthenticationError."""
    stranger = openai.OpenAI(base_url=mock.base_url, api_key="sk-bad", max_retries=0)

    with stranger, pytest.raises(openai.AuthenticationError, match="无效的令牌"):
        stranger.images.generate(prompt="a heron")


def test_streaming_is_refused_by_name(client: openai.OpenAI) -> None:
    """A request for a stream is told that there is none, and which field asks for it."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(model="gpt-image-1", prompt="a heron", stream=True)

    assert caught.value.param == "stream"


def test_the_asynchronous_sdk_is_served_alike(mock: MockServer) -> None:
    """Twelve calls at once from the asynchronous client all get their picture."""

    async def ask() -> list[openai.types.ImagesResponse]:
        async with openai.AsyncOpenAI(base_url=mock.base_url, api_key="sk-good") as client:
            calls = (
                client.images.generate(prompt=f"heron {number}", response_format="url")
                for number in range(12)
            )
            return await asyncio.gather(*calls)

    assert len({answer.data[0].url for answer in asyncio.run(ask()) if answer.data}) == 12
