"""The REST routes in one list, which makes the application and its schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_service.routes.moderation.table import CHANGE_REFUSALS, moderation_operations
from api_service.routes.openapi import Operation
from api_service.routes.studio_table import StudioEndpoints, studio_operations
from shared.wire import error_codes, rest_bodies, result_bodies
from shared.wire.room_settings import RoomSettings

if TYPE_CHECKING:
    from api_service.routes.health import Health
    from api_service.routes.moderation.people import People
    from api_service.routes.moderation.tokens import Tokens
    from api_service.routes.presses import Presses
    from api_service.routes.results import ResultsRoute
    from api_service.routes.rooms import Rooms
    from api_service.routes.viewers import Viewers


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The objects whose methods answer."""

    health: Health
    presses: Presses
    rooms: Rooms
    viewers: Viewers
    results: ResultsRoute
    studio: StudioEndpoints
    people: People
    tokens: Tokens


def operations(endpoints: Endpoints) -> list[Operation]:
    """Every route, with every answer that it may give."""
    rooms, viewers = endpoints.rooms, endpoints.viewers
    return [
        # Starlette tries them in this order, so the hot route is first.
        Operation(
            "POST",
            "/api/rooms/{room_id}/events",
            endpoints.presses.press,
            "Press buttons, in a batch or one at a time.",
            body=(rest_bodies.Batch, rest_bodies.SinglePress),
            answers=(rest_bodies.Pressed, rest_bodies.GameOver),
            refusals=(
                error_codes.INVALID_BODY,
                error_codes.INVALID_PUSH_COUNT,
                error_codes.UNKNOWN_EVENT_TYPE,
                error_codes.INVALID_VIEWER,
                error_codes.GAME_NOT_STARTED,
                error_codes.LEDGER_FULL,
            ),
        ),
        Operation(
            "GET",
            "/get_viewer_id",
            viewers.from_cookie,
            "Confirm the viewer id in the cookie, or issue a new one.",
            answers=(rest_bodies.Viewer,),
            headers=("Set-Cookie",),
            refusals=(error_codes.RATE_LIMITED, error_codes.STORE_UNAVAILABLE),
        ),
        Operation(
            "POST",
            "/api/viewers",
            viewers.confirm,
            "Confirm the viewer id in the body, or issue a new one.",
            body=(rest_bodies.ConfirmViewer,),
            body_required=False,
            answers=(rest_bodies.Viewer,),
            refusals=(
                error_codes.INVALID_BODY,
                error_codes.RATE_LIMITED,
                error_codes.STORE_UNAVAILABLE,
            ),
        ),
        Operation(
            "POST",
            "/api/viewers/set_name",
            viewers.set_name,
            "Set a viewer's display name.",
            body=(rest_bodies.SetName,),
            answers=(rest_bodies.Viewer,),
            refusals=(
                error_codes.INVALID_BODY,
                error_codes.INVALID_VIEWER,
                error_codes.RATE_LIMITED,
                error_codes.BUSY,
                error_codes.STORE_UNAVAILABLE,
            ),
        ),
        Operation(
            "POST",
            "/api/rooms",
            rooms.open,
            "Open a room before its game connects.",
            body=(rest_bodies.OpenRoom,),
            body_required=False,
            status=201,
            answers=(rest_bodies.RoomOpened,),
            security="game_key",
            names_room=True,
            refusals=(
                error_codes.INVALID_BODY,
                error_codes.INVALID_SETTINGS,
                error_codes.INVALID_GAME_KEY,
                error_codes.RATE_LIMITED,
                error_codes.LEDGER_FULL,
                error_codes.STORE_UNAVAILABLE,
            ),
        ),
        Operation(
            "GET",
            "/api/rooms/{room_id}",
            rooms.get,
            "Get a room; `masked_words` only with the room token.",
            answers=(rest_bodies.Room,),
            security="room_token",
            secret_optional=True,
        ),
        Operation(
            "PATCH",
            "/api/rooms/{room_id}/settings",
            rooms.change_settings,
            "Change a room's settings: merges the top level, replaces lists.",
            body=(RoomSettings,),
            answers=(RoomSettings,),
            security="room_token",
            refusals=(
                error_codes.INVALID_BODY,
                error_codes.INVALID_SETTINGS,
                error_codes.RATE_LIMITED,
                *CHANGE_REFUSALS,
            ),
        ),
        Operation(
            "POST",
            "/api/rooms/{room_id}/join",
            rooms.join,
            "Mark a viewer active.",
            body=(rest_bodies.Join,),
            answers=(rest_bodies.Joined,),
            refusals=(error_codes.INVALID_BODY, error_codes.INVALID_VIEWER),
        ),
        Operation(
            "GET",
            "/api/rooms/{room_id}/stats",
            rooms.stats,
            "Get every button's state, in the order of the settings.",
            answers=(rest_bodies.RoomStats,),
        ),
        Operation(
            "GET",
            "/api/rooms/{room_id}/results",
            endpoints.results.get,
            "Get the totals of a round that has ended.",
            query=result_bodies.ResultsQuery,
            answers=(result_bodies.Results,),
            refusals=(
                error_codes.INVALID_QUERY,
                error_codes.ROOM_NOT_ENDED,
                error_codes.RESULTS_PENDING,
                error_codes.BUSY,
            ),
        ),
        Operation(
            "POST",
            "/api/rooms/{room_id}/reset",
            rooms.reset,
            "Set the counts of the running round to zero.",
            answers=(rest_bodies.RoomStats,),
            security="room_token",
            refusals=CHANGE_REFUSALS,
        ),
        *moderation_operations(endpoints.people, endpoints.tokens),
        *studio_operations(endpoints.studio),
        *health_operations(endpoints),
    ]


def health_operations(endpoints: Endpoints) -> list[Operation]:
    """The routes for probes and metrics."""
    health = endpoints.health
    return [
        Operation(
            "GET",
            "/healthz",
            health.alive,
            "Check that the process is alive.",
            answers=(rest_bodies.Alive,),
        ),
        Operation(
            "GET",
            "/readyz",
            health.readiness,
            "Check whether requests should be sent here.",
            answers=(rest_bodies.Readiness,),
            also={503: rest_bodies.Readiness},
        ),
        Operation(
            "GET",
            "/metrics",
            health.metrics,
            "Get the metrics, in Prometheus' text format.",
            security="admin_token",
            refusals=(error_codes.INVALID_ADMIN_TOKEN,),
        ),
    ]
