"""Answers every HTTP request of the gateway: health, metrics, schema, and handshakes."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from typing import Final

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from shared.engine.engine import Engine, Payer
from shared.engine.open_room import open_room, spend_room
from shared.identity.addresses import Address, client_address, forwarded
from shared.identity.origins import Sender, linked_host
from shared.identity.tokens import AccessKeys, Signer, bearer_in, is_ulid
from shared.process.settings import Settings
from shared.process.telemetry import fields, known_request_id, new_request_id, request_id
from shared.redis_store.store import StoreUnavailable
from shared.wire.error_codes import (
    DRAINING,
    INVALID_ADMIN_TOKEN,
    INVALID_QUERY,
    NOT_FOUND,
    ROOM_NOT_FOUND,
    STORE_UNAVAILABLE,
)
from shared.wire.game_messages import SUBPROTOCOL
from shared.wire.languages import Sentence, preferred_language
from shared.wire.refusal import Refused, language_headers, problem_details, retry_header
from shared.wire.room_settings import DEFAULT_SETTINGS
from ws_gateway.handshakes.claims import (
    check_page,
    is_set,
    offered_subprotocols,
    own_pages,
    read_claim,
    read_query,
    read_secrets,
)
from ws_gateway.handshakes.limits import RefusalLimit, Slots
from ws_gateway.inbox import Inbox
from ws_gateway.metrics import GatewayMetrics
from ws_gateway.sockets.connection import Connection
from ws_gateway.sockets.grants import Claim, GameEntry, ViewerEntry
from ws_gateway.viewers.audience import Audience

LetIn = Callable[[Connection, Request, str], Awaitable[GameEntry | ViewerEntry]]

log = logging.getLogger(__name__)

HEAD_LIMIT = 32 * 1024  # characters of all headers; the library would read a megabyte
LONGEST_FROM_VIEWER = 1024  # bytes
STORE_RETRY = 2000  # ms
EMBEDDABLE: Final = "Cross-Origin-Resource-Policy"  # the origins whose pages may load a response
NO_ROOM_NAMED = Sentence(
    "room_id says which room to watch.", "見るルームを room_id で指定してください。"
)


@dataclass(eq=False)
class Handshakes:
    """Answers every HTTP request; if it answers None, the upgrade continues.

    While `draining` is set, `/readyz` answers 503; while `closed` is set, handshakes are refused.
    """

    _settings: Settings
    _engine: Engine
    _signer: Signer
    _inbox: Inbox
    _audience: Audience
    _metrics: GatewayMetrics
    draining: bool = False
    closed: bool = False

    def __post_init__(self) -> None:
        settings = self._settings
        self._game_keys = AccessKeys(settings.game_keys)
        self._admin = AccessKeys([settings.admin_token])
        self._own_pages = own_pages(settings)
        self._game_slots = Slots(settings.max_sockets)
        self._viewer_slots = Slots(settings.max_viewer_sockets, settings.viewer_sockets_per_address)
        self._refusal_limit = RefusalLimit()
        self._schema = (files("ws_gateway") / "asyncapi.json").read_bytes()

    async def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer health, metrics and schema over plain HTTP.

        For a handshake of a game or viewer, return None (continue the upgrade) or a refusal.
        """
        if refused := self._refused_unread(connection, request):
            return refused
        path, _, query = request.path.partition("?")
        request_id.set(self._request_id(connection, request))  # of this connection's task
        match path:
            case "/healthz":
                return self._liveness()
            case "/readyz":
                return self._readiness()
            case "/metrics":
                return self._expose(request)
            case "/asyncapi.json":
                return respond(200, "application/json", self._schema)
            case "/ws-unity":
                return await self._answer_upgrade(connection, request, query, self._let_game_in)
            case "/ws-viewer":
                return await self._answer_upgrade(connection, request, query, self._let_viewer_in)
        return refuse(request, Refused(NOT_FOUND))

    def _refused_unread(self, connection: ServerConnection, request: Request) -> Response | None:
        if connection.transport.is_closing():
            # The client is gone already. `connection_lost` may have run, so that nothing would give
            # back a slot taken now.
            return respond(400, "text/plain", b"")
        if sum(len(name) + len(value) for name, value in request.headers.raw_items()) > HEAD_LIMIT:
            self._metrics.refused.labels(431).inc()
            return respond(431, "text/plain", b"Request headers too large.\n")
        return None

    @property
    def ready(self) -> bool:
        """Whether a balancer should send sockets here: the inbox hears, and no drain has begun."""
        return self._inbox.hears and not self.draining

    def _liveness(self) -> Response:
        """Answer 200 while the process is alive.

        Browsers hide from a WebGL game why its handshake was refused. The game then requests this
        path: if it can read the answer, it takes the refusal as final. So pages of other origins
        may read the answer only while the gateway accepts games.
        """
        response = respond_json(200, {"status": "ok"})
        if self.ready and not self._game_slots.full:
            response.headers[EMBEDDABLE] = "cross-origin"
        return response

    def _readiness(self) -> Response:
        ready, redis = self.ready, "ok" if self._inbox.hears else "away"
        body = {"ready": ready, "draining": self.draining, "redis": redis}
        return respond_json(200 if ready else 503, body)

    def _request_id(self, connection: ServerConnection, request: Request) -> str:
        """The connection's id in the log: a trusted proxy's `X-Request-Id`, else a new id."""
        peer = connection.remote_address[0] if connection.remote_address else None
        header = _header(request, "X-Request-Id")
        from_proxy = forwarded(peer, self._settings.trusted_proxies, header)
        return known_request_id(from_proxy) or new_request_id()

    def _expose(self, request: Request) -> Response:
        if not self._admin.allows(bearer_in(_header(request, "Authorization"))):
            return refuse(request, Refused(INVALID_ADMIN_TOKEN))
        return respond(
            200, "text/plain; version=0.0.4; charset=utf-8", self._metrics.registry.expose()
        )

    async def _answer_upgrade(
        self, connection: ServerConnection, request: Request, query: str, let_in: LetIn
    ) -> Response | None:
        """Return None (continue the upgrade) if `let_in` grants an entry, else the refusal."""
        if request.method != "GET" or "websocket" not in _header(request, "Upgrade").lower():
            return None  # the library answers 405 or 426
        assert isinstance(connection, Connection)
        try:
            connection.entry = await let_in(connection, request, query)
            return None
        except Refused as why:
            refused = why
        except StoreUnavailable:
            refused = _away()
        connection.give_back_slot()
        kind, path = refused.kind, request.path.partition("?")[0]
        self._metrics.refused.labels(kind.status).inc()
        if kind is STORE_UNAVAILABLE:
            self._metrics.redis_errors.inc()
        log.info("socket refused", extra=fields(path=path, status=kind.status, code=kind.code))
        return refuse(request, refused)

    async def _let_game_in(self, connection: Connection, request: Request, query: str) -> GameEntry:
        """Check a game's handshake, one step after the other, and find its room or open one."""
        address = self._address(connection, request)
        self._take_slot(connection, self._game_slots, address)
        claim = self._check_claim(request, query, address)
        with self._refusal_limit.on(address.key, claim.room_id or "", proven=True):
            return await self._find_or_open_room(claim, request, address)

    def _check_claim(self, request: Request, query: str, address: Address) -> Claim:
        """The game's claim, with its secrets verified. The limit counts refusals."""
        claimed: dict[str, str] = {}
        try:
            check_page(Sender.told_by(request.headers.get_all), self._own_pages)
            claimed = read_query(query)
            secrets = read_secrets(claimed, _offered(request), _header(request, "Authorization"))
            return read_claim(claimed, secrets, self._signer, self._game_keys, time.time())
        except Refused:
            room_id = claimed.get("room_id", "")
            # Anything but a valid id is not used as a key: it may be long and differ every time.
            with self._refusal_limit.on(
                address.key, room_id if is_ulid(room_id) else "", proven=False
            ):
                raise

    async def _find_or_open_room(
        self, claim: Claim, request: Request, address: Address
    ) -> GameEntry:
        host = linked_host(_header(request, "Host"))
        if claim.room_id is not None:
            await self._engine.admit(claim.room_id)
            return GameEntry(address, claim.room_id, is_new=False, claim=claim, host=host)
        limit = self._settings.rooms_per_address
        await spend_room(self._engine, address, limit)
        settings = DEFAULT_SETTINGS
        if SUBPROTOCOL not in _offered(request):  # such a game may not know `game_start`
            settings = msgspec.structs.replace(settings, starts=self._settings.game_starts)
        room_id = await open_room(self._engine, settings, Payer(address), limit, keyed=claim.keyed)
        return GameEntry(address, room_id, is_new=True, claim=claim, host=host)

    async def _let_viewer_in(
        self, connection: Connection, request: Request, query: str
    ) -> ViewerEntry:
        self._take_slot(connection, self._viewer_slots, self._address(connection, request))
        # Anybody may connect as a viewer, and the gateway ignores what viewers send.
        connection.limit_messages(LONGEST_FROM_VIEWER)
        asked = read_query(query)
        room_id = asked.get("room_id")
        if room_id is None:
            raise Refused(INVALID_QUERY, NO_ROOM_NAMED)
        if not is_ulid(room_id):
            raise Refused(ROOM_NOT_FOUND)
        await self._audience.admit(room_id)
        return ViewerEntry(room_id, previews=is_set(asked, "preview", "1"))

    def _address(self, connection: ServerConnection, request: Request) -> Address:
        peer, forwarded_for = connection.remote_address, request.headers.get_all("X-Forwarded-For")
        return client_address(
            peer[0] if peer else None, forwarded_for, self._settings.trusted_proxies
        )

    def _take_slot(self, connection: Connection, slots: Slots, address: Address) -> None:
        if self.closed:
            raise Refused(DRAINING)
        if not self._inbox.hears:
            raise _away()
        slots.take(connection, address)
        connection.free_slot = slots.give_back


