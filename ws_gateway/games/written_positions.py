"""Tells Redis how far sockets were written, for games that never say how far they are."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 500  # notes in one trip
PACE = 0.05  # s between trips: what a gateway that is killed may have written and not noted


class Noted(Protocol):
    """A socket that has something to note: its session, which knows this module."""

    async def note_written(self) -> None:
        """Note it, once; an outage is no error."""


class Notes:
    """The sockets that were written to since they were last noted.

    A delivery does not wait for its note. The first is noted at once; what is written to a socket
    in the 50 ms after a trip makes one note, however many messages it is.
    """

    def __init__(self) -> None:
        self._due: set[Noted] = set()
        self._arrived = asyncio.Event()

    def add(self, socket: Noted) -> None:
        """Have a socket noted soon."""
        self._due.add(socket)
        self._arrived.set()

    async def write_forever(self) -> None:
        """Note what there is to note."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            for sockets in self._due_in_batches():
                await asyncio.gather(*(socket.note_written() for socket in sockets))
            await asyncio.sleep(PACE)

    def _due_in_batches(self) -> Iterator[list[Noted]]:
        due, self._due = list(self._due), set()
        return (due[i : i + AT_ONCE] for i in range(0, len(due), AT_ONCE))
