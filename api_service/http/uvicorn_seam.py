"""The inside of uvicorn, as far as it is reached into: here and nowhere else, as of uvicorn 0.54.

All of it is undocumented. `tests/api_service/http/test_uvicorn_seam.py` fails by name where another
release differs.
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
    """uvicorn's HTTP/1.1 on one connection, and the moments of a request."""

    # `cycle` is the latest request whose head is whole, None before the first one.

    @property
    def is_answered(self) -> bool:
        """Whether no request waits for its answer, or the rest of it."""
        under_way: RequestResponseCycle | None = self.cycle
        return under_way is None or under_way.response_complete

    @property
    def request_scope(self) -> dict[str, Any]:
        """The latest request's ASGI scope."""
        scope: dict[str, Any] = self.cycle.scope  # type: ignore[assignment]
        return scope

    def close_when_answered(self) -> None:
        """Have the connection end with the latest request's answer."""
        self.cycle.keep_alive = False  # as `shutdown` does

    @property
    def waiting_requests(self) -> int:
        """How many whole heads wait for the answer to an earlier one."""
        return len(self.pipeline)

    @property
    def head_length(self) -> int:
        """How many bytes the head's fields and address are, of which `on_header` keeps lists."""
        fields = sum(len(name) + len(value) + FIELD_MARKS for name, value in self.headers)
        return len(self.url) + fields

    @property
    def standing_headers(self) -> list[tuple[bytes, bytes]]:
        """What every answer carries, the date among it."""
        return self.server_state.default_headers

    def write_through(self, transport: Any) -> None:
        """Have answers written there: a request takes the `transport` of its connection along."""
        self.transport = transport

    # What httptools calls on the protocol, which is its parser's listener.

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
        """The first byte of a request is there."""

    def head_ends(self) -> None:
        """Its head is whole. What this raises ends the connection before it is a request."""

    def body_ends(self) -> None:
        """Its body is whole too."""

    # What `data_received` calls where there is no request.

    def send_400_response(self, msg: str) -> None:
        self.refuse_unreadable(msg)

    def refuse_unreadable(self, sentence: str) -> None:
        """Answer what the parser does not take for a request, and hang up."""
        super().send_400_response(sentence)

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: anybody may ask for an upgrade here, and the answer tells them."""


class UvicornServer(uvicorn.Server):
    """A server that leaves signals to its process, and says when it listens."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`; listen no longer than that, however it ends."""
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
