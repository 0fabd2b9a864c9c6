"""The gateway: it serves the accepted sockets, and drains them on shutdown."""

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from socket import SO_RCVBUF, SOL_SOCKET

from ulid import ULID
from websockets.asyncio.server import Server, ServerConnection
from websockets.asyncio.server import serve as serve_websockets
from websockets.typing import Subprotocol

from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.refusals import GameConnected, RoomNotFound
from shared.engine.replies import Attachment
from shared.identity.origins import can_be_rebound
from shared.identity.tokens import Signer
from shared.process import gc_tuning
from shared.process.settings import Settings
from shared.process.tasks import end
from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, open_store
from shared.wire.game_messages import SUBPROTOCOL, Message, RoomCreated, RoomReady
from ws_gateway.games.commands import Commands
from ws_gateway.games.hub import Hub
from ws_gateway.games.session import GameSession
from ws_gateway.games.written_positions import WrittenPositions
from ws_gateway.handshakes.handshakes import Handshakes, guard
from ws_gateway.inbox import Inbox
from ws_gateway.metrics import GatewayMetrics
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.connection import Connection
from ws_gateway.sockets.grants import GameEntry, ViewerEntry
from ws_gateway.upkeep import inspect_forever, ping_forever
from ws_gateway.viewers.audience import Audience

log = logging.getLogger(__name__)

BACKLOG = 2048  # connections that wait to be accepted: games reconnect all at once
# Bytes that one socket may have waiting: all that waits is read and parsed at once, before others
# have their turn. As many of the smallest messages take 10 ms.
RECEIVE_BUFFER = 32 * 1024
HARD_LIMIT = 1024 * 1024  # bytes of a message; one over 64 KiB gets an `error` before the close
SPREAD_PER_SOCKET = 0.02  # s between two sockets that a draining gateway sends away
LONGEST_SPREAD = 10.0  # s
LEAVE_WITHIN = 10.0  # s that a game has to leave after its `reconnect` is due
PART_WITHIN = 6.0  # s for the last close messages


