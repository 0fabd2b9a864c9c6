"""The routes of a viewer: get an id, set a name."""

import re
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.operations import Operation
from api_service.http.requests import answer, came_over_https, read_struct
from api_service.http.routes import Routes
from api_service.routes.display_names import DisplayNames
from shared.identity.names import clean_name
from shared.redis_store.store import StoreUnavailable
from shared.wire import rest_bodies
from shared.wire.error_codes import BUSY, INVALID_VIEWER, RATE_LIMITED, STORE_UNAVAILABLE
from shared.wire.refusal import Refused

COOKIE: Final = "viewer_id"
_COOKIE: Final = re.compile(rf'(?:^|;)\s*{COOKIE}="?([^";\s]*)')
COOKIE_LIFETIME: Final = 31_536_000  # s, a year
# Other sites may embed the viewer page in a frame; browsers send its cookie there over HTTPS only.
OVER_HTTPS: Final = "SameSite=None; Secure; Partitioned"
OVER_HTTP: Final = "SameSite=Lax"


@dataclass(eq=False)
class Viewers(Routes):
    """The routes of viewers."""

    names: DisplayNames

    @Operation(
        "GET",
        "/get_viewer_id",
        answers=(rest_bodies.Viewer,),
        headers=("Set-Cookie",),
        refusals=(RATE_LIMITED, STORE_UNAVAILABLE),
    )
    async def from_cookie(self, request: Request) -> Response:
        """Confirm the viewer id in the cookie, or issue a new one."""
        viewer = await self.confirmed(request, _in_cookie(request))
        attributes = OVER_HTTPS if came_over_https(request.scope, self.settings) else OVER_HTTP
        cookie = f"{COOKIE}={viewer.viewer_id}; {attributes}; Path=/; Max-Age={COOKIE_LIFETIME}"
        return answer(viewer, headers={"Set-Cookie": cookie})

    @Operation(
        "POST",
        "/api/viewers",
        body=(rest_bodies.ConfirmViewer,),
        body_required=False,
        answers=(rest_bodies.Viewer,),
        refusals=(RATE_LIMITED, STORE_UNAVAILABLE),
    )
    async def confirm(self, request: Request) -> Response:
        """Confirm the viewer id in the body, or issue a new one."""
        wanted = await read_struct(request, rest_bodies.ConfirmViewer)
        return answer(await self.confirmed(request, wanted.viewer_id))

    @Operation(
        "POST",
        "/api/viewers/set_name",
        body=(rest_bodies.SetName,),
        answers=(rest_bodies.Viewer,),
        refusals=(INVALID_VIEWER, RATE_LIMITED, BUSY, STORE_UNAVAILABLE),
    )
    async def set_name(self, request: Request) -> Response:
        """Set a viewer's display name. "" removes it."""
        wanted = await read_struct(request, rest_bodies.SetName)
        viewer = self.signer.verify_viewer(wanted.viewer_id)
        if viewer is None:
            raise Refused(INVALID_VIEWER)
        name = clean_name(wanted.name)
        await self.spend_storage(request, len(name.encode()))
        await self.names.set(viewer, name)
        return answer(rest_bodies.Viewer(self.signer.sign_viewer(viewer), name or None))

    async def confirmed(self, request: Request, viewer_id: str | None) -> rest_bodies.Viewer:
        """The viewer with this id, or if it is no valid one, with a new id. Raises RateLimited."""
        viewer = self.signer.verify_viewer(viewer_id) if viewer_id else None
        if viewer is None:
            await self.spend_as_viewer("viewers", request)
            return rest_bodies.Viewer(self.signer.new_viewer_id(), None)
        try:
            name = await self.names.read(viewer)
        except StoreUnavailable:
            name = await self.names.read_lasting(viewer) or ""
        # Signed again with the first key: a year later, no cookie needs an older key.
        return rest_bodies.Viewer(self.signer.sign_viewer(viewer), name or None)


def _in_cookie(request: Request) -> str | None:
    """The viewer id in the cookie.

    Starlette would parse all cookies with the standard library, which takes seconds for one of many
    escapes before Python 3.11.10 and 3.12.6 (CVE-2024-7592). An id has none.
    """
    found = _COOKIE.search(";".join(request.headers.getlist("cookie")))
    return found and found[1]
