"""Reads the books of one room for an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import BigInteger, Text, cast, func, select, text

from api_service.audit.queries import (
    NUMBERS,
    OUTCOMES_DIFFER,
    PRESSES_DIFFER,
    STANDING_TRIGGERS,
    TRIGGERS_DIFFER,
)
from api_service.books.tables import accounts, journal, log_epochs, presses, rooms, rounds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Executable
    from sqlalchemy.ext.asyncio import AsyncConnection

# All reads see one snapshot, and nothing can be written.
AT_ONE_MOMENT: Final = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
JOURNAL_ROWS: Final = 4  # in memory at once; see posting_functions.ROW_LENGTH


class BookedRoom(NamedTuple):
    """A room as it was last booked."""

    opened_at: datetime
    seen_at: datetime
    status: str
    round: int
    seq: int
    settings: str


class Round(NamedTuple):
    """A round; `log_epoch` and `seq` are those of its summary, which is JSON."""

    round: int
    started_at: datetime
    ended_at: datetime | None
    log_epoch: int | None
    seq: int | None
    summary: str | None


class BookedAccount(NamedTuple):
    """A button's account of a round: Redis' last figures, and the presses booked."""

    accepted: int
    left: int
    discarded: int
    booked: int
    returned: int = 0
    waiting: bool = False
    unavailable: str | None = None


NO_ACCOUNT: Final = BookedAccount(0, 0, 0, 0)


class BookedTrigger(NamedTuple):
    """The triggers of a button in a round that still stand; how many were done, or failed."""

    triggers: int
    presses: int
    done: int = 0
    failed: int = 0


class Numbers(NamedTuple):
    """The numbers of one log epoch, triggers' and summaries', and what is wrong with them."""

    log_epoch: int
    first: int
    last: int
    triggers: int
    summaries: int
    missing: int
    first_missing: int | None
    repeated: int
    first_repeated: int | None


class JournalPart(NamedTuple):
    """The entries of one transaction, as JSON."""

    ledger_epoch: int
    n: int
    size: int
    entries: str


class PressesDiffer(NamedTuple):
    """A viewer's presses of one minute, in `presses` and in the journal."""

    rows: int
    round: int
    viewer_id: str
    event_type: str
    minute: int
    booked: int
    journaled: int


class TriggersDiffer(NamedTuple):
    """A trigger, or its outcome, in `triggers` and in the journal; None where it is missing."""

    rows: int
    log_epoch: int
    seq: int
    booked: str | None
    journaled: str | None


ButtonKey = tuple[int, str]  # round, event type


class Reading:
    """The books of one room, through a connection in one transaction."""

    def __init__(self, connection: AsyncConnection, room_id: str) -> None:
        self._connection = connection
        self._room_id = room_id

    async def room(self) -> BookedRoom | None:
        found = await self._rows(
            select(
                rooms.c.opened_at,
                rooms.c.seen_at,
                rooms.c.status,
                rooms.c.round,
                rooms.c.seq,
                cast(rooms.c.settings, Text),
            ).where(rooms.c.room_id == self._room_id)
        )
        return BookedRoom(*found[0]) if found else None

    async def rounds(self) -> list[Round]:
        names = ("round", "started_at", "ended_at", "epoch", "seq")
        columns = (rounds.c[name] for name in names)
        summary = cast(rounds.c.summary, Text)
        query = select(*columns, summary).where(rounds.c.room_id == self._room_id)
        return [Round(*row) for row in await self._rows(query.order_by(rounds.c.round))]

    async def accounts(self) -> dict[ButtonKey, BookedAccount]:
        key = ("round", "event_type")
        figures = ("accepted", "count", "discarded", "booked", "returned", "waiting", "unavailable")
        query = select(*(accounts.c[name] for name in (*key, *figures)))
        query = query.where(accounts.c.room_id == self._room_id)
        return {(row[0], row[1]): BookedAccount(*row[2:]) for row in await self._rows(query)}

    async def presses(self) -> dict[ButtonKey, int]:
        """The presses of all viewers together."""
        total = cast(func.sum(presses.c.count), BigInteger)
        query = (
            select(presses.c.round, presses.c.event_type, total)
            .where(presses.c.room_id == self._room_id)
            .group_by(presses.c.round, presses.c.event_type)
        )
        return {(row[0], row[1]): row[2] for row in await self._rows(query)}

    async def viewers(self) -> dict[int, int]:
        """How many viewers pressed in each round."""
        query = (
            select(presses.c.round, func.count(presses.c.viewer_id.distinct()))
            .where(presses.c.room_id == self._room_id)
            .group_by(presses.c.round)
        )
        return {row[0]: row[1] for row in await self._rows(query)}

    async def log_epochs(self) -> list[tuple[int, int]]:
        """The log epochs as they were booked: (epoch, number before its first message)."""
        query = select(log_epochs.c.epoch, log_epochs.c.base)
        query = query.where(log_epochs.c.room_id == self._room_id)
        return [(row[0], row[1]) for row in await self._rows(query.order_by(log_epochs.c.epoch))]

    async def fired(self, lasts: Mapping[int, int]) -> dict[ButtonKey, BookedTrigger]:
        """The triggers of each button; `lasts`: each log epoch's last number that still stands."""
        found = await self._rows(STANDING_TRIGGERS, epochs=list(lasts), lasts=list(lasts.values()))
        return {(row[0], row[1]): BookedTrigger(*row[2:]) for row in found}

    async def numbers(self, summaries: Iterable[tuple[int, int]]) -> list[Numbers]:
        """Each log epoch's numbers: those of the booked triggers, and of these summaries."""
        both = list(summaries)
        found = await self._rows(
            NUMBERS, epochs=[log_epoch for log_epoch, _ in both], seqs=[seq for _, seq in both]
        )
        return [Numbers(*row) for row in found]

    async def journal(self) -> AsyncIterator[JournalPart]:
        """The journal's rows, oldest first."""
        columns = (journal.c.epoch, journal.c.n, journal.c.size, cast(journal.c.entries, Text))
        query = select(*columns).where(journal.c.room_id == self._room_id)
        query = query.order_by(journal.c.epoch, journal.c.n)
        options = {"yield_per": JOURNAL_ROWS}
        async with self._connection.stream(query, execution_options=options) as found:
            async for row in found:
                yield JournalPart(*row)

    async def presses_differ(self) -> PressesDiffer | None:
        """The first row of `presses` that differs from the sums of the journal's batches."""
        found = await self._rows(PRESSES_DIFFER)
        return PressesDiffer(*found[0]) if found else None

    async def triggers_differ(self) -> TriggersDiffer | None:
        """The first row of `triggers` that differs from the journal's entries."""
        found = await self._rows(TRIGGERS_DIFFER)
        return TriggersDiffer(*found[0]) if found else None

    async def outcomes_differ(self) -> TriggersDiffer | None:
        """The first row of `triggers` whose outcome differs from the journal's last."""
        found = await self._rows(OUTCOMES_DIFFER)
        return TriggersDiffer(*found[0]) if found else None

    async def _rows(self, query: Executable, **values: object) -> list[Any]:
        asked = {"room_id": self._room_id, **values}
        return list(await self._connection.execute(query, asked))
