"""Books shards' entries: reads and posts them, notes how far, in one transaction, and trims them.

How far a shard is booked stands in `ledger_progress`, a row for each ledger epoch; one of them is
the shard's lock. Any number of replicas may book, die or repeat: a transaction reads the ledger
from its beginning, skips what is booked, and notes exactly the entries that it posted. Only
committed entries are trimmed.

A transaction costs much more than an entry, and so does a round trip: shards with few entries share
both. The work is cut into pieces, between which the process answers presses. An entry may hold one
batch or fifty, so pages and pieces are measured in batches; any other entry counts as one.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from sqlalchemy import extract, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from api_service.books.tables import rooms
from api_service.ledger.projections import Booked, Postings, post
from api_service.ledger.rows import PROGRESS_NOTED, execute, forgotten, write
from shared.engine.ledger_entries import AnyEntry, BatchesCounted, LedgerEpochOpened, decode_entry
from shared.engine.shard_ledger import EntryId, Shards, Tail

# The last booked entry of each ledger epoch of a shard. Redis may have lost booked entries, and
# an older copy of it may bring back entries that are not booked, in any of its epochs.
Progress = dict[int, int]

PAGE = 10_000  # batches of one transaction
READ = 1_000  # entries of one Redis reply
FIRST_READ = 200  # entries of replies whose number of batches cannot be guessed yet
POSTED = 500  # batches posted at once, which blocks the event loop
BEGINNING = EntryId(0, 0)  # a position before every entry
# A replica that freezes in its transaction must not hold its shards for longer.
FROZEN_AFTER = text("SET LOCAL idle_in_transaction_session_timeout = '10s'")
LOCK = text("""
    SELECT shard FROM ledger_progress
    WHERE shard = ANY(CAST(:shards AS bpchar[])) AND epoch = 0 FOR UPDATE SKIP LOCKED
""")
PROGRESS = text("""
    SELECT shard, epoch, n FROM ledger_progress WHERE shard = ANY(CAST(:shards AS bpchar[]))
""")
LAST_BOOKED = text("""
    SELECT DISTINCT ON (shard) shard, epoch, n FROM ledger_progress ORDER BY shard, epoch DESC
""")

T = TypeVar("T")


@dataclass(slots=True)
class Run:
    """What one transaction books of a shard: how much, up to where, and the differences.

    All of it is of one ledger epoch, so that no entry takes back what another one says. `booked`
    grows as entries are posted; `before` is the greatest id that was booked before. `last` is the
    position up to which the ledger is booked. `more`: whether the shard may hold further entries,
    also before it is read. `gaps` counts positions where unbooked entries are missing; `forgotten`
    the presses that Redis lost after they were booked. `newest_at` is in ms since 1970.
    """

    shard: str
    booked: Progress
    before: EntryId = field(init=False)
    last: EntryId = BEGINNING
    more: bool = True
    entries: int = 0
    batches: int = 0
    gaps: int = 0
    forgotten: int = 0
    newest_at: int = 0
    postings: Postings = field(default_factory=Postings)

    def __post_init__(self) -> None:
        self.before = EntryId(*max(self.booked.items()))

    @property
    def presses(self) -> int:
        return sum(account.booked for account in self.postings.accounts.values())

    @property
    def waits(self) -> bool:
        """Whether the page was full before the shard's turn came."""
        return self.more and not self.entries

    def skip(self, first: EntryId) -> bool:
        """Skip the entries of a ledger epoch that are booked, if its `first` one is."""
        n = self.booked.get(first.ledger_epoch, -1)
        if first.n > n:
            return False
        self.last = EntryId(first.ledger_epoch, n)
        return True

    def add(self, page: Sequence[Booked]) -> None:
        """Post the next entries; at least one, and all of one ledger epoch."""
        post(self.postings, page)
        first, self.last = EntryId.parse(page[0].id), EntryId.parse(page[-1].id)
        self.gaps += not follows(self.booked, first, page[0].entry)
        # Ids ascend, so none is missing if the page is as long as its first and last id say.
        if self.last.n - first.n != len(page) - 1:
            numbers = [EntryId.parse(one.id).n for one in page]
            self.gaps += sum(n != before + 1 for before, n in pairwise(numbers))
        self.booked[self.last.ledger_epoch] = self.last.n
        self.entries += len(page)
        self.batches += sum(map(batches_in, page))
        self.newest_at = page[-1].entry.at


