"""Books shards' entries: reads, posts and bookmarks them in one transaction, then trims them.

A shard's row of `ledger_bookmarks` is its lock and its consumer offset. Any number of replicas may
book, die or repeat: a transaction moves the bookmarks over exactly the entries that it posted, and
only committed entries are trimmed.

A transaction costs much more than an entry, and so does a round trip: shards with few entries share
both. The work is cut into pieces, between which the process answers presses. An entry may hold one
batch or fifty, so pages and pieces are measured in batches; any other entry counts as one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import extract, func, select, text

from api_service.books.tables import ledger_bookmarks, rooms
from api_service.ledger.posting_functions import Booked, post
from api_service.ledger.postings import Postings
from api_service.ledger.rows import (
    BOOKMARKS_MOVED,
    LEDGER_EPOCHS_NOTED,
    execute,
    forgotten,
    write,
)
from shared.engine.ledger_entries import BatchesCounted, LedgerEpochOpened, decode_entry
from shared.engine.shard_ledger import EntryId

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from api_service.ledger.rows import Row
    from shared.engine.ledger_entries import AnyEntry
    from shared.engine.shard_ledger import Shards, Tail

PAGE = 10_000  # batches of one transaction
READ = 1_000  # entries of one Redis reply
FIRST_READ = 200  # entries of replies whose number of batches cannot be guessed yet
POSTED = 500  # batches posted at once, which blocks the event loop
# A replica that freezes in its transaction must not hold its shards for longer.
FROZEN_AFTER = text("SET LOCAL idle_in_transaction_session_timeout = '10s'")
BOOKMARKS = text("""
    SELECT shard, epoch, n FROM ledger_bookmarks
    WHERE shard = ANY(CAST(:shards AS bpchar[])) FOR UPDATE SKIP LOCKED
""")
LEDGER_EPOCHS = text("""
    SELECT shard, epoch, coalesce(n, 9223372036854775807) FROM ledger_epochs
    WHERE shard = ANY(CAST(:shards AS bpchar[]))
""")

T = TypeVar("T")


@dataclass(slots=True)
class Run:
    """What one transaction books of a shard: how much, up to where, and the differences.

    All of it is of one ledger epoch, so that no entry takes back what another one says. `more`:
    whether the shard may hold further entries, also before it is read. `gaps` counts positions
    where unbooked entries are missing; `forgotten` the presses that Redis lost after they were
    booked. `newest_at` is in ms since 1970. `is_elsewhere`: it does not begin at the bookmark.
    """

    shard: str
    last: EntryId
    more: bool = True
    entries: int = 0
    batches: int = 0
    gaps: int = 0
    forgotten: int = 0
    newest_at: int = 0
    is_elsewhere: bool = False
    postings: Postings = field(default_factory=Postings)

    @property
    def presses(self) -> int:
        return sum(account.booked for account in self.postings.accounts.values())

    @property
    def waits(self) -> bool:
        """Whether the page was full before the shard's turn came."""
        return self.more and not self.entries

    def add(self, page: Sequence[Booked]) -> None:
        """Post the next entries; at least one."""
        post(self.postings, page)
        last = EntryId.parse(page[-1].id)
        self._count_gaps(page, last)
        self.entries += len(page)
        self.batches += sum(map(batches_in, page))
        self.newest_at = page[-1].entry.at
        self.last = last

    def _count_gaps(self, page: Sequence[Booked], last: EntryId) -> None:
        first = EntryId.parse(page[0].id)
        whole = first.ledger_epoch == last.ledger_epoch and last.n - first.n == len(page) - 1
        before = self.last
        # Ids ascend, so none is missing if the page is as long as its first and last id say.
        for one in page[:1] if whole else page:
            at = EntryId.parse(one.id)
            self.gaps += not follows(before, at, one.entry)
            before = at


async def bookmarks(connection: AsyncConnection) -> dict[str, EntryId]:
    """Each shard's bookmark: the id of its last booked entry."""
    columns = ledger_bookmarks.c
    found = await connection.execute(select(columns.shard, columns.epoch, columns.n))
    return {row.shard: EntryId(row.epoch, row.n) for row in found}


async def newest(connection: AsyncConnection) -> float | None:
    """The time of the newest booked entry, s since 1970; None if nothing is booked."""
    return await connection.scalar(select(extract("epoch", func.max(rooms.c.seen_at))))


async def lock(connection: AsyncConnection, shards: Collection[str]) -> dict[str, EntryId]:
    """Lock shards that no other replica holds, for this transaction. Returns their bookmarks."""
    await connection.execute(FROZEN_AFTER)
    free = await connection.execute(BOOKMARKS, {"shards": list(shards)})
    found = {row.shard: EntryId(row.epoch, row.n) for row in free}
    return {shard: found[shard] for shard in shards if shard in found}


async def book(
    connection: AsyncConnection,
    shards: Shards,
    bookmarks: Mapping[str, EntryId],
    tails: Mapping[str, Tail],
) -> dict[str, Run]:
    """Post the next page of the shards' entries and move their bookmarks. Returns each one's run.

    `tails` are the ends of the ledgers at some earlier moment.
    """
    runs = [Run(shard, bookmark) for shard, bookmark in bookmarks.items()]
    for page in pages(runs, lambda run: tails[run.shard].unread, FIRST_READ):
        if sum(run.batches for run in runs) >= PAGE:
            break
        await asyncio.gather(*(_read(shards, run, run.last) for run in page))
        if changing := [run for run in page if _changes_epoch(run, tails[run.shard])]:
            await _read_elsewhere(connection, shards, changing)
    found = [run for run in runs if run.entries]
    if found:
        await _write(connection, bookmarks, found)
    return {run.shard: run for run in runs}


