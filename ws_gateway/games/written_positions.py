"""Stores in Redis how far sockets were written, for games that never acknowledge."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 500  # positions stored in one batch
PACE = 0.05  # s between batches: a killed gateway loses the positions of at most this time


class Noted(Protocol):
    """A session, as far as `Notes` uses it; a protocol, because `session` imports this module."""

    async def note_written(self) -> None:
        """Store the position; does not raise if Redis is away."""


class Notes:
    """The sockets whose position has changed since it was last stored.

    A delivery does not wait for this. The first position is stored at once; all messages written to
    a socket in the 50 ms after a batch are coalesced into one position.
    """

    def __init__(self) -> None:
        self._due: set[Noted] = set()
        self._arrived = asyncio.Event()

    def add(self, socket: Noted) -> None:
        """Have a socket's position stored soon."""
        self._due.add(socket)
        self._arrived.set()

    async def write_forever(self) -> None:
        """Store positions as they change."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            for sockets in self._due_in_batches():
                await asyncio.gather(*(socket.note_written() for socket in sockets))
            await asyncio.sleep(PACE)

    def _due_in_batches(self) -> Iterator[list[Noted]]:
        due, self._due = list(self._due), set()
        return (due[i : i + AT_ONCE] for i in range(0, len(due), AT_ONCE))
