"""The short link to a room, `/j/CODE`, for people who type the code that a stream shows."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api_service.http.headers import OF_JSON
from api_service.http.routes import Routes
from shared.engine.open_room import code_in, room_of
from shared.wire.error_codes import ROOM_NOT_FOUND
from shared.wire.refusal import Refused


class ShortLinks(Routes):
    """Leads from a room's code to its viewers' page."""

    async def follow(self, request: Request) -> Response:
        """Redirect to the page of the open room that has this code.

        An address may try as many codes as it may become new viewers.
        """
        await self.spend_as_viewer("codes", request)
        code = code_in(request.path_params["code"])
        room_id = await room_of(self.engine, code) if code else None
        if room_id is None:
            raise Refused(ROOM_NOT_FOUND)
        # A path where this service has the page: a phone may know its host by another name.
        own_page = f"/play/{room_id}"
        page = self.settings.viewer_page(room_id) if self.settings.web_url else own_page
        return RedirectResponse(page, 302, OF_JSON)
