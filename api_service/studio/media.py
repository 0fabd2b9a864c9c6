"""Pictures and sounds: store one within its studio's quota, and serve one to a crowd."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import any_, delete, exists, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from api_service.books.database import ANSWER_TIMEOUT, Database
from api_service.books.errors import DatabaseBusy
from api_service.books.tables import media, setups
from api_service.http.headers import OF_MEDIA
from api_service.http.operations import Operation
from api_service.http.requests import TOO_LONG, answer, read_body
from api_service.http.routes import Routes
from api_service.studio.bodies import MediaStored
from api_service.studio.media_files import MEDIA_ID, MEDIA_TYPES, fault_of
from api_service.studio.studios import AWAY
from shared.process.cache import Cache
from shared.wire.error_codes import (
    BODY_TOO_LARGE,
    INVALID_MEDIA,
    INVALID_REQUEST,
    NOT_FOUND,
    RATE_LIMITED,
    STUDIO_FULL,
    UNSUPPORTED_MEDIA_TYPE,
)
from shared.wire.refusal import Refused

STUDIO_LIMIT: Final = 20 * 1024 * 1024  # bytes
# A picture is uploaded before the setup that names it is saved.
UNNAMED_FOR: Final = timedelta(days=1)
SIZE: Final = func.octet_length(media.c.content)
TRY_LOCK: Final = text(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('streamario studio ' || :id, 0))"
)
CACHE_LIMIT: Final = 16 * 1024 * 1024  # bytes


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
    is_its, is_old = media.c.studio_id == studio_id, media.c.stored_at < func.now() - UNNAMED_FOR
    naming = select(setups.c.setup_id).where(
        setups.c.studio_id == studio_id, media.c.media_id == any_(setups.c.media)
    )
    unused = select(media.c.media_id, SIZE).where(is_its, is_old, ~exists(naming))
    going = []
    for media_id, freed in await connection.execute(unused.order_by(media.c.stored_at)):
        if missing > 0:
            going.append(media_id)
            missing -= freed
    if missing > 0:
        raise Refused(STUDIO_FULL)
    await connection.execute(delete(media).where(is_its, media.c.media_id.in_(going)))


@dataclass(eq=False)
class MediaRoutes(Routes):
    """Stores media in studios, and serves them to everybody who knows an id."""

    def __post_init__(self) -> None:
        self._cache = Cache(self._read, limit=CACHE_LIMIT, size=lambda found: len(found.content))

    @Operation(
        "POST",
        "/api/studio/media",
        takes=tuple(MEDIA_TYPES),
        status=201,
        answers=(MediaStored,),
        also={200: MediaStored},
        security="studio_key",
        refusals=(
            INVALID_REQUEST,
            INVALID_MEDIA,
            STUDIO_FULL,
            UNSUPPORTED_MEDIA_TYPE,
            RATE_LIMITED,
            *AWAY,
        ),
    )
    async def upload(self, request: Request) -> Response:
        """Store a picture or a sound, or find it stored (200).

        The request's header says its type.
        """
        studio_id = self.own_studio(request)
        new = await _sent(request)
        size = len(new.content)
        await self.spend_storage(request, size)
        if fault := fault_of(*new):
            raise Refused(INVALID_MEDIA, fault)
        row = {"studio_id": studio_id, "media_id": sha256(new.content).hexdigest()[:32]}
        found = update(media).filter_by(**row).values(stored_at=func.now())
        async with changed_studio(self.database, studio_id) as connection:
            is_new = not (await connection.execute(found)).rowcount
            if is_new:
                await _make_space(connection, studio_id, size)
                await connection.execute(insert(media).values(**row, **new._asdict()))
        return answer(MediaStored(row["media_id"], new.type, size), 201 if is_new else 200)

    @Operation(
        "GET",
        "/api/media/{media_id}",
        sends=tuple(MEDIA_TYPES),
        refusals=(NOT_FOUND, *AWAY),
    )
    async def get(self, request: Request) -> Response:
        """Get a picture or a sound."""
        media_id = request.path_params["media_id"]
        if not MEDIA_ID.fullmatch(media_id):
            raise Refused(NOT_FOUND)
        found = await self._cache.get(media_id)
        return Response(found.content, headers=OF_MEDIA, media_type=found.type)

    async def _read(self, media_id: str) -> Media:
        """The picture or sound, of whichever studio. Raises Refused if no studio has it."""
        query = select(media.c.type, media.c.content).where(media.c.media_id == media_id).limit(1)
        async with self.database.public_reads.transaction(ANSWER_TIMEOUT) as connection:
            found = (await connection.execute(query)).one_or_none()
        if found is None:
            raise Refused(NOT_FOUND)
        return Media(found.type, found.content)


async def _sent(request: Request) -> Media:
    """The picture or sound in the body. Raises Refused, before it reads one too large."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise Refused(UNSUPPORTED_MEDIA_TYPE)
    limit = MEDIA_TYPES[media_type].limit
    length = request.headers.get("content-length", "")  # the server has checked its form
    if length.isdecimal() and int(length) > limit:
        raise Refused(BODY_TOO_LARGE, TOO_LONG.about(limit=limit))
    return Media(media_type, await read_body(request, limit))
