"""Books one shard's entries: read, posted and bookmarked in one transaction, then trimmed.

The shard's row of `ledger_bookmarks` is lock and bookmark at once. Any number of replicas may
book, die or repeat themselves: what a transaction read and posted is exactly what it moved the
bookmark over, and only what is committed is trimmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from api_service.ledger.postings import booked, post, touched
from api_service.ledger.rows import known_accounts, write
from api_service.tables import ledger_bookmarks, ledger_epochs
from shared.entries import EpochOpened
from shared.shards import EntryId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from api_service.ledger.postings import Booked
    from shared.shards import Shards, Tail

PAGE = 2_000  # entries of one transaction
# A replica that freezes in its transaction must not hold the shard for longer.
FROZEN_AFTER = text("SET LOCAL idle_in_transaction_session_timeout = '10s'")


class Run(NamedTuple):
    """What one transaction booked: how much, up to where, and what did not add up.

    `gaps` counts places where entries are missing that nobody booked.
    """

    entries: int
    presses: int
    triggers: int
    forgotten: int
    missed: int
    gaps: int
    newest_at: int  # ms since 1970
    last: EntryId


async def lock(connection: AsyncConnection, shard: str) -> EntryId | None:
    """Hold the shard for the transaction; its bookmark, or None where another replica holds it."""
    bookmark = (
        select(ledger_bookmarks.c.epoch, ledger_bookmarks.c.n)
        .where(ledger_bookmarks.c.shard == shard)
        .with_for_update(skip_locked=True)
    )
    await connection.execute(FROZEN_AFTER)
    found = (await connection.execute(bookmark)).one_or_none()
    return found and EntryId(*found)


async def book(
    connection: AsyncConnection, shards: Shards, shard: str, bookmark: EntryId, tail: Tail
) -> Run | None:
    """Post the next page of the shard's entries and move the bookmark; None where there is none.

    `tail` is where the ledger ended at some earlier moment.
    """
    start = bookmark
    # Another replica may have booked more than that tail meanwhile; under the lock nobody does.
    if tail.last < bookmark and (await shards.tail(shard)).last < bookmark:
        start = await _place(connection, shards, shard) or bookmark
    run = booked(await shards.read(shard, start, limit=PAGE))
    if not run:
        return None
    postings = post(run, await known_accounts(connection, touched(run)))
    await write(connection, postings)
    last = run[-1].id
    moved = update(ledger_bookmarks).where(ledger_bookmarks.c.shard == shard)
    await connection.execute(moved.values(epoch=last.epoch, n=last.n))
    await _note_epochs(connection, shard, run)
    return Run(
        entries=len(run),
        presses=sum(postings.presses.values()),
        triggers=len(postings.triggers),
        forgotten=postings.forgotten,
        missed=postings.missed,
        gaps=gaps(bookmark, run),
        newest_at=run[-1].entry.at,
        last=last,
    )


async def _place(connection: AsyncConnection, shards: Shards, shard: str) -> EntryId | None:
    """Where to read on in a ledger that ends before the bookmark: Redis forgot what was booked.

    What it holds was booked, unless it stands in an epoch that nobody booked: a server that forgot
    everything, with a clock that is behind, begins there.
    """
    query = select(ledger_epochs.c.epoch).where(ledger_epochs.c.shard == shard)
    known = set(await connection.scalars(query))
    first = await shards.first_after(shard, -1)
    while first is not None and first.epoch in known:
        first = await shards.first_after(shard, first.epoch)
    return first and first.before


async def _note_epochs(connection: AsyncConnection, shard: str, run: Sequence[Booked]) -> None:
    epochs = {one.id.epoch for one in run}
    rows = [{"shard": shard, "epoch": epoch} for epoch in epochs]
    await connection.execute(insert(ledger_epochs).on_conflict_do_nothing(), rows)


def gaps(bookmark: EntryId, run: Sequence[Booked]) -> int:
    """How often entries are missing between the bookmark and the end of the run."""
    found, before = 0, bookmark
    for one in run:
        found += not follows(before, one)
        before = one.id
    return found


def follows(before: EntryId, one: Booked) -> bool:
    """Whether an entry comes right after another one.

    In a new epoch it does where that epoch began after nothing later: what Redis lost of its own
    tail was either booked before, or never known to anybody but the viewer who pressed.
    """
    if one.id.epoch == before.epoch:
        return one.id.n == before.n + 1
    if not isinstance(one.entry, EpochOpened):
        return False
    return EntryId(one.entry.after_epoch, one.entry.after_n) <= before
