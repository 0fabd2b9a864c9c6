"""A stand-in keeps a room while no game is connected."""

import pytest

from shared.wire.game_messages import Ack, GameEvent
from tests.room_keys import room_keys
from tests.waiting import until
from tests.ws_gateway.game_end import connected, resume_url, resumed
from tests.ws_gateway.gateways import Crowd, Running, gone

pytestmark = [pytest.mark.usefixtures("quick_comparison", "short_linger")]

STAND_IN = "&stand_in=true"


async def test_a_stand_in_beside_a_game_is_closed(gateway: Running, crowd: Crowd) -> None:
    """It is told why, and the game keeps its socket."""
    room = await crowd.open_room()
    async with resumed(gateway.url, room) as (game, _):
        async with connected(resume_url(gateway.url, room) + STAND_IN) as other:
            assert await other.error() == "game_connected"
            assert await other.closed() == 4002
        await game.start()
        await crowd.fire(room.room_id)
        assert await game.seqs(1) == [1]


async def test_a_game_takes_over_and_gets_what_fired_meanwhile(
    gateway: Running, crowd: Crowd
) -> None:
    """Each trigger once, though the stand-in was sent them, too."""
    room = await crowd.open_room()
    async with resumed(gateway.url, room) as (game, _):
        await game.start()
        await crowd.fire(room.room_id, 3)
        applied = (await game.events(3))[1]
        await game.say(Ack(epoch=applied.epoch, seq=applied.seq))
        await game.settle()
    await gone(crowd, room.room_id)
    async with resumed(gateway.url, room, applied, query=STAND_IN) as (other, ready):
        assert (ready.replayed, ready.recovered) == (0, True)
        await crowd.fire(room.room_id, 2)
        await other.settle()
        async with resumed(gateway.url, room, applied) as (game, again):
            assert await other.closed() == 4001
            assert again.replayed == 3
            assert await game.seqs(3) == [3, 4, 5]
            await game.settle()
            assert game.unasked(GameEvent) == []


async def test_a_stand_in_stays_one_after_redis_forgot_it(gateway: Running, crowd: Crowd) -> None:
    """The gateway attaches it again as what it is."""
    room = await crowd.open_room()
    key = room_keys(room.room_id).room
    async with resumed(gateway.url, room, query=STAND_IN) as (_, _):
        await crowd.engine.store.command("HSET", key, "owner", "", "stand_in", 0)

        async def is_back() -> bool:
            return (await crowd.engine.describe(room.room_id)).connected

        await until(is_back)
        assert await crowd.engine.store.command("HGET", key, "stand_in") == "1"
