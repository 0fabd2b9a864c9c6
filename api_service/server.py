"""The HTTP server under the API service: uvicorn, as one task of a process that others own."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Generator, Iterator

    from starlette.types import ASGIApp

BACKLOG: Final = 2048
HEAD_LIMIT: Final = 32 * 1024  # bytes of a request's line and headers
HEAD_END: Final = b"\r\n\r\n"
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


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 that refuses endless headers, which the parser itself would gather for ever."""

    _head_bytes = 0
    _in_head = False

    def data_received(self, data: bytes) -> None:
        """Parse what came, and hang up on a head that has grown too long."""
        super().data_received(data)
        if not self._in_head:
            self._head_bytes = 0
            return
        # Requests may share a chunk: this head began after the last empty line in it.
        others = data.rfind(HEAD_END)
        self._head_bytes = len(data) - others if others >= 0 else self._head_bytes + len(data)
        if self._head_bytes > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response("Request headers too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head = True
        super().on_message_begin()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: anybody may ask for an upgrade here, and the answer tells them."""

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._in_head = False
        super().on_headers_complete()


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
        self._ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, Any, None]:
        """Leave signals alone."""
        yield
