"""Setups: named copies of a room's settings, and the media that they name."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Insert, Text, Update, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from api_service.books.database import ANSWER_TIMEOUT
from api_service.books.tables import setups
from api_service.http.operations import Operation
from api_service.http.requests import (
    NO_OBJECT,
    SETTINGS_BODY_LIMIT,
    answer,
    json_in,
    read_body,
)
from api_service.http.routes import Routes
from api_service.studio.bodies import Setup, SetupDeleted, SetupList, SetupListed, SetupWanted
from api_service.studio.media import changed_studio, sizes_of
from api_service.studio.media_files import MEDIA_ID
from api_service.studio.studios import AWAY
from shared.identity.names import clean_setup_name
from shared.identity.tokens import is_ulid, new_ulid
from shared.wire.error_codes import (
    INVALID_BODY,
    INVALID_SETTINGS,
    NOT_FOUND,
    RATE_LIMITED,
    STUDIO_FULL,
)
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused
from shared.wire.rest_bodies import timestamp_of
from shared.wire.room_settings import SettingsInvalid, WrongValue, decode, encode, validate

SETUPS_LIMIT: Final = 50  # of a studio
TOO_MANY: Final = Sentence(
    "A studio holds at most {most} setups. Delete one that you do not need any more.",
    "スタジオに保存できるセットアップは {most} 個までです。使わないものを削除してください。",
)
SETUP_MEDIA_LIMIT: Final = 3 * 1024 * 1024  # bytes that one setup names
NOT_IN_STUDIO: Final = Sentence(
    "must be a picture or sound of this studio", "このスタジオの画像か音声にしてください"
)
TOO_HEAVY: Final = Sentence(
    "must name pictures and sounds of at most {limit} bytes together",
    "画像と音声の合計を {limit} バイト以内にしてください",
)
NO_NAME: Final = Sentence(
    "name: Expected a name of 1 to 60 characters", "name：1〜60 文字の名前を指定してください"
)
NO_SETUP: Final = Sentence(
    "The studio has no such setup.", "このセットアップはスタジオにありません。"
)


def media_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each media id in settings as plain values, after its path, such as `buttons[2].image`.

    A media id is any text of 32 hexadecimal digits: whatever field comes to name media, its media
    are not forgotten here.
    """
    if isinstance(value, str) and MEDIA_ID.fullmatch(value):
        yield path, value
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield from media_in(entry, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for n, entry in enumerate(value):
            yield from media_in(entry, f"{path}[{n}]")


def _is(studio_id: str, setup_id: str) -> tuple[ColumnElement[bool], ...]:
    return setups.c.studio_id == studio_id, setups.c.setup_id == setup_id


async def _stored(
    connection: AsyncConnection,
    statement: Insert | Update,
    studio_id: str,
    setup_id: str,
    new: SetupWanted,
) -> Setup:
    """Store a setup by this statement, and return it.

    Raises SettingsInvalid for media that may not be named.
    """
    settings = msgspec.to_builtins(new.settings)
    named = dict(media_in(settings))
    ids = sorted(set(named.values()))
    sizes = await sizes_of(connection, studio_id, ids)
    wrong = [WrongValue(at, NOT_IN_STUDIO) for at, its_id in named.items() if its_id not in sizes]
    if sum(sizes.values()) > SETUP_MEDIA_LIMIT:
        wrong.append(WrongValue("settings", TOO_HEAVY.about(limit=SETUP_MEDIA_LIMIT)))
    if wrong:
        raise SettingsInvalid(tuple(wrong))
    filled = statement.values(name=new.name, settings=settings, media=ids)
    updated_at = (await connection.scalars(filled.returning(setups.c.updated_at))).one()
    return Setup(setup_id, new.name, new.settings, timestamp_of(updated_at))


class Setups(Routes):
    """The routes of a studio's setups. Another studio's are as unknown as those that never were."""

    @Operation(
        "GET", "/api/studio/setups", answers=(SetupList,), security="studio_key", refusals=AWAY
    )
    async def list(self, request: Request) -> Response:
        """List the studio's setups, the last changed first.

        Each without its settings; and the key, signed again with the first key.
        """
        studio_id = self.own_studio(request)
        buttons = func.json_array_length(setups.c.settings["buttons"])
        query = select(setups.c.setup_id, setups.c.name, setups.c.updated_at, buttons)
        query = query.where(setups.c.studio_id == studio_id)
        query = query.order_by(setups.c.updated_at.desc(), setups.c.setup_id.desc())
        async with self.database.studio_reads.transaction(ANSWER_TIMEOUT, studio_id) as connection:
            listed = tuple(
                SetupListed(setup_id, name, timestamp_of(updated_at), n)
                for setup_id, name, updated_at, n in await connection.execute(query)
            )
        return answer(SetupList(self.signer.sign_studio(studio_id), listed))

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
        studio_id = self.own_studio(request)
        new, setup_id = await self._wanted(request), new_ulid()
        counted = select(func.count()).where(setups.c.studio_id == studio_id)
        # Locked, so that no upload deletes meanwhile what the setup names.
        async with changed_studio(self.database, studio_id) as connection:
            if (await connection.scalars(counted)).one() >= SETUPS_LIMIT:
                raise Refused(STUDIO_FULL, TOO_MANY.about(most=SETUPS_LIMIT))
            row = setups.insert().values(studio_id=studio_id, setup_id=setup_id)
            return answer(await _stored(connection, row, studio_id, setup_id, new), 201)

    @Operation(
        "GET",
        "/api/studio/setups/{setup_id}",
        answers=(Setup,),
        security="studio_key",
        refusals=(NOT_FOUND, *AWAY),
    )
    async def get(self, request: Request) -> Response:
        """Get a setup with its settings."""
        studio_id = self.own_studio(request)
        setup_id = _setup_id_of(request)
        query = select(setups.c.name, cast(setups.c.settings, Text), setups.c.updated_at)
        query = query.where(*_is(studio_id, setup_id))
        async with self.database.studio_reads.transaction(ANSWER_TIMEOUT, studio_id) as connection:
            found = (await connection.execute(query)).one_or_none()
        if found is None:
            raise Refused(NOT_FOUND, NO_SETUP)
        name, settings, updated_at = found
        return answer(Setup(setup_id, name, decode(settings), timestamp_of(updated_at)))

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
        studio_id = self.own_studio(request)
        setup_id, new = _setup_id_of(request), await self._wanted(request)
        known = select(setups.c.setup_id).where(*_is(studio_id, setup_id))
        async with changed_studio(self.database, studio_id) as connection:
            if await connection.scalar(known) is None:
                raise Refused(NOT_FOUND, NO_SETUP)
            row = setups.update().where(*_is(studio_id, setup_id)).values(updated_at=func.now())
            return answer(await _stored(connection, row, studio_id, setup_id, new))

    @Operation(
        "DELETE",
        "/api/studio/setups/{setup_id}",
        answers=(SetupDeleted,),
        security="studio_key",
        refusals=(NOT_FOUND, *AWAY),
    )
    async def delete(self, request: Request) -> Response:
        """Delete a setup. An upload may then delete the media that only it named."""
        studio_id = self.own_studio(request)
        setup_id = _setup_id_of(request)
        async with changed_studio(self.database, studio_id) as connection:
            gone = await connection.execute(setups.delete().where(*_is(studio_id, setup_id)))
        if not gone.rowcount:
            raise Refused(NOT_FOUND, NO_SETUP)
        return answer(SetupDeleted(setup_id))

    async def _wanted(self, request: Request) -> SetupWanted:
        """The setup in the body, counted as stored. Raises Refused or SettingsInvalid."""
        body = await read_body(request, SETTINGS_BODY_LIMIT)
        payer = await self.spend_storage(request, len(body))
        raw = json_in(body, required=True)
        if not isinstance(raw, dict):
            raise Refused(INVALID_BODY, NO_OBJECT)
        name = raw.get("name")
        cleaned = clean_setup_name(name) if isinstance(name, str) else ""
        if not cleaned:
            raise Refused(INVALID_BODY, NO_NAME)
        new = SetupWanted(cleaned, validate(raw.get("settings")))
        await self.engine.spend_rest(payer, len(encode(new.settings).encode()))
        return new


def _setup_id_of(request: Request) -> str:
    """The setup's id in the path. Raises Refused if no setup can have it."""
    setup_id: str = request.path_params["setup_id"]
    if not is_ulid(setup_id):
        raise Refused(NOT_FOUND, NO_SETUP)
    return setup_id
