"""The routes of setups: named copies of a room's settings."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api_service.books.database import Database
from api_service.http.operations import Operation
from api_service.http.requests import (
    NO_OBJECT,
    SETTINGS_BODY_LIMIT,
    address_of,
    answer,
    json_in,
    read_body,
)
from api_service.studio import setup_rows
from api_service.studio.bodies import Setup, SetupDeleted, SetupList, SetupWanted
from api_service.studio.keys import AWAY, studio_of
from shared.engine.engine import Engine
from shared.identity.names import clean_setup_name
from shared.identity.tokens import Signer, is_ulid
from shared.process.settings import Settings
from shared.wire.error_codes import (
    INVALID_BODY,
    INVALID_SETTINGS,
    NOT_FOUND,
    RATE_LIMITED,
    STUDIO_FULL,
)
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused
from shared.wire.room_settings import encode, validate

NO_NAME: Final = Sentence(
    "name: Expected a name of 1 to 60 characters", "name：1〜60 文字の名前を指定してください"
)
NO_SETUP: Final = Sentence(
    "The studio has no such setup.", "このセットアップはスタジオにありません。"
)


class Setups:
    """The routes of a studio's setups. Another studio's are as unknown as those that never were."""

    def __init__(
        self, engine: Engine, signer: Signer, database: Database, settings: Settings
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._database = database
        self._trusted = settings.trusted_proxies

    @Operation(
        "GET", "/api/studio/setups", answers=(SetupList,), security="studio_key", refusals=AWAY
    )
    async def list(self, request: Request) -> Response:
        """List the studio's setups, the last changed first.

        Each without its settings; and the key, signed again with the first key.
        """
        studio_id = studio_of(request, self._signer)
        listed = await setup_rows.list_setups(self._database, studio_id)
        return answer(SetupList(self._signer.sign_studio(studio_id), listed))

    @Operation(
        "POST",
        "/api/studio/setups",
        body=(SetupWanted,),
        status=201,
        answers=(Setup,),
        security="studio_key",
        refusals=(INVALID_SETTINGS, RATE_LIMITED, STUDIO_FULL, *AWAY),
    )
    async def add(self, request: Request) -> Response:
        """Store a setup: a named copy of a room's settings."""
        studio_id = studio_of(request, self._signer)
        new = await self._wanted(request)
        return answer(await setup_rows.add_setup(self._database, studio_id, new), 201)

    @Operation(
        "GET",
        "/api/studio/setups/{setup_id}",
        answers=(Setup,),
        security="studio_key",
        refusals=(NOT_FOUND, *AWAY),
    )
    async def get(self, request: Request) -> Response:
        """Get a setup with its settings."""
        studio_id = studio_of(request, self._signer)
        setup_id = _setup_id_of(request)
        return _found(await setup_rows.read_setup(self._database, studio_id, setup_id))

    @Operation(
        "PUT",
        "/api/studio/setups/{setup_id}",
        body=(SetupWanted,),
        answers=(Setup,),
        security="studio_key",
        refusals=(NOT_FOUND, INVALID_SETTINGS, RATE_LIMITED, *AWAY),
    )
    async def change(self, request: Request) -> Response:
        """Replace a setup's name and settings."""
        studio_id = studio_of(request, self._signer)
        setup_id, new = _setup_id_of(request), await self._wanted(request)
        return _found(await setup_rows.change_setup(self._database, studio_id, setup_id, new))

    @Operation(
        "DELETE",
        "/api/studio/setups/{setup_id}",
        answers=(SetupDeleted,),
        security="studio_key",
        refusals=(NOT_FOUND, *AWAY),
    )
    async def delete(self, request: Request) -> Response:
        """Delete a setup. An upload may then delete the media that only it named."""
        studio_id = studio_of(request, self._signer)
        setup_id = _setup_id_of(request)
        if not await setup_rows.delete_setup(self._database, studio_id, setup_id):
            raise Refused(NOT_FOUND, NO_SETUP)
        return answer(SetupDeleted(setup_id))

    async def _wanted(self, request: Request) -> SetupWanted:
        """The setup in the body, counted as stored. Raises Refused or SettingsInvalid."""
        body = await read_body(request, SETTINGS_BODY_LIMIT)
        address = address_of(request.scope, self._trusted)
        payer = await self._engine.spend_storage(address, len(body))
        new = _setup_in(json_in(body, required=True))
        await self._engine.spend_rest(payer, len(encode(new.settings).encode()))
        return new


def _setup_in(raw: object) -> SetupWanted:
    if not isinstance(raw, dict):
        raise Refused(INVALID_BODY, NO_OBJECT)
    name = raw.get("name")
    cleaned = clean_setup_name(name) if isinstance(name, str) else ""
    if not cleaned:
        raise Refused(INVALID_BODY, NO_NAME)
    return SetupWanted(cleaned, validate(raw.get("settings")))


def _setup_id_of(request: Request) -> str:
    """The setup's id in the path. Raises Refused if no setup can have it."""
    setup_id: str = request.path_params["setup_id"]
    if not is_ulid(setup_id):
        raise Refused(NOT_FOUND, NO_SETUP)
    return setup_id


def _found(setup: Setup | None) -> Response:
    if setup is None:
        raise Refused(NOT_FOUND, NO_SETUP)
    return answer(setup)
