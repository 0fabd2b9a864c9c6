"""The only module that uses undocumented parts of uvicorn, as of uvicorn 0.54.

`tests/api_service/http/test_uvicorn_seam.py` fails, and names the part, if another release differs.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Generator

FIELD_MARKS: Final = len(b": \r\n")


class UvicornHttp(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 on one connection, with hooks for the stages of a request."""

    # `cycle` is the latest request with a complete head, None before the first one.

    @property
    def is_answered(self) -> bool:
        """Whether every request has been answered in full."""
        under_way: RequestResponseCycle | None = self.cycle
        return under_way is None or under_way.response_complete

    @property
    def request_scope(self) -> dict[str, Any]:
        """The latest request's ASGI scope."""
        scope: dict[str, Any] = self.cycle.scope  # type: ignore[assignment]
        return scope

    def close_when_answered(self) -> None:
        """Close the connection after the latest request's answer."""
        self.cycle.keep_alive = False  # as `shutdown` does

    @property
    def waiting_requests(self) -> int:
        """How many pipelined requests wait for an earlier answer."""
        return len(self.pipeline)

    @property
    def head_length(self) -> int:
        """The size of the head's URL and fields, in bytes."""
        fields = sum(len(name) + len(value) + FIELD_MARKS for name, value in self.headers)
        return len(self.url) + fields

    @property
    def standing_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of every answer, including the date."""
        return self.server_state.default_headers

    def write_through(self, transport: Any) -> None:
        """Write answers to `transport`: a request takes the connection's when it starts."""
        self.transport = transport

    # Callbacks of httptools' parser.

    def on_message_begin(self) -> None:
        self.head_begins()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.head_ends()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.body_ends()
        super().on_message_complete()

    def head_begins(self) -> None:
        """The first byte of a request is here."""

    def head_ends(self) -> None:
        """The head is complete. An error raised here ends the connection; no request is started."""

    def body_ends(self) -> None:
        """The body is complete."""

    # `data_received` calls this for data that is not a request.

    def send_400_response(self, msg: str) -> None:
        self.refuse_unreadable(msg)

    def refuse_unreadable(self, sentence: str) -> None:
        """Refuse data that the parser rejects, and close the connection."""
        super().send_400_response(sentence)

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: any client may ask for an upgrade, and the answer shows that it failed."""


class UvicornServer(uvicorn.Server):
    """A server that leaves signals to the process, and calls `listens` once it listens."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`; close the listening sockets, also after an error."""
        try:
            await super().serve(sockets)
        finally:
            servers: list[asyncio.Server] = getattr(self, "servers", [])  # once `startup` has run
            for server in servers:
                server.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens()

    def listens(self) -> None:
        """Clients can connect."""

    @contextmanager
    def capture_signals(self) -> Generator[None, Any, None]:
        """Leave signals alone."""
        yield
