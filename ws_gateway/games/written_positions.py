"""Stores in Redis how far sockets were written, for games that never acknowledge."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 500  # positions stored in one batch
PACE = 0.05  # s between batches: a killed gateway loses the positions of at most this time
AGAIN_AFTER = 0.5  # s until positions that Redis did not store are stored again


class WrittenSocket(Protocol):
    """A session, as far as positions need it; a protocol, because `session` imports this module."""

    async def note_written(self) -> bool:
        """Store the position; False if Redis is away."""


class WrittenPositions:
    """The sockets whose position has changed since it was last stored.

    A delivery does not wait for this. The first position is stored at once; all messages written to
    a socket in the 50 ms after a batch are coalesced into one position.
    """

    def __init__(self) -> None:
        self._due: set[WrittenSocket] = set()
        self._failed: set[WrittenSocket] = set()
        self._arrived = asyncio.Event()

    def add(self, socket: WrittenSocket) -> None:
        """Have a socket's position stored soon."""
        self._due.add(socket)
        self._arrived.set()

    async def write_forever(self) -> None:
        """Store positions as they change."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                for sockets in self._due_in_batches():
                    # Not awaited: one server of a cluster may stand still.
                    group.create_task(self._store(sockets))
                await asyncio.sleep(PACE)

    def _due_in_batches(self) -> Iterator[list[WrittenSocket]]:
        due, self._due = list(self._due), set()
        return (due[i : i + AT_ONCE] for i in range(0, len(due), AT_ONCE))

    async def _store(self, sockets: list[WrittenSocket]) -> None:
        stored = await asyncio.gather(*(socket.note_written() for socket in sockets))
        failed = {socket for socket, done in zip(sockets, stored, strict=True) if not done}
        if failed and not self._failed:
            asyncio.get_running_loop().call_later(AGAIN_AFTER, self._repeat)
        self._failed |= failed

    def _repeat(self) -> None:
        self._due |= self._failed
        self._failed.clear()
        self._arrived.set()
