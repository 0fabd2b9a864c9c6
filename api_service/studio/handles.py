"""The routes of handles: a studio's address that stays, as in `/@luna`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api_service.books.database import Database
from api_service.http.operations import Operation
from api_service.http.requests import address_of, answer, read_struct
from api_service.studio import handle_rows
from api_service.studio.bodies import HandleFound, HandleWanted, StudioHandle
from api_service.studio.handle_rooms import HandleRooms, HandleTarget
from api_service.studio.keys import AWAY, NO_STUDIO, studio_of
from shared.engine.engine import Engine
from shared.identity.handles import LONGEST, SHORTEST, handle_in, is_forbidden
from shared.identity.tokens import Signer, is_ulid
from shared.process.settings import Network, Settings
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

WRONG_SHAPE: Final = Sentence(
    "A handle has {shortest} to {longest} of these characters: a to z, 0 to 9, - and _.",
    "ハンドルは {shortest}〜{longest} 文字の半角英数字、-、_ にしてください。",
).about(shortest=SHORTEST, longest=LONGEST)
OF_ANOTHER: Final = Sentence(
    "The studio key is not valid for this studio.", "このスタジオのスタジオキーではありません。"
)
NOBODYS: Final = Sentence("Nobody has this handle.", "このハンドルは使われていません。")


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


class Handles:
    """The routes of handles. A studio has at most one, and whoever comes first gets it."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        database: Database,
        settings: Settings,
        rooms: HandleRooms,
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._database = database
        self._trusted = settings.trusted_proxies
        self._rooms = rooms

    @Operation(
        "GET",
        "/api/handles/{handle}",
        answers=(HandleFound,),
        refusals=(NOT_FOUND, RATE_LIMITED, *AWAY),
    )
    async def find(self, request: Request) -> Response:
        """Get where a handle leads: to its studio's newest room that is not over."""
        handle, target = await target_of(request, self._rooms, self._trusted)
        return answer(HandleFound(handle, target.room_id, target.title))

    @Operation(
        "GET",
        "/api/studios/{studio_id}/handle",
        answers=(StudioHandle,),
        refusals=(NOT_FOUND, *AWAY),
    )
    async def get(self, request: Request) -> Response:
        """Get a studio's handle. For whoever knows the studio's id."""
        studio_id: str = request.path_params["studio_id"]
        if not is_ulid(studio_id):
            raise Refused(NOT_FOUND, NO_STUDIO)
        return answer(StudioHandle(await handle_rows.handle_of(self._database, studio_id)))

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
        studio_id = self._own_studio(request)
        handle = handle_in((await read_struct(request, HandleWanted)).handle)
        if handle is None:
            raise Refused(INVALID_HANDLE, WRONG_SHAPE)
        if is_forbidden(handle) and handle != await handle_rows.handle_of(
            self._database, studio_id
        ):  # one that a studio has from before it was reserved stays its own
            raise Refused(INVALID_HANDLE)
        await self._engine.spend_storage(address_of(request.scope, self._trusted))
        await handle_rows.claim(self._database, studio_id, handle)
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
        await handle_rows.free(self._database, self._own_studio(request))
        return answer(StudioHandle(None))

    def _own_studio(self, request: Request) -> str:
        """The studio in the path. Raises Refused unless the request carries its key."""
        studio_id = studio_of(request, self._signer)
        if studio_id != request.path_params["studio_id"]:
            raise Refused(FORBIDDEN, OF_ANOTHER)
        return studio_id
