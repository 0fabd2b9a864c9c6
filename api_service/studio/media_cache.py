"""The media that were asked for last, in memory: a crowd costs PostgreSQL one read of each."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api_service.studio.media_rows import Media

CACHE_LIMIT: Final = 16 * 1024 * 1024  # bytes


class MediaCache:
    """Media by id, the last used within `limit` bytes. `read` returns None for an unknown id."""

    def __init__(
        self, read: Callable[[str], Awaitable[Media | None]], limit: int = CACHE_LIMIT
    ) -> None:
        self._read = read
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[str, Media] = OrderedDict()
        self._reading: dict[str, asyncio.Task[Media | None]] = {}

    async def get(self, media_id: str) -> Media | None:
        """The picture or sound; None if there is none. Raises what `read` raises."""
        if kept := self._kept.get(media_id):
            self._kept.move_to_end(media_id)
            return kept
        reading = self._reading.get(media_id) or self._begin(media_id)
        # Shielded: others may wait for the same read when one who waits hangs up.
        return await asyncio.shield(reading)

    def _begin(self, media_id: str) -> asyncio.Task[Media | None]:
        reading = asyncio.create_task(self._fetch(media_id), name="media")
        self._reading[media_id] = reading
        reading.add_done_callback(lambda _: self._reading.pop(media_id))
        return reading

    async def _fetch(self, media_id: str) -> Media | None:
        found = await self._read(media_id)
        if found:
            self._keep(media_id, found)
        return found

    def _keep(self, media_id: str, found: Media) -> None:
        self._kept[media_id] = found
        self._size += len(found.content)
        while self._size > self._limit:
            _, forgotten = self._kept.popitem(last=False)
            self._size -= len(forgotten.content)
