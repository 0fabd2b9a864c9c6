"""Ends rounds whose time is over, within a second.

A round's time is over by Redis's clock, whenever it is ended: no press counts in between.
"""

import asyncio
import logging
from typing import Final

from shared.engine.engine import Engine
from shared.engine.refusals import Conflict, GameNotStarted, RoomNotFound
from shared.engine.shard_ledger import Shards
from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreUnavailable

log = logging.getLogger(__name__)

CHECK_EVERY: Final = 0.4  # s


class DueRounds:
    """The duty of one replica. Redis gives a due round to one replica."""

    def __init__(self, engine: Engine, shards: Shards) -> None:
        self._engine = engine
        self._shards = shards
        self._pending: set[str] = set()  # shards that are being checked

    async def run_forever(self) -> None:
        """Check periodically; what a failed check missed is due again in 0.5 s."""
        async with asyncio.TaskGroup() as checks:
            while True:
                self.begin(checks)
                await asyncio.sleep(CHECK_EVERY)

    def begin(self, checks: asyncio.TaskGroup) -> None:
        """Check all shards together, whose calls share trips; but wait for no slow server."""
        for shard in self._shards.names:
            if shard not in self._pending:
                checks.create_task(self._check_shard(shard))

    async def _check_shard(self, shard: str) -> None:
        self._pending.add(shard)
        try:
            due = await self._shards.due(shard)
            ends = (self._end(shard, room_id) for room_id in due)
            for failed in filter(None, await asyncio.gather(*ends, return_exceptions=True)):
                raise failed
        except StoreUnavailable as away:
            log.debug("due rounds not ended", extra=fields(shard=shard, error=str(away)))
        except StoreError:
            log.exception("due rounds not ended", extra=fields(shard=shard))
        finally:
            self._pending.discard(shard)

    async def _end(self, shard: str, room_id: str) -> None:
        try:
            await self._engine.finish(room_id, 0, only_if="due")
        except RoomNotFound:
            await self._shards.forget_end(shard, room_id)
        except (GameNotStarted, Conflict):
            return  # another replica was faster, or the limit has changed
        else:
            log.info("round ended, its time is over", extra=fields(room_id=room_id))
