"""Writes postings to the books, in few statements, however many rows there are.

Rows are sent as one JSON text: this costs Python least, and PostgreSQL no more than other ways. A
row is a JSON array in the order of the statement's columns. JSON inside a row is sent as a string,
so that its text is kept as it was written.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import add
from typing import Any, Final

import msgspec
from msgspec.structs import astuple
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
from api_service.ledger.projections import PostedAccount, Postings, RoomChange
from shared.engine.keys import shard

Row = tuple[object, ...]
# What becomes of a column of a row that exists: the old value and the new one make the next.
Change = Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]]
Changes = Mapping[str, Change]

PIECE = 5_000  # rows of one statement: encoding them blocks the event loop
ROWS = "given"  # a statement's only parameter

_encode = msgspec.json.Encoder().encode


async def forgotten(connection: AsyncConnection, postings: Postings) -> int:
    """The presses that are booked and Redis has lost, in the rounds that it rolled back."""
    pieces = _pieces(postings.reopened.items())
    return sum([await connection.scalar(FORGOTTEN, piece) for piece in pieces])


async def write(connection: AsyncConnection, postings: Sequence[Postings]) -> None:
    """Write postings to the books."""
    for statement, rows_of in WRITTEN:
        await execute(connection, statement, chain.from_iterable(map(rows_of, postings)))


async def execute(connection: AsyncConnection, statement: Executable, rows: Iterable[Row]) -> None:
    """Write rows with one of the statements below."""
    for piece in _pieces(rows):
        await connection.execute(statement, piece)


def _pieces(rows: Iterable[Row]) -> Iterator[dict[str, str]]:
    """A statement's parameters, for a piece of the rows each."""
    remaining = iter(rows)
    while piece := list(islice(remaining, PIECE)):
        yield {ROWS: _encode(piece).decode()}


# The statements.


def _rows_as(table: Table, *names: str) -> Select[*tuple[Any, ...]]:
    """A query that returns the statement's rows, as these columns of the table."""
    rows = cast(bindparam(ROWS, type_=Text), JSONB)
    row = func.jsonb_array_elements(rows, type_=JSONB).column_valued("given_row")
    return select(*(_value(table.c[name], row, i).label(name) for i, name in enumerate(names)))


def _value(column: Column[Any], row: ColumnElement[Any], at: int) -> ColumnElement[Any]:
    text: ColumnElement[Any] = row.op("->>", return_type=Text())(literal_column(str(at)))
    if isinstance(column.type, DateTime):
        return func.to_timestamp(cast(text, Double) / literal_column("1000"))
    return text if isinstance(column.type, Text) else cast(text, column.type)


def _insert(table: Table, *some: str) -> Insert:
    """Insert rows of all columns, or of some."""
    names = some or table.c.keys()
    return insert(table).from_select(list(names), _rows_as(table, *names))


def _add(table: Table, *some: str) -> Insert:
    """Insert rows; skip those that exist."""
    return _insert(table, *some).on_conflict_do_nothing()


def _put(table: Table, changes: Changes, *some: str) -> Insert:
    """Insert rows; change those that exist."""
    put = _insert(table, *some)
    values = {name: change(table.c[name], put.excluded[name]) for name, change in changes.items()}
    return put.on_conflict_do_update(index_elements=_key(table), set_=values)