def _away() -> Refused:
    return Refused(STORE_UNAVAILABLE, retry_after_ms=STORE_RETRY)


def _offered(request: Request) -> list[str]:
    return offered_subprotocols(request.headers.get_all("Sec-WebSocket-Protocol"))


def _header(request: Request, name: str) -> str:
    """A header's value; repeated headers are joined to one list (RFC 9110, section 5.3)."""
    return ", ".join(request.headers.get_all(name))


def respond(
    status: int, content_type: str, body: bytes, more: Mapping[str, str] | None = None
) -> Response:
    """A response that must not be cached, with `more` headers."""
    headers = Headers(
        {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
        }
    )
    headers.update(more or {})
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(status, HTTPStatus(status).phrase, headers, body)


def respond_json(status: int, body: object) -> Response:
    """A JSON response."""
    return respond(status, "application/json", msgspec.json.encode(body))


def guard(_connection: ServerConnection, request: Request, response: Response) -> Response | None:
    """Add the headers against MIME sniffing and embedding, also to the library's own responses.

    A response to HEAD loses its body, but not its length (RFC 9110, section 9.3.2).
    """
    if request.method == "HEAD":
        response.body = b""
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault(EMBEDDABLE, "same-origin")
    return None


def refuse(request: Request, refused: Refused) -> Response:
    """The response of a refusal: `application/problem+json` (RFC 9457)."""
    language = preferred_language(",".join(request.headers.get_all("Accept-Language")))
    body = msgspec.json.encode(problem_details(refused.kind, language, refused.detail))
    headers = retry_header(refused.retry_after_ms) | language_headers(language)
    return respond(refused.kind.status, "application/problem+json", body, headers)
