"""Pictures and sounds in PostgreSQL, within each studio's quota."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, any_, delete, exists, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api_service.books.database import ANSWER_TIMEOUT, Database
from api_service.books.errors import DatabaseBusy
from api_service.books.tables import media, setups
from shared.wire.error_codes import STUDIO_FULL
from shared.wire.refusal import Refused

STUDIO_LIMIT: Final = 20 * 1024 * 1024  # bytes
# A picture is uploaded before the setup that names it is saved.
UNNAMED_FOR: Final = timedelta(days=1)
SIZE: Final = func.octet_length(media.c.content)
TRY_LOCK: Final = text(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('streamario studio ' || :id, 0))"
)


class Media(NamedTuple):
    """A picture or a sound as it is served."""

    type: str
    content: bytes


@asynccontextmanager
async def changed_studio(database: Database, studio_id: str) -> AsyncIterator[AsyncConnection]:
    """A transaction beside which no other changes this studio.

    Changes in this process wait for each other, without a connection. Raises DatabaseBusy if
    another process changes the studio.
    """
    async with database.studio_writes.transaction(ANSWER_TIMEOUT, studio_id) as connection:
        if not await connection.scalar(TRY_LOCK, {"id": studio_id}):
            raise DatabaseBusy("another process changes the studio")
        yield connection


async def read_media(database: Database, media_id: str) -> Media | None:
    """The picture or sound, of whichever studio; None if no studio has it."""
    query = select(media.c.type, media.c.content).where(media.c.media_id == media_id).limit(1)
    async with database.public_reads.transaction(ANSWER_TIMEOUT) as connection:
        found = (await connection.execute(query)).one_or_none()
    return Media(found.type, found.content) if found else None


async def store_media(database: Database, studio_id: str, media_id: str, new: Media) -> bool:
    """Store a picture or a sound. Returns whether the studio did not have it before.

    Raises Refused if nothing may be deleted for it.
    """
    async with changed_studio(database, studio_id) as connection:
        is_it = (media.c.studio_id == studio_id) & (media.c.media_id == media_id)
        known = await connection.execute(update(media).where(is_it).values(stored_at=func.now()))
        if known.rowcount:
            return False
        await _make_space(connection, studio_id, len(new.content))
        row = {"studio_id": studio_id, "media_id": media_id, **new._asdict()}
        await connection.execute(insert(media).values(row))
        return True


async def sizes_of(
    connection: AsyncConnection, studio_id: str, ids: Collection[str]
) -> Mapping[str, int]:
    """The size in bytes of each of these media that the studio has."""
    query = select(media.c.media_id, SIZE).where(media.c.studio_id == studio_id)
    rows = await connection.execute(query.where(media.c.media_id.in_(ids)))
    return {row[0]: row[1] for row in rows}


async def _make_space(connection: AsyncConnection, studio_id: str, wanted: int) -> None:
    """Delete the oldest media that no setup names, as many as must go. Raises Refused."""
    total = select(func.coalesce(func.sum(SIZE), 0)).where(media.c.studio_id == studio_id)
    missing = (await connection.scalars(total)).one() + wanted - STUDIO_LIMIT
    if missing <= 0:
        return
    unused = select(media.c.media_id, SIZE).where(*_is_unused(studio_id))
    going = []
    for media_id, freed in await connection.execute(unused.order_by(media.c.stored_at)):
        if missing > 0:
            going.append(media_id)
            missing -= freed
    if missing > 0:
        raise Refused(STUDIO_FULL)
    is_its = media.c.studio_id == studio_id
    await connection.execute(delete(media).where(is_its, media.c.media_id.in_(going)))


def _is_unused(studio_id: str) -> tuple[ColumnElement[bool], ...]:
    naming = select(setups.c.setup_id).where(
        setups.c.studio_id == studio_id, media.c.media_id == any_(setups.c.media)
    )
    is_old = media.c.stored_at < func.now() - UNNAMED_FOR
    return media.c.studio_id == studio_id, is_old, ~exists(naming)
