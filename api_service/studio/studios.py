"""A studio itself: who may use it, opening one, and carrying its key to another computer."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.headers import OF_JSON
from api_service.http.operations import Operation
from api_service.http.qr_codes import qr_code
from api_service.http.requests import answer, require_game_key
from api_service.http.routes import Routes
from api_service.studio.bodies import StudioOpened
from shared.identity.tokens import AccessKeys, is_ulid, new_ulid
from shared.wire.error_codes import BUSY, NOT_FOUND, RATE_LIMITED, STORE_UNAVAILABLE
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused

# What routes answer while PostgreSQL is away.
AWAY: Final = (BUSY, STORE_UNAVAILABLE)
NO_STUDIO: Final = Sentence("There is no such studio.", "このスタジオはありません。")
SVG: Final = "image/svg+xml"
CODES_CACHED: Final = 100  # one is drawn in some ms


def studio_in_path(request: Request) -> str:
    """The studio's id in the path. Raises Refused if no studio can have it."""
    studio_id: str = request.path_params["studio_id"]
    if not is_ulid(studio_id):
        raise Refused(NOT_FOUND, NO_STUDIO)
    return studio_id


@dataclass(eq=False)
class Studios(Routes):
    """Opens studios. A studio is its signed key: nothing is stored until it holds something."""

    def __post_init__(self) -> None:
        self._game_keys = AccessKeys(self.settings.game_keys)
        self._drawn = lru_cache(CODES_CACHED)(qr_code)

    @Operation(
        "POST",
        "/api/studios",
        status=201,
        answers=(StudioOpened,),
        security="game_key",
        refusals=(RATE_LIMITED, STORE_UNAVAILABLE),
    )
    async def open(self, request: Request) -> Response:
        """Open a studio: a streamer's private shelf. For whoever may open rooms."""
        require_game_key(request, self._game_keys)
        address, often = self.address_of(request), self.settings.rooms_per_address.per_minute
        await self.engine.spend("studios", address, per_minute=often, burst=often)
        studio_id = new_ulid()
        return answer(StudioOpened(studio_id, self.signer.sign_studio(studio_id)), 201)

    @Operation("GET", "/api/studio/qr.svg", sends=(SVG,), security="studio_key")
    async def qr_code(self, request: Request) -> Response:
        """Get a QR code of the console's URL with the studio's key.

        The key is signed again with the first key.
        """
        key = self.signer.sign_studio(self.own_studio(request))
        drawing = self._drawn(f"{self.settings.network_url}/console#studio={key}")
        return Response(drawing, headers=OF_JSON, media_type=SVG)
