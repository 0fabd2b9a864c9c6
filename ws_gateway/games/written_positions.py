"""Has sessions store in Redis how far their sockets were written: see `Session.store_position`."""

import asyncio
from collections.abc import Awaitable, Callable

# A session's `store_position`; False if Redis is away.
StorePosition = Callable[[], Awaitable[bool]]

AT_ONCE = 500  # positions stored in one batch
PACE = 0.05  # s between batches: a killed gateway loses the positions of at most this time
AGAIN_AFTER = 0.5  # s until positions that Redis did not store are stored again


class WrittenPositions:
    """Calls what stores a socket's position, for each socket whose position has changed.

    A delivery does not wait for this. The first position is stored at once; all messages written to
    a socket in the 50 ms after a batch are coalesced into one position.
    """

    def __init__(self) -> None:
        self._due: set[StorePosition] = set()
        self._failed: set[StorePosition] = set()
        self._arrived = asyncio.Event()

    def add(self, store: StorePosition) -> None:
        """Have a socket's position stored soon, by this call."""
        self._due.add(store)
        self._arrived.set()

    async def write_forever(self) -> None:
        """Store positions as they change."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                due, self._due = list(self._due), set()
                for i in range(0, len(due), AT_ONCE):
                    # Not awaited: one server of a cluster may stand still.
                    group.create_task(self._store(due[i : i + AT_ONCE]))
                await asyncio.sleep(PACE)

    async def _store(self, stores: list[StorePosition]) -> None:
        stored = await asyncio.gather(*(store() for store in stores))
        failed = {store for store, done in zip(stores, stored, strict=True) if not done}
        if failed and not self._failed:
            asyncio.get_running_loop().call_later(AGAIN_AFTER, self._repeat)
        self._failed |= failed

    def _repeat(self) -> None:
        self._due |= self._failed
        self._failed.clear()
        self._arrived.set()