def _changes_epoch(run: Run, tail: Tail) -> bool:
    """Whether the ledger goes on in another ledger epoch than the bookmark's, or ends in one."""
    return not run.entries and (run.more or tail.last.ledger_epoch != run.last.ledger_epoch)


async def _read_elsewhere(connection: AsyncConnection, shards: Shards, runs: Sequence[Run]) -> None:
    """Read on where shards have their first entries that are not booked."""
    booked: defaultdict[str, dict[int, int]] = defaultdict(dict)
    parameters = {"shards": [run.shard for run in runs]}
    for shard, ledger_epoch, n in await connection.execute(LEDGER_EPOCHS, parameters):
        booked[shard][ledger_epoch] = n
    for run in runs:
        booked[run.shard][run.last.ledger_epoch] = run.last.n
        run.is_elsewhere = run.more = True
    starts = await asyncio.gather(*(_start(shards, run, booked[run.shard]) for run in runs))
    await asyncio.gather(
        *(_read(shards, run, start) for run, start in zip(runs, starts, strict=True))
    )


async def _start(shards: Shards, run: Run, booked: Mapping[int, int]) -> EntryId:
    """The entry after which to read; `booked` is the last booked one of each ledger epoch.

    Redis may have lost booked entries, and an older copy of it may have brought back entries that
    are not booked, in any of its epochs. So may a server begin that lost everything, and whose
    clock is behind.
    """
    first = await shards.first_after(run.shard, EntryId(0, 0))
    while first is not None and first.n <= booked.get(first.ledger_epoch, -1):
        last = EntryId(first.ledger_epoch, booked[first.ledger_epoch])
        first = await shards.first_after(run.shard, last)
    if first is None:
        return run.last
    if first < run.last:
        # What follows needs an epoch that nobody has booked.
        await shards.advance(run.shard, EntryId(max(booked), 0))
    if first.ledger_epoch in booked:
        run.last = EntryId(first.ledger_epoch, booked[first.ledger_epoch])
        return run.last
    return first.before


async def _read(shards: Shards, run: Run, start: EntryId) -> None:
    """Read and post the shard's entries, up to a page."""
    while run.more and run.batches < PAGE:
        limit = _next_limit(run)
        found = await shards.read(run.shard, start, limit=limit)
        are_all_posted = await _post(run, found)
        run.more = len(found) == limit or not are_all_posted
        if not are_all_posted:
            return
        start = run.last


def _next_limit(run: Run) -> int:
    """How many entries to read: as many as fill the page if they are like those before."""
    if not run.entries:
        return FIRST_READ
    return min(READ, 1 + (PAGE - run.batches) * run.entries // run.batches)


async def _post(run: Run, found: Sequence[tuple[str, str]]) -> bool:
    """Post entries until the page is full, or a ledger epoch begins. Returns whether all are."""
    if found and not run.entries and not run.is_elsewhere:
        first = EntryId.parse(found[0][0])
        if first.ledger_epoch != run.last.ledger_epoch:
            return False
    booked = (Booked(entry_id, decode_entry(text)) for entry_id, text in found)
    for piece in pages(booked, _size_of, POSTED):
        begins = isinstance(piece[0].entry, LedgerEpochOpened)
        if run.batches >= PAGE or (begins and run.entries):
            return False
        if run.entries:
            await asyncio.sleep(0)
        run.add(piece)
    return True


def _size_of(booked: Booked) -> int:
    """How much of a piece an entry takes: the beginning of a ledger epoch is a piece of its own."""
    return POSTED if isinstance(booked.entry, LedgerEpochOpened) else batches_in(booked)


def batches_in(booked: Booked) -> int:
    """How many batches an entry holds, at least 1."""
    entry = booked.entry
    return len(entry.batches) or 1 if isinstance(entry, BatchesCounted) else 1


async def _write(
    connection: AsyncConnection, bookmarks: Mapping[str, EntryId], runs: Sequence[Run]
) -> None:
    before = [await forgotten(connection, run.postings) for run in runs]
    await write(connection, [run.postings for run in runs])
    for run, known in zip(runs, before, strict=True):
        run.forgotten = await forgotten(connection, run.postings) - known
    await execute(connection, BOOKMARKS_MOVED, [(run.shard, *run.last) for run in runs])
    left_and_entered: list[Row] = []
    for run in runs:
        left = bookmarks[run.shard]
        if left.ledger_epoch != run.last.ledger_epoch:
            left_and_entered += (run.shard, *left), (run.shard, run.last.ledger_epoch, None)
    await execute(connection, LEDGER_EPOCHS_NOTED, left_and_entered)


def follows(before: EntryId, at: EntryId, entry: AnyEntry) -> bool:
    """Whether no entry is missing between `before` and the entry at `at`.

    The first entry of a new ledger epoch follows if that epoch began at or before `before`. What
    Redis lost after that point was booked already, or no ledger process had read it yet.
    """
    if at.ledger_epoch == before.ledger_epoch:
        return at.n == before.n + 1
    if not isinstance(entry, LedgerEpochOpened):
        return False
    return EntryId(entry.after_ledger_epoch, entry.after_n) <= before


def pages(things: Iterable[T], size_of: Callable[[T], int], limit: int) -> Iterator[list[T]]:
    """Things in their order, in pages of up to `limit` in size; a larger thing goes alone."""
    page: list[T] = []
    size = 0
    for thing in things:
        if page and size + size_of(thing) > limit:
            yield page
            page, size = [], 0
        page.append(thing)
        size += size_of(thing)
    if page:
        yield page
