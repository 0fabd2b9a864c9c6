"""Masks names on their way into a room, before anybody sees them.

Each replica asks once in five seconds what a room masks, so that a press needs no further round
trip. The viewer's own stored name stays as it is.
"""

import sys
from typing import Final

from shared.engine.engine import Engine
from shared.engine.refusals import RoomNotFound
from shared.identity.masks import NameMask
from shared.process.cache import Cache
from shared.wire.room_settings import decode

Words = tuple[str, ...] | None  # that a room masks besides the built-in ones; None: no names

WORDS_BYTES: Final = 16 * 2**20  # of the rooms' words
MASKS_BYTES: Final = 64 * 2**20  # of the masks that rooms with the same words share
REMEMBERED_FOR: Final = 5.0  # s
ENTRY_BYTES: Final = 1_000  # that a room takes besides its words


class NameMasks:
    """What each room masks, remembered for a while."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._words = Cache(self._words_in, limit=WORDS_BYTES, ttl=REMEMBERED_FOR, size=_size_of)
        self._masks = Cache(_mask_of, limit=MASKS_BYTES, size=lambda mask: mask.size)

    async def masked(self, room_id: str, name: str) -> str:
        """The name as the room shows it. Raises StoreUnavailable."""
        words = await self._words.get(room_id)
        return name if words is None else (await self._masks.get(words)).masked(name)

    def masked_from_cache(self, room_id: str, name: str) -> str:
        """Like `masked`, from the caches. Raises KeyError if something must be fetched."""
        words = self._words.get_cached(room_id)
        return name if words is None else self._masks.get_cached(words).masked(name)

    async def _words_in(self, room_id: str) -> Words:
        try:
            settings = decode((await self._engine.describe(room_id)).settings)
        except RoomNotFound:
            return None
        return settings.masked_words if settings.mask_names else None


async def _mask_of(words: tuple[str, ...]) -> NameMask:
    return NameMask(words)


def _size_of(words: Words) -> int:
    return ENTRY_BYTES + sum(map(sys.getsizeof, words or ()))
