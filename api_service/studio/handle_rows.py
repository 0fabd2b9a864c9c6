"""The handles of studios in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from api_service.books.database import ANSWER_TIMEOUT, Database
from api_service.books.tables import handles, studio_rooms
from api_service.studio.history.room_rows import IS_HELD, handle_held_by, newest_own
from api_service.studio.media_rows import changed_studio
from shared.wire.error_codes import HANDLE_TAKEN, STUDIO_FULL
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused

FREED_FOR: Final = timedelta(days=30)  # until another studio may have it
HANDLES_LIMIT: Final = 10  # of a studio: the one that it has, and those that nobody else may have
READ_TIMEOUT: Final = 0.5  # s; a crowd's pages wait for this

TOO_MANY: Final = Sentence(
    "A studio may choose {most} handles in {days} days. Take back one that it had.",
    "スタジオが {days} 日間に選べるハンドルは {most} 個までです。以前のハンドルには戻せます。",
)

FREED_LATELY: Final = handles.c.freed_at > func.now() - FREED_FOR


async def claim(database: Database, studio_id: str, handle: str) -> None:
    """Make this the studio's handle, which may be it already. The one before is freed.

    Raises Refused if it is another studio's, or was until lately, or if the studio had too many.
    """
    row = insert(handles).values(handle=handle, studio_id=studio_id)
    # The row is locked until the transaction ends: of two studios the second sees the first's.
    claimed = row.on_conflict_do_update(
        index_elements=["handle"],
        set_={"studio_id": studio_id, "freed_at": None},
        where=or_(handles.c.studio_id == studio_id, handles.c.freed_at <= func.now() - FREED_FOR),
    ).returning(handles.c.handle)
    async with changed_studio(database, studio_id) as connection:
        others = select(func.count()).where(
            handles.c.studio_id == studio_id,
            handles.c.handle != handle,
            or_(IS_HELD, FREED_LATELY),
        )
        if (await connection.scalars(others)).one() >= HANDLES_LIMIT:
            raise Refused(STUDIO_FULL, TOO_MANY.about(most=HANDLES_LIMIT, days=FREED_FOR.days))
        if await connection.scalar(claimed) is None:
            raise Refused(HANDLE_TAKEN)
        await _free(connection, studio_id, handles.c.handle != handle)


async def free(database: Database, studio_id: str) -> None:
    """Take the studio's handle away from it, if it has one."""
    async with changed_studio(database, studio_id) as connection:
        await _free(connection, studio_id)


async def _free(connection: AsyncConnection, studio_id: str, *which: ColumnElement[bool]) -> None:
    held = update(handles).where(handles.c.studio_id == studio_id, IS_HELD, *which)
    await connection.execute(held.values(freed_at=func.now()))


async def handle_of(database: Database, studio_id: str) -> str | None:
    """The studio's handle."""
    async with database.public_reads.transaction(ANSWER_TIMEOUT) as connection:
        found: str | None = await connection.scalar(handle_held_by(studio_id))
    return found


async def handle_of_room(database: Database, room_id: str) -> str | None:
    """The handle of the studio that put the room into its history first."""
    first = select(studio_rooms.c.studio_id).where(studio_rooms.c.room_id == room_id)
    first = first.order_by(studio_rooms.c.added_at, studio_rooms.c.studio_id).limit(1)
    query = select(handles.c.handle).where(handles.c.studio_id == first.scalar_subquery(), IS_HELD)
    async with database.handle_reads.transaction(READ_TIMEOUT) as connection:
        found: str | None = await connection.scalar(query)
    return found


async def newest_rooms(database: Database, handle: str, *, is_known: bool) -> list[str] | None:
    """The newest rooms of the studio that has the handle; None if no studio has it.

    A handle that was nobody's so far may be made up: it waits with others that are.
    """
    query = select(handles.c.studio_id).where(handles.c.handle == handle, IS_HELD)
    reads = database.handle_reads if is_known else database.public_reads
    async with reads.transaction(READ_TIMEOUT) as connection:
        studio_id = await connection.scalar(query)
        return None if studio_id is None else [*await connection.scalars(newest_own(studio_id))]


async def only_handle(database: Database) -> str | None:
    """The one handle of this installation; None if it has more, or none."""
    query = select(handles.c.handle).where(IS_HELD).limit(2)
    async with database.handle_reads.transaction(READ_TIMEOUT) as connection:
        found = [*await connection.scalars(query)]
    return found[0] if len(found) == 1 else None
