"""The books of one room, and whether they balance.

Three witnesses are heard: the tables' own sums, the numbers of the log, and the journal, which is
counted again by the pure rule and compared with the tables row by row.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from api_service.ledger import comparing
from api_service.ledger.differences import Differences, Place
from api_service.ledger.reading import AT_ONE_MOMENT, Account, Fired, Reading
from api_service.ledger.replay import Replay
from api_service.ledger.statement import Audit, ButtonBooks, EpochBooks, Replayed, RoundBooks
from shared.room_settings import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api_service.database import Database
    from api_service.ledger.reading import ButtonKey, JournalRow, Numbers, Room, Round

WITHIN: Final = 3_600.0  # s; a million presses take about a minute
UNENDING: Final = sys.maxsize

BALANCE: Final = "balance"
PRESSES: Final = "presses by viewer"
FORGOTTEN: Final = "forgotten presses"
JOURNAL: Final = "journal"
SUMMARY: Final = "summary"
GAP: Final = "gap in the numbers"
REPEAT: Final = "repeated numbers"
TRIGGERS: Final = "triggers"


async def audit(database: Database, room_id: str) -> Audit | None:
    """Audit a room, as it was at one moment; None where the books know no such room.

    Raises database.DatabaseUnavailable.
    """
    async with database.transaction(WITHIN) as connection:
        await connection.execute(AT_ONE_MOMENT)
        auditor = _Auditor(Reading(connection, room_id))
        await auditor.replay_journal()
        room = await auditor.reading.room()
        if room is None and not auditor.replay.entries:
            return None
        return await auditor.audit(room_id, room)


class _Auditor:
    """One room's audit: what is read, replayed, and found not to add up."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.differences = Differences()
        self.replay = Replay(self.differences)

    async def replay_journal(self) -> None:
        async for row in self.reading.journal():
            entries = self._entries_of(row)
            for position, text in enumerate(entries, start=1):
                self.replay.take(Place(row.epoch, row.n, position), text)

    async def audit(self, room_id: str, room: Room | None) -> Audit:
        replayed = self._replayed()
        lasts = _lasts(await self._epochs())
        booked_rounds = await self.reading.rounds()
        rounds = await self._rounds(booked_rounds, lasts, room)
        epochs = await self._numbers(booked_rounds, lasts)
        if self.replay.whole and not self.differences.has(comparing.UNREADABLE):
            await self._compare_with_journal(booked_rounds)
        differences = self.differences.all()
        return Audit(
            room_id=room_id,
            status=room.status if room else "unknown",
            opened_at=room.opened_at if room else None,
            booked_to=_moment(self.replay.last_at) or (room.seen_at if room else None),
            rounds=rounds,
            epochs=epochs,
            replay=replayed,
            differences=differences,
            balanced=not differences,
        )

    # The journal.

    def _entries_of(self, row: JournalRow) -> Sequence[msgspec.Raw]:
        place = Place(row.epoch, row.n, 1)
        try:
            entries = msgspec.json.decode(row.entries, type=tuple[msgspec.Raw, ...])
        except msgspec.MsgspecError as problem:
            self.differences.note(comparing.UNREADABLE, f"it cannot be read: {problem}", place)
            return ()
        if len(entries) != row.size:
            sentence = f"the row holds {len(entries):,} entries, {row.size:,} were booked"
            self.differences.note(JOURNAL, sentence, place)
        return entries

    def _replayed(self) -> Replayed:
        replay = self.replay
        return Replayed(
            whole=replay.whole,
            first_at=_moment(replay.first_at),
            entries=replay.entries,
            unchecked=replay.unchecked,
            presses=replay.presses,
            triggers=replay.triggers,
            differences=sum(found.count for found in self.differences.all()),
        )

    async def _compare_with_journal(self, rounds: Sequence[Round]) -> None:
        if found := await self.reading.presses_differ():
            minute = datetime.fromtimestamp(60 * found.minute, UTC)
            self.differences.note(
                PRESSES,
                f"round {found.round}, {found.event_type}, viewer {found.viewer_id}, {minute:%H:%M}"
                f" UTC: {found.booked:,} presses in the books, {found.journaled:,} in the journal",
                count=found.rows,
            )
        if wrong := await self.reading.triggers_differ():
            self.differences.note(
                TRIGGERS,
                f"number {wrong.seq:,} of epoch {wrong.epoch}: {wrong.booked or 'none'} in the"
                f" books; {wrong.journaled or 'none'} in the journal",
                count=wrong.rows,
            )
        self._compare_summaries(rounds)

    def _compare_summaries(self, rounds: Sequence[Round]) -> None:
        told = {round_: number for number, round_ in self.replay.summaries.items()}
        booked = {r.round: (r.epoch, r.seq) for r in rounds if r.seq is not None}
        for round_ in sorted({*told, *booked}):
            if told.get(round_) != booked.get(round_):
                self.differences.note(
                    SUMMARY,
                    f"round {round_} ends with message {_number(booked.get(round_))} in the books,"
                    f" {_number(told.get(round_))} in the journal",
                )

    # The rounds.

    async def _rounds(
        self, rounds: Sequence[Round], lasts: Mapping[int, int], room: Room | None
    ) -> tuple[RoundBooks, ...]:
        accounts = await self.reading.accounts()
        presses = await self.reading.presses()
        fired = await self.reading.fired(lasts)
        viewers = await self.reading.viewers()
        known = {each.round: each for each in rounds}
        keys = _in_order({*accounts, *presses, *fired}, room)
        books = []
        for round_ in sorted({*known, *(key[0] for key in keys)}):
            buttons = [
                self._button(key, accounts.get(key, NO_ACCOUNT), fired.get(key, NONE_FIRED))
                for key in keys
                if key[0] == round_
            ]
            started = known.get(round_)
            books.append(
                RoundBooks(
                    round=round_,
                    started_at=started.started_at if started else None,
                    ended_at=started.ended_at if started else None,
                    viewers=viewers.get(round_, 0),
                    buttons=tuple(buttons),
                )
            )
        for key in keys:
            self._check_presses(key, accounts.get(key, NO_ACCOUNT).booked, presses.get(key, 0))
        return tuple(books)

    def _button(self, key: ButtonKey, booked: Account, fired: Fired) -> ButtonBooks:
        account = booked
        if key in self.replay.untold:
            # Redis forgot the account with its round, and has not spoken of it since.
            account = Account(0, 0, 0, booked.booked)
        consumed = fired.presses + account.left + account.discarded
        books = ButtonBooks(
            event_type=key[1],
            presses=booked.booked,
            forgotten=booked.booked - account.accepted,
            triggers=fired.triggers,
            thresholds=fired.presses,
            remainder=account.left,
            discarded=account.discarded,
            difference=account.accepted - consumed,
        )
        self._check_button(key, books)
        self._check_account(key, account)
        return books

    def _check_button(self, key: ButtonKey, books: ButtonBooks) -> None:
        if books.difference:
            self.differences.note(
                BALANCE,
                f"{_named(key)}: {books.presses:,} presses - {books.forgotten:,} forgotten is not"
                f" {books.thresholds:,} in triggers + {books.remainder:,} left"
                f" + {books.discarded:,} discarded",
            )
        forgotten = self.replay.forgotten[key] if self.replay.whole else max(0, books.forgotten)
        if books.forgotten != forgotten:
            self.differences.note(
                FORGOTTEN,
                f"{_named(key)}: {books.forgotten:,} by the account, {forgotten:,} by the journal",
            )

    def _check_account(self, key: ButtonKey, account: Account) -> None:
        if not self.replay.whole:
            return
        replayed = self.replay.account(*key)
        rule = (replayed.accepted, replayed.count, replayed.discarded)
        if (account.accepted, account.left, account.discarded) != rule:
            accepted, count, discarded = rule
            self.differences.note(
                comparing.ACCOUNT,
                f"{_named(key)} has {account.accepted:,} accepted, {account.left:,} left,"
                f" {account.discarded:,} discarded; {accepted:,}, {count:,}, {discarded:,}"
                " by the journal",
            )

    def _check_presses(self, key: ButtonKey, booked: int, pressed: int) -> None:
        if booked != pressed:
            self.differences.note(
                PRESSES, f"{_named(key)}: they add up to {pressed:,}, {booked:,} are booked"
            )

    # The numbers.

    async def _epochs(self) -> list[tuple[int, int]]:
        told = self.replay.numbering.epochs
        if self.replay.whole:
            return told
        return sorted({**dict(await self.reading.epochs()), **dict(told)}.items())

    async def _numbers(
        self, rounds: Sequence[Round], lasts: Mapping[int, int]
    ) -> tuple[EpochBooks, ...]:
        booked = {(r.epoch, r.seq) for r in rounds if r.epoch is not None and r.seq is not None}
        found = await self.reading.numbers(booked | set(self.replay.summaries))
        self._check_numbers(found)
        return tuple(_epoch_books(numbers, lasts.get(numbers.epoch, 0)) for numbers in found)

    def _check_numbers(self, found: Iterable[Numbers]) -> None:
        bases = dict(self.replay.numbering.epochs)
        for numbers in found:
            epoch = f"epoch {numbers.epoch}"
            base = bases.get(numbers.epoch, numbers.first - 1)
            if numbers.first != base + 1:
                sentence = f"{epoch} begins with number {numbers.first:,}, after {base:,}"
                self.differences.note(GAP, sentence, count=max(1, numbers.first - base - 1))
            if numbers.missing:
                sentence = f"{epoch} has no number {numbers.first_missing:,}"
                self.differences.note(GAP, sentence, count=numbers.missing)
            if numbers.repeated:
                sentence = f"{epoch} has number {numbers.first_repeated:,} twice"
                self.differences.note(REPEAT, sentence, count=numbers.repeated)


