"""Puts rooms into the histories of studios: what leads to the newest room then leads there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from api_service.books.database import Database
from api_service.studio.handles import UNREACHABLE, HandleRooms
from api_service.studio.history import room_rows
from shared.engine.engine import Engine
from shared.engine.open_room import lead_on

NEW_ROOM_WITHIN: Final = 1.0  # s that a new room waits for PostgreSQL; it opens in any case


class Listing:
    """Puts rooms into histories, and leads a studio's handle and its older rooms' viewers there."""

    def __init__(self, engine: Engine, database: Database, handle_rooms: HandleRooms) -> None:
        self._engine = engine
        self._database = database
        self._handle_rooms = handle_rooms

    async def add(self, studio_id: str, room_id: str) -> None:
        """Put the room into the history. Raises DatabaseUnavailable or StoreUnavailable."""
        listed = await room_rows.add_room(self._database, studio_id, room_id)
        await self.lead_on(listed.rooms)
        self._handle_rooms.learn(room_id, listed)

    async def add_new(self, studio_id: str, room_id: str) -> bool:
        """Put a new room into the history. Returns False if PostgreSQL does not answer at once."""
        with suppress(TimeoutError, *UNREACHABLE):
            async with asyncio.timeout(NEW_ROOM_WITHIN):
                await self.add(studio_id, room_id)
                return True
        return False

    async def lead_on(self, rooms: Sequence[str]) -> None:
        """Lead the viewers of a studio's newest rooms, of which the newest is first, to that."""
        await asyncio.gather(*(lead_on(self._engine, older, rooms[0]) for older in rooms[1:]))
