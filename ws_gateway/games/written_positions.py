"""Stores in Redis how far sockets were written, for games that never acknowledge."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    # A session's `note_written`: it stores the position; False if Redis is away.
    Note = Callable[[], Awaitable[bool]]

AT_ONCE = 500  # positions stored in one batch
PACE = 0.05  # s between batches: a killed gateway loses the positions of at most this time
AGAIN_AFTER = 0.5  # s until positions that Redis did not store are stored again


class WrittenPositions:
    """The sockets whose position has changed since it was last stored.

    A delivery does not wait for this. The first position is stored at once; all messages written to
    a socket in the 50 ms after a batch are coalesced into one position.
    """

    def __init__(self) -> None:
        self._due: set[Note] = set()
        self._failed: set[Note] = set()
        self._arrived = asyncio.Event()

    def add(self, note: Note) -> None:
        """Have a socket's position stored soon."""
        self._due.add(note)
        self._arrived.set()

    async def write_forever(self) -> None:
        """Store positions as they change."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                for notes in self._due_in_batches():
                    # Not awaited: one server of a cluster may stand still.
                    group.create_task(self._store(notes))
                await asyncio.sleep(PACE)

    def _due_in_batches(self) -> Iterator[list[Note]]:
        due, self._due = list(self._due), set()
        return (due[i : i + AT_ONCE] for i in range(0, len(due), AT_ONCE))

    async def _store(self, notes: list[Note]) -> None:
        stored = await asyncio.gather(*(note() for note in notes))
        failed = {note for note, done in zip(notes, stored, strict=True) if not done}
        if failed and not self._failed:
            asyncio.get_running_loop().call_later(AGAIN_AFTER, self._repeat)
        self._failed |= failed

    def _repeat(self) -> None:
        self._due |= self._failed
        self._failed.clear()
        self._arrived.set()