NO_ACCOUNT: Final = Account(0, 0, 0, 0)
NONE_FIRED: Final = Fired(0, 0)


def _lasts(epochs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Each epoch's last number that still stands: no further than the base of any later one."""
    lasts: dict[int, int] = {}
    last = UNENDING
    for epoch, base in reversed(epochs):
        lasts[epoch] = last
        last = min(last, base)
    return lasts


def _epoch_books(numbers: Numbers, last: int) -> EpochBooks:
    return EpochBooks(
        epoch=numbers.epoch,
        first=numbers.first,
        last=numbers.last,
        triggers=numbers.triggers,
        summaries=numbers.summaries,
        forgotten=max(0, numbers.last - max(last, numbers.first - 1)),
        missing=numbers.missing,
        repeated=numbers.repeated,
    )


def _in_order(keys: Iterable[ButtonKey], room: Room | None) -> list[ButtonKey]:
    """By round, then in the order of the settings."""
    buttons = decode(room.settings).buttons if room else ()
    places = {button.event_type: n for n, button in enumerate(buttons)}
    return sorted(keys, key=lambda key: (key[0], places.get(key[1], len(places)), key[1]))


def _named(key: ButtonKey) -> str:
    return f"round {key[0]}, {key[1]}"


def _number(number: tuple[int | None, int | None] | None) -> str:
    return f"{number[0]}-{number[1]}" if number else "none"


def _moment(ms: int) -> datetime | None:
    return datetime.fromtimestamp(ms / 1000, UTC) if ms else None
