"""Postings as rows of the books: one statement a table, whatever the number of rows.

Rows travel as one array a column, so that each statement is planned once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ARRAY, JSON, Text, bindparam, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert

from api_service.ledger.postings import Account, AccountKey
from api_service.tables import (
    accounts,
    journal,
    log_epochs,
    presses,
    room_viewers,
    rooms,
    rounds,
    triggers,
)
from shared.keys import shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Executable, Select, Table
    from sqlalchemy.dialects.postgresql import Insert
    from sqlalchemy.ext.asyncio import AsyncConnection

    from api_service.ledger.postings import Postings

Row = tuple[object, ...]
GONE_BACK = ("room_id", "round")
ARRAY_OF = "array_of_"  # what a statement's parameters are called, before the column's name


async def known_accounts(
    connection: AsyncConnection, keys: Iterable[AccountKey]
) -> dict[AccountKey, Account]:
    """The accounts of these keys that are in the books."""
    found = await connection.execute(KNOWN_ACCOUNTS, _columns(AccountKey._fields, list(keys)))
    return {AccountKey(*row[:3]): Account(*row[3:]) for row in found}


async def write(connection: AsyncConnection, postings: Postings) -> None:
    """Add postings to the books."""
    for statement, rows in _written(postings):
        if rows:
            await connection.execute(statement.sql, _columns(statement.columns, rows))


class Statement(NamedTuple):
    """A statement, and the columns that its rows bring."""

    columns: tuple[str, ...]
    sql: Executable


def _columns(names: Sequence[str], rows: Sequence[Row]) -> dict[str, list[object]]:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return {f"{ARRAY_OF}{name}": list(c) for name, c in zip(names, columns, strict=True)}


def _unnested(table: Table, names: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """The rows of the statement's arrays, as a query with these columns."""
    return select(*(_unnest(table, name).label(name) for name in names))


def _unnest(table: Table, name: str) -> ColumnElement[object]:
    kind = table.c[name].type
    if isinstance(kind, JSON):
        return cast(func.unnest(bindparam(f"{ARRAY_OF}{name}", type_=ARRAY(Text))), JSON)
    return func.unnest(bindparam(f"{ARRAY_OF}{name}", type_=ARRAY(kind)))


def _insert(table: Table, *names: str) -> Insert:
    return insert(table).from_select(list(names), _unnested(table, names))


def _put(table: Table) -> Statement:
    """Insert rows whose columns are all given, or replace what they held."""
    names = tuple(table.c.keys())
    put = _insert(table, *names)
    changes = {
        column.name: put.excluded[column.name] for column in table.c if not column.primary_key
    }
    return Statement(names, put.on_conflict_do_update(index_elements=_key(table), set_=changes))


def _add(table: Table) -> Statement:
    """Insert rows unless they are there."""
    names = tuple(table.c.keys())
    return Statement(names, _insert(table, *names).on_conflict_do_nothing())


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _more_presses() -> Statement:
    names = tuple(presses.c.keys())
    put = _insert(presses, *names)
    more = {"count": presses.c.count + put.excluded.count}
    return Statement(names, put.on_conflict_do_update(index_elements=_key(presses), set_=more))


def _changed(table: Table, *names: str) -> Statement:
    """Change rows that are there; null leaves a column as it is."""
    columns = (*_key(table), *names)
    new = _unnested(table, columns).subquery()
    changes = {name: func.coalesce(new.c[name], table.c[name]) for name in names}
    sql = update(table).values(changes)
    for name in _key(table):
        sql = sql.where(table.c[name] == new.c[name])
    return Statement(columns, sql)


def _rounds_reopened() -> Statement:
    """Forget the end of rounds that rooms went back to, and of those that came after."""
    to = _unnested(rounds, GONE_BACK).subquery()
    sql = update(rounds).values(ended_at=None, epoch=None, seq=None, summary=None)
    sql = sql.where(rounds.c.room_id == to.c.room_id, rounds.c.round >= to.c.round)
    return Statement(GONE_BACK, sql)


