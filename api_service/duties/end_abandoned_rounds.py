"""Ends rounds whose game has disconnected and stayed away.

An ended round cannot continue. So a replica ends one only if its own checks found the room without
its game for the whole grace, with no failed check in between: an outage of Redis ends no round. A
game that comes back meanwhile has a greater term; the term is the fencing token that stops the end.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from shared.engine.engine import Engine
from shared.engine.refusals import Conflict, GameNotStarted, RoomNotFound, SocketReplaced
from shared.engine.shard_ledger import Shards
from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreFault, StoreUnavailable

log = logging.getLogger(__name__)

CHECK_EVERY: Final = 2.0  # s
CLEAN_GRACE: Final = 10.0  # s after the game closed its socket with 1000, an orderly goodbye


class Missing(NamedTuple):
    """A game that is gone: its last term, and when (s, monotonic) the round may be ended."""

    term: int
    due: float


class AbandonedRounds:
    """The rooms that one replica has found without their game."""

    def __init__(
        self,
        engine: Engine,
        shards: Shards,
        grace: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._shards = shards
        self._grace = grace
        self._clock = clock
        self._missing: dict[str, dict[str, Missing]] = {shard: {} for shard in shards.names}

    async def run_forever(self) -> None:
        """Check periodically."""
        while True:
            await self.check()
            await asyncio.sleep(min(CHECK_EVERY, max(self._grace / 4, 0.1)))

    async def check(self) -> None:
        """Check all shards once, and end the rounds that are due."""
        await asyncio.gather(*map(self._check_shard, self._shards.names))

    async def _check_shard(self, shard: str) -> None:
        missing = self._missing[shard]
        try:
            absent = await self._shards.absent(shard)
            for back in missing.keys() - absent:
                del missing[back]
            for room_id in absent:
                await self._check_room(shard, room_id)
        except StoreUnavailable:
            # The games may have been there, and only Redis away.
            missing.clear()
        except StoreError:
            missing.clear()
            log.exception("absent games not checked", extra=fields(shard=shard))

    async def _check_room(self, shard: str, room_id: str) -> None:
        missing = self._missing[shard]
        try:
            if room_id not in missing:
                term, left_clean = await self._shards.departure(room_id)
                grace = min(self._grace, CLEAN_GRACE) if left_clean else self._grace
                missing[room_id] = Missing(term, self._clock() + grace)
            if self._clock() >= missing[room_id].due:
                await self._end(shard, room_id, missing[room_id].term)
        except StoreFault:
            log.exception("absent game not checked", extra=fields(room_id=room_id))

    async def _end(self, shard: str, room_id: str, term: int) -> None:
        self._missing[shard].pop(room_id)
        try:
            await self._engine.finish(room_id, term, only_if="absent")
        except RoomNotFound:
            await self._shards.forget_running(shard, room_id)
        except (SocketReplaced, GameNotStarted, Conflict) as spared:
            log.debug("round not ended", extra=fields(room_id=room_id, reason=str(spared)))
        else:
            log.info("round ended, game stayed away", extra=fields(room_id=room_id))
