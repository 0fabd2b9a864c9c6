"""Viewers' display names: stored in PostgreSQL, shared in Redis, cached in each replica.

A press without a name shows the one set before. The cache spares the hot path a second round trip;
it also remembers, for a few seconds, that a viewer has no name.
"""

import asyncio
import logging
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Final

from api_service.books.database import Database
from api_service.books.errors import DatabaseUnavailable
from shared.engine.keys import viewer_name
from shared.process.cache import Cache
from shared.redis_store.batcher import SingleFlight
from shared.redis_store.store import Store

log = logging.getLogger(__name__)

REMEMBERED: Final = 100_000  # viewers; some 300 bytes each
REMEMBERED_FOR: Final = 5.0  # s
NAME_TTL: Final = 30 * 24 * 3600  # s
NAMELESS_TTL: Final = 3600  # s; spares PostgreSQL the many who never set a name
DATABASE_REST: Final = 2.0  # s without a query after PostgreSQL did not answer
ASKED_AT_ONCE: Final = 500  # viewers per query


class DisplayNames:
    """Reads and sets display names; "" for a viewer without one.

    A crowd that arrives at once takes a few queries of PostgreSQL, not one per viewer: while one is
    running, further viewers are collected for the next.
    """

    def __init__(self, store: Store, database: Database) -> None:
        self._store = store
        self._database = database
        self._rests_until = 0.0  # s, monotonic: when PostgreSQL is asked again
        self._lasting: SingleFlight[str, str | None] = SingleFlight(
            self._read_database, limit=ASKED_AT_ONCE
        )
        self._shared: SingleFlight[str, str] = SingleFlight(
            self._read_redis, limit=ASKED_AT_ONCE, overlapping=True
        )
        self._cache = Cache(partial(self._shared.ask, ""), limit=REMEMBERED, ttl=REMEMBERED_FOR)
        self.read_all = self._cache.get_all  # of several viewers, the name or the error of each
        self.get_cached = self._cache.get_cached  # the name; raises KeyError if it must be read

    async def read(self, viewer: str) -> str:
        """The name from the cache, else from Redis, else from PostgreSQL.

        Returns "" if PostgreSQL is needed and away. Raises StoreUnavailable.
        """
        return await self._cache.get(viewer)

    async def read_anew(self, viewer: str) -> str:
        """Like `read`, but the cache is not asked whether the viewer has no name.

        Another process may have set one since.
        """
        with suppress(KeyError):
            if not self.get_cached(viewer):
                self._cache.forget(viewer)
        return await self.read(viewer)

    async def read_lasting(self, viewer: str) -> str | None:
        """The name in PostgreSQL; None if PostgreSQL is away."""
        return await self._lasting.ask("", viewer)

    async def set(self, viewer: str, name: str) -> None:
        """Set the name in PostgreSQL, then in Redis.

        Raises DatabaseUnavailable (nothing changed) or StoreUnavailable (set it again).
        """
        await self._database.set_name(viewer, name)
        await self._store.write("SET", viewer_name(viewer), name, "EX", NAME_TTL)
        self._cache.put(viewer, name)

    async def _read_redis(self, _: str, viewers: list[str]) -> list[str | BaseException]:
        """Each viewer's name, or the error of its call; from PostgreSQL if Redis has none."""
        reads = (self._store.command("GET", viewer_name(viewer)) for viewer in viewers)
        names = await asyncio.gather(*reads, return_exceptions=True)
        found = dict(zip(viewers, names, strict=True))
        missing = [viewer for viewer, name in found.items() if name is None]
        if missing:
            names = await asyncio.gather(*map(self._refill, missing), return_exceptions=True)
            found |= dict(zip(missing, names, strict=True))
        return [found[viewer] for viewer in viewers]  # who was asked for twice, too

    async def _refill(self, viewer: str) -> str:
        """The name in PostgreSQL, stored in Redis for other processes; "" while that is away."""
        name = await self.read_lasting(viewer)
        if name is None:
            return ""
        # NX: a name that was set meanwhile is newer.
        life = NAME_TTL if name else NAMELESS_TTL
        await self._store.write("SET", viewer_name(viewer), name, "EX", life, "NX")
        return name

    async def _read_database(self, _: str, viewers: list[str]) -> list[str | None]:
        """Each viewer's name in PostgreSQL; None while that is away."""
        if monotonic() < self._rests_until:
            return [None] * len(viewers)
        try:
            names = await self._database.names(viewers)
        except DatabaseUnavailable:
            self._rests_until = monotonic() + DATABASE_REST
            log.warning("name not read, database away")
            return [None] * len(viewers)
        return [names.get(viewer, "") for viewer in viewers]
