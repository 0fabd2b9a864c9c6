"""The middleware around all routes: `RequestLog` outermost, then `Cors`, then `Admission`.

Each is an ASGI application that wraps the next one.
"""

from __future__ import annotations

import logging
from time import perf_counter
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware

from api_service.http.problems import REFUSED_WITH, language_of, problem, retry_after
from api_service.http.requests import header_value
from shared.identity.addresses import told_by
from shared.process.telemetry import fields, request_id, request_id_from
from shared.wire.error_codes import ORIGIN_REFUSED, OVERLOADED
from shared.wire.languages import Sentence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.datastructures import Headers
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from shared.process.settings import Network, Settings

log = logging.getLogger(__name__)

REQUEST_ID: Final = b"x-request-id"
# Load balancers and Prometheus poll these every few seconds; a 503 here is no failure.
PROBES: Final = frozenset(("/healthz", "/readyz", "/metrics"))

METHODS: Final = ("GET", "HEAD", "POST", "PATCH", "OPTIONS")
# Older pages, served through ngrok's tunnel, send the last one.
HEADERS: Final = ("Authorization", "Content-Type", "ngrok-skip-browser-warning")
PREFLIGHT_KEPT: Final = 7200  # s, the longest that browsers cache one
# Starlette says in English only what a preflight may not ask for.
DISALLOWED: Final = Sentence("{reason}", "このページからは使えません（{reason}）")

# About a second's work of one process. A request holds its body (up to 16 KiB) and some objects.
IN_FLIGHT_LIMIT: Final = 2_000
RETRY: Final = 1  # s


class RequestLog:
    """Gives each request an id, for its log lines and its answer, and logs the outcome.

    Only a trusted proxy may choose the id. Query strings are not logged.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        peer = scope["client"][0] if scope["client"] else None
        its_id = request_id_from(told_by(peer, self._trusted, header_value(scope, REQUEST_ID)))
        header = (REQUEST_ID, its_id.encode())
        started, status = perf_counter(), 0

        def send_with_id(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], header]
            return send(message)

        request_id.set(its_id)  # of this request's task
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _log_answer(scope, status, perf_counter() - started)


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

    Adds the CORS headers to every answer, and answers preflights.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            allow_origins=settings.frontend_url,
            allow_methods=METHODS,
            allow_headers=HEADERS,
            allow_credentials=not settings.any_origin,
            expose_headers=("Retry-After",),
            max_age=PREFLIGHT_KEPT,
        )
        # For requests without an Origin, and for those whose Origin is not mirrored.
        self._without_origin = MutableHeaders({"Vary": "Origin"}).raw
        self._with_any_origin = MutableHeaders({**self.simple_headers, "Vary": "Origin"}).raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer preflights; add the CORS headers to all other answers, at little cost."""
        if scope["type"] != "http" or scope["method"] == "OPTIONS":
            return await super().__call__(scope, receive, send)
        more = self._headers_for(header_value(scope, b"origin"))

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *more]
            return send(message)

        return await self.app(scope, receive, send_with_headers)

    def _headers_for(self, origin: str | None) -> list[tuple[bytes, bytes]]:
        if origin is None or not self._mirrors(origin):
            return self._without_origin if origin is None else self._with_any_origin
        headers = MutableHeaders(self.simple_headers)
        self.allow_explicit_origin(headers, origin)
        return headers.raw

    def _mirrors(self, origin: str) -> bool:
        return not self.allow_all_origins and self.is_allowed_origin(origin)

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a preflight; a refusal is a problem document like any other."""
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        kept = {
            name: value
            for name, value in response.headers.items()
            if name == "vary" or name.startswith("access-control-")
        }
        detail = DISALLOWED.about(reason=bytes(response.body).decode())
        return problem(ORIGIN_REFUSED, language_of({"headers": request_headers.raw}), detail, kept)


class Admission:
    """Load shedding: refuses limited requests with 503 while `IN_FLIGHT_LIMIT` are in flight."""

    def __init__(self, app: ASGIApp, count_refused: Callable[[], None]) -> None:
        self._app = app
        self._count_refused = count_refused
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse without waiting."""
        if scope["type"] != "http" or not is_limited(scope["path"]):
            return await self._app(scope, receive, send)
        if self._in_flight >= IN_FLIGHT_LIMIT:
            self._count_refused()
            refusal = problem(OVERLOADED, language_of(scope), headers=retry_after(RETRY))
            return await refusal(scope, receive, send)
        self._in_flight += 1
        try:
            return await self._app(scope, receive, send)
        finally:
            self._in_flight -= 1


def is_limited(path: str) -> bool:
    """Whether requests for a path count towards the limit: those of pages and games do.

    Probes and metrics are always answered: a busy process must not look dead.
    """
    return path.startswith(("/api/", "/get_viewer_id"))
