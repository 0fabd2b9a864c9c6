"""A shortcut for presses around Starlette's middleware and routing, which cost as much as a press.

All other requests go through Starlette. Presses could, too: its routes include them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.requests import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from api_service.http.problems import Handler
    from api_service.routes.presses import Presses

BEFORE_ID: Final = "/api/rooms/"
AFTER_ID: Final = "/events"


def pressed_room(scope: Scope) -> str | None:
    """The room id of a request to the press route; None for any other request."""
    path: str = scope["path"]
    if scope["method"] != "POST" or not path.endswith(AFTER_ID) or not path.startswith(BEFORE_ID):
        return None
    room_id = path[len(BEFORE_ID) : -len(AFTER_ID)]
    return room_id if room_id and "/" not in room_id else None


class Shortcut:
    """Wraps an ASGI application: presses go to `presses`, their errors to the same handlers."""

    def __init__(
        self, app: ASGIApp, presses: Presses, handlers: Mapping[type[Exception], Handler]
    ) -> None:
        self._app = app
        self._presses = presses
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        room_id = pressed_room(scope) if scope["type"] == "http" else None
        if room_id is None:
            return await self._app(scope, receive, send)
        scope["path_params"] = {"room_id": room_id}
        try:
            await self._presses(scope, receive, send)
        except Exception as error:
            handler = self._handler_of(error)
            response = await handler(Request(scope), error)
            await response(scope, receive, send)
            if handler is self._handlers[Exception]:
                raise  # for the server to log, as it logs every other crash

    def _handler_of(self, error: Exception) -> Handler:
        return next(self._handlers[kind] for kind in type(error).__mro__ if kind in self._handlers)
