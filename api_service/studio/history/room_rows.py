"""A studio's rooms, and what PostgreSQL has recorded of their rounds."""

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, cast, delete, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from api_service.books.database import ANSWER_TIMEOUT, Database
from api_service.books.tables import handles, rooms, rounds, studio_rooms
from api_service.studio.history.bodies import PastRoom, PastRoomSettings, PastRound
from shared.wire.rest_bodies import timestamp_of
from shared.wire.room_settings import decode

PAGE: Final = 50  # rooms
LAST_ROUNDS: Final = 100  # of a room
ROOMS_LIMIT: Final = 1_000  # of a studio
IS_HELD: Final = handles.c.freed_at.is_(None)
NEWEST: Final = 6  # rooms: one is open, and of the others somebody may still have the page open


class Listed(NamedTuple):
    """A studio's newest rooms (`newest_own`), and its handle."""

    rooms: list[str]
    handle: str | None


async def add_room(database: Database, studio_id: str, room_id: str) -> Listed:
    """Put the room into the studio's history, where it may be already.

    The history forgets its oldest rooms beyond `ROOMS_LIMIT`: a new one must be found by the
    overlay. What was recorded of them stays.
    """
    row = insert(studio_rooms).values(studio_id=studio_id, room_id=room_id)
    # Not `rowcount`: SQLAlchemy has none of an INSERT.
    added = row.on_conflict_do_nothing().returning(studio_rooms.c.room_id)
    oldest_first = in_order(studio_rooms.c.room_id).desc()
    beyond = select(studio_rooms.c.room_id).where(studio_rooms.c.studio_id == studio_id)
    beyond = beyond.order_by(oldest_first).offset(ROOMS_LIMIT)
    is_its = studio_rooms.c.studio_id == studio_id
    async with database.studio_writes.transaction(ANSWER_TIMEOUT, studio_id) as connection:
        if await connection.scalar(added) is not None:
            gone = delete(studio_rooms).where(is_its, studio_rooms.c.room_id.in_(beyond))
            await connection.execute(gone)
        newest = [*await connection.scalars(newest_own(studio_id))]
        return Listed(newest, await connection.scalar(handle_held_by(studio_id)))


async def forget_room(database: Database, studio_id: str, room_id: str) -> list[str] | None:
    """Take the room out of the studio's history; None if it was not there.

    Returns the studio's newest rooms (`newest_own`).
    """
    async with database.studio_writes.transaction(ANSWER_TIMEOUT, studio_id) as connection:
        gone = await connection.execute(delete(studio_rooms).where(*is_listed(studio_id, room_id)))
        return [*await connection.scalars(newest_own(studio_id))] if gone.rowcount else None


async def newest_room(database: Database, studio_id: str) -> str | None:
    """The newest room of the studio's history: room ids begin with the time of their opening."""
    newest = select(func.max(in_order(studio_rooms.c.room_id)))
    query = newest.where(studio_rooms.c.studio_id == studio_id)
    async with database.public_reads.transaction(ANSWER_TIMEOUT) as connection:
        found: str | None = (await connection.execute(query)).scalar_one()
    return found


def newest_own(studio_id: str) -> Select[tuple[str]]:
    """The newest rooms of the studio's history, newest first.

    Without those that are in another studio's history for longer: they belong to that studio.
    """
    newest = select(studio_rooms).where(studio_rooms.c.studio_id == studio_id)
    room = newest.order_by(in_order(studio_rooms.c.room_id).desc()).limit(NEWEST).subquery()
    before = tuple_(studio_rooms.c.added_at, studio_rooms.c.studio_id)
    of_another = exists().where(
        studio_rooms.c.room_id == room.c.room_id,
        before < tuple_(room.c.added_at, room.c.studio_id),
    )
    return select(room.c.room_id).where(~of_another).order_by(in_order(room.c.room_id).desc())


def handle_held_by(studio_id: str) -> Select[tuple[str]]:
    """The studio's handle."""
    return select(handles.c.handle).where(handles.c.studio_id == studio_id, IS_HELD)


def is_listed(studio_id: str, room_id: str) -> tuple[ColumnElement[bool], ...]:
    """Whether a row says that the room is in the studio's history."""
    return studio_rooms.c.studio_id == studio_id, studio_rooms.c.room_id == room_id


async def past_rooms(database: Database, studio_id: str, before: str | None) -> list[PastRoom]:
    """A page of the studio's rooms, newest first: room ids begin with the time of their opening.

    A room that the ledger's duty has not recorded yet is not among them.
    """
    title = rooms.c.settings["title"].as_string().label("title")
    query = select(rooms.c.room_id, title, rooms.c.opened_at, rooms.c.status)
    query = query.join(studio_rooms, studio_rooms.c.room_id == rooms.c.room_id)
    query = query.where(studio_rooms.c.studio_id == studio_id)
    if before is not None:
        query = query.where(in_order(rooms.c.room_id) < before)
    query = query.order_by(in_order(rooms.c.room_id).desc()).limit(PAGE)
    async with database.studio_reads.transaction(ANSWER_TIMEOUT, studio_id) as connection:
        page = (await connection.execute(query)).all()
        of_rooms = await _rounds_of(connection, [row.room_id for row in page])
    return [
        PastRoom(
            room_id=row.room_id,
            title=row.title,
            opened_at=timestamp_of(row.opened_at),
            status=row.status,
            rounds=tuple(of_rooms.get(row.room_id, ())),
        )
        for row in page
    ]


async def past_room(database: Database, studio_id: str, room_id: str) -> PastRoomSettings | None:
    """One room of the history; None if it is not there, or not recorded yet."""
    query = select(rooms.c.opened_at, rooms.c.status, cast(rooms.c.settings, Text))
    query = query.join(studio_rooms, studio_rooms.c.room_id == rooms.c.room_id)
    query = query.where(*is_listed(studio_id, room_id))
    async with database.studio_reads.transaction(ANSWER_TIMEOUT, studio_id) as connection:
        found = (await connection.execute(query)).one_or_none()
    if found is None:
        return None
    opened_at, status, settings = found
    return PastRoomSettings(room_id, timestamp_of(opened_at), status, decode(settings))


def in_order(room_id: ColumnElement[str]) -> ColumnElement[str]:
    """The id, compared byte by byte, whatever the database's language."""
    return cast(room_id, Text).collate("C")


async def _rounds_of(
    connection: AsyncConnection, room_ids: Collection[str]
) -> dict[str, list[PastRound]]:
    columns = ("room_id", "round", "started_at", "ended_at", "presses", "triggers")
    query = select(*(rounds.c[name] for name in columns))
    query = query.join(rooms, rooms.c.room_id == rounds.c.room_id)
    query = query.where(rooms.c.room_id.in_(room_ids), rounds.c.round > rooms.c.round - LAST_ROUNDS)
    found: dict[str, list[PastRound]] = {}
    query = query.order_by(rounds.c.room_id, rounds.c.round)
    for room_id, round_, start, end, *counts in await connection.execute(query):
        ended_at = timestamp_of(end) if end else None
        past = PastRound(round_, timestamp_of(start), ended_at, *counts)
        found.setdefault(room_id, []).append(past)
    return found
