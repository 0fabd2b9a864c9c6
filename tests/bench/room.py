"""A room with a running round and a game, whose counts are checked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import msgspec

from tests.bench import game
from tests.bench.bench import Broken
from tests.bench.stand import fetch, metrics
from tests.bench.wrk import Load
from tests.flow.fleet import Member
from tests.waiting import until

SETTLED_WITHIN: Final = 15.0  # s
QUIET: Final = 0.3  # s without a press that counts
ACCEPTED: Final = "streamario_presses_accepted_total"
REJECTED: Final = "streamario_presses_rejected_total"


@dataclass
class Room:
    """The room and its game. The API processes must serve no other room meanwhile.

    `pressed_elsewhere` counts presses that did not come through these processes.
    """

    id: str
    game: game.CountingGame
    apis: Sequence[Member]
    accepted_before: float
    pressed_elsewhere: int = 0

    async def settled(self) -> int:
        """Wait until no more presses count and the game has all triggers; return accepted presses.

        Raises Broken if a trigger does not arrive or arrives twice.
        """
        try:
            async with asyncio.timeout(SETTLED_WITHIN):
                await until(self._is_quiet)
                await until(self._balances)
        except TimeoutError:
            raise Broken(
                f"{await self._accepted():,} presses were accepted; {self.game.presses:,} reached"
                f" the game as triggers, {await self._left_over():,} are current counts"
            ) from None
        if self.game.trouble:
            raise Broken(self.game.trouble)
        return await self._accepted()

    async def counted(self, load: Load, before: int) -> int:
        """Return the presses accepted during a load, where `before` is the number before it.

        wrk does not wait for its last answers: one press per connection may have counted too.
        Raises Broken if answers and accepted presses do not match.
        """
        accepted = await self.settled() - before
        rejected = (await metrics(self.apis))[REJECTED]
        if load.trouble or rejected:
            raise Broken(f"{load.trouble} requests failed, {rejected:.0f} presses rejected")
        if not load.answers <= accepted <= load.answers + load.connections:
            raise Broken(f"{load.answers:,} answers, but {accepted:,} accepted presses")
        return accepted

    async def _is_quiet(self) -> bool:
        # Requests that were in progress at the end of the load may still count.
        accepted = await self._accepted()
        await asyncio.sleep(QUIET)
        return accepted == await self._accepted()

    async def _balances(self) -> bool:
        accepted = await self._accepted() + self.pressed_elsewhere
        return self.game.presses + await self._left_over() == accepted

    async def _accepted(self) -> int:
        return int((await metrics(self.apis))[ACCEPTED] - self.accepted_before)

    async def _left_over(self) -> int:
        return await left_over(self.apis[0].port, self.id)


@asynccontextmanager
async def playing(
    apis: Sequence[Member],
    gateway: Member,
    settings: dict[str, Any] | None = None,
    heard: game.Heard | None = None,
) -> AsyncIterator[Room]:
    """Open a room, attach its game and start the round; `heard` is called for each trigger."""
    accepted = (await metrics(apis))[ACCEPTED]
    async with opened(apis[0].port, gateway.port, settings, heard) as (room_id, player):
        yield Room(room_id, player, apis, accepted)


@asynccontextmanager
async def opened(
    api_port: int,
    gateway_port: int,
    settings: dict[str, Any] | None = None,
    heard: game.Heard | None = None,
) -> AsyncIterator[tuple[str, game.CountingGame]]:
    """Open a room, attach its game and start the round; yield the room's id and the game."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{api_port}") as http:
        answer = await http.post("/api/rooms", json={"settings": settings or {}})
    room = answer.raise_for_status().json()
    room_id = room["room_id"]
    async with game.attached(room_id, gateway_port, room["room_token"], heard) as player:

        async def begun() -> bool:
            return b'"in_game"' in await fetch(api_port, f"/api/rooms/{room_id}")

        await until(begun)
        yield room_id, player


async def left_over(api_port: int, room_id: str) -> int:
    """Return the presses that count towards the room's next triggers."""
    stats = await fetch(api_port, f"/api/rooms/{room_id}/stats")
    return sum(stat["current_count"] for stat in msgspec.json.decode(stats)["stats"])
