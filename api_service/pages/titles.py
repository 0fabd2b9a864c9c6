"""The titles of rooms, for the previews that chats show of a link to the viewers' page."""

from __future__ import annotations

import asyncio
from typing import Final

from shared.engine.engine import Engine
from shared.identity.tokens import is_ulid
from shared.process.cache import Cache
from shared.redis_store.store import StoreError
from shared.wire.refusal import Refused
from shared.wire.room_settings import decode

REMEMBERED: Final = 1_000  # rooms
REMEMBERED_FOR: Final = 10.0  # s, while a crowd opens the page
FOUND_WITHIN: Final = 0.3  # s; the page does not wait longer for a title


class Titles:
    """Reads titles, and caches them for a while."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._titles = Cache(self._found, limit=REMEMBERED, ttl=REMEMBERED_FOR)

    async def of(self, room_id: str) -> str:
        """The room's title; "" if it has none, or if nobody answers in time."""
        return await self._titles.get(room_id) if is_ulid(room_id) else ""

    async def _found(self, room_id: str) -> str:
        try:
            async with asyncio.timeout(FOUND_WITHIN):
                return decode((await self._engine.describe(room_id)).settings).title
        except (TimeoutError, Refused, StoreError):
            return ""
