"""The HTTP server under the API service: uvicorn, as one task of a process that others own."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api_service.requests import BODY_IS_HERE
from shared import garbage

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Generator, Iterator

    from starlette.types import ASGIApp

BACKLOG: Final = 2048
HEAD_LIMIT: Final = 32 * 1024  # bytes of a request's line and headers
HEAD_END: Final = b"\r\n\r\n"
HEAD_WITHIN: Final = 10.0  # s from a head's first piece to its last one
TOO_SLOW: Final = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-type: text/plain\r\n"
    b"content-length: 33\r\n\r\nThe request did not come in time."
)
KEEP_ALIVE: Final = 75  # s: longer than balancers keep theirs, so that they close first
FINISH_TIMEOUT: Final = 5  # s for requests under way when the service stops


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Sockets that listen on every address of the host. Raises OSError where one cannot."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                socket.create_server((str(address[0]), port), family=family, backlog=BACKLOG)
            )
            for family, _, _, _, address in found
        ]


class JoinedWrites:
    """A transport whose writes of one moment go as one: a response's head and body are two.

    Each would be a trip to the kernel of its own, and a reason for the other side to wake up.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write what is written until the loop turns, in one piece."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def close(self) -> None:
        """Close once everything is written."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held = self._held, []
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 that waits for no head for ever, and gathers no endless ones.

    Bodies are their readers' business; they are told which are whole, so that those which came in
    one piece, as nearly all do, cost no timer.
    """

    _head_bytes = 0
    _in_head = False
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected."""
        super().connection_made(transport)
        self.transport = JoinedWrites(transport, self.loop)  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Parse what came; hang up on a head that has grown too long, or takes too long."""
        super().data_received(data)
        if not self._in_head:
            self._head_bytes = 0
            return
        if self._patience is None:
            self._patience = self.loop.call_later(HEAD_WITHIN, self._give_up)
        # Requests may share a chunk: this head began after the last empty line in it.
        others = data.rfind(HEAD_END)
        self._head_bytes = len(data) - others if others >= 0 else self._head_bytes + len(data)
        if self._head_bytes > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response("Request headers too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._in_head = False
        self._rest()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Its body is whole too."""
        scope: dict[str, Any] = self.cycle.scope  # type: ignore[assignment]
        scope[BODY_IS_HERE] = True
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more will come."""
        self._rest()
        super().connection_lost(exc)

    def _rest(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        under_way: RequestResponseCycle | None = self.cycle
        if under_way is None or under_way.response_complete:
            self.transport.write(TOO_SLOW)
            self.transport.close()
        else:
            # An earlier request has yet to be answered: the connection closes with that.
            under_way.keep_alive = False

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: anybody may ask for an upgrade here, and the answer tells them."""


class ApiServer(uvicorn.Server):
    """A server that leaves signals to its process and says when it listens."""

    def __init__(self, app: ASGIApp, ready: asyncio.Event) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=BoundedHttp,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                # Whose word counts is decided for each request, by the trusted proxies.
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=FINISH_TIMEOUT,
            )
        )
        self._ready = ready

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`; listen no longer than that, however it ends."""
        try:
            await super().serve(sockets)
        finally:
            for server in getattr(self, "servers", ()):
                server.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept, then say so."""
        await super().startup(sockets)
        garbage.settle()
        self._ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, Any, None]:
        """Leave signals alone."""
        yield