class Gateway:
    """One gateway: its rooms, its inbox, its handshakes."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.hub = Hub()
        self.positions = WrittenPositions()
        self._settings = settings
        self._engine = engine
        self._signer = Signer(settings.secret_keys)
        self._id = str(ULID())
        self._metrics = GatewayMetrics()
        self.audience = Audience(engine, self._id, self._metrics)
        self.inbox = Inbox(engine, self.hub, self.audience, self._id, self._metrics)
        self.handshakes = Handshakes(
            settings, engine, self._signer, self.inbox, self.audience, self._metrics
        )
        self._metrics.watch(
            ready=lambda: self.handshakes.ready,
            sockets=lambda: len(self.hub),
            max_sockets=lambda: settings.max_sockets,
            viewer_sockets=lambda: len(self.audience),
            max_viewer_sockets=lambda: settings.max_viewer_sockets,
            inbox_echo_age_seconds=lambda: self.inbox.echo_age,
        )

    # After the upgrade.

    async def serve_socket(self, connection: ServerConnection) -> None:
        """Serve one socket, a game's or a viewer's, until it is closed."""
        assert isinstance(connection, Connection)
        entry = connection.entry
        connection.forget_handshake()
        if isinstance(entry, ViewerEntry):
            await self.audience.serve(connection, entry)
        else:
            await self._serve_game(connection, entry)

    async def _serve_game(self, connection: Connection, entry: GameEntry) -> None:
        """Serve one game socket, from attach to close."""
        try:
            session = await self._attach(connection, entry)
        except RoomNotFound:
            return await connection.send_and_close(close_codes.NO_SUCH_ROOM)
        except GameConnected:
            return await connection.send_and_close(close_codes.GAME_CONNECTED)
        except StoreError as away:
            self._metrics.redis_errors.inc()
            log.warning("attach failed", extra=fields(room_id=entry.room_id, error=str(away)))
            return await connection.send_and_close(close_codes.GOING_AWAY)
        try:
            await session.run(Commands(session).handle)
        finally:
            self.hub.leave(session)
            log.info("game socket closed", extra=fields(room_id=entry.room_id, term=session.term))

    async def _attach(self, connection: Connection, entry: GameEntry) -> GameSession:
        claim = entry.claim
        held = await self._engine.attach(
            entry.room_id,
            self._id,
            log_epoch=claim.log_epoch,
            last_seq=claim.last_seq,
            skip=claim.skip,
            above=self.hub.term(entry.room_id),
            stand_in=claim.stand_in,
        )
        greeting = self._greeting(entry, held)
        session = GameSession(
            connection, self._engine, self._metrics, self._id, self.positions, entry, held, greeting
        )
        self.hub.register(session)
        if self.handshakes.closed:  # the drain began while this socket attached
            session.part(close_codes.GOING_AWAY)
        self._metrics.attached.inc()
        if self._settings.socket_max_age:
            session.expire(self._settings.socket_max_age)
        facts = fields(
            room_id=entry.room_id, term=held.term, new=entry.is_new, after=held.start, seq=held.seq
        )
        log.info("game socket attached", extra=facts)
        return session

    def _greeting(self, entry: GameEntry, held: Attachment) -> Message:
        web_url = self._settings.viewer_page(entry.room_id)
        token = self._signer.room_token(entry.room_id, time.time())
        # Both messages begin with these.
        first = entry.room_id, web_url, token, held.log_epoch, held.seq
        api_url = self._settings.api_url_from(entry.host, is_public=can_be_rebound(entry.host))
        if entry.is_new:
            return RoomCreated(*first, api_url=api_url)
        return RoomReady(
            *first,
            api_url=api_url,
            status=held.status,
            round=held.round,
            recovered=held.recovered,
            replayed=held.seq - held.start,
        )

    # Leaving.

    async def drain(self) -> None:
        """Wait for the balancer to notice, ask games to reconnect, then close remaining sockets.

        `DRAIN_DELAY` 0 means a single gateway without a balancer: the sockets are closed at once.
        """
        self.handshakes.draining = True
        if self._settings.drain_delay:
            log.info(
                "draining", extra=fields(sockets=len(self.hub), viewer_sockets=len(self.audience))
            )
            await asyncio.sleep(self._settings.drain_delay)
            self.handshakes.closed = True
            await asyncio.gather(
                self._send_games_away(), self.audience.send_away(_spread(len(self.audience)))
            )
        self.handshakes.closed = True
        for owner in self.hub:
            owner.part(close_codes.GOING_AWAY)
        await self.audience.send_away(0)
        await self._wait_empty(PART_WITHIN)

    async def _send_games_away(self) -> None:
        owners = list(self.hub)
        spread = _spread(len(owners))
        for i, owner in enumerate(owners):
            owner.ask_reconnect(math.floor(1000 * spread * i / len(owners)))
        await self._wait_empty(spread + LEAVE_WITHIN)

    async def _wait_empty(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.hub.wait_empty()


def _spread(sockets: int) -> float:
    """The time (s) over which this many sockets are sent away."""
    return min(LONGEST_SPREAD, SPREAD_PER_SOCKET * sockets)


def _select_subprotocol(
    _connection: ServerConnection, offered: Sequence[Subprotocol]
) -> Subprotocol | None:
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


async def serve(settings: Settings, *, stop: asyncio.Event, ready: asyncio.Event) -> None:
    """Run a gateway: set `ready` once it listens; when `stop` is set, drain and return.

    Raises OSError if the port is taken, and StoreUnfit if this Redis must not be used.
    """
    async with open_store(
        settings.redis_url, client_name="streamario-gateway", library=LIBRARY
    ) as store:
        engine = Engine(
            store,
            tap=settings.game_events_tap,
            active_per_address=settings.active_per_address,
            ledger_backlog=settings.ledger_backlog,
            ledger_backlog_bytes=settings.ledger_backlog_bytes,
        )
        gateway = Gateway(settings, engine)
        async with _listening(gateway, settings) as server:
            for listener in server.sockets:
                listener.setsockopt(SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER)
            gc_tuning.freeze_and_tune()
            ready.set()
            await _run(gateway, stop)


async def _run(gateway: Gateway, stop: asyncio.Event) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            duties = [
                group.create_task(gateway.inbox.listen_forever(), name="inbox"),
                group.create_task(gateway.inbox.echo_forever(), name="echo"),
                group.create_task(gateway.inbox.repair_forever(), name="repairs"),
                group.create_task(inspect_forever(gateway.hub), name="inspection"),
                group.create_task(ping_forever(gateway.hub), name="pings of games"),
                group.create_task(ping_forever(gateway.audience), name="pings of viewers"),
                group.create_task(gateway.audience.show_forever(), name="audience"),
                group.create_task(gateway.positions.write_forever(), name="positions"),
            ]
            await stop.wait()
            await gateway.drain()
            await end(*duties)
    except BaseExceptionGroup as failed:
        # The first duty that fails cancels the others: raise its exception.
        raise failed.exceptions[0] from None


def _listening(gateway: Gateway, settings: Settings) -> AbstractAsyncContextManager[Server]:
    return serve_websockets(
        gateway.serve_socket,
        settings.host,
        settings.unity_ws_port,
        process_request=gateway.handshakes.answer,
        process_response=guard,
        select_subprotocol=_select_subprotocol,
        create_connection=Connection,
        compression=None,
        server_header=None,
        max_size=HARD_LIMIT,
        max_queue=16,
        open_timeout=10,
        backlog=BACKLOG,
        ping_interval=None,  # `ping_forever` pings
        close_timeout=2,
    )
