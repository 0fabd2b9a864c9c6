"""Audits the books of one room: do they balance?

It compares three sources: the sums of the tables, the numbers of the log, and the journal, which is
counted again by the counting rule and compared with the tables row by row. Redis can be a fourth.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from api_service.audit import comparing, judging
from api_service.audit.differences import Differences, Place
from api_service.audit.reading import (
    AT_ONE_MOMENT,
    NO_ACCOUNT,
    BookedAccount,
    BookedTrigger,
    Reading,
)
from api_service.audit.replay import Replay
from api_service.audit.statement import Audit, ButtonBooks, EpochBooks, Replayed, RoundBooks
from shared.wire.room_settings import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from api_service.audit.comparing import Found
    from api_service.audit.holding import Holding
    from api_service.audit.reading import BookedRoom, ButtonKey, JournalPart, Numbers, Round
    from api_service.books.database import Database

WITHIN: Final = 3_600.0  # s; a million entries take about half a minute
UNENDING: Final = sys.maxsize
NONE_FIRED: Final = BookedTrigger(0, 0)


async def audit(database: Database, room_id: str, held: Holding | None = None) -> Audit | None:
    """Audit a room in one snapshot; None if the books have no such room.

    `held` is what Redis held of it at an earlier moment. Raises errors.DatabaseUnavailable.
    """
    async with database.ledger.transaction(WITHIN) as connection:
        await connection.execute(AT_ONE_MOMENT)
        return await audit_through(connection, room_id, held)


async def audit_through(
    connection: AsyncConnection, room_id: str, held: Holding | None = None
) -> Audit | None:
    """Audit a room as the connection's transaction sees it; None if there is no such room."""
    auditor = _Auditor(Reading(connection, room_id))
    await auditor.replay_journal()
    room = await auditor.reading.room()
    if held and held.opened:
        await auditor.compare_with_redis(held, room)
    elif room is None and not auditor.replay.entries:
        return None
    return await auditor.audit(room_id, room)


class _Auditor:
    """One room's audit in progress: what it has read, replayed, and found to differ."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.differences = Differences()
        self.replay = Replay(self.differences)

    async def replay_journal(self) -> None:
        async for row in self.reading.journal():
            for position, text in enumerate(self._entries_of(row), start=1):
                self.replay.check(Place(row.ledger_epoch, row.n, position), text)

    async def compare_with_redis(self, held: Holding, room: BookedRoom | None) -> None:
        self._note(judging.held(held, room, await self.reading.accounts()))

    async def audit(self, room_id: str, room: BookedRoom | None) -> Audit:
        replayed = self._replayed()
        rounds = await self.reading.rounds()
        log_epochs = await self._log_epochs()
        round_books = await self._rounds(rounds, _lasts(log_epochs), room)
        log_epoch_books = await self._numbers(rounds, log_epochs)
        if not self.replay.whole:
            self._note(judging.totals(rounds, await self.reading.accounts()))
        elif not self.differences.has(comparing.UNREADABLE):
            await self._compare_with_journal(rounds)
        differences = self.differences.all()
        return Audit(
            room_id=room_id,
            status=room.status if room else "unknown",
            opened_at=room.opened_at if room else None,
            booked_to=_moment(self.replay.last_at) or (room.seen_at if room else None),
            rounds=round_books,
            epochs=log_epoch_books,
            replay=replayed,
            differences=differences,
            balanced=not differences,
        )

    def _note(self, found: Iterable[Found]) -> None:
        for kind, sentence in found:
            self.differences.note(kind, sentence)

    # The journal.

    def _entries_of(self, row: JournalPart) -> Sequence[msgspec.Raw]:
        place = Place(row.ledger_epoch, row.n, 1)
        try:
            entries = msgspec.json.decode(row.entries, type=tuple[msgspec.Raw, ...])
        except msgspec.MsgspecError as problem:
            self.differences.note(comparing.UNREADABLE, f"it cannot be read: {problem}", place)
            return ()
        if len(entries) != row.size:
            sentence = f"the row holds {len(entries):,} entries, {row.size:,} were booked"
            self.differences.note(judging.JOURNAL, sentence, place)
        return entries

    def _replayed(self) -> Replayed:
        return Replayed(
            whole=self.replay.whole,
            first_at=_moment(self.replay.first_at),
            entries=self.replay.entries,
            unchecked=self.replay.unchecked,
            presses=self.replay.presses,
            triggers=self.replay.triggers,
            differences=sum(found.count for found in self.differences.all()),
        )

    async def _compare_with_journal(self, rounds: Sequence[Round]) -> None:
        if pressed := await self.reading.presses_differ():
            found = judging.presses_in_journal(pressed)
            self.differences.note(*found, count=pressed.rows)
        if fired := await self.reading.triggers_differ():
            found = judging.triggers_in_journal(fired)
            self.differences.note(*found, count=fired.rows)
        if told := await self.reading.outcomes_differ():
            found = judging.outcomes_in_journal(told)
            self.differences.note(*found, count=told.rows)
        self._note(judging.summaries(rounds, self.replay.ends))

    # The rounds.

    async def _rounds(
        self, rounds: Sequence[Round], lasts: dict[int, int], room: BookedRoom | None
    ) -> tuple[RoundBooks, ...]:
        accounts = await self.reading.accounts()
        presses = await self.reading.presses()
        fired = await self.reading.fired(lasts)
        viewers = await self.reading.viewers()
        buttons: dict[int, list[ButtonBooks]] = {each.round: [] for each in rounds}
        for key in _in_order({*accounts, *presses, *fired}, self._event_types(room)):
            account = accounts.get(key, NO_ACCOUNT)
            books = self._button(key, account, fired.get(key, NONE_FIRED))
            buttons.setdefault(key[0], []).append(books)
            self._note(judging.presses(key, account.booked, presses.get(key, 0)))
        known = {each.round: each for each in rounds}
        return tuple(
            _round_books(round_, known.get(round_), viewers.get(round_, 0), buttons[round_])
            for round_ in sorted(buttons)
        )

    def _event_types(self, room: BookedRoom | None) -> list[str]:
        """The room's buttons, in the order of its settings."""
        try:
            return [button.event_type for button in decode(room.settings).buttons] if room else []
        except msgspec.MsgspecError as problem:
            self._note([(judging.SETTINGS, f"the room's cannot be read: {problem}")])
            return []

    def _button(self, key: ButtonKey, account: BookedAccount, fired: BookedTrigger) -> ButtonBooks:
        if key in self.replay.untold:
            # Redis lost the account with its round, and has not mentioned it since.
            account = NO_ACCOUNT._replace(booked=account.booked)
        books = _button_books(key[1], account, fired)
        if self.replay.whole:
            self._note(judging.account(key, account, self.replay.account(*key)))
            forgotten = self.replay.forgotten[key]
        else:
            forgotten = max(0, books.forgotten)
        self._note(judging.button(key, books, forgotten))
        return books

    # The numbers.

    async def _log_epochs(self) -> list[tuple[int, int]]:
        """The log epochs, oldest first: (epoch, number before its first message)."""
        told = self.replay.numbering.log_epochs
        if self.replay.whole:
            return told
        return sorted({**dict(await self.reading.log_epochs()), **dict(told)}.items())

    async def _numbers(
        self, rounds: Sequence[Round], log_epochs: Sequence[tuple[int, int]]
    ) -> tuple[EpochBooks, ...]:
        booked = {
            (r.log_epoch, r.seq) for r in rounds if r.log_epoch is not None and r.seq is not None
        }
        found = await self.reading.numbers(booked | self.replay.summaries)
        bases, lasts = dict(log_epochs), _lasts(log_epochs)
        for numbers in found:
            base = bases.get(numbers.log_epoch, numbers.first - 1)
            for kind, sentence, count in judging.numbers(numbers, base):
                self.differences.note(kind, sentence, count=count)
        return tuple(
            _log_epoch_books(numbers, lasts.get(numbers.log_epoch, 0)) for numbers in found
        )


