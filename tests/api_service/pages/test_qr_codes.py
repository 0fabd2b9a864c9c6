"""The QR codes of rooms: drawn for rooms that there are, once, and kept."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api_service.http.qr_codes import qr_code
from api_service.pages import pages
from api_service.studio import studios
from shared.identity.tokens import new_ulid
from shared.process.settings import Settings
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.running import SECRET, cuttable_link, running
from tests.room_keys import new_room_id
from tests.waiting import until


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With the key of the tests' studios."""
    return replace(settings, secret_keys=(SECRET,))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is drawn, with repetitions."""
    texts: list[str] = []

    def draw(text: str) -> bytes:
        texts.append(text)
        return qr_code(text)

    for module in (pages, studios):
        monkeypatch.setattr(module, "qr_code", draw)
    return texts


def browser(settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}")


async def test_nothing_is_drawn_for_a_room_that_is_not_there(
    settings: Settings, drawn: list[str]
) -> None:
    async with running(settings), browser(settings) as http:
        for _ in range(3):
            answer = await http.get(f"/play/{new_room_id()}/qr.svg")
            assert (answer.status_code, answer.json()["code"]) == (404, "room_not_found")
    assert drawn == []


async def test_a_rooms_code_is_drawn_once(
    settings: Settings, game: GameRoom, drawn: list[str]
) -> None:
    path = f"/play/{game.room_id}/qr.svg"
    async with running(settings), browser(settings) as http:
        answers = await asyncio.gather(*(http.get(path) for _ in range(10)))
    assert {answer.content for answer in answers} == {qr_code(f"{settings.home_url}{path[:-7]}")}
    assert len(drawn) == 1


async def test_what_was_drawn_is_there_while_redis_is_away(
    settings: Settings, redis_url: str, game: GameRoom, tmp_path: Path
) -> None:
    """Of another room nobody can say whether there is one."""
    path = f"/play/{game.room_id}/qr.svg"
    async with AsyncExitStack() as redis:
        link = await redis.enter_async_context(cuttable_link(tmp_path, redis_url))
        behind = replace(settings, redis_url=link.url)
        async with running(behind), browser(behind) as http:
            before = await http.get(path)
            assert before.status_code == 200
            await redis.aclose()

            async def is_away() -> bool:
                return (await http.get(f"/api/rooms/{game.room_id}")).status_code == 503

            await until(is_away)
            assert (await http.get(path)).content == before.content
            assert (await http.get(f"/play/{new_room_id()}/qr.svg")).status_code == 503


async def test_a_studios_code_is_drawn_once(settings: Settings, drawn: list[str]) -> None:
    key = {"Authorization": f"Bearer {SIGNER.sign_studio(new_ulid())}"}
    async with running(settings), browser(settings) as http:
        for _ in range(3):
            assert (await http.get("/api/studio/qr.svg", headers=key)).status_code == 200
    assert len(drawn) == 1
