"""Periodic checks of every owned room and every socket, independent of nudges and echoes."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

from ws_gateway.games.hub import Hub
from ws_gateway.games.session import GameSession
from ws_gateway.sockets.connection import Connection

Item = TypeVar("Item")

EACH_EVERY = 5.0  # s between two comparisons of one room
PING_EVERY = 20.0  # s between two pings of one socket
SLICES = 50  # each period is divided into this many slices, so that the load is even


async def inspect_forever(hub: Hub) -> None:
    """Compare each room with its log every 5 s; the calls of one slice are pipelined.

    No slice waits for another: one server of a cluster may stand still. Its rooms are skipped while
    they wait for it.
    """
    under_way: set[GameSession] = set()

    async def compare(owner: GameSession) -> None:
        try:
            await owner.compare()
        finally:
            under_way.discard(owner)

    async with asyncio.TaskGroup() as group:
        async for owners in _in_turn(hub, EACH_EVERY):
            for owner in owners:
                if owner not in under_way:
                    under_way.add(owner)
                    group.create_task(compare(owner))


async def ping_forever(sockets: Iterable[GameSession | Connection]) -> None:
    """Ping each socket every 20 s, and drop those whose peer has vanished.

    One task for all sockets: a separate one for each would be a tenth of an idle socket's memory.
    """
    async for some in _in_turn(sockets, PING_EVERY):
        for socket in some:
            socket.ping_peer(time.monotonic())


async def _in_turn(items: Iterable[Item], period: float) -> AsyncIterator[list[Item]]:
    """Yield all items once in each period (s), one slice at a time."""
    while True:
        all_ = list(items)
        size = -(-len(all_) // SLICES) or 1
        for start in range(0, size * SLICES, size):
            await asyncio.sleep(period / SLICES)
            yield all_[start : start + size]
