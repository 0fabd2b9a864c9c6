"""Audits the books of one room, from PostgreSQL alone: do they add up?

The sums of its presses, triggers and summaries must be those of its accounts, and the numbers of
its log must be without gap or repeat.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final, NamedTuple, TypeVar

import msgspec
from msgspec import convert
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from api_service.books.database import Database
from shared.wire.game_messages import GameEndSummary

Found = Iterator["Difference"]
Figures = Mapping[str | None, object]  # by event type, None for all buttons together

WITHIN: Final = 3_600.0  # s; a million rows take a few seconds
BALANCE: Final = "balance"
PRESSES: Final = "presses by viewer"
FORGOTTEN: Final = "forgotten presses"
MISSING: Final = "missing entries"
GAP: Final = "gap in the numbers"
REPEAT: Final = "repeated numbers"
SUMMARY: Final = "summary"
# All reads see one snapshot, and nothing can be written.
AT_ONE_MOMENT: Final = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


# The statement.


class ButtonBooks(msgspec.Struct, frozen=True):
    """One button in one round, in presses.

    presses − forgotten + returned = thresholds + remainder + discarded + difference; `forgotten`
    are presses that Redis lost after they were booked, and with them their triggers; `returned` are
    those that failed triggers gave back. `done` and `failed` are numbers of triggers.
    """

    event_type: str
    presses: int
    forgotten: int
    triggers: int
    thresholds: int
    remainder: int
    discarded: int
    difference: int
    returned: int = 0
    done: int = 0
    failed: int = 0


class RoundBooks(msgspec.Struct, frozen=True):
    """One round; `viewers` is how many pressed."""

    round: int
    started_at: datetime | None
    ended_at: datetime | None
    viewers: int
    buttons: tuple[ButtonBooks, ...]


class EpochBooks(msgspec.Struct, frozen=True):
    """The numbers of one log epoch, of triggers and summaries, and what is wrong with them.

    `forgotten` are those that a later epoch gave again.
    """

    epoch: int
    first: int
    last: int
    triggers: int
    summaries: int
    forgotten: int
    missing: int
    repeated: int


class Difference(msgspec.Struct, frozen=True):
    """What does not add up: its kind, and a sentence that names the place and the figures."""

    kind: str
    sentence: str


class Audit(msgspec.Struct, frozen=True):
    """The books of a room up to its last booked entry."""

    room_id: str
    status: str
    opened_at: datetime
    booked_to: datetime
    rounds: tuple[RoundBooks, ...]
    epochs: tuple[EpochBooks, ...]
    differences: tuple[Difference, ...]
    balanced: bool


async def audit(database: Database, room_id: str) -> Audit | None:
    """Audit a room in one snapshot; None if the books have no such room.

    Raises errors.DatabaseUnavailable.
    """
    async with database.ledger.transaction(WITHIN) as connection:
        await connection.execute(AT_ONE_MOMENT)
        return await audit_through(connection, room_id)


async def audit_through(connection: AsyncConnection, room_id: str) -> Audit | None:
    """Audit a room as the connection's transaction sees it; None if there is no such room."""
    rooms = await _read(connection, ROOM, RoomSums, room_id)
    if not rooms:
        return None
    (room,) = rooms
    rounds = await _read(connection, ROUNDS, RoundSums, room_id)
    buttons = await _read(connection, BUTTONS, ButtonSums, room_id)
    numbers = await _read(connection, NUMBERS, NumberSums, room_id)
    bests = await _read(connection, BESTS, BestSums, room_id)
    differences = (
        *chain.from_iterable(_of_button(button, room) for button in buttons),
        *_of_numbers(numbers, room),
        *chain.from_iterable(_of_summary(each, buttons, bests) for each in rounds),
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


def _round_books(
    rounds: "Sequence[RoundSums]", buttons: "Sequence[ButtonSums]"
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


# What must hold.


def _of_button(button: "ButtonSums", room: "RoomSums") -> Found:
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


def _of_numbers(numbers: "Sequence[NumberSums]", room: "RoomSums") -> Found:
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


def _of_summary(
    of: "RoundSums", buttons: "Sequence[ButtonSums]", bests: "Sequence[BestSums]"
) -> Found:
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


# The sums, each added up by PostgreSQL. Every query takes `room_id`.

# Whether Redis has lost message `m` of the log: a later log epoch gave its number again, or began
# in an older copy of Redis, which never had the message's own log epoch.
_FORGOTTEN: Final = """EXISTS (
        SELECT FROM log_epochs AS later
        WHERE later.room_id = :room_id AND later.epoch > m.epoch AND (
            later.base < m.seq OR NOT EXISTS (
                SELECT FROM log_epochs AS own
                WHERE own.room_id = :room_id AND own.epoch = m.epoch
            )
        )
    )"""


class RoomSums(NamedTuple):
    """A room as it was last booked; of its log epochs each after the first began after a loss."""

    opened_at: datetime
    seen_at: datetime
    status: str
    seq: int
    log_epochs: int


ROOM: Final = text("""
    SELECT opened_at, seen_at, status, seq,
        (SELECT count(*) FROM log_epochs WHERE room_id = :room_id) AS log_epochs
    FROM rooms WHERE room_id = :room_id
""")


class RoundSums(NamedTuple):
    """A round; `log_epoch` and `seq` are those of its summary, which is JSON."""

    round: int
    started_at: datetime
    ended_at: datetime | None
    log_epoch: int | None
    seq: int | None
    summary: str | None
    viewers: int


ROUNDS: Final = text("""
    SELECT round, started_at, ended_at, epoch AS log_epoch, seq, summary::text,
        coalesce(viewers, 0) AS viewers
    FROM rounds LEFT JOIN (
        SELECT round, count(DISTINCT viewer_id) AS viewers
        FROM presses WHERE room_id = :room_id GROUP BY round
    ) AS pressed USING (round)
    WHERE room_id = :room_id ORDER BY round
""")


class ButtonSums(ButtonBooks, frozen=True, kw_only=True):
    """A button's round: its account, and the sums of its presses and of its standing triggers.

    Redis counted `accepted`; `presses` are booked, and `pressed` by all viewers together and by the
    streamer, who has one in each trigger without a viewer. `forgotten` is negative if the ledger
    lost some; `difference` are the presses that Redis has too many, or too few.
    """

    round: int
    accepted: int
    pressed: int


BUTTONS: Final = text(f"""
    SELECT *, presses - accepted AS forgotten,
        accepted + returned - thresholds - remainder - discarded AS difference
    FROM (
        SELECT round, event_type, coalesce(accepted, 0) AS accepted,
            coalesce(remainder, 0) AS remainder, coalesce(discarded, 0) AS discarded,
            coalesce(returned, 0) AS returned, coalesce(booked, 0) AS presses,
            coalesce(pressed, 0) AS pressed, coalesce(fired, 0) AS triggers,
            coalesce(thresholds, 0) AS thresholds, coalesce(done, 0) AS done,
            coalesce(failed, 0) AS failed
        FROM (
            SELECT round, event_type, accepted, count AS remainder, discarded, returned, booked
            FROM accounts WHERE room_id = :room_id
        ) AS account
        FULL JOIN (
            SELECT round, event_type, sum(count)::bigint AS pressed
            FROM (
                SELECT round, event_type, count FROM presses WHERE room_id = :room_id
                UNION ALL
                SELECT round, event_type, 1 FROM triggers
                WHERE room_id = :room_id AND viewer_id IS NULL
            ) AS each_press GROUP BY round, event_type
        ) AS press USING (round, event_type)
        FULL JOIN (
            SELECT round, event_type, count(*) AS fired, sum(threshold)::bigint AS thresholds,
                count(*) FILTER (WHERE status = 'done') AS done,
                count(*) FILTER (WHERE status = 'failed') AS failed
            FROM triggers AS m WHERE room_id = :room_id AND NOT {_FORGOTTEN}
            GROUP BY round, event_type
        ) AS trigger USING (round, event_type)
    ) AS sums
    ORDER BY round, event_type COLLATE "C"
""")


class NumberSums(EpochBooks, frozen=True):
    """The numbers of one log epoch; `standing` is the last one that still stands."""

    standing: int
    first_missing: int | None
    first_repeated: int | None


# Of all epochs together, the numbers that stand are 1, 2, 3 and so on.
NUMBERS: Final = text(f"""
    WITH m AS (
        SELECT epoch, seq, 1 AS is_trigger FROM triggers WHERE room_id = :room_id
        UNION ALL
        SELECT epoch, seq, 0 FROM rounds WHERE room_id = :room_id AND seq IS NOT NULL
    ), judged AS (
        SELECT *, {_FORGOTTEN} AS is_forgotten FROM m
    ), stepped AS (
        SELECT *, CASE WHEN NOT is_forgotten THEN
            seq - lag(seq, 1, 0::bigint) OVER (PARTITION BY is_forgotten ORDER BY seq, epoch)
        END AS step FROM judged
    )
    SELECT epoch, min(seq) AS first, max(seq) AS last,
        sum(is_trigger) AS triggers, count(*) - sum(is_trigger) AS summaries,
        count(*) FILTER (WHERE is_forgotten) AS forgotten,
        coalesce(sum(step - 1) FILTER (WHERE step > 1), 0)::bigint AS missing,
        count(*) FILTER (WHERE step = 0) AS repeated,
        coalesce(max(seq) FILTER (WHERE NOT is_forgotten), 0) AS standing,
        min(seq - step + 1) FILTER (WHERE step > 1) AS first_missing,
        min(seq) FILTER (WHERE step = 0) AS first_repeated
    FROM stepped GROUP BY epoch ORDER BY epoch
""")


class BestSums(NamedTuple):
    """Who pressed a button most in a round, or all buttons together (None)."""

    round: int
    event_type: str | None
    viewer_id: str
    presses: int


# Of viewers with equal sums the greater id comes first, as in Redis.
BESTS: Final = text("""
    SELECT DISTINCT ON (round, event_type) round, event_type, viewer_id, presses
    FROM (
        SELECT round, event_type, viewer_id, sum(count)::bigint AS presses
        FROM presses WHERE room_id = :room_id
        GROUP BY GROUPING SETS ((round, viewer_id, event_type), (round, viewer_id))
    ) AS pressed
    ORDER BY round, event_type, presses DESC, viewer_id COLLATE "C" DESC
""")

Sums = TypeVar("Sums", RoomSums, RoundSums, ButtonSums, NumberSums, BestSums)


async def _read(
    connection: AsyncConnection, query: TextClause, as_: type[Sums], room_id: str
) -> list[Sums]:
    """The rows of one of the queries above."""
    found = await connection.execute(query, {"room_id": room_id})
    return [as_(**row) for row in found.mappings()]
