"""A round's 3-2-1, between the real services and the web client."""

import asyncio
from typing import Final

from redis.asyncio import Redis

from shared.wire.game_messages import GameStart
from tests.browser.conftest import Services
from tests.clients.web.node_client import opened_client
from tests.clients.web.rooms import unopened_room
from tests.room_keys import room_keys
from tests.ws_gateway.game_end import connected

AN_HOUR: Final = 3_600_000  # ms


async def test_pages_learn_when_the_countdown_ends(services: Services) -> None:
    """One that was there before, and one that comes meanwhile."""
    async with (
        unopened_room(services) as room,
        opened_client(services.api.url, room.room_id) as early,
    ):
        url = f"{room.opened.ws_url}?room_id={room.room_id}&token={room.opened.room_token}"
        async with connected(url) as game:
            learns = asyncio.create_task(early.until(lambda state: state.starts_at > 0))
            await game.say(GameStart())
            assert (await learns).open
            await put_off(services, room.room_id)
            async with opened_client(services.api.url, room.room_id) as late:
                assert (await late.until(lambda state: state.starts_at > 0)).open


async def put_off(services: Services, room_id: str) -> None:
    """The 3-2-1 is not over before somebody else has come, however long that takes."""
    async with Redis.from_url(services.redis_url) as store:
        await store.hincrby(room_keys(room_id).room, "started_at", AN_HOUR)


async def test_a_round_that_a_press_opened_has_no_countdown(services: Services) -> None:
    async with (
        unopened_room(services) as room,
        opened_client(services.api.url, room.room_id) as client,
    ):
        url = f"{room.opened.ws_url}?room_id={room.room_id}&token={room.opened.room_token}"
        async with connected(url):
            await client.until(lambda state: state.open)
            assert await client.press("skill1") == 1
            await client.settled()
            async with opened_client(services.api.url, room.room_id) as late:
                assert (late.state.status, late.state.starts_at) == ("in_game", 0)
            assert all(state.starts_at == 0 for state in client.states)
