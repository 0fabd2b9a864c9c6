"""Regular checks of every owned room and its socket, whatever nudges and echoes say."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from ws_gateway.games.hub import Hub

Item = TypeVar("Item")

EACH_EVERY = 5.0  # s between two comparisons of one room
PING_EVERY = 20.0  # s between two pings of one game
SLICES = 50  # the rooms are spread over so many moments


async def inspect_forever(hub: Hub) -> None:
    """Compare each room every five seconds; the calls of one moment travel as one pipeline."""
    async for owners in _in_turn(hub, EACH_EVERY):
        await asyncio.gather(*(owner.compare() for owner in owners))


class Pulse(Protocol):
    """A socket, or who has one."""

    def feel_pulse(self, now: float) -> None:
        """Ping; end the socket where that was not answered for long (`now`: s)."""


async def ping_forever(sockets: Iterable[Pulse]) -> None:
    """Ping each socket every 20 s, and let go of those that are gone without a word.

    One round for all of them: a task of its own for each would be a tenth of an idle socket.
    """
    async for some in _in_turn(sockets, PING_EVERY):
        for socket in some:
            socket.feel_pulse(time.monotonic())


async def _in_turn(items: Iterable[Item], period: float) -> AsyncIterator[list[Item]]:
    """All items once in a period (s), some at each of its moments."""
    while True:
        all_ = list(items)
        size = -(-len(all_) // SLICES) or 1
        for start in range(0, size * SLICES, size):
            await asyncio.sleep(period / SLICES)
            yield all_[start : start + size]
