"""The routes of a room: open, read, change, join, reset, fire."""

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.operations import Operation
from api_service.http.requests import (
    NO_OBJECT,
    NO_STUDIO_KEY,
    SETTINGS_BODY_LIMIT,
    VIEWER_ID_REQUIRED,
    answer,
    bearer,
    compressed_answer,
    host_of,
    json_in,
    read_body,
    read_query,
    read_struct,
    require_game_key,
    room_id_of,
    viewers_ws_url,
)
from api_service.http.routes import Routes
from api_service.metrics import ApiMetrics
from api_service.routes.display_names import DisplayNames
from api_service.routes.name_masks import NameMasks
from api_service.routes.presses import log_triggers
from api_service.routes.viewers import Viewers
from api_service.studio.history.past_rooms import Listing
from api_service.studio.invitations import Invitations
from shared.engine import replies
from shared.engine.keys import (
    CHANGES_LIMIT,
    FIRES_LIMIT,
    PREVIEWS_LIMIT,
    ROUND_COMMANDS_LIMIT,
)
from shared.engine.open_room import code_of, first_code, next_open, open_room, spend_room
from shared.identity.tokens import AccessKeys, bare
from shared.wire import rest_bodies
from shared.wire.error_codes import (
    DISABLED,
    GAME_NOT_STARTED,
    INVALID_BODY,
    INVALID_SETTINGS,
    INVALID_VIEWER,
    LEDGER_FULL,
    LOG_FULL,
    PAUSED,
    RATE_LIMITED,
    SETTINGS_MOVED,
    STORE_UNAVAILABLE,
    UNAVAILABLE,
    UNKNOWN_EVENT_TYPE,
)
from shared.wire.parts import Stat
from shared.wire.refusal import Refused
from shared.wire.room_settings import (
    DEFAULT_SETTINGS,
    Patch,
    RoomSettings,
    checked,
    decode,
    merged,
    public,
    validate,
)


