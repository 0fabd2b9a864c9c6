"""The duty that books every shard's ledger, round after round."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

import msgspec
from redis.exceptions import ResponseError
from sqlalchemy.exc import DBAPIError

from api_service.database import DatabaseUnavailable
from api_service.ledger import booking, restoration
from shared.shards import EntryId
from shared.store import StoreUnavailable
from shared.telemetry import fields

if TYPE_CHECKING:
    from api_service.database import Database
    from api_service.ledger.booking import Run
    from api_service.ledger.metrics import LedgerMetrics
    from shared.shards import Shards, Tail

log = logging.getLogger(__name__)

# A cluster refuses to wait on keys of several slots at once: the shards are asked again and again.
LOOK_EVERY: Final = 0.25  # s, while there is nothing to book
AWAY_PAUSE: Final = 1.0  # s after PostgreSQL was away
STUCK_PAUSE: Final = 10.0  # s after a shard could not be booked
BOOK_WITHIN: Final = 8.0  # s; a page takes well under one
RESTORE_WITHIN: Final = 120.0  # s


class Ledger:
    """Books, and makes lost rooms anew; any number of replicas may run one."""

    def __init__(self, shards: Shards, database: Database, metrics: LedgerMetrics) -> None:
        self._shards = shards
        self._database = database
        self._metrics = metrics
        self._away = False
        self._order = list(shards.names)
        # A ledger that ends before where it ended is one that somebody has flushed.
        self._lasts = dict.fromkeys(shards.names, EntryId(0, 0))
        self._resting: dict[str, float] = {}  # shards, and until when (s, monotonic)

    async def run_forever(self) -> None:
        """Book whatever is unread, for as long as the task lives."""
        while True:
            try:
                booked = await self.look()
                pause = 0.0 if booked else LOOK_EVERY
            except DatabaseUnavailable as away:
                self._tell_away(away)
                pause = AWAY_PAUSE
            await asyncio.sleep(pause)

    async def look(self) -> int:
        """Book a page of each shard that has something unread. Returns the entries booked.

        A shard whose master is away keeps the others waiting no longer than a call may take.
        Raises DatabaseUnavailable.
        """
        found = await asyncio.gather(*map(self._tail, self._order))
        tails = dict(zip(self._order, found, strict=True))
        if None not in found:
            self._metrics.look(sum(tail.unread for tail in found if tail))
        away = None
        booked = 0
        for shard, tail in tails.items():
            try:
                booked += await self._attend(shard, tail)
            except StoreUnavailable as error:
                away = error
            except DatabaseUnavailable:
                # It may be this shard's own work that takes too long: those behind it go first.
                self._order.remove(shard)
                self._order.append(shard)
                raise
        self._tell_away(away)
        return booked

    async def _tail(self, shard: str) -> Tail | None:
        try:
            return await self._shards.tail(shard)
        except StoreUnavailable:
            return None

    async def _attend(self, shard: str, tail: Tail | None) -> int:
        """Do what a shard needs. Returns the entries booked."""
        if tail is None:
            raise StoreUnavailable(shard)
        whole = tail.restored and self._lasts[shard] <= tail.last
        if self._rests(shard) or (whole and not tail.unread):
            return 0
        try:
            return await (self._book if whole else self._restore)(shard, tail)
        except (msgspec.DecodeError, DBAPIError, ResponseError):
            # A newer release's entry, or a fault of ours: presses go on, and its ledger books.
            log.exception("ledger shard not booked", extra=fields(shard=shard))
            self._metrics.failures.inc()
            self._resting[shard] = time.monotonic() + STUCK_PAUSE
            return 0

    def _rests(self, shard: str) -> bool:
        return self._resting.get(shard, 0.0) > time.monotonic()

    async def _book(self, shard: str, tail: Tail) -> int:
        """Book one page. Returns its entries; 0 too where another replica is at it."""
        async with self._database.transaction(BOOK_WITHIN) as connection:
            bookmark = await booking.lock(connection, shard)
            if bookmark is None:
                return 0
            run = await booking.book(connection, self._shards, shard, bookmark, tail)
        await self._settle(shard, tail, bookmark, run)
        self._lasts[shard] = tail.last
        return run.entries if run else 0

    async def _restore(self, shard: str, tail: Tail) -> int:
        """Make lost rooms anew, on books that hold all there is. Returns the entries booked."""
        history = await self._shards.history(shard)
        booked = 0
        # Whole pages only: under load there is always something new, and the rest is booked below.
        while (entries := await self._book(shard, tail)) == booking.PAGE:
            booked += entries
        booked += entries
        async with self._database.transaction(RESTORE_WITHIN) as connection:
            bookmark = await booking.lock(connection, shard)
            if bookmark is None:
                return booked
            run = await booking.book(connection, self._shards, shard, bookmark, tail)
            booked += run.entries if run else 0
            all_booked = run is None or run.entries < booking.PAGE
            rebuilt = 0
            if all_booked:
                rebuilt = await restoration.restore(connection, self._shards, shard)
        await self._settle(shard, tail, bookmark, run)
        if all_booked:
            await self._shards.mark_restored(shard, history)
            self._lasts[shard] = tail.last
        if rebuilt:
            self._metrics.rebuilt.inc(rebuilt)
            log.warning("lost rooms rebuilt", extra=fields(shard=shard, rooms=rebuilt))
        return booked

    async def _settle(self, shard: str, tail: Tail, bookmark: EntryId, run: Run | None) -> None:
        """What follows a commit: forget what is booked, and tell what did not add up."""
        if run:
            self._metrics.count(run)
            _tell_differences(shard, run)
            await self._shards.trim(shard, run.last)
        elif bookmark <= tail.last:
            # Somebody died between the commit and this.
            await self._shards.trim(shard, bookmark)
        else:
            # Redis forgot entries that are booked: what comes must stand after the bookmark.
            epoch = await self._shards.advance(shard, bookmark)
            if epoch > bookmark.epoch:  # another replica booked meanwhile
                facts = fields(shard=shard, epoch=epoch)
                log.warning("ledger goes on above its bookmark", extra=facts)

    def _tell_away(self, away: StoreUnavailable | DatabaseUnavailable | None) -> None:
        if (away is not None) == self._away:
            return
        self._away = away is not None
        if away is None:
            log.info("ledger goes on")
        else:
            log.warning("ledger waits", extra=fields(reason=str(away)))


def _tell_differences(shard: str, run: Run) -> None:
    if run.gaps or run.missed:
        facts = fields(shard=shard, gaps=run.gaps, presses=run.missed)
        log.error("ledger entries missing", extra=facts)
    if run.forgotten:
        facts = fields(shard=shard, presses=run.forgotten)
        log.warning("redis forgot presses that are booked", extra=facts)
