"""A game's room, seen from the server and from the game's store."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from shared.engine.replies import Description
from shared.wire.game_messages import RoomCreated
from tests.clients.unity.games import UnityGame
from tests.room_keys import new_room_id
from tests.waiting import until
from tests.ws_gateway.gateways import Crowd


class Audience:
    """The room of a game and its crowd; each press of the first button fires."""

    def __init__(self, crowd: Crowd, room_id: str) -> None:
        self._crowd = crowd
        self.room_id = room_id

    async def fire(self, triggers: int) -> None:
        await self._crowd.fire(self.room_id, triggers)

    async def room(self) -> Description:
        """The room as others see it."""
        return await self._crowd.engine.describe(self.room_id)

    async def sees(self, status: str) -> None:
        """Wait until the room has this status."""

        async def has_status() -> bool:
            return (await self.room()).status == status

        await until(has_status)

    async def sees_game(self, *, connected: bool) -> None:
        """Wait until the room has its game, or has noticed that it is gone."""

        async def is_so() -> bool:
            return (await self.room()).connected is connected

        await until(is_so)


async def in_round(game: UnityGame, crowd: Crowd) -> Audience:
    """Let a new game start its first round; return its audience."""
    opened = await game.next_of("opened")
    audience = Audience(crowd, opened["room_id"])
    await crowd.ease(audience.room_id)
    await game.say("start")
    await audience.sees("in_game")
    return audience


class Saved(msgspec.Struct):
    """The room in a game's store."""

    server: str
    room_id: str
    room_token: str
    epoch: int
    last_seq: int
    summary_seq: int = 0

    def as_created(self) -> RoomCreated:
        """The room for a game that has applied nothing of it."""
        return RoomCreated(
            room_id=self.room_id, web_url="", room_token=self.room_token, epoch=self.epoch, seq=0
        )


def saved_in(store: Path) -> Saved:
    return msgspec.json.decode(store.read_bytes(), type=Saved)


def save_room(store: Path, server: str, token: Callable[[str, float], str]) -> None:
    """Save a room of an earlier run that the server does not know."""
    room_id = new_room_id()
    saved = Saved(server, room_id, token(room_id, time.time()), epoch=1, last_seq=3)
    store.write_bytes(msgspec.json.encode(saved))
