"""The gateway: who may come in, what becomes of a socket, and how all of them leave."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from contextlib import AbstractAsyncContextManager, suppress
from typing import TYPE_CHECKING, TypeVar

import msgspec
from ulid import ULID
from websockets.asyncio.server import Server, ServerConnection
from websockets.asyncio.server import serve as serve_websockets
from websockets.typing import Subprotocol

from shared.addresses import client_address
from shared.engine import Engine
from shared.messages import SUBPROTOCOL, Message, RoomCreated, RoomReady
from shared.opening import open_room
from shared.replies import (
    Attachment,
    EngineError,
    RateLimited,
    RoomNotFound,
    RoomOver,
    TooManyAttaches,
)
from shared.room_settings import DEFAULT_SETTINGS
from shared.store import StoreUnavailable, open_store
from shared.tasks import end
from shared.telemetry import fields
from shared.tokens import GameKeys, Signer
from ws_gateway import close_codes
from ws_gateway.handshake import (
    Claim,
    Refusal,
    check_origin,
    offered_subprotocols,
    read_claim,
    read_query,
    read_secrets,
)
from ws_gateway.hub import Hub
from ws_gateway.inbox import Inbox
from ws_gateway.inspection import inspect_forever
from ws_gateway.metrics import Metrics
from ws_gateway.plain_http import refuse, respond, respond_json
from ws_gateway.session import Session, say_farewell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from websockets.http11 import Request, Response

    from shared.addresses import Address
    from shared.settings import Settings

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

PING_EVERY, GIVE_UP_AFTER = 20, 60  # s: a game's main loop may stall for longer than a ping takes
HARD_LIMIT = 1024 * 1024  # bytes of a message; from 64 KiB on it is refused with a word
SPREAD_PER_SOCKET = 0.02  # s: how far apart a draining gateway sends its games away
LONGEST_SPREAD = 10.0  # s
LEAVE_WITHIN = 10.0  # s that a game has after its `reconnect` came due
PART_WITHIN = 6.0  # s that the last farewells may take


class Entry(msgspec.Struct, frozen=True):
    """What a handshake granted."""

    room_id: str
    is_new: bool
    claim: Claim


class GameConnection(ServerConnection):
    """A connection that remembers what its handshake granted, and gives its place back."""

    entry: Entry
    places: set[ServerConnection] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.places is not None:
            self.places.discard(self)


class Gateway:
    """One gateway: its rooms, its inbox, its door."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.hub = Hub()
        self._settings = settings
        self._engine = engine
        self._signer = Signer(settings.secret_keys)
        self._game_keys = GameKeys(settings.game_keys)
        self._admin = GameKeys([settings.admin_token])
        self._id = str(ULID())
        self._metrics = Metrics()
        self.inbox = Inbox(engine, self.hub, self._id, self._metrics)
        self._metrics.watch(lambda: len(self.hub), lambda: self.inbox.echo_age)
        self._places: set[ServerConnection] = set()
        self._draining = False
        self._closed = False

    # Before the upgrade.

    async def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Health and metrics over plain HTTP; for a game None (go on with the upgrade) or a
        refusal.
        """
        path, _, query = request.path.partition("?")
        match path:
            case "/healthz":
                return respond_json(200, {"status": "ok"})
            case "/readyz":
                return self._readiness()
            case "/metrics":
                return self._expose(_header(request, "Authorization"))
            case "/ws-unity":
                return await self._admit(connection, request, query)
        return refuse(Refusal(404, "not_found", "There is nothing here."))

    def _readiness(self) -> Response:
        hears = self.inbox.hears
        ready = hears and not self._draining
        body = {"ready": ready, "draining": self._draining, "redis": "ok" if hears else "away"}
        return respond_json(200 if ready else 503, body)

    def _expose(self, authorization: str) -> Response:
        scheme, _, shown = authorization.partition(" ")
        if not self._admin.allows(shown.strip() if scheme.lower() == "bearer" else None):
            return refuse(Refusal(401, "invalid_admin_token", "Metrics need the admin token."))
        return respond(200, "text/plain; version=0.0.4; charset=utf-8", self._metrics.expose())

    async def _admit(
        self, connection: ServerConnection, request: Request, query: str
    ) -> Response | None:
        if request.method != "GET" or "websocket" not in _header(request, "Upgrade").lower():
            return None  # the library answers 405 or 426
        assert isinstance(connection, GameConnection)
        try:
            connection.entry = await self._grant(connection, request, query)
        except Refusal as refusal:
            self._places.discard(connection)
            self._metrics.refused.labels(refusal.status).inc()
            return refuse(refusal)
        return None

    async def _grant(self, connection: GameConnection, request: Request, query: str) -> Entry:
        self._take_place(connection)
        headers = request.headers
        check_origin(_header(request, "Origin") or None, self._settings.game_origins)
        asked = read_query(query)
        subprotocols = offered_subprotocols(headers.get_all("Sec-WebSocket-Protocol"))
        secrets = read_secrets(asked, subprotocols, _header(request, "Authorization"))
        claim = read_claim(asked, secrets, self._signer, self._game_keys, time.time())
        if claim.room_id is not None:
            await _or_refused(self._engine.admit(claim.room_id))
            return Entry(room_id=claim.room_id, is_new=False, claim=claim)
        address = self._address(connection, headers.get_all("X-Forwarded-For"))
        limit = self._settings.rooms_per_address
        opened = await _or_refused(
            open_room(self._engine, DEFAULT_SETTINGS, address, limit, keyed=claim.keyed)
        )
        return Entry(room_id=opened.room_id, is_new=True, claim=claim)

    def _address(self, connection: ServerConnection, forwarded_for: list[str]) -> Address:
        peer = connection.remote_address
        return client_address(
            peer[0] if peer else None, forwarded_for, self._settings.trusted_proxies
        )

    def _take_place(self, connection: GameConnection) -> None:
        if self._closed:
            raise Refusal(503, "draining", "This gateway goes away; another one takes the game.", 1)
        if not self.inbox.hears:
            raise Refusal(503, "store_unavailable", "The store is away; try again in a moment.", 2)
        if len(self._places) >= self._settings.max_sockets:
            raise Refusal(503, "too_many_sockets", "This gateway is full.", 5)
        self._places.add(connection)
        connection.places = self._places

    # After the upgrade.

    async def serve_game(self, connection: ServerConnection) -> None:
        """One game socket, from attach to parting."""
        assert isinstance(connection, GameConnection)
        entry = connection.entry
        try:
            session = await self._attach(connection, entry)
        except RoomNotFound:
            return await say_farewell(connection, close_codes.NO_SUCH_ROOM)
        except StoreUnavailable as away:
            log.warning("attach failed", extra=fields(room_id=entry.room_id, error=str(away)))
            return await say_farewell(connection, close_codes.GOING_AWAY)
        try:
            await session.run()
        finally:
            self.hub.leave(session)
            log.info("game socket closed", extra=fields(room_id=entry.room_id, term=session.term))

    async def _attach(self, connection: GameConnection, entry: Entry) -> Session:
        claim = entry.claim
        held = await self._engine.attach(
            entry.room_id, self._id, epoch=claim.epoch, last_seq=claim.last_seq, skip=claim.skip
        )
        greeting = self._greeting(entry, held)
        session = Session(
            connection, self._engine, self._id, entry.room_id, held, greeting, self._metrics
        )
        self.hub.register(session)
        if self._closed:  # the others were told while this one attached
            session.part(close_codes.GOING_AWAY)
        self._metrics.attached.inc()
        if self._settings.socket_max_age:
            session.expire(self._settings.socket_max_age)
        facts = fields(
            room_id=entry.room_id, term=held.term, new=entry.is_new, after=held.start, seq=held.seq
        )
        log.info("game socket attached", extra=facts)
        return session

    def _greeting(self, entry: Entry, held: Attachment) -> Message:
        web_url = self._settings.viewer_page(entry.room_id)
        token = self._signer.room_token(entry.room_id, time.time())
        if entry.is_new:
            return RoomCreated(
                room_id=entry.room_id,
                web_url=web_url,
                room_token=token,
                epoch=held.epoch,
                seq=held.seq,
            )
        return RoomReady(
            room_id=entry.room_id,
            web_url=web_url,
            room_token=token,
            epoch=held.epoch,
            seq=held.seq,
            status=held.status,
            round=held.round,
            recovered=held.recovered,
            replayed=held.seq - held.start,
        )

    # Leaving.

    async def drain(self) -> None:
        """Let the balancer notice, ask every game to reconnect elsewhere, then close what is left.

        With `DRAIN_DELAY` 0 there is no balancer to wait for, and no other gateway to go to.
        """
        self._draining = True
        if self._settings.drain_delay:
            log.info("draining", extra=fields(sockets=len(self.hub)))
            await asyncio.sleep(self._settings.drain_delay)
            self._closed = True
            await self._send_away()
        self._closed = True
        for owner in self.hub:
            owner.part(close_codes.GOING_AWAY)
        await self._wait_empty(PART_WITHIN)

    async def _send_away(self) -> None:
        owners = list(self.hub)
        spread = min(LONGEST_SPREAD, SPREAD_PER_SOCKET * len(owners))
        for i, owner in enumerate(owners):
            owner.ask_reconnect(math.floor(1000 * spread * i / len(owners)))
        await self._wait_empty(spread + LEAVE_WITHIN)

    async def _wait_empty(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.hub.wait_empty()


async def _or_refused(call: Awaitable[Answer]) -> Answer:
    """What the engine answers, or its refusal as the handshake's."""
    try:
        return await call
    except RateLimited as limit:
        seconds = math.ceil(limit.retry_after_ms / 1000)
        raise Refusal(429, "rate_limited", "This address opens too many rooms.", seconds) from None
    except StoreUnavailable:
        raise Refusal(
            503, "store_unavailable", "The store is away; try again in a moment.", 2
        ) from None
    except EngineError as refusal:
        status, code, sentence = REFUSALS[type(refusal)]
        raise Refusal(status, code, sentence) from None


