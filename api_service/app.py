"""The API service: its routes in one list, its clients in one place, its life in `serve`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from api_service import problems
from api_service.absence import Absence
from api_service.admission import Admission
from api_service.cors import Cors
from api_service.database import Database, open_database
from api_service.display_names import DisplayNames
from api_service.health import Health
from api_service.ledger.duty import Ledger
from api_service.ledger.metrics import LedgerMetrics
from api_service.metrics import Metrics
from api_service.openapi import Operation, document
from api_service.presses import Presses
from api_service.requests import NO_STORE
from api_service.results import Results
from api_service.rooms import Rooms
from api_service.server import ApiServer, listening
from api_service.viewers import Viewers
from shared import rest
from shared.engine import Engine
from shared.room_settings import RoomSettings
from shared.shards import Shards
from shared.store import open_store
from shared.tasks import end
from shared.tokens import Signer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from shared.settings import Settings

    Duty = Coroutine[object, object, None]

OWNER_REFUSALS = (problems.INVALID_ROOM_TOKEN, problems.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Service:
    """The routes' parts, what they share, and the duties in the background."""

    metrics: Metrics
    health: Health
    presses: Presses
    rooms: Rooms
    viewers: Viewers
    results: Results
    database: Database
    ledger: Ledger
    absence: Absence


def operations(service: Service) -> list[Operation]:
    """Every route and all that it may answer: the application and its schema are made of these."""
    rooms, viewers, health = service.rooms, service.viewers, service.health
    return [
        # Tried in this order, so the hot one is first.
        Operation(
            "POST",
            "/api/rooms/{room_id}/events",
            service.presses,
            "Press buttons, in a batch or one at a time.",
            body=(rest.Batch, rest.SinglePress),
            answers=(rest.Pressed, rest.GameOver),
            refusals=(
                problems.INVALID_BODY,
                problems.INVALID_PUSH_COUNT,
                problems.UNKNOWN_EVENT_TYPE,
                problems.INVALID_VIEWER,
                problems.GAME_NOT_STARTED,
                problems.LEDGER_FULL,
            ),
        ),
        Operation(
            "GET",
            "/get_viewer_id",
            viewers.from_cookie,
            "Confirm the viewer that the cookie names, or issue a new one.",
            answers=(rest.Viewer,),
            headers=("Set-Cookie",),
            refusals=(problems.RATE_LIMITED, problems.STORE_UNAVAILABLE),
        ),
        Operation(
            "POST",
            "/api/viewers",
            viewers.confirm,
            "Confirm the viewer that the body names, or issue a new one.",
            body=(rest.ConfirmViewer,),
            body_required=False,
            answers=(rest.Viewer,),
            refusals=(
                problems.INVALID_BODY,
                problems.RATE_LIMITED,
                problems.STORE_UNAVAILABLE,
            ),
        ),
        Operation(
            "POST",
            "/api/viewers/set_name",
            viewers.set_name,
            "Set a viewer's display name.",
            body=(rest.SetName,),
            answers=(rest.Viewer,),
            refusals=(
                problems.INVALID_BODY,
                problems.INVALID_VIEWER,
                problems.STORE_UNAVAILABLE,
            ),
        ),
        Operation(
            "POST",
            "/api/rooms",
            rooms.open,
            "Open a room ahead of its game.",
            body=(rest.OpenRoom,),
            body_required=False,
            status=201,
            answers=(rest.RoomOpened,),
            security="game_key",
            refusals=(
                problems.INVALID_BODY,
                problems.INVALID_SETTINGS,
                problems.INVALID_GAME_KEY,
                problems.RATE_LIMITED,
                problems.STORE_UNAVAILABLE,
            ),
        ),
        Operation(
            "GET",
            "/api/rooms/{room_id}",
            rooms.get,
            "Look at a room.",
            answers=(rest.Room,),
        ),
        Operation(
            "PATCH",
            "/api/rooms/{room_id}/settings",
            rooms.change_settings,
            "Change a room's settings: merges the top level, replaces lists.",
            body=(RoomSettings,),
            answers=(RoomSettings,),
            security="room_token",
            refusals=(problems.INVALID_BODY, problems.INVALID_SETTINGS, *OWNER_REFUSALS),
        ),
        Operation(
            "POST",
            "/api/rooms/{room_id}/join",
            rooms.join,
            "Mark a viewer active.",
            body=(rest.Join,),
            answers=(rest.Joined,),
            refusals=(problems.INVALID_BODY, problems.INVALID_VIEWER),
        ),
        Operation(
            "GET",
            "/api/rooms/{room_id}/stats",
            rooms.stats,
            "Every button's state, in the settings' order.",
            answers=(rest.RoomStats,),
        ),
        Operation(
            "GET",
            "/api/rooms/{room_id}/results",
            service.results.get,
            "The totals of a round that has ended.",
            query=rest.ResultsQuery,
            answers=(rest.Results,),
            refusals=(
                problems.INVALID_QUERY,
                problems.ROOM_NOT_ENDED,
                problems.RESULTS_PENDING,
            ),
        ),
        Operation(
            "POST",
            "/api/rooms/{room_id}/reset",
            rooms.reset,
            "Zero the running round's counts.",
            answers=(rest.RoomStats,),
            security="room_token",
            refusals=OWNER_REFUSALS,
        ),
        Operation(
            "POST",
            "/api/rooms/{room_id}/block",
            rooms.block,
            "Stop counting a viewer's presses in this room, and hide its name.",
            body=(rest.Block,),
            answers=(rest.Blocked,),
            security="room_token",
            refusals=(problems.INVALID_BODY, *OWNER_REFUSALS),
        ),
        *health_operations(health),
    ]


