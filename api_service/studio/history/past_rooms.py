"""The routes of a studio's history: its rooms, and what was recorded of their rounds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from starlette.responses import Response

from api_service.http.headers import OF_JSON
from api_service.http.problems import Refused
from api_service.http.requests import answer, read_query, read_struct, room_id_of
from api_service.studio.history import room_rows
from api_service.studio.history.bodies import (
    History,
    HistoryQuery,
    RoomInHistory,
    RoomKept,
    RoundQuery,
)
from api_service.studio.history.csv_tables import csv_of
from api_service.studio.history.round_rows import read_round
from api_service.studio.keys import studio_of
from shared.engine import refusals
from shared.redis_store.store import StoreUnavailable
from shared.wire.error_codes import FORBIDDEN, NOT_FOUND, ROOM_NOT_FOUND
from shared.wire.languages import Sentence

if TYPE_CHECKING:
    from starlette.requests import Request

    from api_service.books.database import Database
    from api_service.studio.history.bodies import RoundDetails
    from shared.engine.engine import Engine
    from shared.identity.tokens import Signer

LAST_ROUND: Final = 2_147_483_647  # int32
CSV: Final = "text/csv"
NO_ROUND: Final = Sentence(
    "The studio's history has no such round.", "このラウンドはスタジオの履歴にありません。"
)


class PastRooms:
    """The routes of the rooms that a studio's streamer has opened."""

    def __init__(self, engine: Engine, signer: Signer, database: Database) -> None:
        self._engine = engine
        self._signer = signer
        self._database = database

    async def list(self, request: Request) -> Response:
        """A page of rooms with their rounds, newest first."""
        query = read_query(request, HistoryQuery)
        studio_id = studio_of(request, self._signer)
        before = None if query.before is UNSET else query.before
        rooms = await room_rows.past_rooms(self._database, studio_id, before)
        return answer(History(tuple(rooms)))

    async def get(self, request: Request) -> Response:
        """A room with its settings."""
        studio_id = studio_of(request, self._signer)
        found = await room_rows.past_room(self._database, studio_id, room_id_of(request))
        if found is None:
            raise Refused(ROOM_NOT_FOUND)
        return answer(found)

    async def keep(self, request: Request) -> Response:
        """Put a room into the history; its token proves that it may be."""
        studio_id = studio_of(request, self._signer)
        token = (await read_struct(request, RoomKept)).room_token
        room_id = room_id_of(request)
        if not self._signer.verify_room_token(token, room_id, time.time()):
            raise Refused(FORBIDDEN)
        await room_rows.keep_room(self._database, studio_id, room_id)
        return answer(RoomInHistory(room_id))

    async def forget(self, request: Request) -> Response:
        """Take a room out of the history; what was recorded of it stays."""
        studio_id = studio_of(request, self._signer)
        room_id = room_id_of(request)
        if not await room_rows.forget_room(self._database, studio_id, room_id):
            raise Refused(ROOM_NOT_FOUND)
        return answer(RoomInHistory(room_id))

    async def round(self, request: Request) -> Response:
        """All that was recorded of a round, or one table of it as CSV."""
        query = read_query(request, RoundQuery)
        studio_id = studio_of(request, self._signer)
        details = await self._round(studio_id, room_id_of(request), _round_of(request))
        if query.format == "json":
            return answer(details)
        name = f"{details.room_id}-{details.round}-{query.table}.csv"
        headers = {**OF_JSON, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(csv_of(details, query.table), headers=headers, media_type=CSV)

    async def _round(self, studio_id: str, room_id: str, round_: int) -> RoundDetails:
        found = await read_round(self._database, studio_id, room_id, round_)
        if found is None:
            raise Refused(NOT_FOUND, NO_ROUND)
        hidden = await self._hidden(room_id, {viewer for viewer in found.viewers if viewer})
        return found.without_names_of(hidden)

    async def _hidden(self, room_id: str, viewers: set[str]) -> frozenset[str]:
        """The viewers whose names the room hides now; the ledger may not be recorded yet."""
        try:
            return await self._engine.hidden(room_id, viewers) if viewers else frozenset()
        except (refusals.RoomNotFound, StoreUnavailable):
            return frozenset()


def _round_of(request: Request) -> int:
    """The round in the path. Raises Refused if no round can have this number."""
    number = request.path_params["round"]
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:11]) <= LAST_ROUND):
        raise Refused(NOT_FOUND, NO_ROUND)
    return int(number)
