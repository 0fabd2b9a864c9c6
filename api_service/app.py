"""The API service: `opened` builds it, `serve` runs it."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace

import msgspec
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from api_service.books.database import Database, open_database
from api_service.duties.check_conservation import Conservation
from api_service.duties.end_abandoned_rounds import AbandonedRounds
from api_service.duties.end_due_rounds import DueRounds
from api_service.http import problems
from api_service.http.headers import OF_JSON
from api_service.http.listeners import listening
from api_service.http.middleware import RequestMiddleware
from api_service.http.operations import Endpoint, Operation, endpoints_of, operation_of
from api_service.http.own_pages import guard_of
from api_service.http.server import ApiServer
from api_service.ledger.duty import Ledger
from api_service.ledger.metrics import LedgerMetrics
from api_service.metrics import ApiMetrics, RoundMetrics, ServiceName
from api_service.pages.pages import Pages, Sources, Titles
from api_service.routes.display_names import DisplayNames
from api_service.routes.health import Health
from api_service.routes.moderation import People, Tokens
from api_service.routes.name_masks import NameMasks
from api_service.routes.openapi import document
from api_service.routes.presses import Presses
from api_service.routes.results import ResultsRoute
from api_service.routes.rooms import Rooms
from api_service.routes.rounds import Rounds
from api_service.routes.short_links import ShortLinks
from api_service.routes.viewers import Viewers
from api_service.studio.handles import HandleRooms, Handles
from api_service.studio.history.past_rooms import Listing, PastRooms
from api_service.studio.invitations import Invitations
from api_service.studio.media import MediaRoutes
from api_service.studio.setups import Setups
from api_service.studio.studios import Studios
from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.shard_ledger import Shards
from shared.identity.tokens import Signer
from shared.process.settings import Settings
from shared.process.tasks import end
from shared.process.telemetry import fields
from shared.redis_store.store import open_store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """The objects whose methods answer requests, the background tasks, and what they share."""

    health: Health
    presses: Presses
    others: tuple[object, ...]
    short_links: ShortLinks
    pages: Sources
    duties: tuple[Ledger | AbandonedRounds | Conservation | DueRounds, ...]
    metrics: ApiMetrics
    database: Database


def create_app(settings: Settings, service: Service, *, whole: bool) -> ASGIApp:
    """The ASGI application, with its schema at /openapi.json: whole, or for probes and metrics."""

    @Operation("GET", "/openapi.json", answers=(dict,))
    async def schema(_: Request) -> Response:
        """Get this schema."""
        return Response(text, headers=OF_JSON, media_type="application/json")

    # The hot route is first: Starlette tries the routes in their order.
    owners = (service.presses, *service.others, service.health) if whole else (service.health,)
    listed = (*endpoints_of(*owners), schema)
    secrets = {"game_key": settings.game_keys, "admin_token": settings.admin_token}
    not_needed = [name for name, known in secrets.items() if not known]
    text = msgspec.json.encode(document([operation_of(each) for each in listed], not_needed))
    handlers = problems.handlers(service.metrics)
    pages = Pages(settings, service.pages) if whole else None
    routes: list[BaseRoute] = _routes_of(listed, settings)
    if pages:
        routes += [*pages.routes(), Route("/j/{code}", service.short_links.follow)]
    app = Starlette(
        routes=routes, exception_handlers=pages.showing(handlers) if pages else handlers
    )
    # No redirects to paths with or without a slash: behind a proxy they are wrong.
    app.router.redirect_slashes = False
    # Outside of the application, so that its answer to a crash has the headers too.
    return RequestMiddleware(
        app,
        settings,
        presses=service.presses.press if whole else None,
        handlers=handlers,
        count_refused=service.metrics.overloaded.inc,
    )


def _routes_of(listed: Iterable[Endpoint], settings: Settings) -> list[BaseRoute]:
    """One route for each path, so that a 405 lists all of its methods (RFC 9110, 15.5.6)."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    guarded = guard_of(settings)
    for endpoint in listed:
        operation = operation_of(endpoint)
        answer = guarded(endpoint) if operation.is_for_own_pages else endpoint
        by_path.setdefault(operation.path, {})[operation.method] = answer
    return [Route(path, _by_method(found), methods=[*found]) for path, found in by_path.items()]


def _by_method(endpoints: dict[str, Endpoint]) -> Endpoint:
    async def answer(request: Request) -> Response:
        # Starlette lets HEAD through wherever it does GET.
        method = "GET" if request.method == "HEAD" else request.method
        return await endpoints[method](request)

    return answer if len(endpoints) > 1 else next(iter(endpoints.values()))


