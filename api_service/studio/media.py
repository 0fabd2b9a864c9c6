"""The routes of pictures and sounds: store one, and serve one to a crowd."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api_service.books.database import Database
from api_service.http.headers import OF_MEDIA
from api_service.http.operations import Operation
from api_service.http.requests import TOO_LONG, address_of, answer, read_body
from api_service.studio.bodies import MediaStored
from api_service.studio.keys import AWAY, studio_of
from api_service.studio.media_files import MEDIA_ID, MEDIA_TYPES, fault_of
from api_service.studio.media_rows import Media, read_media, store_media
from shared.engine.engine import Engine
from shared.identity.tokens import Signer
from shared.process.cache import Cache
from shared.process.settings import Settings
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

CACHE_LIMIT: Final = 16 * 1024 * 1024  # bytes


class MediaRoutes:
    """Stores media in studios, and serves them to everybody who knows an id."""

    def __init__(
        self, engine: Engine, signer: Signer, database: Database, settings: Settings
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._database = database
        self._trusted = settings.trusted_proxies
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
        studio_id = studio_of(request, self._signer)
        media_type = _type_of(request)
        content = await _content_of(request, MEDIA_TYPES[media_type].limit)
        address = address_of(request.scope, self._trusted)
        await self._engine.spend_storage(address, len(content))
        if fault := fault_of(media_type, content):
            raise Refused(INVALID_MEDIA, fault)
        media_id = sha256(content).hexdigest()[:32]
        new = Media(media_type, content)
        is_new = await store_media(self._database, studio_id, media_id, new)
        return answer(MediaStored(media_id, media_type, len(content)), 201 if is_new else 200)

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
        if found := await read_media(self._database, media_id):
            return found
        raise Refused(NOT_FOUND)


def _type_of(request: Request) -> str:
    """The media type of the body, without parameters. Raises Refused if it is not accepted."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise Refused(UNSUPPORTED_MEDIA_TYPE)
    return media_type


async def _content_of(request: Request, limit: int) -> bytes:
    """The body. Raises Refused, before it reads one too large."""
    if _announced(request) > limit:
        raise Refused(BODY_TOO_LARGE, TOO_LONG.about(limit=limit))
    return await read_body(request, limit)


def _announced(request: Request) -> int:
    """The length that the header announces, 0 without one; the server has checked its form."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0
