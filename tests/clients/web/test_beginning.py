"""A round's 3-2-1, between the real services and the web client."""

from __future__ import annotations

from shared.wire.game_messages import GameStart
from tests.browser.conftest import Services
from tests.clients.web.node_client import opened_client
from tests.clients.web.rooms import unopened_room
from tests.ws_gateway.game_end import connected


async def test_pages_learn_when_the_countdown_ends(services: Services) -> None:
    """One that was there before, and one that comes meanwhile."""
    async with (
        unopened_room(services) as room,
        opened_client(services.api.url, room.room_id) as early,
    ):
        url = f"{room.opened.ws_url}?room_id={room.room_id}&token={room.opened.room_token}"
        async with connected(url) as game:
            await game.say(GameStart())
            await game.settle()
            async with opened_client(services.api.url, room.room_id) as late:
                for client in (early, late):
                    counting = await client.until(lambda state: state.starts_at > 0)
                    assert counting.open


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