@asynccontextmanager
async def opened(settings: Settings, name: ServiceName = "api") -> AsyncIterator[Service]:
    """The service, with its own Redis and PostgreSQL clients; both servers may still be away."""
    signer = Signer(settings.secret_keys)
    async with (
        open_database(settings.database_url) as database,
        open_store(settings.redis_url, client_name="streamario-api", library=LIBRARY) as store,
    ):
        engine = Engine(
            store,
            tap=settings.game_events_tap,
            active_per_address=settings.active_per_address,
            ledger_backlog=settings.ledger_backlog,
            ledger_backlog_bytes=settings.ledger_backlog_bytes,
        )
        shards = Shards(store)
        metrics = ApiMetrics(name)
        # A process that books nothing exports no lag: its 0 would be wrong.
        ledger_registry = metrics.registry if settings.ledger else CollectorRegistry()
        names = DisplayNames(store, database)
        health = Health(store, database, metrics.registry.expose, settings.admin_token)
        metrics.watch(
            ready=lambda: health.ready,
            redis=lambda: health.redis_answers,
            database=lambda: health.database_answers,
        )
        behind = (engine, signer, database, settings)
        viewers = Viewers(*behind, names)
        handle_rooms = HandleRooms(engine, database, settings.viewers_per_address)
        invitations = Invitations(settings, handle_rooms)
        listing = Listing(engine, database, handle_rooms)
        masks = NameMasks(engine)
        yield Service(
            health=health,
            presses=Presses(engine, signer, names, masks, metrics),
            others=(
                viewers,
                Rooms(*behind, viewers, names, masks, metrics, invitations, listing),
                Rounds(*behind),
                ResultsRoute(*behind),
                People(*behind),
                Tokens(*behind),
                Studios(*behind),
                Handles(*behind, handle_rooms),
                MediaRoutes(*behind),
                Setups(*behind),
                PastRooms(*behind, listing),
            ),
            short_links=ShortLinks(*behind),
            pages=Sources(engine, Titles(engine), handle_rooms, invitations),
            duties=(
                Ledger(shards, database, LedgerMetrics(ledger_registry, settings)),
                AbandonedRounds(engine, shards, settings.reconnect_grace),
                Conservation(store, RoundMetrics(ledger_registry)),
                DueRounds(engine, shards),
            ),
            metrics=metrics,
            database=database,
        )


async def serve(
    settings: Settings,
    *,
    stop: asyncio.Event,
    ready: asyncio.Event,
    sockets: list[socket.socket] | None = None,
) -> None:
    """Serve the API, with the background tasks if `LEDGER` is on; set `ready` once it listens.

    Once `stop` is set, `/readyz` fails; the service continues for `DRAIN_DELAY`, so that load
    balancers notice, then finishes the requests under way. It listens on `PORT`, or on `sockets`.

    Raises OSError if the port is taken, and StoreUnfit or DatabaseUnfit if a server must not be
    used as it is.
    """
    if settings.api_url.startswith("https:") and not settings.public_ws_url:
        log.warning("pages over https reach no gateway, set PUBLIC_WS_URL to its wss:// address")
    await _serve("api", settings, stop, ready, sockets)


async def serve_ledger(
    settings: Settings,
    *,
    stop: asyncio.Event,
    ready: asyncio.Event,
    sockets: list[socket.socket] | None = None,
) -> None:
    """Run the background tasks alone; HTTP serves only probes and metrics. Otherwise as `serve`."""
    if sockets:
        _, port = sockets[0].getsockname()[:2]
        log.info("probes and metrics of the ledger", extra=fields(port=port))
    alone = replace(settings, ledger=True)
    await _serve("ledger", alone, stop, ready, sockets)


async def _serve(
    name: ServiceName,
    settings: Settings,
    stop: asyncio.Event,
    ready: asyncio.Event,
    inherited: list[socket.socket] | None,
) -> None:
    own = nullcontext(inherited) if inherited else listening(settings.host, settings.port)
    with own as sockets:
        async with opened(settings, name) as service:
            await service.database.require_schema()
            health = service.health
            server = ApiServer(create_app(settings, service, whole=name == "api"), ready)
            async with _alongside(
                health.watch_redis(),
                health.watch_database(),
                *(duty.run_forever() for duty in service.duties if settings.ledger),
                _drain(health, server, stop, settings.drain_delay),
            ):
                await server.serve(sockets)


async def _drain(health: Health, server: ApiServer, stop: asyncio.Event, delay: float) -> None:
    await stop.wait()
    health.draining = True
    await asyncio.sleep(delay)
    server.should_exit = True


@asynccontextmanager
async def _alongside(*duties: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run duties while the block runs; the first that fails ends the block with its error."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(duty) for duty in duties]
            yield
            await end(*tasks)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
