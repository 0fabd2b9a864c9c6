"""The short link to a room, `/j/CODE`, for people who type the code that a stream shows."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api_service.http.headers import OF_JSON
from api_service.http.requests import address_of
from shared.engine.engine import Engine
from shared.engine.open_room import code_in, room_of
from shared.process.settings import Settings
from shared.wire.error_codes import ROOM_NOT_FOUND
from shared.wire.refusal import Refused


class ShortLinks:
    """Leads from a room's code to its viewers' page."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    async def follow(self, request: Request) -> Response:
        """Redirect to the page of the open room that has this code.

        An address may try as many codes as it may become new viewers.
        """
        address = address_of(request.scope, self._settings.trusted_proxies)
        limit = self._settings.viewers_per_address
        await self._engine.spend("codes", address, per_minute=limit.per_minute, burst=limit.burst)
        code = code_in(request.path_params["code"])
        room_id = await room_of(self._engine, code) if code else None
        if room_id is None:
            raise Refused(ROOM_NOT_FOUND)
        # A path where this service has the page: a phone may know its host by another name.
        own_page = f"/play/{room_id}"
        page = self._settings.viewer_page(room_id) if self._settings.web_url else own_page
        return RedirectResponse(page, 302, OF_JSON)
