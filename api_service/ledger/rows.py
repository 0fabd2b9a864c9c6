"""Writes postings to the books, in few statements, however many rows there are.

Rows are sent as one JSON text: this costs Python least, and PostgreSQL no more than other ways. A
row is a JSON array in the order of the statement's columns. JSON inside a row is sent as a string,
so that its text is kept as it was written.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Double,
    Executable,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from api_service.books.tables import (
    accounts,
    ledger_progress,
    log_epochs,
    presses,
    room_viewers,
    rooms,
    rounds,
    triggers,
)
from api_service.ledger.projections import Postings
from shared.engine.keys import shard

Change = Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]]
Columns = ReadOnlyColumnCollection[str, Any]  # of rows that exist, or of new ones
Values = dict[str, ColumnElement[Any]]
Changes = Callable[[Columns, Columns], Values]

Row = tuple[object, ...]
PIECE = 5_000  # rows of one statement: encoding them blocks the event loop
ROWS = "given"  # a statement's only parameter
GONE_BACK = ("room_id", "round")
PRESSED = ("room_id", "round", "started_at", "presses", "first_viewer_id")
OUTCOME = ("status", "reason", "ends_at")  # what is told of a trigger after it fired

_encode = msgspec.json.Encoder().encode


async def forgotten(connection: AsyncConnection, postings: Postings) -> int:
    """The presses that are booked and Redis has lost, in the rounds that it rolled back."""
    return sum(
        [
            await connection.scalar(FORGOTTEN, _parameters(piece))
            for piece in _pieces(postings.reopened.items())
        ]
    )


async def write(connection: AsyncConnection, postings: Sequence[Postings]) -> None:
    """Write postings to the books."""
    for statement, rows_of in WRITTEN:
        await execute(connection, statement, chain.from_iterable(map(rows_of, postings)))


async def execute(connection: AsyncConnection, statement: Executable, rows: Iterable[Row]) -> None:
    """Write rows with one of the statements below."""
    for piece in _pieces(rows):
        await connection.execute(statement, _parameters(piece))


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while piece := list(islice(remaining, PIECE)):
        yield piece


def _parameters(rows: Sequence[Row]) -> dict[str, str]:
    return {ROWS: _encode(rows).decode()}


def _rows_as(table: Table, names: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """A query that returns the statement's rows, as these columns of the table."""
    rows = cast(bindparam(ROWS, type_=Text), JSONB)
    row = func.jsonb_array_elements(rows, type_=JSONB).column_valued("given_row")
    return select(*(_value(table.c[name], row, i).label(name) for i, name in enumerate(names)))


def _value(column: Column[Any], row: ColumnElement[Any], at: int) -> ColumnElement[Any]:
    text: ColumnElement[Any] = row.op("->>", return_type=Text())(literal_column(str(at)))
    if isinstance(column.type, DateTime):
        return func.to_timestamp(cast(text, Double) / literal_column("1000"))
    return text if isinstance(column.type, Text) else cast(text, column.type)


def _insert(table: Table, *names: str) -> Insert:
    return insert(table).from_select(list(names), _rows_as(table, names))


def _add(table: Table, *names: str) -> Insert:
    """Insert rows of all columns, or of `names`; skip those that exist."""
    return _insert(table, *(names or table.c.keys())).on_conflict_do_nothing()


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _put(table: Table, changes: Changes, *names: str) -> Insert:
    """Insert rows of all columns, or of `names`; change those that exist."""
    put = _insert(table, *(names or table.c.keys()))
    values = changes(table.c, put.excluded)
    return put.on_conflict_do_update(index_elements=_key(table), set_=values)


def _pressed(old: Columns, new: Columns) -> Values:
    """Presses add up, and who pressed first stays, if there was anybody."""
    first = func.coalesce(old.first_viewer_id, new.first_viewer_id)
    return {"presses": old.presses + new.presses, "first_viewer_id": first}


def _triggers_fired() -> Insert:
    """Insert triggers; skip those that exist. The others are added to their rounds."""
    added = _add(triggers, *FIRED).returning(triggers).cte("added")
    key = (added.c.room_id, added.c.round)
    sums = select(*key, func.min(added.c.fired_at), func.count()).group_by(*key)
    put = insert(rounds).from_select(["room_id", "round", "started_at", "triggers"], sums)
    more = {"triggers": rounds.c.triggers + put.excluded.triggers}
    return put.add_cte(added).on_conflict_do_update(index_elements=_key(rounds), set_=more)


def _changed(table: Table, *names: str) -> Executable:
    """Update rows that exist; null leaves a column as it is."""
    return _updated(table, names, lambda old, new: func.coalesce(new, old))


