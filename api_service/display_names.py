"""Viewers' display names: in PostgreSQL for good, in Redis for every replica, here for a moment.

A press without a name of its own shows the one set before. So that this costs the hot path no
second trip, each replica remembers names, and that there is none, for a few seconds.
"""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

from api_service.database import DatabaseUnavailable
from shared.keys import viewer_name

if TYPE_CHECKING:
    from api_service.database import Database
    from shared.store import Store

log = logging.getLogger(__name__)

REMEMBERED: Final = 20_000  # viewers
REMEMBERED_FOR: Final = 5.0  # s
KEPT_IN_REDIS: Final = 30 * 24 * 3600  # s
NAMELESS_KEPT_IN_REDIS: Final = 3600  # s: spares PostgreSQL the many who never set a name
DATABASE_REST: Final = 2.0  # s without asking PostgreSQL after it did not answer


class Remembered(NamedTuple):
    """A name ("" = none) and until when it may be used (s, monotonic)."""

    name: str
    until: float


class DisplayNames:
    """The display names, "" where a viewer has none."""

    def __init__(self, store: Store, database: Database) -> None:
        self._store = store
        self._database = database
        self._remembered: dict[str, Remembered] = {}
        self._database_rests_until = 0.0

    def remembered(self, viewer: str) -> str | None:
        """The name if this replica saw it a moment ago, else None."""
        found = self._remembered.get(viewer)
        return found.name if found is not None and found.until > monotonic() else None

    async def read(self, viewer: str) -> str:
        """The name, from wherever it is nearest; "" where only PostgreSQL knows and is away.

        Raises StoreUnavailable.
        """
        name = self.remembered(viewer)
        if name is None:
            kept: str | None = await self._store.command("GET", viewer_name(viewer))
            name = kept if kept is not None else await self._refill(viewer)
            self._remember(viewer, name)
        return name

    async def read_lasting(self, viewer: str) -> str | None:
        """The name as PostgreSQL has it; None where PostgreSQL is away."""
        if monotonic() < self._database_rests_until:
            return None
        try:
            return await self._database.name(viewer) or ""
        except DatabaseUnavailable:
            self._database_rests_until = monotonic() + DATABASE_REST
            log.warning("name not read, database away")
            return None

    async def set(self, viewer: str, name: str) -> None:
        """Set the name.

        Raises DatabaseUnavailable (nothing changed) or StoreUnavailable (to be set again).
        """
        await self._database.set_name(viewer, name)
        await self._store.command("SET", viewer_name(viewer), name, "EX", KEPT_IN_REDIS)
        self._remember(viewer, name)

    async def _refill(self, viewer: str) -> str:
        name = await self.read_lasting(viewer)
        if name is None:
            return ""
        lifetime = KEPT_IN_REDIS if name else NAMELESS_KEPT_IN_REDIS
        # NX: whoever set a name meanwhile knows better.
        await self._store.command("SET", viewer_name(viewer), name, "EX", lifetime, "NX")
        return name

    def _remember(self, viewer: str, name: str) -> None:
        if len(self._remembered) >= REMEMBERED:
            self._remembered.clear()
        self._remembered[viewer] = Remembered(name, monotonic() + REMEMBERED_FOR)