def _update(table: Table, changes: Changes) -> Executable:
    """Change rows that exist."""
    new = _rows_as(table, *_key(table), *changes).subquery()
    values = {name: change(table.c[name], new.c[name]) for name, change in changes.items()}
    is_meant = (table.c[name] == new.c[name] for name in _key(table))
    return update(table).values(values).where(*is_meant)


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _latest(old: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    """The new value; null leaves a column as it is."""
    return func.coalesce(new, old)


def _first(old: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    """The old value, unless it is null."""
    return func.coalesce(old, new)


def _new(_: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    """The new value, null as well."""
    return new


def _triggers_fired() -> Insert:
    """Insert triggers; skip those that exist. The others are added to their rounds."""
    fired = [column.name for column in triggers.c if column.name not in OUTCOME]
    added = _add(triggers, *fired).returning(triggers).cte("added")
    key = (added.c.room_id, added.c.round)
    sums = select(*key, func.min(added.c.fired_at), func.count()).group_by(*key)
    put = insert(rounds).from_select(["room_id", "round", "started_at", "triggers"], sums)
    more = {"triggers": rounds.c.triggers + put.excluded.triggers}
    return put.add_cte(added).on_conflict_do_update(index_elements=_key(rounds), set_=more)


def _is_gone_back(table: Table) -> ColumnElement[bool]:
    """Whether a row is of the round that its room was rolled back to, or of a later one."""
    to = _rows_as(table, "room_id", "round").subquery()
    return (table.c.room_id == to.c.room_id) & (table.c.round >= to.c.round)


OUTCOME: Final = dict.fromkeys(("status", "reason", "ends_at"), _new)  # told after it fired
ROOM: Final = RoomChange.__struct_fields__
ROUND: Final = ("ended_at", "epoch", "seq", "summary")
PRESSED: Final = {"presses": add, "first_viewer_id": _first}
*TOTALS, _ = PostedAccount.__struct_fields__  # as Redis counts them, and what was booked
OPEN: Final = {"ended_at": None, "epoch": None, "seq": None, "summary": null()}  # not JSON's null
LOST: Final = func.sum(func.greatest(accounts.c.booked - accounts.c.accepted, 0))
FORGOTTEN: Final = select(cast(func.coalesce(LOST, 0), BigInteger)).where(_is_gone_back(accounts))
PROGRESS_NOTED: Final = _put(ledger_progress, {"n": _new})


# The rows of each statement.


def _opened(of: Postings) -> Iterator[Row]:
    for room in of.opened:
        times, settings = (room.at, room.at), bytes(room.settings).decode()
        state = ("active", 0, room.log_epoch, 0, None, None)
        yield room.room_id, shard(room.room_id), *times, room.keyed == 1, settings, *state


def _room_changes(of: Postings) -> Iterator[Row]:
    return ((room_id, *astuple(change)) for room_id, change in of.rooms.items())


def _rounds_opened(of: Postings) -> Iterator[Row]:
    # A round whose start is not booked gets the time of its end.
    return ((*key, c.started_at or c.ended_at) for key, c in of.rounds.items())


def _round_changes(of: Postings) -> Iterator[Row]:
    return ((*key, c.ended_at, c.log_epoch, c.seq, c.summary) for key, c in of.rounds.items())


def _presses_of_rounds(of: Postings) -> Iterator[Row]:
    # A round whose start is not booked gets the time of these presses.
    booked: Counter[tuple[str, int]] = Counter()
    for (room_id, round_, _), account in of.accounts.items():
        booked[room_id, round_] += account.booked
    for (room_id, round_), n in booked.items():
        if n:
            yield room_id, round_, of.rooms[room_id].seen_at, n, of.firsts.get((room_id, round_))


def _outcomes(of: Postings) -> Iterator[Row]:
    return ((*key, o.status, o.reason, o.ends_at or None) for key, o in of.outcomes.items())


def _blocks(of: Postings) -> Iterator[Row]:
    seen = of.viewers.items()
    return ((*key, viewer.blocked) for key, viewer in seen if viewer.blocked is not None)


# The order matters: insert before updating, and clear before new figures replace the old.
WRITTEN: Final[Sequence[tuple[Executable, Callable[[Postings], Iterable[Row]]]]] = (
    (_add(rooms), _opened),
    (_update(rooms, dict.fromkeys(ROOM, _latest)), _room_changes),
    (update(rounds).values(OPEN).where(_is_gone_back(rounds)), lambda of: of.reopened.items()),
    (
        update(accounts).values(dict.fromkeys(TOTALS, 0)).where(_is_gone_back(accounts)),
        lambda of: of.reopened.items(),
    ),
    (_add(rounds, *_key(rounds), "started_at"), _rounds_opened),
    (_update(rounds, dict.fromkeys(ROUND, _latest)), _round_changes),
    (_put(rounds, PRESSED, *_key(rounds), "started_at", *PRESSED), _presses_of_rounds),
    (_put(presses, {"count": add}), lambda of: ((*key, n) for key, n in of.presses.items())),
    (_triggers_fired(), lambda of: of.triggers),
    (_update(triggers, OUTCOME), _outcomes),
    (_add(accounts, *_key(accounts)), lambda of: of.accounts),
    (
        _update(accounts, {**dict.fromkeys(TOTALS, _latest), "booked": add}),
        lambda of: ((*key, *astuple(account)) for key, account in of.accounts.items()),
    ),
    (
        _put(room_viewers, {"name": _latest}),
        lambda of: ((*key, seen.name, False) for key, seen in of.viewers.items()),
    ),
    (_update(room_viewers, {"blocked": _latest}), _blocks),
    # Redis says again which log epochs a room has that was rolled back.
    (
        delete(log_epochs).where(log_epochs.c.room_id.in_(_rows_as(log_epochs, "room_id"))),
        lambda of: of.reopened.items(),
    ),
    (_add(log_epochs), lambda of: of.log_epochs),
)
