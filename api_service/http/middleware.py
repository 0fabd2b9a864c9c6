"""What all requests share, in one ASGI application around all routes: `RequestMiddleware`.

A request gets an id, is refused if too many are in flight, goes to its route, and is logged; every
answer gets the id and the CORS headers.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from time import perf_counter
from typing import Final
from urllib.parse import unquote

import httptools
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_service.http.headers import Fields, fields_of
from api_service.http.problems import REFUSED_WITH, Handler, language_of, problem
from api_service.http.request_kinds import AnsweringConnection, HttpRequest, MakePress
from api_service.http.requests import address_of, told_by_proxy
from shared.identity.tokens import is_ulid
from shared.process.settings import Settings
from shared.process.telemetry import fields, known_request_id, new_request_id, request_id
from shared.wire.error_codes import ORIGIN_REFUSED, OVERLOADED
from shared.wire.languages import Sentence

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

PressRoute = Callable[[Scope, str, str, bytes, str, AnsweringConnection], HttpRequest]

# A press, as clients write it. Other spellings, with a query or escapes, take a moment longer.
PRESS_URL: Final = re.compile(rb"/api/rooms/([0-9A-Za-z_-]+)/events")
PRESS_PATH: Final = re.compile(r"/api/rooms/([^/]+)/events$")  # as Starlette matches it


class RequestMiddleware:
    """Wraps the application; its server answers presses, which are most requests, without it.

    `presses` makes one of its ASGI scope, the room's id ("" if no room can have it), the address
    that sends it ("" without a limit), the answer's CORS header lines, the request's id from a
    trusted proxy ("" for none) and its connection; None if nobody presses here.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        *,
        presses: PressRoute | None,
        handlers: Mapping[type[Exception], Handler],
        count_refused: Callable[[], None],
    ) -> None:
        self._app = app
        self._cors = Cors(app, settings)
        self._trusted = settings.trusted_proxies
        self._presses = presses
        self._handlers = handlers
        self._count_refused = count_refused
        self.in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it without waiting while `IN_FLIGHT_LIMIT` are in flight."""
        its_id = self._id_from_proxy(scope) or new_request_id()
        request_id.set(its_id)  # of this request's task
        started, status = perf_counter(), 0
        is_preflight = scope["method"] == "OPTIONS"
        cors = () if is_preflight else self._cors.fields_for(scope).raw

        def send_with_fields(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *cors, (REQUEST_ID, its_id.encode())]
            return send(message)

        try:
            if is_preflight:
                await self._cors(scope, receive, send_with_fields)
            elif not is_limited(scope["path"]):
                await self._app(scope, receive, send_with_fields)
            elif self.in_flight >= IN_FLIGHT_LIMIT:
                await self.overloaded(scope)(scope, receive, send_with_fields)
            else:
                self.in_flight += 1
                try:
                    await self._app(scope, receive, send_with_fields)
                finally:
                    self.in_flight -= 1
        finally:
            log_answer(scope, status, perf_counter() - started)

    # Presses, which are most requests.

    def press_maker(self, method: bytes, url: bytes, scope: Scope) -> MakePress | None:
        """What makes presses with this head; None for the head of any other request."""
        if method != b"POST" or self._presses is None:
            return None
        if found := PRESS_URL.fullmatch(url):
            room_id = found[1].decode()
        elif unusual := PRESS_PATH.match(_path_of(url)):
            room_id = unusual[1]
        else:
            return None
        scope.update(method="POST", path=f"/api/rooms/{room_id}/events")
        scope["path_params"] = {"room_id": room_id}
        address = address_of(scope, self._trusted)
        return partial(
            self._presses,
            scope,
            room_id if is_ulid(room_id) else "",
            address.key if address.limited else "",
            self._cors.fields_for(scope).lines,
            self._id_from_proxy(scope),
        )

    def handler_of(self, error: Exception) -> Handler:
        """What makes an answer of an error."""
        kinds = type(error).__mro__
        return next(self._handlers[kind] for kind in kinds if kind in self._handlers)

    def is_crash(self, handler: Handler) -> bool:
        """Whether a handler is that of errors that nobody foresaw."""
        return handler is self._handlers[Exception]

    # All requests.

    def _id_from_proxy(self, scope: Scope) -> str:
        """The request's id from a trusted proxy, "" for none."""
        if not self._trusted:
            return ""
        return known_request_id(told_by_proxy(scope, self._trusted, REQUEST_ID))

    def overloaded(self, scope: Scope) -> Response:
        """The refusal of a request that is one too many."""
        self._count_refused()
        return problem(OVERLOADED, language_of(scope))


def _path_of(url: bytes) -> str:
    """The path that uvicorn makes of a request's URL; "" if it will refuse it."""
    try:
        return unquote(httptools.parse_url(url).path.decode("ascii"))
    except (httptools.HttpParserInvalidURLError, UnicodeDecodeError, AttributeError):
        return ""


def is_limited(path: str) -> bool:
    """Whether requests for a path count towards the limit: those of pages and games do.

    Probes and metrics are always answered: a busy process must not look dead.
    """
    return path.startswith(("/api/", "/get_viewer_id"))


def log_answer(scope: Scope, status: int, seconds: float, **more: str) -> None:
    """Log the outcome of a request; one that succeeded, at level DEBUG."""
    level, line = (logging.DEBUG, "probe answered") if scope["path"] in PROBES else _line(status)
    if not log.isEnabledFor(level):
        return
    facts = fields(
        method=scope["method"],
        path=scope["path"],
        status=status,
        ms=round(seconds * 1000, 1),
        **_known(room_id=scope.get("path_params", {}).get("room_id"), code=scope.get(REFUSED_WITH)),
        **more,
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
        self._without_origin = fields_of({"Vary": "Origin"})
        self._with_any_origin = fields_of({**self.simple_headers, "Vary": "Origin"})
        self._mirrored = {
            origin.encode(): fields_of(
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