@dataclass(eq=False)
class Rooms(Routes):
    """The routes of rooms."""

    viewers: Viewers
    names: DisplayNames
    masks: NameMasks
    metrics: ApiMetrics
    invitations: Invitations
    listing: Listing

    def __post_init__(self) -> None:
        self._game_keys = AccessKeys(self.settings.game_keys)

    @Operation(
        "POST",
        "/api/rooms",
        body=(rest_bodies.OpenRoom,),
        body_required=False,
        status=201,
        answers=(rest_bodies.RoomOpened,),
        security="game_key",
        names_room=True,
        refusals=(INVALID_SETTINGS, RATE_LIMITED, LEDGER_FULL, STORE_UNAVAILABLE),
    )
    async def open(self, request: Request) -> Response:
        """Open a room before its game connects."""
        require_game_key(request, self._game_keys)
        sent = await read_body(request, SETTINGS_BODY_LIMIT)
        limit = self.settings.rooms_per_address
        await spend_room(self.engine, self.address_of(request), limit)
        payer = await self.spend_storage(request, len(sent))
        wanted, studio_key = _room_in(json_in(sent))
        studio_id = self.signer.verify_studio_key(studio_key)
        if studio_id:
            await self.spend_storage(request)  # for the row in the studio's history
        keyed = not self._game_keys.open_to_all
        room_id = await open_room(self.engine, wanted, payer, limit, keyed=keyed)
        web_url = self.settings.viewer_page(room_id)
        if studio_id and await self.listing.add_new(studio_id, room_id):
            web_url = (await self.invitations.to(room_id)).url
        body = rest_bodies.RoomOpened(
            room_id=room_id,
            room_token=self.signer.room_token(room_id, time.time()),
            web_url=web_url,
            ws_url=f"{self.settings.ws_url_from(host_of(request))}/ws-unity",
            settings=wanted,
            code=await first_code(self.engine, room_id),
        )
        return answer(body, 201)

    @Operation(
        "GET",
        "/api/rooms/{room_id}",
        answers=(rest_bodies.Room,),
        security="room_token",
        secret_optional=True,
    )
    async def get(self, request: Request) -> Response:
        """Get a room; `masked_words` only with the room token."""
        return answer(await self._room(request))

    async def _room(self, request: Request) -> rest_bodies.Room:
        room_id = room_id_of(request)
        room = await self.engine.describe(room_id)
        settings = decode(room.settings)
        if not self.signer.verify_room_token(bearer(request) or "", room_id, time.time()):
            settings = public(settings)
        return rest_bodies.Room(
            id=room_id,
            status=room.status,
            round=room.round,
            paused=room.paused,
            game_connected=room.connected,
            created_at=rest_bodies.timestamp(room.created_at),
            started_at=rest_bodies.timestamp_or_none(room.started_at),
            ended_at=rest_bodies.timestamp_or_none(room.ended_at),
            settings=settings,
            settings_version=room.settings_version,
            viewer_count=room.viewer_count,
            ws_viewer_url=f"{viewers_ws_url(request, self.settings)}/ws-viewer?room_id={room_id}",
            code=await code_of(self.engine, room_id, room),
            round_ends_at=room.ends_at,
            round_left_ms=room.left_ms,
            opened_by_press=room.opened_by_press,
            stopped=room.stopped,
            time=rest_bodies.timestamp(room.now),
            invitation=await self.invitations.to(room_id),
            next_room_id=await next_open(self.engine, room),
        )

    @Operation(
        "PATCH",
        "/api/rooms/{room_id}/settings",
        query=rest_bodies.SettingsQuery,
        body=(RoomSettings,),
        answers=(RoomSettings,),
        security="room_token",
        refusals=(INVALID_SETTINGS, SETTINGS_MOVED, RATE_LIMITED, LEDGER_FULL),
    )
    async def change_settings(self, request: Request) -> Response:
        """Change a room's settings: merges the top level, replaces lists.

        With `if_version`, only if nobody has changed them since they had that version.
        """
        room_id = self.own_room(request)
        body = await read_body(request, SETTINGS_BODY_LIMIT)
        await self.engine.spend_of(CHANGES_LIMIT, room_id)
        payer = await self.spend_storage(request, len(body))
        patch = checked(json_in(body, required=True))
        version = read_query(request, rest_bodies.SettingsQuery).if_version
        read = None if version is None else await self._of_version(room_id, version)
        change = partial(_merged, patch=patch, read=read)
        return answer(await self.engine.change_settings(room_id, change, of=payer))

    async def _of_version(self, room_id: str, version: int) -> RoomSettings:
        room = await self.engine.describe(room_id)
        if room.settings_version != version:
            raise Refused(SETTINGS_MOVED)
        return decode(room.settings)

    @Operation(
        "POST",
        "/api/rooms/{room_id}/join",
        body=(rest_bodies.Join,),
        answers=(rest_bodies.Joined,),
        refusals=(INVALID_VIEWER, RATE_LIMITED),
    )
    async def join(self, request: Request) -> Response:
        """Mark a viewer active. With `room`, get everything that a page begins with."""
        wanted = await read_struct(request, rest_bodies.Join)
        if wanted.room:
            return compressed_answer(request, await self._join_whole(request, wanted.viewer_id))
        if wanted.viewer_id is None:
            raise Refused(INVALID_BODY, VIEWER_ID_REQUIRED)
        viewer = self.signer.verify_viewer(wanted.viewer_id)
        if viewer is None:
            raise Refused(INVALID_VIEWER)
        name = await self.names.read_anew(viewer)  # what it misses waits for the next join
        return answer(rest_bodies.Joined(await self._join(request, viewer, name)))

    async def _join_whole(self, request: Request, viewer_id: str | None) -> rest_bodies.Joined:
        if viewer_id is None or self.signer.verify_viewer(viewer_id) is None:
            # Nobody becomes a new viewer, of which an address has few, in a room that is not there.
            await self.engine.describe(room_id_of(request))
        viewer = await self.viewers.confirmed(request, viewer_id)
        # First, so that the room's state counts this viewer.
        viewer_count = await self._join(request, bare(viewer.viewer_id), viewer.name)
        room, stats = await asyncio.gather(self._room(request), self._stats(request))
        return rest_bodies.Joined(viewer_count, viewer=viewer, room=room, stats=stats)

    async def _join(self, request: Request, viewer: str, name: str | None) -> int:
        room_id = room_id_of(request)
        shown = await self.masks.masked(room_id, name) if name else ""
        return await self.engine.join(room_id, viewer, self.address_of(request), name=shown)

    @Operation("GET", "/api/rooms/{room_id}/stats", answers=(rest_bodies.RoomStats,))
    async def stats(self, request: Request) -> Response:
        """Get every button's state, in the order of the settings."""
        return answer(await self._stats(request))

    async def _stats(self, request: Request) -> rest_bodies.RoomStats:
        room_id = room_id_of(request)
        return _room_stats(room_id, await self.engine.stats(room_id))

    @Operation(
        "POST",
        "/api/rooms/{room_id}/reset",
        answers=(rest_bodies.RoomStats,),
        security="room_token",
        refusals=(RATE_LIMITED, LEDGER_FULL),
    )
    async def reset(self, request: Request) -> Response:
        """Set the counts of the running round to zero."""
        room_id = self.own_room(request)
        await self.engine.spend_of(ROUND_COMMANDS_LIMIT, room_id)
        await self.spend_storage(request)
        return answer(_room_stats(room_id, await self.engine.reset(room_id)))

    @Operation(
        "POST",
        "/api/rooms/{room_id}/preview",
        body=(rest_bodies.ButtonChoice,),
        answers=(rest_bodies.Previewed,),
        security="room_token",
        refusals=(UNKNOWN_EVENT_TYPE, RATE_LIMITED),
    )
    async def preview(self, request: Request) -> Response:
        """Show a button on the pages that ask for previews. Nothing is counted or fired."""
        room_id = self.own_room(request)
        wanted = await read_struct(request, rest_bodies.ButtonChoice)
        await self.engine.spend_of(PREVIEWS_LIMIT, room_id)
        await self.engine.preview(room_id, wanted.event_type)
        return answer(rest_bodies.Previewed(wanted.event_type))

    @Operation(
        "POST",
        "/api/rooms/{room_id}/fire",
        body=(rest_bodies.ButtonChoice,),
        answers=(rest_bodies.RoomStats,),
        security="room_token",
        refusals=(
            UNKNOWN_EVENT_TYPE,
            GAME_NOT_STARTED,
            PAUSED,
            DISABLED,
            UNAVAILABLE,
            LOG_FULL,
            RATE_LIMITED,
            LEDGER_FULL,
        ),
    )
    async def fire(self, request: Request) -> Response:
        """Fire a button now, by one press of the streamer."""
        room_id = self.own_room(request)
        wanted = await read_struct(request, rest_bodies.ButtonChoice)
        await self.engine.spend_of(FIRES_LIMIT, room_id)
        trigger = await self.engine.fire(room_id, wanted.event_type)
        self.metrics.count_streamer()
        log_triggers(room_id, (trigger.fired,))
        return answer(_room_stats(room_id, trigger.state))


