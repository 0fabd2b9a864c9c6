"""What all requests share, in one ASGI application around all routes: `FrontController`.

A request gets an id, is refused if too many are in flight, goes to its route, and is logged; every
answer gets the id and the CORS headers.
"""

from __future__ import annotations

import logging
import re
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request

from api_service.http.headers import OF_JSON
from api_service.http.problems import REFUSED_WITH, language_of, problem
from api_service.http.requests import header_value
from api_service.http.uvicorn_seam import header_lines
from shared.identity.addresses import forwarded
from shared.process.telemetry import fields, request_id, request_id_from
from shared.wire.error_codes import ORIGIN_REFUSED, OVERLOADED
from shared.wire.languages import Sentence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.datastructures import Headers
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api_service.http.problems import Handler
    from api_service.http.uvicorn_seam import Answer, WholeRequest
    from shared.process.settings import Settings

    # Returns the JSON body of the answer to a press in a room.
    Press = Callable[[str, WholeRequest], Awaitable[bytes]]

log = logging.getLogger(__name__)

REQUEST_ID: Final = b"x-request-id"
ORIGIN: Final = b"origin"
# Load balancers and Prometheus poll these every few seconds; a 503 here is no failure.
PROBES: Final = frozenset(("/healthz", "/readyz", "/metrics"))

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Older pages, served through ngrok's tunnel, send the last one.
HEADERS: Final = ("Authorization", "Content-Type", "ngrok-skip-browser-warning")
PREFLIGHT_MAX_AGE: Final = 7200  # s, the longest that browsers cache one
# Starlette says in English only what a preflight may not ask for.
DISALLOWED: Final = Sentence("{reason}", "このページからは使えません（{reason}）")

# About a second's work of one process. A request holds its body (rarely more than
# 16 KiB) and some objects.
IN_FLIGHT_LIMIT: Final = 2_000

# A press, with the room id as rooms are given it. Other spellings get their 404 through Starlette.
PRESS_URL: Final = re.compile(rb"/api/rooms/([0-7][0-9A-HJKMNP-TV-Z]{25})/events")


class Fields(NamedTuple):
    """Header fields, in ASGI's form and as lines of HTTP/1.1."""

    raw: Sequence[tuple[bytes, bytes]]
    lines: bytes


def _fields_of(headers: Mapping[str, str]) -> Fields:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Fields(raw, header_lines(raw))


OF_ANSWERED_PRESSES: Final = _fields_of({"Content-Type": "application/json", **OF_JSON})
NO_FIELDS: Final = _fields_of({})


class Exchange:
    """One request and its answer, which gets the headers that all answers have."""

    __slots__ = ("_id", "_scope", "_send", "_started", "cors", "status")

    def __init__(self, scope: Scope, its_id: str, send: Send | None = None) -> None:
        self._scope = scope
        self._id = its_id.encode()
        self._send = send
        self._started = perf_counter()
        self.cors = NO_FIELDS
        self.status = 0

    def send(self, message: Message) -> Awaitable[None]:
        """Send a part of the answer, as ASGI's `send` does."""
        assert self._send is not None
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self.cors.raw, (REQUEST_ID, self._id)]
        return self._send(message)

    def lines_of(self, status: int, headers: bytes) -> bytes:
        """The header lines of a whole answer, `headers` among them."""
        self.status = status
        return b"%b%bx-request-id: %b\r\n" % (headers, self.cors.lines, self._id)

    def log(self) -> None:
        """Log the outcome."""
        _log_answer(self._scope, self.status, perf_counter() - self._started)