async def last_booked(connection: AsyncConnection) -> dict[str, EntryId]:
    """The greatest id of each shard's booked entries."""
    found = await connection.execute(LAST_BOOKED)
    return {row.shard: EntryId(row.epoch, row.n) for row in found}


async def newest(connection: AsyncConnection) -> float | None:
    """The time of the newest booked entry, s since 1970; None if nothing is booked."""
    return await connection.scalar(select(extract("epoch", func.max(rooms.c.seen_at))))


async def lock(connection: AsyncConnection, shards: Collection[str]) -> dict[str, Progress]:
    """Lock shards that no other replica holds, for this transaction. Returns their progress."""
    await connection.execute(FROZEN_AFTER)
    free = {*await connection.scalars(LOCK, {"shards": list(shards)})}
    progress: dict[str, Progress] = {shard: {} for shard in shards if shard in free}
    # Asked once they are locked: what other replicas have committed until then counts.
    for shard, ledger_epoch, n in await connection.execute(PROGRESS, {"shards": list(free)}):
        progress[shard][ledger_epoch] = n
    return progress


async def book(
    connection: AsyncConnection, shards: Shards, tails: Mapping[str, Tail]
) -> dict[str, Run]:
    """Post the next page of the shards' entries, and note the progress. Returns each one's run.

    `tails` are the ends of the ledgers at some earlier moment. Shards that another replica holds
    are left out.
    """
    runs = [Run(shard, booked) for shard, booked in (await lock(connection, tails)).items()]
    for page in pages(runs, lambda run: tails[run.shard].unread, FIRST_READ):
        if sum(run.batches for run in runs) >= PAGE:
            break
        await asyncio.gather(*(_read(shards, run) for run in page))
    found = [run for run in runs if run.entries]
    if found:
        await _write(connection, found)
    return {run.shard: run for run in runs}


async def _read(shards: Shards, run: Run) -> None:
    """Read the shard's entries from the first one, skip those booked, and post up to a page."""
    while run.more and run.batches < PAGE:
        limit = _next_limit(run)
        found = await shards.read(run.shard, run.last, limit=limit)
        if found and not run.entries and run.skip(EntryId.parse(found[0][0])):
            continue
        are_all_posted = await _post(run, found)
        run.more = len(found) == limit or not are_all_posted
        if not are_all_posted:
            return


def _next_limit(run: Run) -> int:
    """How many entries to read: as many as fill the page if they are like those before."""
    if not run.entries:
        return FIRST_READ
    return min(READ, 1 + (PAGE - run.batches) * run.entries // run.batches)


async def _post(run: Run, found: Sequence[tuple[str, str]]) -> bool:
    """Post entries until the page is full, or another ledger epoch begins. Returns if all are."""
    first = EntryId.parse(found[0][0]) if found and not run.entries else run.last
    of_epoch = [each for each in found if each[0].startswith(f"{first.ledger_epoch}-")]
    booked = (Booked(entry_id, decode_entry(entry)) for entry_id, entry in of_epoch)
    for piece in pages(booked, batches_in, POSTED):
        if run.batches >= PAGE:
            return False
        if run.entries:
            await asyncio.sleep(0)
        run.add(piece)
    return len(of_epoch) == len(found)


def batches_in(booked: Booked) -> int:
    """How many batches an entry holds, at least 1."""
    entry = booked.entry
    return len(entry.batches) or 1 if isinstance(entry, BatchesCounted) else 1


async def _write(connection: AsyncConnection, runs: Sequence[Run]) -> None:
    before = [await forgotten(connection, run.postings) for run in runs]
    await write(connection, [run.postings for run in runs])
    for run, known in zip(runs, before, strict=True):
        run.forgotten = await forgotten(connection, run.postings) - known
    await execute(connection, PROGRESS_NOTED, [(run.shard, *run.last) for run in runs])


def follows(booked: Progress, at: EntryId, entry: AnyEntry) -> bool:
    """Whether no entry is missing between those that are booked and the entry at `at`.

    The first entry of a new ledger epoch follows if everything before that epoch's beginning is
    booked. What Redis lost after that point was booked already, or no ledger process had read it.
    """
    if at.ledger_epoch in booked:
        return at.n == booked[at.ledger_epoch] + 1
    if not isinstance(entry, LedgerEpochOpened):
        return False
    return entry.after_n <= booked.get(entry.after_ledger_epoch, -1)


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