def _later_accounts_forgotten() -> Statement:
    """Forget what Redis told of rounds after those that rooms went back to."""
    to = _unnested(accounts, GONE_BACK).subquery()
    sql = update(accounts).values(accepted=0, count=0, discarded=0)
    sql = sql.where(accounts.c.room_id == to.c.room_id, accounts.c.round > to.c.round)
    return Statement(GONE_BACK, sql)


def _known_accounts() -> Executable:
    asked = _unnested(accounts, AccountKey._fields).subquery()
    query = select(accounts)
    for name in AccountKey._fields:
        query = query.where(accounts.c[name] == asked.c[name])
    return query


def _viewers_seen() -> Statement:
    names = tuple(room_viewers.c.keys())
    put = _insert(room_viewers, *names)
    changes = {
        "name": func.coalesce(put.excluded.name, room_viewers.c.name),
        "blocked": room_viewers.c.blocked | put.excluded.blocked,
    }
    sql = put.on_conflict_do_update(index_elements=_key(room_viewers), set_=changes)
    return Statement(names, sql)


KNOWN_ACCOUNTS = _known_accounts()
ROOMS_OPENED = _add(rooms)
ROOMS_CHANGED = _changed(rooms, "seen_at", "settings", "status", "round", "paused", "epoch", "seq")
ROUNDS_OPENED = Statement(
    ("room_id", "round", "started_at"),
    _insert(rounds, "room_id", "round", "started_at").on_conflict_do_nothing(),
)
ROUNDS_CHANGED = _changed(rounds, "ended_at", "epoch", "seq", "summary")
ROUNDS_REOPENED = _rounds_reopened()
LATER_ACCOUNTS_FORGOTTEN = _later_accounts_forgotten()
MORE_PRESSES = _more_presses()
MORE_TRIGGERS = _add(triggers)
ACCOUNTS = _put(accounts)
VIEWERS_SEEN = _viewers_seen()
LOG_EPOCHS = _add(log_epochs)
JOURNAL = _add(journal)


def _written(postings: Postings) -> list[tuple[Statement, list[Row]]]:
    """Each table's statement and rows."""
    return [
        (ROOMS_OPENED, [_room(*opened) for opened in postings.opened]),
        (
            ROOMS_CHANGED,
            [
                (room_id, c.seen_at, c.settings, c.status, c.round, c.paused, c.epoch, c.seq)
                for room_id, c in postings.rooms.items()
            ],
        ),
        (ROUNDS_REOPENED, list(postings.reopened.items())),
        (LATER_ACCOUNTS_FORGOTTEN, list(postings.reopened.items())),
        (
            # One whose start nobody booked began, for the books, when it ended.
            ROUNDS_OPENED,
            [(*key, c.started_at or c.ended_at) for key, c in postings.rounds.items()],
        ),
        (
            ROUNDS_CHANGED,
            [(*key, c.ended_at, c.epoch, c.seq, c.summary) for key, c in postings.rounds.items()],
        ),
        (MORE_PRESSES, [(*key, count) for key, count in postings.presses.items()]),
        (MORE_TRIGGERS, list(postings.triggers)),
        (
            ACCOUNTS,
            [
                (*key, a.accepted, a.count, a.discarded, a.booked)
                for key, a in postings.accounts.items()
            ],
        ),
        (VIEWERS_SEEN, [(*key, v.name, v.blocked) for key, v in postings.viewers.items()]),
        (LOG_EPOCHS, list(postings.epochs)),
        (
            JOURNAL,
            [
                (room_id, *run[0].id, len(run), f"[{','.join(one.text for one in run)}]")
                for room_id, run in postings.journal.items()
            ],
        ),
    ]


def _room(room_id: str, at: object, keyed: bool, settings: str, epoch: int) -> Row:
    return (room_id, shard(room_id), at, at, keyed, settings, "active", 0, False, epoch, 0)
