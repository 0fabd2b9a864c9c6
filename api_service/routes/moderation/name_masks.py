"""Masks names on their way into a room, before anybody sees them.

Each replica asks once in five seconds what a room masks, so that a press needs no further round
trip. The viewer's own stored name stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.engine.refusals import RoomNotFound
from shared.identity.masks import mask_of
from shared.process.cache import Cache
from shared.wire.room_settings import decode

if TYPE_CHECKING:
    from shared.engine.engine import Engine
    from shared.identity.masks import NameMask

ROOMS_REMEMBERED: Final = 10_000
REMEMBERED_FOR: Final = 5.0  # s


class NameMasks:
    """What each room masks, remembered for a while."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._masks = Cache(self._mask_in, limit=ROOMS_REMEMBERED, ttl=REMEMBERED_FOR)

    async def masked(self, room_id: str, name: str) -> str:
        """The name as the room shows it. Raises StoreUnavailable."""
        mask = await self._masks.get(room_id)
        return mask.masked(name) if mask else name

    async def _mask_in(self, room_id: str) -> NameMask | None:
        try:
            settings = decode((await self._engine.describe(room_id)).settings)
        except RoomNotFound:
            return None
        return mask_of(settings.masked_words) if settings.mask_names else None
