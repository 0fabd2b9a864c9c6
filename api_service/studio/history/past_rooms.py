"""A studio's history: its rooms, and what was recorded of their rounds."""

import asyncio
import re
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from api_service.books.database import Database
from api_service.http.headers import OF_JSON
from api_service.http.operations import Operation
from api_service.http.requests import answer, read_query, read_struct, room_id_of
from api_service.http.routes import Routes
from api_service.studio.handles import UNREACHABLE, HandleRooms
from api_service.studio.history import room_rows
from api_service.studio.history.bodies import (
    FIRST,
    TABLES,
    History,
    HistoryQuery,
    NewestRoom,
    PastRoomSettings,
    RoomInHistory,
    RoomProof,
    RoundDetails,
    RoundQuery,
    Table,
)
from api_service.studio.history.csv_tables import csv_of
from api_service.studio.history.round_rows import read_round
from api_service.studio.studios import AWAY, studio_in_path
from shared.engine.engine import Engine
from shared.engine.keys import Limit
from shared.engine.moderation import hidden_now
from shared.engine.open_room import lead_on
from shared.wire.error_codes import FORBIDDEN, NOT_FOUND, RATE_LIMITED, ROOM_NOT_FOUND
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused

NEW_ROOM_WITHIN: Final = 1.0  # s that a new room waits for PostgreSQL; it opens in any case
LAST_ROUND: Final = 2_147_483_647  # int32
NUMBER: Final = re.compile(r"[1-9][0-9]{0,9}")
ROUNDS_LIMIT: Final = Limit("rounds", 60, 30)  # that a studio may read
CSV: Final = "text/csv"
NO_ROUND: Final = Sentence(
    "The studio's history has no such round.", "このラウンドはスタジオの履歴にありません。"
)


@dataclass(eq=False)
class Listing:
    """Puts rooms into histories, and leads a studio's handle and its older rooms' viewers there."""

    engine: Engine
    database: Database
    handle_rooms: HandleRooms

    async def add(self, studio_id: str, room_id: str) -> None:
        """Put the room into the history. Raises DatabaseUnavailable or StoreUnavailable."""
        listed = await room_rows.add_room(self.database, studio_id, room_id)
        await self.lead_on(listed.rooms)
        self.handle_rooms.learn(room_id, listed)

    async def add_new(self, studio_id: str, room_id: str) -> bool:
        """Put a new room into the history. Returns False if PostgreSQL does not answer at once."""
        with suppress(TimeoutError, *UNREACHABLE):
            async with asyncio.timeout(NEW_ROOM_WITHIN):
                await self.add(studio_id, room_id)
                return True
        return False

    async def lead_on(self, rooms: Sequence[str]) -> None:
        """Lead the viewers of a studio's newest rooms, of which the newest is first, to that."""
        await asyncio.gather(*(lead_on(self.engine, older, rooms[0]) for older in rooms[1:]))


