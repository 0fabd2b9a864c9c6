"""A studio itself: who may use it, opening one, and carrying its key to another computer."""

from functools import lru_cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.headers import OF_JSON
from api_service.http.operations import Operation
from api_service.http.qr_codes import qr_code
from api_service.http.requests import address_of, answer, bearer, require_game_key
from api_service.studio.bodies import StudioOpened
from shared.engine.engine import Engine
from shared.identity.tokens import AccessKeys, Signer, is_ulid, new_ulid
from shared.process.settings import Settings
from shared.wire.error_codes import (
    BUSY,
    INVALID_STUDIO_KEY,
    NOT_FOUND,
    RATE_LIMITED,
    STORE_UNAVAILABLE,
)
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused

# What routes answer while PostgreSQL is away.
AWAY: Final = (BUSY, STORE_UNAVAILABLE)
NO_STUDIO: Final = Sentence("There is no such studio.", "このスタジオはありません。")
SVG: Final = "image/svg+xml"
CODES_CACHED: Final = 100  # one is drawn in some ms


def studio_of(request: Request, signer: Signer) -> str:
    """The id of the studio whose key the request carries. Raises Refused."""
    studio_id = signer.verify_studio_key(bearer(request) or "")
    if studio_id is None:
        raise Refused(INVALID_STUDIO_KEY)
    return studio_id


def studio_in_path(request: Request) -> str:
    """The studio's id in the path. Raises Refused if no studio can have it."""
    studio_id: str = request.path_params["studio_id"]
    if not is_ulid(studio_id):
        raise Refused(NOT_FOUND, NO_STUDIO)
    return studio_id


class Studios:
    """Opens studios. A studio is its signed key: nothing is stored until it holds something."""

    def __init__(self, engine: Engine, signer: Signer, settings: Settings) -> None:
        self._engine = engine
        self._signer = signer
        self._settings = settings
        self._game_keys = AccessKeys(settings.game_keys)
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
        address = address_of(request.scope, self._settings.trusted_proxies)
        often = self._settings.rooms_per_address.per_minute
        await self._engine.spend("studios", address, per_minute=often, burst=often)
        studio_id = new_ulid()
        return answer(StudioOpened(studio_id, self._signer.sign_studio(studio_id)), 201)

    @Operation("GET", "/api/studio/qr.svg", sends=(SVG,), security="studio_key")
    async def qr_code(self, request: Request) -> Response:
        """Get a QR code of the console's URL with the studio's key.

        The key is signed again with the first key.
        """
        key = self._signer.sign_studio(studio_of(request, self._signer))
        drawing = self._drawn(f"{self._settings.network_url}/console#studio={key}")
        return Response(drawing, headers=OF_JSON, media_type=SVG)