class FrontController:
    """Wraps the application; answers presses, which are most requests, without it."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        *,
        press: Press | None,
        handlers: Mapping[type[Exception], Handler],
        count_refused: Callable[[], None],
    ) -> None:
        self._app = app
        self._cors = Cors(app, settings)
        self._trusted = settings.trusted_proxies
        self._press = press
        self._handlers = handlers
        self._count_refused = count_refused
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it without waiting while `IN_FLIGHT_LIMIT` are in flight."""
        exchange = Exchange(scope, self._new_id(scope), send)
        try:
            if scope["method"] == "OPTIONS":
                await self._cors(scope, receive, exchange.send)
                return
            exchange.cors = self._cors.fields_for(scope)
            if not is_limited(scope["path"]):
                await self._app(scope, receive, exchange.send)
            elif self._in_flight >= IN_FLIGHT_LIMIT:
                await self._overloaded(scope)(scope, receive, exchange.send)
            else:
                self._in_flight += 1
                try:
                    await self._app(scope, receive, exchange.send)
                finally:
                    self._in_flight -= 1
        finally:
            exchange.log()

    def direct_answer(self, method: bytes, url: bytes) -> Answer | None:
        """What answers a press without ASGI; None for any other request."""
        found = PRESS_URL.fullmatch(url) if self._press and method == b"POST" else None
        return partial(self.answer_press, found[1].decode()) if found else None

    async def answer_press(self, room_id: str, request: WholeRequest) -> None:
        """Answer a press that has arrived whole, as `__call__` would, without ASGI and Starlette.

        These cost more than the press itself.
        """
        assert self._press is not None
        scope = request.scope
        scope.update(method="POST", path=f"/api/rooms/{room_id}/events")
        exchange = Exchange(scope, self._new_id(scope))
        exchange.cors = self._cors.fields_for(scope)
        try:
            if self._in_flight >= IN_FLIGHT_LIMIT:
                _answer_whole(exchange, request, self._overloaded(scope))
                return
            scope["path_params"] = {"room_id": room_id}
            self._in_flight += 1
            try:
                body = await self._press(room_id, request)
            finally:
                self._in_flight -= 1
            length = b"content-length: %d\r\n" % len(body)
            lines = exchange.lines_of(200, OF_ANSWERED_PRESSES.lines + length)
            request.answer(200, lines, body)
        except Exception as error:
            handler = self._handler_of(error)
            _answer_whole(exchange, request, await handler(Request(scope), error))
            if handler is self._handlers[Exception]:
                raise  # for the server to log, as it logs every other crash
        finally:
            exchange.log()

    def _new_id(self, scope: Scope) -> str:
        from_proxy = None
        if self._trusted:
            peer = scope["client"][0] if scope["client"] else None
            from_proxy = forwarded(peer, self._trusted, header_value(scope, REQUEST_ID))
        its_id = request_id_from(from_proxy)
        request_id.set(its_id)  # of this request's task
        return its_id

    def _overloaded(self, scope: Scope) -> Response:
        self._count_refused()
        return problem(OVERLOADED, language_of(scope))

    def _handler_of(self, error: Exception) -> Handler:
        return next(self._handlers[kind] for kind in type(error).__mro__ if kind in self._handlers)


def _answer_whole(exchange: Exchange, request: WholeRequest, response: Response) -> None:
    headers = header_lines(response.raw_headers)
    lines = exchange.lines_of(response.status_code, headers)
    request.answer(response.status_code, lines, bytes(response.body))


def is_limited(path: str) -> bool:
    """Whether requests for a path count towards the limit: those of pages and games do.

    Probes and metrics are always answered: a busy process must not look dead.
    """
    return path.startswith(("/api/", "/get_viewer_id"))


def _log_answer(scope: Scope, status: int, seconds: float) -> None:
    level, line = (logging.DEBUG, "probe answered") if scope["path"] in PROBES else _line(status)
    if not log.isEnabledFor(level):
        return
    facts = fields(
        method=scope["method"],
        path=scope["path"],
        status=status,
        ms=round(seconds * 1000, 1),
        **_known(room_id=scope.get("path_params", {}).get("room_id"), code=scope.get(REFUSED_WITH)),
    )
    log.log(level, line, extra=facts)


def _known(**facts: str | None) -> dict[str, str]:
    return {name: fact for name, fact in facts.items() if fact is not None}


def _line(status: int) -> tuple[int, str]:
    if status >= 500 or not status:
        return logging.WARNING, "request failed"
    if status >= 400:
        return logging.INFO, "request refused"
    return logging.DEBUG, "request answered"


class Cors(CORSMiddleware):
    """Decides which other sites' pages may call the API (the Fetch standard, "CORS protocol").

    As an ASGI application it answers `OPTIONS`; other answers get the `fields_for` their request.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            allow_origins=settings.frontend_url,
            allow_methods=METHODS,
            allow_headers=HEADERS,
            allow_credentials=not settings.any_origin,
            expose_headers=("Link", "Retry-After"),
            max_age=PREFLIGHT_MAX_AGE,
        )
        self._without_origin = _fields_of({"Vary": "Origin"})
        self._with_any_origin = _fields_of({**self.simple_headers, "Vary": "Origin"})
        self._mirrored = {
            origin.encode(): _fields_of(
                {**self.simple_headers, "Access-Control-Allow-Origin": origin, "Vary": "Origin"}
            )
            for origin in (() if self.allow_all_origins else self.allow_origins)
        }

    def fields_for(self, scope: Scope) -> Fields:
        """The CORS headers of the answer to any request but a preflight."""
        for name, origin in scope["headers"]:
            if name == ORIGIN:
                return self._mirrored.get(origin, self._with_any_origin)
        return self._without_origin

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a preflight; a refusal is a problem document like any other."""
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        copied = {
            name: value
            for name, value in response.headers.items()
            if name == "vary" or name.startswith("access-control-")
        }
        detail = DISALLOWED.about(reason=bytes(response.body).decode())
        return problem(
            ORIGIN_REFUSED, language_of({"headers": request_headers.raw}), detail, copied
        )
