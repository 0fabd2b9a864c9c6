"""The refusal of a handshake is in the language of `Accept-Language`."""

from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from tests.room_keys import new_room_id
from tests.ws_gateway.gateways import Running


async def refused(url: str, *accepted: str) -> tuple[dict[str, Any], Response]:
    """The problem document of a refused handshake."""
    headers = [("Accept-Language", value) for value in accepted]
    with pytest.raises(InvalidStatus) as caught:
        async with connect(url, additional_headers=headers, proxy=None):
            pass
    response = caught.value.response
    problem: dict[str, Any] = msgspec.json.decode(response.body or b"")
    return problem, response


@pytest.mark.parametrize(
    ("accepted", "language", "sentence"),
    [
        ((), "en", "Resuming a room needs its room token."),
        (("en;q=0.5", "ja;q=0.6"), "ja", "ルームに戻るには、ルームトークンが必要です。"),
    ],
)
async def test_accept_language_chooses_the_sentence(
    gateway: Running, accepted: tuple[str, ...], language: str, sentence: str
) -> None:
    """Most games do not send it, and get English."""
    problem, response = await refused(f"{gateway.url}?room_id={new_room_id()}", *accepted)
    assert problem["detail"] == problem["error"] == sentence
    assert (problem["code"], problem["title"]) == ("missing_token", "Unauthorized")
    assert response.headers["Content-Language"] == language
    assert response.headers["Vary"] == "Accept-Language"


async def test_what_names_a_field_does_so_in_japanese(gateway: Running) -> None:
    problem, _ = await refused(f"{gateway.url}?last_seq=1", "ja")
    assert problem["detail"] == "last_seq には room_id も必要です。"


async def test_a_plain_request_is_refused_in_japanese(gateway: Running) -> None:
    answer = await gateway.get("/nope", **{"Accept-Language": "ja"})
    assert answer.json()["detail"] == "この URL には何もありません。"
