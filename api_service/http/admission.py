"""Refuses what is too much at once: what is accepted is answered soon, and memory is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api_service.http.problems import OVERLOADED, problem, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

# About a second's work of one process. A request holds its body (up to 16 KiB) and some objects.
IN_FLIGHT_LIMIT: Final = 2_000
RETRY: Final = 1  # s


def is_limited(path: str) -> bool:
    """Whether requests for an address count: those of pages and games.

    Probes and figures are always answered: a process that is busy is neither dead nor unseen.
    """
    return path.startswith(("/api/", "/get_viewer_id"))


class Admission:
    """An ASGI application around one: at most so many limited requests at once."""

    def __init__(self, app: ASGIApp, count_refused: Callable[[], None]) -> None:
        self._app = app
        self._count_refused = count_refused
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse at once."""
        if scope["type"] != "http" or not is_limited(scope["path"]):
            return await self._app(scope, receive, send)
        if self._in_flight >= IN_FLIGHT_LIMIT:
            self._count_refused()
            refusal = problem(OVERLOADED, headers=retry_after(RETRY))
            return await refusal(scope, receive, send)
        self._in_flight += 1
        try:
            return await self._app(scope, receive, send)
        finally:
            self._in_flight -= 1
