"""Masks names on their way into a room, before anybody sees them.

Each replica asks once in five seconds what a room masks, so that a press needs no further round
trip. The viewer's own stored name stays as it is.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from shared.engine.refusals import RoomNotFound
from shared.identity.masks import mask_of
from shared.redis_store.grouping import Grouping
from shared.wire.room_settings import decode

if TYPE_CHECKING:
    from shared.engine.engine import Engine
    from shared.identity.masks import NameMask
    from shared.redis_store.grouping import Group

ROOMS_REMEMBERED: Final = 10_000
REMEMBERED_FOR: Final = 5.0  # s


class NameMasks:
    """What each room masks, remembered for a while."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asking = Grouping(self._ask)
        self._remembered: dict[str, tuple[float, NameMask | None]] = {}  # until (s, monotonic)

    async def masked(self, room_id: str, name: str) -> str:
        """The name as the room shows it. Raises StoreUnavailable."""
        until, mask = self._remembered.get(room_id, (0.0, None))
        if until <= monotonic():
            mask = await self._asking.add(room_id, None)
        return mask.masked(name) if mask else name

    async def _ask(self, group: Group[None, NameMask | None]) -> list[NameMask | None]:
        mask = await self._mask_in(group.key)
        if len(self._remembered) >= ROOMS_REMEMBERED:
            self._remembered.clear()
        self._remembered[group.key] = (monotonic() + REMEMBERED_FOR, mask)
        group.close()
        return [mask] * len(group.items)

    async def _mask_in(self, room_id: str) -> NameMask | None:
        try:
            settings = decode((await self._engine.describe(room_id)).settings)
        except RoomNotFound:
            return None
        return mask_of(settings.masked_words) if settings.mask_names else None
