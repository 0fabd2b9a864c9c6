"""Which pages of other sites may call the API (the Fetch standard, "CORS protocol")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware

from api_service.http.problems import ORIGIN_REFUSED, problem
from api_service.http.requests import header_value

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.datastructures import Headers
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from shared.process.settings import Settings

METHODS: Final = ("GET", "HEAD", "POST", "PATCH", "OPTIONS")
# Older pages, served through ngrok's tunnel, send the last one.
HEADERS: Final = ("Authorization", "Content-Type", "ngrok-skip-browser-warning")
PREFLIGHT_KEPT: Final = 7200  # s, the longest that browsers keep one


class Cors(CORSMiddleware):
    """Adds the headers that browsers ask for to every answer, and answers preflights."""

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
        # For requests that name none, and for those of origins that are not mirrored.
        self._without_origin = MutableHeaders({"Vary": "Origin"}).raw
        self._with_any_origin = MutableHeaders({**self.simple_headers, "Vary": "Origin"}).raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer preflights; to every other answer add what pages may know, at little cost."""
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
        """The answer to a preflight; a refused one is a problem like any other."""
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        kept = {
            name: value
            for name, value in response.headers.items()
            if name == "vary" or name.startswith("access-control-")
        }
        return problem(ORIGIN_REFUSED, bytes(response.body).decode(), kept)
