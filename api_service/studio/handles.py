"""Handles, a studio's address that stays, as in `/@luna`: who has one, and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from api_service.books.database import ANSWER_TIMEOUT, Database
from api_service.books.errors import DatabaseUnavailable
from api_service.books.tables import handles, studio_rooms
from api_service.http.operations import Operation
from api_service.http.requests import address_of, answer, read_struct
from api_service.http.routes import Routes
from api_service.studio.bodies import HandleFound, HandleWanted, StudioHandle
from api_service.studio.history.room_rows import IS_HELD, Listed, handle_held_by, newest_own
from api_service.studio.media import changed_studio
from api_service.studio.studios import AWAY, studio_in_path
from shared.engine.engine import Engine
from shared.engine.refusals import RoomNotFound
from shared.identity.addresses import Address
from shared.identity.handles import LONGEST, SHORTEST, handle_in, is_forbidden
from shared.process.cache import Cache, StaleOnError
from shared.process.settings import Network, PerAddress
from shared.redis_store.store import StoreError
from shared.wire.error_codes import (
    FORBIDDEN,
    HANDLE_TAKEN,
    INVALID_HANDLE,
    NOT_FOUND,
    RATE_LIMITED,
    STUDIO_FULL,
)
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused
from shared.wire.room_settings import decode

FREED_FOR: Final = timedelta(days=30)  # until another studio may have it
HANDLES_LIMIT: Final = 10  # of a studio: the one that it has, and those that nobody else may have
READ_TIMEOUT: Final = 0.5  # s; a crowd's pages wait for this
TOO_MANY: Final = Sentence(
    "A studio may choose {most} handles in {days} days. Take back one that it had.",
    "スタジオが {days} 日間に選べるハンドルは {most} 個までです。以前のハンドルには戻せます。",
)
FREED_LATELY: Final = handles.c.freed_at > func.now() - FREED_FOR
REMEMBERED: Final = 1_000  # handles, or rooms
FOUND_FOR: Final = 1.0  # s
HANDLE_FOUND_FOR: Final = 2.0  # s
UNREACHABLE: Final = (DatabaseUnavailable, StoreError)
WRONG_SHAPE: Final = Sentence(
    "A handle has {shortest} to {longest} of these characters: a to z, 0 to 9, - and _.",
    "ハンドルは {shortest}〜{longest} 文字の半角英数字、-、_ にしてください。",
).about(shortest=SHORTEST, longest=LONGEST)
OF_ANOTHER: Final = Sentence(
    "The studio key is not valid for this studio.", "このスタジオのスタジオキーではありません。"
)
NOBODYS: Final = Sentence("Nobody has this handle.", "このハンドルは使われていません。")


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


class HandleTarget(msgspec.Struct, frozen=True):
    """Where a handle leads: to its studio's newest room that is not over, if there is one."""

    room_id: str | None = None
    title: str | None = None


class HandleRooms:
    """Looks up handles and rooms: a crowd costs one look-up.

    What it found last holds while PostgreSQL or Redis is away.
    """

    def __init__(self, engine: Engine, database: Database, tries: PerAddress) -> None:
        self._engine = engine
        self._database = database
        self._tries = tries
        last_known = partial(StaleOnError, limit=REMEMBERED, errors=UNREACHABLE)
        self._newest_rooms = last_known(self._find_newest)
        self._targets = Cache(last_known(self._find).get, limit=REMEMBERED, ttl=FOUND_FOR)
        self._last_handles = last_known(self._find_handle)
        self._handles = Cache(self._last_handles.get, limit=REMEMBERED, ttl=HANDLE_FOUND_FOR)
        self._only = Cache(last_known(self._find_only).get, limit=1, ttl=HANDLE_FOUND_FOR)

    async def target_for(self, address: Address, handle: str) -> HandleTarget | None:
        """As `target`; raises RateLimited if the address has tried too many that it had to find.

        A handle that is known to be somebody's costs nothing: a crowd waits at it.
        """
        if not self._newest_rooms.knows(handle):
            limit = self._tries
            await self._engine.spend(
                "handles", address, per_minute=limit.per_minute, burst=limit.burst
            )
        return await self.target(handle)

    async def target(self, handle: str) -> HandleTarget | None:
        """Where the handle leads; None if it is nobody's.

        Raises DatabaseUnavailable or StoreError if that is not known.
        """
        return await self._targets.get(handle)

    async def handle_to(self, room_id: str) -> str | None:
        """The handle that leads to the room; None if none does, or if that is not known."""
        try:
            handle = await self._handles.get(room_id)
            target = await self.target(handle) if handle else None
        except UNREACHABLE:
            self._handles.put(room_id, None)  # so that not each who joins waits for PostgreSQL
            return None
        return handle if target and target.room_id == room_id else None

    def learn(self, room_id: str, listed: Listed) -> None:
        """A studio has put the room into its history: forget where its handle led before.

        Nobody who opens a room waits behind strangers' look-ups for the studio's handle.
        """
        self._handles.forget(room_id)
        if listed.handle is None:
            return
        self._newest_rooms.learn(listed.handle, listed.rooms)
        self._targets.forget(listed.handle)
        if room_id in listed.rooms:  # else it may be another studio's
            self._last_handles.learn(room_id, listed.handle)
            self._handles.put(room_id, listed.handle)

    async def only_handle(self) -> str | None:
        """The one handle of this installation; None if it has more or none, or that is unknown."""
        try:
            return await self._only.get(None)
        except UNREACHABLE:
            return None

    async def _find(self, handle: str) -> HandleTarget | None:
        room_ids = await self._newest_rooms.get(handle)
        if room_ids is None:
            return None
        for room_id in room_ids:
            if (title := await self._title_if_open(room_id)) is not None:
                return HandleTarget(room_id, title)
        return HandleTarget()

    async def _find_newest(self, handle: str) -> list[str] | None:
        is_known = self._newest_rooms.knows(handle)
        return await newest_rooms(self._database, handle, is_known=is_known)

    async def _title_if_open(self, room_id: str) -> str | None:
        try:
            room = await self._engine.describe(room_id)
        except RoomNotFound:
            return None
        return None if room.over else decode(room.settings).title

    async def _find_handle(self, room_id: str) -> str | None:
        try:
            await self._engine.describe(room_id)
        except RoomNotFound:
            return None  # invented ids cost PostgreSQL nothing
        handle = await handle_of_room(self._database, room_id)
        if handle and not self._newest_rooms.knows(handle):
            self._newest_rooms.learn(handle, [room_id])
        return handle

    async def _find_only(self, _: None) -> str | None:
        query = select(handles.c.handle).where(IS_HELD).limit(2)
        async with self._database.handle_reads.transaction(READ_TIMEOUT) as connection:
            found = [*await connection.scalars(query)]
        return found[0] if len(found) == 1 else None