# Refusals of the engine, as the handshake answers them.
REFUSALS: dict[type[EngineError], tuple[int, str, str]] = {
    RoomNotFound: (404, "room_not_found", "There is no such room."),
    RoomOver: (404, "room_over", "The room is over, and its game has the summary."),
    TooManyAttaches: (429, "too_many_attaches", "More than 5 attaches of this room in 10 s."),
}


def _header(request: Request, name: str) -> str:
    """A header's value; several are one list, as RFC 9110, section 5.3, has it."""
    return ", ".join(request.headers.get_all(name))


def _select_subprotocol(
    _connection: ServerConnection, offered: Sequence[Subprotocol]
) -> Subprotocol | None:
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


async def serve(settings: Settings, *, stop: asyncio.Event, ready: asyncio.Event) -> None:
    """Run a gateway: `ready` is set once it listens; after `stop` it drains and returns.

    Raises StoreUnfit where Redis must not be used as it is configured, OSError where the port is
    taken.
    """
    async with open_store(settings.redis_url, client_name="streamario-gateway") as store:
        engine = Engine(
            store, tap=settings.game_events_tap, active_per_address=settings.active_per_address
        )
        gateway = Gateway(settings, engine)
        async with _door(gateway, settings):
            ready.set()
            await _run(gateway, stop)


async def _run(gateway: Gateway, stop: asyncio.Event) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            duties = [
                group.create_task(gateway.inbox.listen_forever(), name="inbox"),
                group.create_task(gateway.inbox.echo_forever(), name="echo"),
                group.create_task(inspect_forever(gateway.hub), name="inspection"),
            ]
            await stop.wait()
            await gateway.drain()
            await end(*duties)
    except BaseExceptionGroup as failed:
        # The first duty that fails cancels the others: whoever runs the gateway hears of that one.
        raise failed.exceptions[0] from None


def _door(gateway: Gateway, settings: Settings) -> AbstractAsyncContextManager[Server]:
    return serve_websockets(
        gateway.serve_game,
        settings.host,
        settings.unity_ws_port,
        process_request=gateway.answer,
        select_subprotocol=_select_subprotocol,
        create_connection=GameConnection,
        compression=None,
        server_header=None,
        max_size=HARD_LIMIT,
        max_queue=16,
        open_timeout=10,
        ping_interval=PING_EVERY,
        ping_timeout=GIVE_UP_AFTER,
        close_timeout=2,
    )
