"""Each request has an id: in the log lines of its course, in its answer, and from its balancer."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import TYPE_CHECKING, Final

from api_service.http.problems import REFUSED_WITH
from api_service.http.requests import header_value
from shared.identity.addresses import told_by
from shared.process.telemetry import fields, request_id, request_id_from

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from shared.process.settings import Network

log = logging.getLogger(__name__)

HEADER: Final = b"x-request-id"
# Asked every other second, where 503 is an answer like any other.
PROBES: Final = frozenset(("/healthz", "/readyz", "/metrics"))


class RequestLog:
    """An ASGI application around one: gives each request its id, and logs what became of it.

    Only a trusted proxy may say what a request is called. A line holds no query string.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        peer = scope["client"][0] if scope["client"] else None
        its_id = request_id_from(told_by(peer, self._trusted, header_value(scope, HEADER)))
        header = (HEADER, its_id.encode())
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
            _tell(scope, status, perf_counter() - started)


def _tell(scope: Scope, status: int, seconds: float) -> None:
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