def _merged(settings: RoomSettings, *, patch: Patch, read: RoomSettings | None) -> RoomSettings:
    """The settings with the patch, if they are still as they were `read`. Raises Refused."""
    if read not in (None, settings):
        raise Refused(SETTINGS_MOVED)
    return merged(settings, patch)


def _room_in(raw: object) -> tuple[RoomSettings, str]:
    """A room's settings, and its studio's key or "". Raises Refused or SettingsInvalid."""
    if not isinstance(raw, dict):
        raise Refused(INVALID_BODY, NO_OBJECT)
    wanted, studio_key = raw.get("settings"), raw.get("studio_key")
    if not isinstance(studio_key, str | None):
        raise Refused(INVALID_BODY, NO_STUDIO_KEY)
    return DEFAULT_SETTINGS if wanted is None else validate(wanted), studio_key or ""


def _room_stats(room_id: str, found: replies.Stats) -> rest_bodies.RoomStats:
    return rest_bodies.RoomStats(
        room_id=room_id,
        # msgspec writes as it is what all who share the call have encoded once.
        stats=cast("tuple[Stat, ...]", found.encoded_stats),
        viewer_count=found.viewer_count,
        send_every_ms=found.send_every_ms,
        time=rest_bodies.timestamp(found.now),
    )