async def target_of(
    request: Request, rooms: HandleRooms, trusted: Sequence[Network]
) -> tuple[str, HandleTarget]:
    """The handle in the path, and where it leads. Raises Refused if it is nobody's."""
    handle = handle_in(request.path_params["handle"])
    address = address_of(request.scope, trusted)
    target = await rooms.target_for(address, handle) if handle else None
    if handle is None or target is None:
        raise Refused(NOT_FOUND, NOBODYS)
    return handle, target


@dataclass(eq=False)
class Handles(Routes):
    """The routes of handles. A studio has at most one, and whoever comes first gets it."""

    rooms: HandleRooms

    @Operation(
        "GET",
        "/api/handles/{handle}",
        answers=(HandleFound,),
        refusals=(NOT_FOUND, RATE_LIMITED, *AWAY),
    )
    async def find(self, request: Request) -> Response:
        """Get where a handle leads: to its studio's newest room that is not over."""
        handle, target = await target_of(request, self.rooms, self.settings.trusted_proxies)
        return answer(HandleFound(handle, target.room_id, target.title))

    @Operation(
        "GET",
        "/api/studios/{studio_id}/handle",
        answers=(StudioHandle,),
        refusals=(NOT_FOUND, *AWAY),
    )
    async def get(self, request: Request) -> Response:
        """Get a studio's handle. For whoever knows the studio's id."""
        return answer(StudioHandle(await handle_of(self.database, studio_in_path(request))))

    @Operation(
        "PUT",
        "/api/studios/{studio_id}/handle",
        body=(HandleWanted,),
        answers=(StudioHandle,),
        security="studio_key",
        refusals=(INVALID_HANDLE, FORBIDDEN, HANDLE_TAKEN, STUDIO_FULL, RATE_LIMITED, *AWAY),
    )
    async def choose(self, request: Request) -> Response:
        """Choose a studio's handle. The one before leads nowhere from then on."""
        studio_id = self._studio_named(request)
        handle = handle_in((await read_struct(request, HandleWanted)).handle)
        if handle is None:
            raise Refused(INVALID_HANDLE, WRONG_SHAPE)
        if is_forbidden(handle) and handle != await handle_of(
            self.database, studio_id
        ):  # one that a studio has from before it was reserved stays its own
            raise Refused(INVALID_HANDLE)
        await self.spend_storage(request)
        await claim(self.database, studio_id, handle)
        return answer(StudioHandle(handle))

    @Operation(
        "DELETE",
        "/api/studios/{studio_id}/handle",
        answers=(StudioHandle,),
        security="studio_key",
        refusals=(FORBIDDEN, *AWAY),
    )
    async def free(self, request: Request) -> Response:
        """Give a studio's handle up. For 30 days only this studio may take it back."""
        studio_id = self._studio_named(request)
        async with changed_studio(self.database, studio_id) as connection:
            await _free(connection, studio_id)
        return answer(StudioHandle(None))

    def _studio_named(self, request: Request) -> str:
        """The studio in the path. Raises Refused unless the request carries its key."""
        studio_id = self.own_studio(request)
        if studio_id != request.path_params["studio_id"]:
            raise Refused(FORBIDDEN, OF_ANOTHER)
        return studio_id
