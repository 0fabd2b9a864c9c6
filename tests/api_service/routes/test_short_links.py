"""The short link to a room."""

from dataclasses import replace

import httpx
import pytest

from shared.engine.engine import Engine
from shared.process.settings import PerAddress, Settings
from tests.api_service.conftest import GameRoom
from tests.api_service.running import ready_client, with_proxy

ELSEWHERE = {"X-Forwarded-For": "192.0.2.17"}
BROWSER = {"Accept": "text/html"}


async def followed(
    api: httpx.AsyncClient, typed: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    """The answer to a short link, which is for people and not in the schema."""
    async with httpx.AsyncClient(base_url=api.base_url) as http:
        return await http.get(f"/j/{typed}", headers=headers)


async def test_a_code_leads_to_the_viewers_page(api: httpx.AsyncClient) -> None:
    """To that of `WEB_URL`, and however somebody types the code."""
    opened = (await api.post("/api/rooms")).json()
    code = opened["code"]
    for typed in (code, code.lower(), f"%20{code[:3]}%20{code[3:]}"):
        answer = await followed(api, typed)
        assert (answer.status_code, answer.headers["Location"]) == (302, opened["web_url"])
        assert answer.headers["Cache-Control"] == "no-store"


async def test_the_own_page_is_found_under_the_name_that_a_phone_knows(settings: Settings) -> None:
    async with ready_client(settings) as api:
        opened = (await api.post("/api/rooms")).json()
        answer = await followed(api, opened["code"], {"Host": "192.168.1.20:8888"})
        assert answer.headers["Location"] == f"/play/{opened['room_id']}"


async def test_a_room_keeps_telling_its_code(api: httpx.AsyncClient, game: GameRoom) -> None:
    """One that was opened without a code, by its game, gets one when asked."""
    opened = (await api.post("/api/rooms")).json()
    assert (await api.get(f"/api/rooms/{opened['room_id']}")).json()["code"] == opened["code"]
    code = (await api.get(game.path)).json()["code"]
    assert len(code) == 6
    assert (await api.get(game.path)).json()["code"] == code
    assert (await followed(api, code)).headers["Location"].endswith(game.room_id)


async def test_a_room_that_is_over_has_no_code(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine
) -> None:
    code = (await api.get(game.path)).json()["code"]
    seq = await engine.finish(game.room_id, game.term)
    epoch = (await engine.check(game.room_id, game.term)).log_epoch  # type: ignore[union-attr]
    await engine.ack(game.room_id, game.term, epoch, seq)
    await engine.detach(game.room_id, game.term, written=seq, clean=True)
    assert (await api.get(game.path)).json()["code"] is None
    assert (await followed(api, code)).status_code == 404


@pytest.mark.parametrize("code", ["222222", "short", "K7PQ4I", "nonsense!"])
async def test_a_code_without_a_room_is_explained(api: httpx.AsyncClient, code: str) -> None:
    answer = await followed(api, code)
    assert (answer.status_code, answer.json()["code"]) == (404, "room_not_found")
    page = await followed(api, code, BROWSER)
    assert page.status_code == 404
    assert 'data-problem="room_not_found"' in page.text


async def test_an_address_tries_only_so_many_codes(settings: Settings) -> None:
    """Wrong or right: else the refusal would tell which ones are right."""
    few = with_proxy(replace(settings, viewers_per_address=PerAddress(per_minute=1, burst=2)))
    async with ready_client(few) as api:
        code = (await api.post("/api/rooms")).json()["code"]
        tried = ("222222", code, code, "333333")
        answers = [await followed(api, each, ELSEWHERE) for each in tried]
        assert [answer.status_code for answer in answers] == [404, 302, 429, 429]
        assert int(answers[3].headers["Retry-After"]) >= 1
        assert (await followed(api, code)).status_code == 302, "loopback is never limited"
