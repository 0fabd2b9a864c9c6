"""The routes of studios, a part of the list in `table`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_service.routes.openapi import Operation
from api_service.studio import bodies
from api_service.studio.history import bodies as history_bodies
from api_service.studio.media_files import MEDIA_TYPES
from shared.wire import error_codes

if TYPE_CHECKING:
    from api_service.studio.history.past_rooms import PastRooms
    from api_service.studio.media import MediaRoutes
    from api_service.studio.setups import Setups
    from api_service.studio.studios import Studios

SVG = "image/svg+xml"
AWAY = (error_codes.BUSY, error_codes.STORE_UNAVAILABLE)
REFUSALS = (error_codes.INVALID_STUDIO_KEY, *AWAY)


@dataclass(frozen=True, slots=True)
class StudioEndpoints:
    """The objects whose methods answer."""

    studios: Studios
    media: MediaRoutes
    setups: Setups
    past_rooms: PastRooms


def studio_operations(endpoints: StudioEndpoints) -> list[Operation]:
    """Every route of studios, with every answer that it may give."""
    studios, media = endpoints.studios, endpoints.media
    return [
        Operation(
            "POST",
            "/api/studios",
            studios.open,
            "Open a studio: a streamer's private shelf.",
            status=201,
            answers=(bodies.StudioOpened,),
            security="game_key",
            refusals=(
                error_codes.INVALID_GAME_KEY,
                error_codes.RATE_LIMITED,
                error_codes.STORE_UNAVAILABLE,
            ),
        ),
        Operation(
            "GET",
            "/api/studio/qr.svg",
            studios.qr_code,
            "Get a QR code of the console's URL with the studio's key.",
            sends=(SVG,),
            security="studio_key",
            refusals=(error_codes.INVALID_STUDIO_KEY,),
        ),
        Operation(
            "POST",
            "/api/studio/media",
            media.upload,
            "Store a picture or a sound, or find it stored (200).",
            takes=tuple(MEDIA_TYPES),
            status=201,
            answers=(bodies.MediaStored,),
            also={200: bodies.MediaStored},
            security="studio_key",
            refusals=(
                error_codes.INVALID_REQUEST,
                error_codes.INVALID_MEDIA,
                error_codes.INVALID_STUDIO_KEY,
                error_codes.STUDIO_FULL,
                error_codes.UNSUPPORTED_MEDIA_TYPE,
                error_codes.RATE_LIMITED,
                *AWAY,
            ),
        ),
        Operation(
            "GET",
            "/api/media/{media_id}",
            media.get,
            "Get a picture or a sound.",
            sends=tuple(MEDIA_TYPES),
            refusals=(error_codes.NOT_FOUND, *AWAY),
        ),
        *setup_operations(endpoints.setups),
        *history_operations(endpoints.past_rooms),
    ]


def setup_operations(setups: Setups) -> list[Operation]:
    """The routes of a studio's setups."""
    invalid = (error_codes.INVALID_BODY, error_codes.INVALID_SETTINGS)
    written = (*invalid, error_codes.RATE_LIMITED, *REFUSALS)
    return [
        Operation(
            "GET",
            "/api/studio/setups",
            setups.list,
            "List the studio's setups, the last changed first.",
            answers=(bodies.SetupList,),
            security="studio_key",
            refusals=REFUSALS,
        ),
        Operation(
            "POST",
            "/api/studio/setups",
            setups.add,
            "Store a setup: a named copy of a room's settings.",
            body=(bodies.SetupWanted,),
            status=201,
            answers=(bodies.Setup,),
            security="studio_key",
            refusals=(*written, error_codes.STUDIO_FULL),
        ),
        Operation(
            "GET",
            "/api/studio/setups/{setup_id}",
            setups.get,
            "Get a setup with its settings.",
            answers=(bodies.Setup,),
            security="studio_key",
            refusals=(error_codes.NOT_FOUND, *REFUSALS),
        ),
        Operation(
            "PUT",
            "/api/studio/setups/{setup_id}",
            setups.change,
            "Replace a setup's name and settings.",
            body=(bodies.SetupWanted,),
            answers=(bodies.Setup,),
            security="studio_key",
            refusals=(error_codes.NOT_FOUND, *written),
        ),
        Operation(
            "DELETE",
            "/api/studio/setups/{setup_id}",
            setups.delete,
            "Delete a setup.",
            answers=(bodies.SetupDeleted,),
            security="studio_key",
            refusals=(error_codes.NOT_FOUND, *REFUSALS),
        ),
    ]


def history_operations(past_rooms: PastRooms) -> list[Operation]:
    """The routes of a studio's history."""
    return [
        Operation(
            "GET",
            "/api/studios/{studio_id}/newest_room",
            past_rooms.newest,
            "Get the newest room of a studio's history.",
            answers=(history_bodies.NewestRoom,),
            refusals=(error_codes.NOT_FOUND, *AWAY),
        ),
        Operation(
            "GET",
            "/api/studio/rooms",
            past_rooms.list,
            "List the rooms of the studio's history with their rounds, newest first.",
            query=history_bodies.HistoryQuery,
            answers=(history_bodies.History,),
            security="studio_key",
            refusals=(error_codes.INVALID_QUERY, *REFUSALS),
        ),
        Operation(
            "GET",
            "/api/studio/rooms/{room_id}",
            past_rooms.get,
            "Get a room of the history with its settings.",
            answers=(history_bodies.PastRoomSettings,),
            security="studio_key",
            refusals=REFUSALS,
        ),
        Operation(
            "PUT",
            "/api/studio/rooms/{room_id}",
            past_rooms.keep,
            "Put a room into the studio's history.",
            body=(history_bodies.RoomKept,),
            answers=(history_bodies.RoomInHistory,),
            security="studio_key",
            refusals=(
                error_codes.INVALID_BODY,
                error_codes.FORBIDDEN,
                error_codes.RATE_LIMITED,
                *REFUSALS,
            ),
        ),
        Operation(
            "DELETE",
            "/api/studio/rooms/{room_id}",
            past_rooms.forget,
            "Take a room out of the studio's history.",
            answers=(history_bodies.RoomInHistory,),
            security="studio_key",
            refusals=REFUSALS,
        ),
        Operation(
            "GET",
            "/api/studio/rooms/{room_id}/rounds/{round}",
            past_rooms.round,
            "Get all that was recorded of a round, or one table of it as CSV.",
            query=history_bodies.RoundQuery,
            answers=(history_bodies.RoundDetails,),
            sends=("text/csv",),
            headers=("Link",),
            security="studio_key",
            refusals=(
                error_codes.INVALID_QUERY,
                error_codes.NOT_FOUND,
                error_codes.RATE_LIMITED,
                *REFUSALS,
            ),
        ),
    ]
