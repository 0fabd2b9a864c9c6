"""Which pages of other sites may call the API (the Fetch standard, "CORS protocol")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.middleware.cors import CORSMiddleware

from api_service.problems import ORIGIN_REFUSED, problem

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from shared.settings import Settings

METHODS: Final = ("GET", "HEAD", "POST", "PATCH", "OPTIONS")
PREFLIGHT_KEPT: Final = 7200  # s, the longest that browsers keep one


class Cors(CORSMiddleware):
    """Adds the headers that browsers ask for to every answer, and answers preflights."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            allow_origins=settings.frontend_url,
            allow_methods=METHODS,
            allow_headers=("Authorization", "Content-Type"),
            allow_credentials=not settings.any_origin,
            expose_headers=("Retry-After",),
            max_age=PREFLIGHT_KEPT,
        )

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