def _totals_changed() -> Executable:
    """Update accounts that exist to Redis' last totals; add the presses booked."""
    names = ("accepted", "count", "discarded", "returned", "booked")

    def change(old: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
        return old + new if new.name == "booked" else func.coalesce(new, old)

    return _updated(accounts, names, change)


def _updated(table: Table, names: Sequence[str], change: Change) -> Executable:
    """Update rows that exist."""
    new = _rows_as(table, (*_key(table), *names)).subquery()
    sql = update(table).values({name: change(table.c[name], new.c[name]) for name in names})
    for name in _key(table):
        sql = sql.where(table.c[name] == new.c[name])
    return sql


def _rounds_reopened() -> Executable:
    """Clear the end of the rounds that rooms were rolled back to, and of all later ones."""
    to = _rows_as(rounds, GONE_BACK).subquery()
    sql = update(rounds).values(
        ended_at=None, epoch=None, seq=None, summary=null()
    )  # not JSON's null
    return sql.where(rounds.c.room_id == to.c.room_id, rounds.c.round >= to.c.round)


def _totals_forgotten() -> Executable:
    """Clear Redis' totals of the rounds that rooms were rolled back to, and of all later ones."""
    to = _rows_as(accounts, GONE_BACK).subquery()
    sql = update(accounts).values(accepted=0, count=0, discarded=0, returned=0)
    return sql.where(accounts.c.room_id == to.c.room_id, accounts.c.round >= to.c.round)


def _presses_forgotten() -> Executable:
    """Add up what Redis no longer counts of those rounds."""
    to, lost = _rows_as(accounts, GONE_BACK).subquery(), accounts.c.booked - accounts.c.accepted
    query = select(cast(func.coalesce(func.sum(func.greatest(lost, 0)), 0), BigInteger))
    return query.where(accounts.c.room_id == to.c.room_id, accounts.c.round >= to.c.round)


def _log_epochs_dropped() -> Executable:
    """Delete the log epochs of rooms that were rolled back: Redis says again which there are."""
    to = _rows_as(log_epochs, ("room_id",)).subquery()
    return delete(log_epochs).where(log_epochs.c.room_id == to.c.room_id)


FIRED = [column.name for column in triggers.c if column.name not in OUTCOME]
FORGOTTEN = _presses_forgotten()
PROGRESS_NOTED = _put(ledger_progress, lambda _, new: {"n": new.n})


class Written(NamedTuple):
    """A statement, and the function that makes its rows from postings."""

    statement: Executable
    rows_of: Callable[[Postings], Iterable[Row]]


def _opened(of: Postings) -> Iterator[Row]:
    for room in of.opened:
        times, settings = (room.at, room.at), bytes(room.settings).decode()
        state = ("active", 0, room.log_epoch, 0, None, None)
        yield room.room_id, shard(room.room_id), *times, room.keyed == 1, settings, *state


def _room_changes(of: Postings) -> Iterator[Row]:
    for room_id, c in of.rooms.items():
        state = (c.settings, c.status, c.round, c.log_epoch, c.seq, c.code, c.tokens)
        yield room_id, c.seen_at or None, *state  # an idle room was not heard of


def _rounds_opened(of: Postings) -> Iterator[Row]:
    # A round whose start is not booked gets the time of its end.
    for key, c in of.rounds.items():
        yield *key, c.started_at or c.ended_at


def _round_changes(of: Postings) -> Iterator[Row]:
    for key, c in of.rounds.items():
        yield *key, c.ended_at, c.log_epoch, c.seq, c.summary


def _presses(of: Postings) -> Iterator[Row]:
    for key, count in of.presses.items():
        yield *key, count


def _presses_of_rounds(of: Postings) -> Iterator[Row]:
    # A round whose start is not booked gets the time of these presses.
    booked: Counter[tuple[str, int]] = Counter()
    for (room_id, round_, _), account in of.accounts.items():
        booked[room_id, round_] += account.booked
    for (room_id, round_), n in booked.items():
        if n:
            yield room_id, round_, of.rooms[room_id].seen_at, n, of.firsts.get((room_id, round_))


def _totals(of: Postings) -> Iterator[Row]:
    for key, a in of.accounts.items():
        yield *key, a.accepted, a.count, a.discarded, a.returned, a.booked


def _outcomes(of: Postings) -> Iterator[Row]:
    for key, outcome in of.outcomes.items():
        yield *key, outcome.status, outcome.reason, outcome.ends_at or None


def _viewers(of: Postings) -> Iterator[Row]:
    for key, seen in of.viewers.items():
        yield *key, seen.name, False


def _blocks(of: Postings) -> Iterator[Row]:
    for key, seen in of.viewers.items():
        if seen.blocked is not None:
            yield *key, seen.blocked


# The order matters: insert before updating, and clear before new figures replace the old.
WRITTEN = (
    Written(_add(rooms), _opened),
    Written(
        _changed(
            *(rooms, "seen_at", "settings", "status", "round", "epoch", "seq", "code", "tokens"),
        ),
        _room_changes,
    ),
    Written(_rounds_reopened(), lambda of: of.reopened.items()),
    Written(_totals_forgotten(), lambda of: of.reopened.items()),
    Written(_add(rounds, "room_id", "round", "started_at"), _rounds_opened),
    Written(_changed(rounds, "ended_at", "epoch", "seq", "summary"), _round_changes),
    Written(_put(rounds, _pressed, *PRESSED), _presses_of_rounds),
    Written(_put(presses, lambda old, new: {"count": old.count + new.count}), _presses),
    Written(_triggers_fired(), lambda of: of.triggers),
    Written(_updated(triggers, OUTCOME, lambda _, new: new), _outcomes),  # to null as well
    Written(_add(accounts, *_key(accounts)), lambda of: of.accounts),
    Written(_totals_changed(), _totals),
    Written(
        _put(room_viewers, lambda old, new: {"name": func.coalesce(new.name, old.name)}), _viewers
    ),
    Written(_changed(room_viewers, "blocked"), _blocks),
    Written(_log_epochs_dropped(), lambda of: ((room_id,) for room_id in of.reopened)),
    Written(_add(log_epochs), lambda of: of.log_epochs),
)
