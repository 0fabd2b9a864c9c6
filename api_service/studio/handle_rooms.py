"""Which room each handle leads to, and which handle leads to a room; a crowd costs one look-up."""

from __future__ import annotations

from functools import partial
from typing import Final

import msgspec

from api_service.books.database import Database
from api_service.books.errors import DatabaseUnavailable
from api_service.studio import handle_rows
from api_service.studio.history.room_rows import Listed
from shared.engine.engine import Engine
from shared.engine.refusals import RoomNotFound
from shared.identity.addresses import Address
from shared.process.cache import Cache, StaleOnError
from shared.process.settings import PerAddress
from shared.redis_store.store import StoreError
from shared.wire.room_settings import decode

REMEMBERED: Final = 1_000  # handles, or rooms
FOUND_FOR: Final = 1.0  # s
HANDLE_FOUND_FOR: Final = 2.0  # s
AWAY: Final = (DatabaseUnavailable, StoreError)


class HandleTarget(msgspec.Struct, frozen=True):
    """Where a handle leads: to its studio's newest room that is not over, if there is one."""

    room_id: str | None = None
    title: str | None = None


class HandleRooms:
    """Looks up handles and rooms. What it found last holds while PostgreSQL or Redis is away."""

    def __init__(self, engine: Engine, database: Database, tries: PerAddress) -> None:
        self._engine = engine
        self._database = database
        self._tries = tries
        last_known = partial(StaleOnError, limit=REMEMBERED, errors=AWAY)
        self._newest_rooms = last_known(self._find_newest)
        self._targets = Cache(last_known(self._find).get, limit=REMEMBERED, ttl=FOUND_FOR)
        self._last_handles = last_known(self._find_handle)
        self._handles = Cache(self._last_handles.get, limit=REMEMBERED, ttl=HANDLE_FOUND_FOR)
        self._only = Cache(last_known(self._find_only).get, limit=1, ttl=HANDLE_FOUND_FOR)

    async def target_for(self, address: Address, handle: str) -> HandleTarget | None:
        """As `target`; raises RateLimited if the address has tried too many that it had to find.

        A handle that is known to be somebody's costs nothing: a crowd waits at it.
        """
        if not self._newest_rooms.knows(handle):
            limit = self._tries
            await self._engine.spend(
                "handles", address, per_minute=limit.per_minute, burst=limit.burst
            )
        return await self.target(handle)

    async def target(self, handle: str) -> HandleTarget | None:
        """Where the handle leads; None if it is nobody's.

        Raises DatabaseUnavailable or StoreError if that is not known.
        """
        return await self._targets.get(handle)

    async def handle_to(self, room_id: str) -> str | None:
        """The handle that leads to the room; None if none does, or if that is not known."""
        try:
            handle = await self._handles.get(room_id)
            target = await self.target(handle) if handle else None
        except AWAY:
            self._handles.put(room_id, None)  # so that not each who joins waits for PostgreSQL
            return None
        return handle if target and target.room_id == room_id else None

    def learn(self, room_id: str, listed: Listed) -> None:
        """A studio has put the room into its history: forget where its handle led before.

        Nobody who opens a room waits behind strangers' look-ups for the studio's handle.
        """
        self._handles.forget(room_id)
        if listed.handle is None:
            return
        self._newest_rooms.learn(listed.handle, listed.rooms)
        self._targets.forget(listed.handle)
        if room_id in listed.rooms:  # else it may be another studio's
            self._last_handles.learn(room_id, listed.handle)
            self._handles.put(room_id, listed.handle)

    async def only_handle(self) -> str | None:
        """The one handle of this installation; None if it has more or none, or that is unknown."""
        try:
            return await self._only.get(None)
        except AWAY:
            return None

    async def _find(self, handle: str) -> HandleTarget | None:
        room_ids = await self._newest_rooms.get(handle)
        if room_ids is None:
            return None
        for room_id in room_ids:
            if (title := await self._title_if_open(room_id)) is not None:
                return HandleTarget(room_id, title)
        return HandleTarget()

    async def _find_newest(self, handle: str) -> list[str] | None:
        is_known = self._newest_rooms.knows(handle)
        return await handle_rows.newest_rooms(self._database, handle, is_known=is_known)

    async def _title_if_open(self, room_id: str) -> str | None:
        try:
            room = await self._engine.describe(room_id)
        except RoomNotFound:
            return None
        return None if room.over else decode(room.settings).title

    async def _find_handle(self, room_id: str) -> str | None:
        try:
            await self._engine.describe(room_id)
        except RoomNotFound:
            return None  # invented ids cost PostgreSQL nothing
        handle = await handle_rows.handle_of_room(self._database, room_id)
        if handle and not self._newest_rooms.knows(handle):
            self._newest_rooms.learn(handle, [room_id])
        return handle

    async def _find_only(self, _: None) -> str | None:
        return await handle_rows.only_handle(self._database)
