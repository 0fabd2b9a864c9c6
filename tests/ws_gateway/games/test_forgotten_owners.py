"""Redis forgets which sockets own rooms: games stay connected, whatever they are doing."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.wire.game_messages import Ack, GameEvent, GameStart, RoomCreated
from tests.room_keys import room_keys
from tests.waiting import until
from tests.ws_gateway.faults import link_to, own_valkey
from tests.ws_gateway.game_end import Game, resumed
from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    gathered_crowd,
    running_gateway,
)

pytestmark = [pytest.mark.usefixtures("quick_comparison", "short_linger")]

GAMES = 40
ROUNDS = 4
ONE_WAY = 0.005  # s between gateway and Redis
TALK_EVERY = 0.15  # s: a command is under way a third of the time
HOUR = 3_600_000  # ms


@dataclass
class Play:
    """All games receive triggers, each the next number, and send commands until the end."""

    triggers: int
    playing: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def game(self, gateway: Running, room: RoomCreated) -> None:
        async with resumed(gateway.url, room) as (game, _):
            await game.start()
            self.playing += 1
            await asyncio.gather(self._receive(game), self._talk(game))
            await game.settle()

    async def all_play(self) -> bool:
        return self.playing == GAMES

    async def _receive(self, game: Game) -> None:
        for seq in range(1, self.triggers + 1):
            event = await game.next_of(GameEvent)
            assert event.seq == seq
            await game.say(Ack(epoch=event.epoch, seq=seq))

    async def _talk(self, game: Game) -> None:
        """Send commands that change nothing, repeatedly."""
        while not self.over.is_set():
            await game.say(GameStart())
            await game.socket.send('{"type":"settings","title":"a title"}')
            await asyncio.sleep(TALK_EVERY)


async def forget_owner(crowd: Crowd, room: RoomCreated) -> None:
    await crowd.engine.store.command("HDEL", room_keys(room.room_id).room, "owner", "term")


async def fire_all(crowd: Crowd, rooms: list[RoomCreated]) -> None:
    await asyncio.gather(*(crowd.fire(room.room_id) for room in rooms))


async def test_no_game_is_sent_away_whose_ownership_redis_forgot(tmp_path: Path) -> None:
    """Repeatedly, with commands and acknowledgements in flight, and 10 ms to Redis and back."""
    async with (
        own_valkey(tmp_path) as valkey,
        gathered_crowd(valkey.url) as crowd,
        link_to(valkey.port, delay=ONE_WAY) as link,
        running_gateway(gateway_settings(link.url)) as gateway,
        asyncio.TaskGroup() as games,
    ):
        rooms = [await crowd.open_room() for _ in range(GAMES)]
        play = Play(triggers=2 * ROUNDS)
        for room in rooms:
            games.create_task(play.game(gateway, room))
        await until(play.all_play)

        async def all_owned() -> bool:
            found = [await crowd.engine.describe(room.room_id) for room in rooms]
            return all(room.connected for room in found)

        for _ in range(ROUNDS):
            await asyncio.gather(*(forget_owner(crowd, room) for room in rooms))
            await fire_all(crowd, rooms)
            await until(all_owned)
            await fire_all(crowd, rooms)
        play.over.set()


@pytest.mark.parametrize("same_gateway", [True, False], ids=["same gateway", "another gateway"])
async def test_of_two_sockets_the_newer_stays_though_redis_forgot_the_older(
    redis_url: str, crowd: Crowd, same_gateway: bool
) -> None:
    """Its clock was also set back, so that a newer socket would get a smaller term."""
    async with (
        running_gateway(gateway_settings(redis_url)) as one,
        running_gateway(gateway_settings(redis_url)) as two,
    ):
        room = await crowd.open_room()
        key, ahead = room_keys(room.room_id).room, int(time.time() * 1000) + HOUR
        await crowd.engine.store.command("HSET", key, "term", ahead)
        async with resumed(one.url, room) as (older, _):
            await older.start()
            await forget_owner(crowd, room)
            async with resumed((one if same_gateway else two).url, room) as (newer, _):
                assert await older.error() == "replaced"
                assert await older.closed() == 4001
                for seq in (1, 2, 3):
                    await crowd.fire(room.room_id)
                    assert (await newer.next_of(GameEvent)).seq == seq
                await newer.settle()
