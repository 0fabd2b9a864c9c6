"""Games of the older system work unchanged: messages that they never send are not required."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.flow.fleet import Fleet, Member, open_fleet
from tests.flow.play import next_of, older_game


@pytest.fixture
async def fleet(tmp_path: Path, redis_url: str, database_url: str) -> AsyncIterator[Fleet]:
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as running:
        yield running


async def post(api: Member, path: str, body: dict[str, Any]) -> httpx.Response:
    async with httpx.AsyncClient() as http:
        return await http.post(api.url + path, json=body)


async def test_a_game_that_comes_back_with_its_token_gets_what_it_missed(fleet: Fleet) -> None:
    """Only the URL of an older game has to change; the room id without the token is refused."""
    api, gateway = await fleet.api(), await fleet.gateway()
    viewer = (await post(api, "/api/viewers", {})).json()["viewer_id"]
    batch = {"viewer_id": viewer, "push_events": [{"button_name": "skill1", "push_count": 5}]}
    async with older_game(gateway) as socket:
        room = await next_of(socket, "room_created")
        await post(api, f"/api/rooms/{room['room_id']}/events", batch)
        assert (await next_of(socket, "game_event"))["seq"] == 1
        socket.transport.abort()
    await post(api, f"/api/rooms/{room['room_id']}/events", batch)
    with pytest.raises(InvalidStatus) as refused:
        await older_game(gateway, f"?room_id={room['room_id']}")
    assert json.loads(refused.value.response.body)["code"] == "missing_token"
    async with older_game(
        gateway, f"?room_id={room['room_id']}&token={room['room_token']}"
    ) as socket:
        ready = await next_of(socket, "room_ready")
        assert (ready["room_id"], ready["replayed"]) == (room["room_id"], 1)
        missed = await next_of(socket, "game_event")
        assert (missed["seq"], missed["replayed"]) == (2, True)


async def test_a_game_that_ends_what_nobody_pressed_in_gets_its_summary(fleet: Fleet) -> None:
    api, gateway = await fleet.api(), await fleet.gateway()
    viewer = (await post(api, "/api/viewers", {})).json()["viewer_id"]
    async with older_game(gateway) as socket:
        room_id = (await next_of(socket, "room_created"))["room_id"]
        await socket.send('{"type":"game_end"}')
        summary = await next_of(socket, "game_end_summary")
        assert (summary["room_id"], summary["top_overall"]) == (room_id, None)
    press = {"viewer_id": viewer, "event_type": "skill1"}
    answer = await post(api, f"/api/rooms/{room_id}/events", press)
    assert answer.json()["game_over"] is True


async def test_a_game_with_a_lobby_starts_its_rounds_itself_where_that_is_configured(
    fleet: Fleet,
) -> None:
    """GAME_STARTS=game: a press before game_start is refused, and the answer names the setting."""
    api, gateway = await fleet.api(), await fleet.gateway(GAME_STARTS="game")
    viewer = (await post(api, "/api/viewers", {})).json()["viewer_id"]
    press = {"viewer_id": viewer, "event_type": "skill1"}
    async with older_game(gateway) as socket:
        room_id = (await next_of(socket, "room_created"))["room_id"]
        refused = await post(api, f"/api/rooms/{room_id}/events", press)
        assert (refused.status_code, refused.json()["code"]) == (409, "game_not_started")
        assert "'starts'" in refused.json()["detail"]
        await socket.send('{"type":"game_start"}')
        await socket.send('{"type":"ping","t":"done"}')
        await next_of(socket, "pong")
        assert (await post(api, f"/api/rooms/{room_id}/events", press)).status_code == 200
