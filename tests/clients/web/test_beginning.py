"""A round's 3-2-1, between the real services and the web client."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from shared.wire.game_messages import GameStart
from tests.clients.web.node_client import opened_client
from tests.clients.web.rooms import unopened_room
from tests.waiting import until
from tests.ws_gateway.game_end import connected

if TYPE_CHECKING:
    from tests.browser.conftest import Services
    from tests.clients.web.node_client import NodeClient

pytestmark = pytest.mark.anyio

COUNTDOWN: Final = 3.0  # s
ROUNDING: Final = 0.01  # s: times on the wire are whole ms


async def takes_a_press(client: NodeClient) -> bool:
    return await client.press("skill1") == 1


async def test_no_press_is_sent_before_the_countdown_is_over(services: Services) -> None:
    """From a page that was there before, and from one that comes meanwhile."""
    async with (
        unopened_room(services) as room,
        opened_client(services.api.url, room.room_id) as early,
    ):
        await room.change(starts="game")
        url = f"{room.opened.ws_url}?room_id={room.room_id}&token={room.opened.room_token}"
        async with connected(url) as game:
            began = time.monotonic()
            await game.say(GameStart())
            await game.settle()
            async with opened_client(services.api.url, room.room_id) as late:
                assert late.state.starts_at > 0
                for client in (early, late):
                    await client.until(lambda state: state.starts_at > 0)
                    await until(partial(takes_a_press, client))
                    assert time.monotonic() - began >= COUNTDOWN - ROUNDING
                    await client.settled()
                await room.has_accepted(2)