def _lasts(log_epochs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Each log epoch's last number that still stands: at most the base of any later epoch."""
    lasts: dict[int, int] = {}
    last = UNENDING
    for log_epoch, base in reversed(log_epochs):
        lasts[log_epoch] = last
        last = min(last, base)
    return lasts


def _round_books(
    number: int, booked: Round | None, viewers: int, buttons: Sequence[ButtonBooks]
) -> RoundBooks:
    return RoundBooks(
        round=number,
        started_at=booked.started_at if booked else None,
        ended_at=booked.ended_at if booked else None,
        viewers=viewers,
        buttons=tuple(buttons),
    )


def _button_books(event_type: str, account: BookedAccount, fired: BookedTrigger) -> ButtonBooks:
    used = fired.presses + account.left + account.discarded
    return ButtonBooks(
        event_type=event_type,
        presses=account.booked,
        forgotten=account.booked - account.accepted,
        triggers=fired.triggers,
        thresholds=fired.presses,
        remainder=account.left,
        discarded=account.discarded,
        difference=account.accepted + account.returned - used,
        returned=account.returned,
        done=fired.done,
        failed=fired.failed,
    )


def _log_epoch_books(numbers: Numbers, last: int) -> EpochBooks:
    return EpochBooks(
        epoch=numbers.log_epoch,
        first=numbers.first,
        last=numbers.last,
        triggers=numbers.triggers,
        summaries=numbers.summaries,
        forgotten=max(0, numbers.last - max(last, numbers.first - 1)),
        missing=numbers.missing,
        repeated=numbers.repeated,
    )


def _in_order(keys: Iterable[ButtonKey], event_types: Sequence[str]) -> list[ButtonKey]:
    """Sort by round, then in the order of these event types, with all others last."""
    places = {event_type: n for n, event_type in enumerate(event_types)}
    return sorted(keys, key=lambda key: (key[0], places.get(key[1], len(places)), key[1]))


def _moment(ms: int) -> datetime | None:
    return datetime.fromtimestamp(ms / 1000, UTC) if ms else None
