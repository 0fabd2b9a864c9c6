"""The background task that books every shard's ledger, and rebuilds lost rooms."""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from sqlalchemy.exc import DBAPIError

from api_service.books.database import Database
from api_service.books.errors import DatabaseUnavailable
from api_service.ledger import booking, lost_rooms
from api_service.ledger.booking import Run
from api_service.ledger.metrics import LedgerMetrics
from shared.engine.shard_ledger import Shards, Tail
from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreFault, StoreUnavailable, StoreUnfit

Tails = Mapping[str, Tail]  # shards, and where each one's ledger ends

log = logging.getLogger(__name__)

# Redis Cluster cannot block on keys of several slots at once, so the shards are polled.
CHECK_EVERY: Final = 0.25  # s, while there is nothing to book
# Presses are cheapest when booked together: a viewer's presses of one minute are one row.
BOOK_EVERY: Final = 1.0  # s, while presses come
AWAY_PAUSE: Final = 1.0  # s after PostgreSQL was away
STUCK_PAUSE: Final = 10.0  # s after a shard could not be booked
# Usually well under 1 s; in a process busy with presses, each step waits for the event loop.
BOOK_WITHIN: Final = 15.0  # s
RESTORE_WITHIN: Final = 120.0  # s


class Ledger:
    """Books ledgers and rebuilds lost rooms; any number of replicas may run one."""

    def __init__(self, shards: Shards, database: Database, metrics: LedgerMetrics) -> None:
        self._shards = shards
        self._database = database
        self._metrics = metrics
        self._away = False
        self._apart = False  # one shard per transaction: one of them may be stuck
        self._order = list(shards.names)
        # The last entry known of each ledger: its end when last read, or at first the last one that
        # is booked. A ledger that now ends before this has lost entries.
        self._lasts = dict.fromkeys(shards.names, booking.BEGINNING)
        self._knows_progress = False
        self._resting: dict[str, float] = {}  # shards, and until when (s, monotonic)

    async def run_forever(self) -> None:
        """Book unread entries until the task is cancelled."""
        while True:
            try:
                pause = pause_after(await self.book_unread())
            except DatabaseUnavailable as away:
                self._log_away(away)
                pause = AWAY_PAUSE
            except DBAPIError:
                # Such as a missing privilege: presses still count, and an alert calls an operator.
                log.exception("ledger not booked")
                self._metrics.failures.inc()
                pause = STUCK_PAUSE
            await asyncio.sleep(pause)

    async def book_unread(self) -> int:
        """Book a page of each shard that has unread entries. Returns how many batches it booked.

        Any entry without batches counts as one.
        A shard whose master is away delays the others by one call's timeout at most.
        Raises DatabaseUnavailable.
        """
        ends = await asyncio.gather(*map(self._tail, self._order))
        found = dict(zip(self._order, ends, strict=True))
        tails = {shard: tail for shard, tail in found.items() if isinstance(tail, Tail)}
        away = next((tail for tail in found.values() if isinstance(tail, StoreUnavailable)), None)
        if tails and away is None:
            self._metrics.note_unread(tails.values())
        if not self._knows_progress:
            await self._learn_progress()
            # Other replicas keep booking: a ledger's end must be read after what is booked of it.
            return await self.book_unread()
        booked, apart = 0, False
        for group in self._groups(tails):
            try:
                booked += await self._book_or_restore(group)
            except StoreUnavailable as error:
                away, apart = error, True
            except DatabaseUnavailable:
                self._book_apart(group)
                raise
        self._apart = apart
        self._log_away(away)
        return booked

    async def _learn_progress(self) -> None:
        """Read how far every shard is booked. Raises DatabaseUnavailable."""
        async with self._database.ledger.transaction(BOOK_WITHIN) as connection:
            self._lasts |= await booking.last_booked(connection)
            self._metrics.note_booked(await booking.newest(connection))
        self._knows_progress = True

    async def _tail(self, shard: str) -> Tail | StoreError:
        try:
            return await self._shards.tail(shard)
        except StoreUnavailable as away:
            return away
        except StoreError as fault:
            if not self._rests(shard):
                self._let_rest(shard, fault)
            return fault

    def _groups(self, tails: Tails) -> Iterator[Tails]:
        """The shards that need work, in groups; usually each group is one transaction.

        Shards to restore come last, grouped together, so that they wait for Redis at the same time.
        """
        due = [(shard, tail) for shard, tail in tails.items() if not self._rests(shard)]
        unread = [(shard, t) for shard, t in due if self._is_whole(shard, t) and t.unread]
        forgetful = [(shard, t) for shard, t in due if not self._is_whole(shard, t)]
        limit = 0 if self._apart else booking.PAGE
        for some in (unread, forgetful):
            for page in booking.pages(some, lambda each: 1 + each[1].unread, limit):
                yield dict(page)

    def _is_whole(self, shard: str, tail: Tail) -> bool:
        return tail.restored and self._lasts[shard] <= tail.last

    def _rests(self, shard: str) -> bool:
        return self._resting.get(shard, 0.0) > time.monotonic()

    def _book_apart(self, group: Tails) -> None:
        """Use a transaction per shard from now on, and try the first of this group last.

        That shard's own work may be what hangs.
        """
        self._apart = True
        first = next(iter(group))
        self._order.remove(first)
        self._order.append(first)

    async def _book_or_restore(self, group: Tails) -> int:
        """Book or restore a group of shards. Returns how many batches it booked."""
        try:
            if all(self._is_whole(shard, tail) for shard, tail in group.items()):
                return await self._book_each(group)
            return await self._restore(group)
        except (msgspec.DecodeError, KeyError, DBAPIError, StoreFault, StoreUnfit) as error:
            if len(group) > 1:
                return sum([await self._book_or_restore({shard: t}) for shard, t in group.items()])
            # A newer release's entry, which that release books, or a bug. Presses still count.
            (shard,) = group
            self._let_rest(shard, error)
            return 0

    def _let_rest(self, shard: str, error: Exception) -> None:
        """Leave a shard alone for a while, after an error that an operator must mend."""
        log.error("ledger shard not booked", exc_info=error, extra=fields(shard=shard))
        self._metrics.failures.inc()
        self._resting[shard] = time.monotonic() + STUCK_PAUSE

    async def _book_each(self, group: Tails) -> int:
        """Book a page of each shard. Returns how many batches it booked.

        Their entries may hold more batches than one transaction takes: the shards that it did not
        come to have the next one.
        """
        booked = 0
        while group:
            runs = await self._book(group)
            booked += _batches(runs)
            group = {shard: group[shard] for shard, run in runs.items() if run.waits}
        return booked

    async def _book(self, group: Tails) -> Mapping[str, Run]:
        """Book a page of the shards' entries, without shards that another replica holds."""
        async with self._database.ledger.transaction(BOOK_WITHIN) as connection:
            runs = await booking.book(connection, self._shards, group)
        await self._after_commit(group, runs)
        return runs

    async def _restore(self, group: Tails) -> int:
        """Book everything that Redis still has, then rebuild lost rooms.

        Returns how many batches it booked.
        """
        found = await asyncio.gather(*map(self._shards.memory, group))
        memories = dict(zip(group, found, strict=True))
        booked, is_more = 0, True
        # Whole pages only: under load there is always something new, and the rest is booked below.
        while is_more:
            runs = await self._book(group)
            booked += _batches(runs)
            is_more = any(run.more for run in runs.values())
        async with self._database.ledger.transaction(RESTORE_WITHIN) as connection:
            runs = await booking.book(connection, self._shards, group)
            all_booked = {shard: memories[shard] for shard, run in runs.items() if not run.more}
            rebuilt = await lost_rooms.rebuild_lost(connection, self._shards.store, all_booked)
        await self._after_commit(group, runs)
        # Unless Redis has lost data once more since the memories were read.
        await asyncio.gather(*(self._shards.mark_restored(*known) for known in all_booked.items()))
        self._metrics.rebuilt.inc(rebuilt.total())
        for shard, rooms in rebuilt.items():
            log.warning("lost rooms rebuilt", extra=fields(shard=shard, rooms=rooms))
        return booked + _batches(runs)

    async def _after_commit(self, group: Tails, runs: Mapping[str, Run]) -> None:
        """After a commit, trim the booked entries from Redis, and log differences."""
        self._metrics.count(runs.values())
        for run in runs.values():
            if run.gaps:
                log.error("ledger entries missing", extra=fields(shard=run.shard, gaps=run.gaps))
            if run.forgotten:
                facts = fields(shard=run.shard, presses=run.forgotten)
                log.warning("redis forgot presses that are booked", extra=facts)
        read = [run for run in runs.values() if not run.waits]
        await asyncio.gather(*(self._trim(run, group[run.shard]) for run in read))
        for run in read:
            self._lasts[run.shard] = group[run.shard].last

    async def _trim(self, run: Run, tail: Tail) -> None:
        if run.last != booking.BEGINNING:
            await self._shards.trim(run.shard, run.last)
        if run.before > tail.last and not run.more:
            # Redis lost booked entries: new entries need ids above all that are booked.
            ledger_epoch = await self._shards.advance(run.shard, run.before)
            if ledger_epoch > max(run.booked):  # else another replica booked meanwhile
                facts = fields(shard=run.shard, epoch=ledger_epoch)
                log.warning("ledger goes on above what is booked", extra=facts)

    def _log_away(self, away: StoreUnavailable | DatabaseUnavailable | None) -> None:
        if (away is not None) == self._away:
            return
        self._away = away is not None
        if away is None:
            log.info("ledger goes on")
        else:
            log.warning("ledger waits", extra=fields(reason=str(away)))


def pause_after(booked: int) -> float:
    """How many s to wait after `book_unread`: none after a page of batches; there may be more."""
    if booked >= booking.PAGE:
        return 0.0
    return BOOK_EVERY if booked else CHECK_EVERY


def _batches(runs: Mapping[str, Run]) -> int:
    return sum(run.batches for run in runs.values())