def health_operations(health: Health) -> list[Operation]:
    """The routes that tell how the process is."""
    return [
        Operation("GET", "/healthz", health.alive, "The process lives.", answers=(rest.Alive,)),
        Operation(
            "GET",
            "/readyz",
            health.readiness,
            "Whether requests should be sent here.",
            answers=(rest.Readiness,),
            also={503: rest.Readiness},
        ),
        Operation(
            "GET",
            "/metrics",
            health.metrics,
            "Figures in Prometheus' text format.",
            security="admin_token",
            refusals=(problems.INVALID_ADMIN_TOKEN,),
        ),
    ]


def create_app(settings: Settings, service: Service, listed: list[Operation]) -> ASGIApp:
    """The ASGI application of these routes, with its schema at /openapi.json."""

    async def schema(_: Request) -> Response:
        return Response(text, headers=NO_STORE, media_type="application/json")

    listed.append(
        Operation("GET", "/openapi.json", schema, "This schema.", answers=(dict,)),
    )
    text = msgspec.json.encode(document(listed))
    app = Starlette(
        routes=[Route(o.path, o.endpoint, methods=[o.method]) for o in listed],
        exception_handlers=problems.handlers(service.metrics.store_errors.inc),
    )
    # No redirects to paths with or without a slash: behind a proxy they lead elsewhere.
    app.router.redirect_slashes = False
    # Outside of the application, so that its answer to a crash carries the headers too.
    return Cors(Admission(app, service.metrics.overloaded.inc), settings)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Service]:
    """The service on clients of its own, closed in the end; neither server need be there yet."""
    signer = Signer(settings.secret_keys)
    async with (
        open_database(settings.database_url) as database,
        open_store(settings.redis_url, client_name="streamario-api") as store,
    ):
        engine = Engine(
            store,
            tap=settings.game_events_tap,
            active_per_address=settings.active_per_address,
            ledger_backlog=settings.ledger_backlog,
        )
        shards = Shards(store)
        metrics = Metrics()
        names = DisplayNames(store, database)
        yield Service(
            metrics=metrics,
            health=Health(store, database, metrics, settings.admin_token),
            presses=Presses(engine, signer, names, settings, metrics),
            rooms=Rooms(engine, signer, settings),
            viewers=Viewers(engine, signer, names, settings),
            results=Results(engine, database),
            database=database,
            ledger=Ledger(shards, database, LedgerMetrics(metrics.registry)),
            absence=Absence(engine, shards, settings.reconnect_grace),
        )


async def serve(settings: Settings, *, stop: asyncio.Event, ready: asyncio.Event) -> None:
    """Serve the API, with the background duties where `LEDGER` is on; set `ready` once it listens.

    Once `stop` is set it is not ready any more, serves on for `DRAIN_DELAY`, so that balancers
    see it, and finishes what is under way.

    Raises OSError where the port is taken, and StoreUnfit where a server must not be used as it is.
    """
    duties = _duties if settings.ledger else _no_duties
    await _serve(settings, operations, duties, stop, ready)


async def serve_ledger(settings: Settings, *, stop: asyncio.Event, ready: asyncio.Event) -> None:
    """Run the background duties alone; only how the process is can be asked of it.

    Raises OSError where the port is taken, and StoreUnfit where a server must not be used as it is.
    """

    def routes(service: Service) -> list[Operation]:
        return health_operations(service.health)

    await _serve(settings, routes, _duties, stop, ready)


def _duties(service: Service) -> list[Duty]:
    return [service.ledger.run_forever(), service.absence.run_forever()]


def _no_duties(_: Service) -> list[Duty]:
    return []


async def _serve(
    settings: Settings,
    routes: Callable[[Service], list[Operation]],
    duties: Callable[[Service], list[Duty]],
    stop: asyncio.Event,
    ready: asyncio.Event,
) -> None:
    with listening(settings.host, settings.port) as sockets:
        async with opened(settings) as service:
            await service.database.require_schema()
            server = ApiServer(create_app(settings, service, routes(service)), ready)
            async with _alongside(
                service.health.watch_redis(),
                service.health.watch_database(),
                *duties(service),
                _drain(service.health, server, stop, settings.drain_delay),
            ):
                await server.serve(sockets)


async def _drain(health: Health, server: ApiServer, stop: asyncio.Event, delay: float) -> None:
    await stop.wait()
    health.draining = True
    await asyncio.sleep(delay)
    server.should_exit = True


@asynccontextmanager
async def _alongside(*duties: Duty) -> AsyncIterator[None]:
    """Run duties for as long as the block runs; the first that fails ends it with its error."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(duty) for duty in duties]
            yield
            await end(*tasks)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
