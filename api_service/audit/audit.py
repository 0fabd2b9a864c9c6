"""Audits the books of one room: do they add up?

The sums of its presses, triggers and summaries must be those of its accounts, and the numbers of
its log must be without gap or repeat.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import convert

from api_service.audit import sums
from api_service.audit.statement import Audit, ButtonBooks, Difference, EpochBooks, RoundBooks
from shared.wire.game_messages import GameEndSummary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from api_service.audit.sums import BestSums, ButtonSums, NumberSums, RoomSums, RoundSums
    from api_service.books.database import Database

    Found = Iterator[Difference]
    Figures = Mapping[str | None, object]  # by event type, None for all buttons together

WITHIN: Final = 3_600.0  # s; a million rows take a few seconds
BALANCE: Final = "balance"
PRESSES: Final = "presses by viewer"
FORGOTTEN: Final = "forgotten presses"
MISSING: Final = "missing entries"
GAP: Final = "gap in the numbers"
REPEAT: Final = "repeated numbers"
SUMMARY: Final = "summary"


async def audit(database: Database, room_id: str) -> Audit | None:
    """Audit a room in one snapshot; None if the books have no such room.

    Raises errors.DatabaseUnavailable.
    """
    async with database.ledger.transaction(WITHIN) as connection:
        await connection.execute(sums.AT_ONE_MOMENT)
        return await audit_through(connection, room_id)


async def audit_through(connection: AsyncConnection, room_id: str) -> Audit | None:
    """Audit a room as the connection's transaction sees it; None if there is no such room."""
    rooms = await sums.read(connection, sums.ROOM, sums.RoomSums, room_id)
    if not rooms:
        return None
    (room,) = rooms
    rounds = await sums.read(connection, sums.ROUNDS, sums.RoundSums, room_id)
    buttons = await sums.read(connection, sums.BUTTONS, sums.ButtonSums, room_id)
    numbers = await sums.read(connection, sums.NUMBERS, sums.NumberSums, room_id)
    bests = await sums.read(connection, sums.BESTS, sums.BestSums, room_id)
    differences = tuple(
        chain(
            chain.from_iterable(_of_button(button, room) for button in buttons),
            _of_numbers(numbers, room),
            chain.from_iterable(_of_summary(each, buttons, bests) for each in rounds),
        )
    )
    return Audit(
        room_id=room_id,
        status=room.status,
        opened_at=room.opened_at,
        booked_to=room.seen_at,
        rounds=_round_books(rounds, buttons),
        epochs=convert(numbers, tuple[EpochBooks, ...], from_attributes=True),
        differences=differences,
        balanced=not differences,
    )


# What must hold.


def _of_button(button: ButtonSums, room: RoomSums) -> Found:
    """A button's round balances, and its presses are in the books, each of a viewer."""
    name = f"round {button.round}, {button.event_type}"
    if button.difference:
        has = f"{button.accepted:,} accepted + {button.returned:,} returned"
        used = f"{button.thresholds:,} in triggers + {button.remainder:,} left"
        yield Difference(
            BALANCE,
            f"{name}: {has} is not {used} + {button.discarded:,} discarded: {button.difference:+,}",
        )
    booked = f"{button.presses:,} are booked"
    if more := button.pressed - button.presses:
        added = f"everybody's presses are {button.pressed:,}"
        yield Difference(PRESSES, f"{name}: {added}, {booked}: {more:+,}")
    lost = button.forgotten
    counted = f"{name}: Redis counted {button.accepted:,}, {booked}: {lost:+,}"
    if lost < 0:
        yield Difference(MISSING, counted)
    elif lost and room.log_epochs < 2:
        yield Difference(FORGOTTEN, f"{counted}, and it never lost any")


def _of_numbers(numbers: Sequence[NumberSums], room: RoomSums) -> Found:
    """The numbers that stand follow each other up to the room's last one."""
    for found in numbers:
        log_epoch = f"log epoch {found.epoch}"
        if found.missing:
            many = f"{found.missing:,} missing"
            yield Difference(GAP, f"{log_epoch}: {many}, the first is {found.first_missing:,}")
        if found.repeated:
            many = f"{found.repeated:,} given twice"
            yield Difference(REPEAT, f"{log_epoch}: {many}, the first is {found.first_repeated:,}")
    last = max((found.standing for found in numbers), default=0)
    if last != room.seq:
        yield Difference(GAP, f"the log stands at number {room.seq:,}, the last here is {last:,}")


def _of_summary(of: RoundSums, buttons: Sequence[ButtonSums], bests: Sequence[BestSums]) -> Found:
    """A round that has ended has a summary, whose totals and best viewers are those of the rows."""
    if of.ended_at is None:
        return
    name = f"the summary of round {of.round}"
    try:
        summary = msgspec.json.decode(of.summary or "", type=GameEndSummary)
    except msgspec.MsgspecError as problem:
        yield Difference(SUMMARY, f"{name} cannot be read: {problem}")
        return
    if (summary.round, summary.epoch, summary.seq) != (of.round, of.log_epoch, of.seq):
        said = f"{summary.epoch}-{summary.seq} of round {summary.round}"
        yield Difference(SUMMARY, f"{name} is number {of.log_epoch}-{of.seq}, and says {said}")
    in_round = [button for button in buttons if button.round == of.round]
    totals: Figures = {each.event_type: each.count for each in summary.event_totals}
    accepted: Figures = {button.event_type: button.accepted for button in in_round}
    booked: Figures = {button.event_type: button.presses for button in in_round}
    has_forgotten = any(button.forgotten for button in in_round)
    # If Redis lost the room afterwards, the summary is made of what is booked.
    if not has_forgotten or any(_unlike(name, totals, booked)):
        yield from _unlike(f"{name}, total of", totals, accepted)
    # Redis knows no longer who pressed what it has lost.
    if not has_forgotten:
        rows: Figures = {
            b.event_type: (b.viewer_id, b.presses) for b in bests if b.round == of.round
        }
        yield from _unlike(f"{name}, most presses of", _bests(summary), rows)


def _unlike(name: str, summary: Figures, rows: Figures) -> Found:
    """Compare figures; what is 0 may be left out."""
    for key in dict.fromkeys((*summary, *rows)):
        says, has = summary.get(key) or None, rows.get(key) or None
        if says != has:
            of = key or "all buttons"
            yield Difference(SUMMARY, f"{name} {of}: it says {says}, the rows {has}")


def _bests(summary: GameEndSummary) -> Figures:
    bests: dict[str | None, object] = {
        best.event_type: (best.viewer_id, best.count) for best in summary.top_by_button
    }
    best = summary.top_overall
    return bests | {None: best and (best.viewer_id, best.count)}


# The statement.


def _round_books(
    rounds: Sequence[RoundSums], buttons: Sequence[ButtonSums]
) -> tuple[RoundBooks, ...]:
    known = {each.round: each for each in rounds}
    of_each: dict[int, list[ButtonSums]] = {number: [] for number in known}
    for button in buttons:
        of_each.setdefault(button.round, []).append(button)
    return tuple(
        RoundBooks(
            round=number,
            started_at=of.started_at if (of := known.get(number)) else None,
            ended_at=of.ended_at if of else None,
            viewers=of.viewers if of else 0,
            buttons=convert(of_each[number], tuple[ButtonBooks, ...], from_attributes=True),
        )
        for number in sorted(of_each)
    )
