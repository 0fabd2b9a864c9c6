"""The only module that uses undocumented parts of uvicorn, as of uvicorn 0.54.

`tests/api_service/http/test_uvicorn_seam.py` fails, and names the part, if another release differs.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Awaitable, Callable, Generator, Iterable

    Answer = Callable[["WholeRequest"], Awaitable[None]]

FIELD_MARKS: Final = len(b": \r\n")
CRASHED: Final = "Exception in ASGI application\n"  # as uvicorn logs it
CRASH: Final = b"Internal Server Error"
CRASH_HEADERS: Final = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", b"%d" % len(CRASH)),
)


def header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Header fields as HTTP/1.1 writes them (RFC 9112, section 5)."""
    return b"".join([b"%b: %b\r\n" % field for field in headers])


class Trailers(list[tuple[bytes, bytes]]):
    """Stands in for the headers once a body in chunks has begun, and keeps no field.

    uvicorn adds the fields behind the last chunk to the headers, whose names they may bear
    (RFC 9110, section 6.5.1, leaves that to those who know the field). `come` hears of each field
    how many bytes there are so far.
    """

    def __init__(self, come: Callable[[int], None]) -> None:
        self._come = come
        self._length = 0

    def append(self, field: tuple[bytes, bytes]) -> None:
        """Count a field."""
        self._length += sum(map(len, field)) + FIELD_MARKS
        self._come(self._length)


class Unheard:
    """Stands in for the event that wakes an ASGI application, where there is none."""

    def set(self) -> None:
        """Wake nobody."""


class WholeRequest:
    """A request that came whole, on a connection with nothing else to do; answered without ASGI.

    Until it is answered, it is the connection's `cycle`: so uvicorn queues what is pipelined
    behind it, and waits for it when the service stops.
    """

    __slots__ = ("_connection", "body", "disconnected", "keep_alive", "response_complete", "scope")
    message_event: Final = Unheard()

    def __init__(self, connection: UvicornHttp, body: bytes) -> None:
        self._connection = connection
        self.scope: dict[str, Any] = connection.scope  # type: ignore[assignment]
        self.body = body
        self.keep_alive: bool = connection.parser.should_keep_alive()
        self.response_complete = False
        self.disconnected = False

    def is_abandoned(self) -> bool:
        """Whether the client has closed the connection, so that no answer can reach it."""
        return self._connection.transport.is_closing()

    def answer(self, status: int, headers: bytes, body: bytes) -> None:
        """Send the answer in one write; `headers` are lines, the body's length among them.

        Does nothing if the client is gone, or has an answer.
        """
        if self.disconnected or self.response_complete:
            return
        self.response_complete = True
        connection = self._connection
        last = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        standing = header_lines(connection.standing_headers)
        connection.transport.writelines((STATUS_LINE[status], standing, headers, last, body))
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()


class UvicornHttp(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 on one connection, with hooks for the stages of a request.

    uvicorn starts a request when its head is complete. Here it starts when its body is, or with
    what has come of the body at the end of a read: `direct_answer` may answer it without ASGI.
    One whose body is in chunks starts with the first, so that no trailer changes how it starts.
    """

    # `cycle` is the latest request that has started, None before the first one.

    _held: bytes | None = None  # what has come of the body of a request that has not started
    is_amid = False  # the latest request has started, and its body or its trailers are incomplete

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

    @property
    def may_refuse(self) -> bool:
        """Whether the client can take a refusal of what is being read for no other answer."""
        if not self.is_amid:
            return self.is_answered
        return not self.pipeline and not self.cycle.response_started

    def leave_unanswered(self) -> None:
        """Hear nothing more from the latest request, which finds that its client is gone."""
        self.cycle.disconnected = True  # as `connection_lost` does
        self.cycle.message_event.set()

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

    def data_received(self, data: bytes) -> None:
        """Parse the data, and start the requests in it."""
        super().data_received(data)
        if self._held is not None:
            self._start()

    # Callbacks of httptools' parser.

    def on_message_begin(self) -> None:
        self.head_begins()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.head_ends()
        self._held = b""

    def on_chunk_header(self) -> None:
        self._start()
        self.headers = Trailers(self.trailers_come)

    def on_body(self, body: bytes) -> None:
        if self._held is None:
            self.body_comes(len(body))
            super().on_body(body)
        else:
            self._held += body

    def on_message_complete(self) -> None:
        if self._held is not None:
            answer = self.direct_answer(self._held) if self._is_idle else None
            if answer:
                self._run(WholeRequest(self, self._held), answer)
                self._held = None
                return
            self._start()
        self.is_amid = False
        self.body_ends()
        if not self.parser.should_keep_alive():
            # The parser obeys trailers: it reads nothing behind "Connection: close".
            self.shutdown()
        super().on_message_complete()

    @property
    def _is_idle(self) -> bool:
        """Whether the client has asked for nothing but this request, and has read all answers."""
        return (
            self.is_answered
            and not self.flow.write_paused
            and not self.expect_100_continue
            and not self.parser.should_upgrade()
            and self.parser.get_http_version() == "1.1"
        )

    def _start(self) -> None:
        """Let uvicorn start the request."""
        held, self._held = self._held, None
        if held is not None and not self.transport.is_closing():
            super().on_headers_complete()
            self.is_amid = True
            if held:
                super().on_body(held)

    def _run(self, request: WholeRequest, answer: Answer) -> None:
        """Answer a request in a task of its own, as uvicorn runs ASGI applications."""
        self.cycle = request  # type: ignore[assignment]
        task = self.loop.create_task(self._logged(request, answer))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _logged(self, request: WholeRequest, answer: Answer) -> None:
        try:
            await answer(request)
        except BaseException as error:
            self.logger.error(CRASHED, exc_info=error)
            if not request.response_complete:
                request.keep_alive = False
                request.answer(500, header_lines(CRASH_HEADERS), CRASH)

    # Hooks.

    def direct_answer(self, body: bytes) -> Answer | None:  # noqa: ARG002 - for subclasses
        """What answers the request that has arrived whole, without ASGI; None leaves it to ASGI."""
        return None

    def head_begins(self) -> None:
        """The first byte of a request is here."""

    def head_ends(self) -> None:
        """The head is complete. An error raised here ends the connection; no request is started."""

    def body_comes(self, length: int) -> None:
        """So many bytes of the body of a request that has started are here."""

    def trailers_come(self, length: int) -> None:
        """So many bytes of trailers are here, all dropped. An error ends the connection."""

    def body_ends(self) -> None:
        """The body is complete, and so are its trailers."""

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