@dataclass(eq=False)
class PastRooms(Routes):
    """The routes of the rooms that a studio's streamer has opened."""

    listing: Listing

    @Operation(
        "GET",
        "/api/studios/{studio_id}/newest_room",
        answers=(NewestRoom,),
        refusals=(NOT_FOUND, *AWAY),
    )
    async def newest(self, request: Request) -> Response:
        """Get the newest room of a studio's history. For whoever knows the studio's id."""
        newest = await room_rows.newest_room(self.database, studio_in_path(request))
        return answer(NewestRoom(newest))

    @Operation(
        "GET",
        "/api/studio/rooms",
        query=HistoryQuery,
        answers=(History,),
        security="studio_key",
        refusals=AWAY,
    )
    async def list(self, request: Request) -> Response:
        """List the rooms of the studio's history with their rounds, newest first."""
        studio_id = self.own_studio(request)
        query = read_query(request, HistoryQuery)
        before = None if query.before is UNSET else query.before
        rooms = await room_rows.past_rooms(self.database, studio_id, before)
        return answer(History(tuple(rooms)))

    @Operation(
        "GET",
        "/api/studio/rooms/{room_id}",
        answers=(PastRoomSettings,),
        security="studio_key",
        refusals=AWAY,
    )
    async def get(self, request: Request) -> Response:
        """Get a room of the history with its settings."""
        studio_id = self.own_studio(request)
        found = await room_rows.past_room(self.database, studio_id, room_id_of(request))
        if found is None:
            raise Refused(ROOM_NOT_FOUND)
        return answer(found)

    @Operation(
        "PUT",
        "/api/studio/rooms/{room_id}",
        body=(RoomProof,),
        answers=(RoomInHistory,),
        security="studio_key",
        refusals=(FORBIDDEN, RATE_LIMITED, *AWAY),
    )
    async def add(self, request: Request) -> Response:
        """Put a room into the studio's history. The room's token proves that it may be."""
        studio_id = self.own_studio(request)
        token = (await read_struct(request, RoomProof)).room_token
        room_id = room_id_of(request)
        if not self.signer.verify_room_token(token, room_id, time.time()):
            raise Refused(FORBIDDEN)
        await self.spend_storage(request)
        await self.listing.add(studio_id, room_id)
        return answer(RoomInHistory(room_id))

    @Operation(
        "DELETE",
        "/api/studio/rooms/{room_id}",
        answers=(RoomInHistory,),
        security="studio_key",
        refusals=AWAY,
    )
    async def forget(self, request: Request) -> Response:
        """Take a room out of the studio's history. What was recorded of it stays."""
        studio_id = self.own_studio(request)
        room_id = room_id_of(request)
        rooms = await room_rows.forget_room(self.database, studio_id, room_id)
        if rooms is None:
            raise Refused(ROOM_NOT_FOUND)
        if rooms:
            await lead_on(self.engine, rooms[0], "")
        await self.listing.lead_on(rooms)
        return answer(RoomInHistory(room_id))

    @Operation(
        "GET",
        "/api/studio/rooms/{room_id}/rounds/{round}",
        query=RoundQuery,
        answers=(RoundDetails,),
        sends=(CSV,),
        headers=("Link",),
        security="studio_key",
        refusals=(NOT_FOUND, RATE_LIMITED, *AWAY),
    )
    async def round(self, request: Request) -> Response:
        """Get all that was recorded of a round, or one table of it as CSV."""
        studio_id = self.own_studio(request)
        query = read_query(request, RoundQuery)
        room_id, round_ = room_id_of(request), _round_of(request)
        await self.engine.spend_of(ROUNDS_LIMIT, studio_id)
        wanted = _wanted(query)
        found = await read_round(self.database, studio_id, room_id, round_, wanted, query.after)
        if found is None:
            raise Refused(NOT_FOUND, NO_ROUND)
        details = found.without_names_of(await hidden_now(self.engine, room_id, found.named()))
        more = {}
        if found.goes_on_after:  # the triggers after it (RFC 8288)
            page = {"format": query.format, "table": query.table, "after": found.goes_on_after}
            more = {"Link": f'<?{urlencode(page)}>; rel="next"'}
        if query.format == "json":
            return answer(details, headers=more)
        name = f"{details.room_id}-{details.round}-{query.table}.csv"
        headers = {**OF_JSON, **more, "Content-Disposition": f'attachment; filename="{name}"'}
        # In a thread: presses are counted meanwhile.
        has_titles = query.after == FIRST or query.table != "triggers"
        content = await asyncio.to_thread(csv_of, details, query.table, has_titles=has_titles)
        return Response(content, headers=headers, media_type=CSV)


def _wanted(query: RoundQuery) -> Collection[Table]:
    if query.format == "csv":
        return (query.table,)
    return TABLES if query.after == FIRST else ("triggers",)


def _round_of(request: Request) -> int:
    """The round in the path. Raises Refused if no round can have this number."""
    number = request.path_params["round"]
    if not NUMBER.fullmatch(number) or int(number) > LAST_ROUND:
        raise Refused(NOT_FOUND, NO_ROUND)
    return int(number)
