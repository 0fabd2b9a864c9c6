"""The only module that uses undocumented parts of uvicorn, as of uvicorn 0.54.

`tests/api_service/http/test_uvicorn_seam.py` fails, and names the part, if another release differs.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from api_service.http.buffered_request import BufferedRequest, Head, KnownHead, known_head
from api_service.http.headers import header_lines

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable, Generator

FIELD_MARKS: Final = len(b": \r\n")
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
UNREADABLE: Final = "Invalid HTTP request received."  # as uvicorn logs and answers it


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


class UvicornHttp(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 on one connection, with hooks for the stages of a request.

    Requests whose head `head_of` returns are gathered whole and given to `take`, in their turn; all
    others go to ASGI when their head is complete.
    """

    # `cycle` is the latest request that has begun, None before the first one.

    is_in_head = False  # the head of a request has begun, and is incomplete
    is_amid = False  # the latest request has begun, and its body or its trailers are incomplete
    _reads_no_more = False  # the last request of the connection has been read
    _known_head: KnownHead | None = None  # that of the latest request
    _idle_since = 0.0  # s, on the loop's clock: when the latest answer was complete
    _stalled: BufferedRequest | None = None  # it waits until the client reads earlier answers
    _standing: tuple[object, bytes] = (None, b"")

    @property
    def is_answered(self) -> bool:
        """Whether every request has been answered in full."""
        under_way: RequestResponseCycle | None = self.cycle
        return under_way is None or under_way.response_complete

    @property
    def is_between(self) -> bool:
        """Whether no request has begun that is not answered in full."""
        return not self.is_in_head and not self.is_amid and self.is_answered

    @property
    def buffered_request(self) -> BufferedRequest | None:
        """The latest request, if its turn has come and it is answered without ASGI."""
        request: object = self.cycle
        is_due = isinstance(request, BufferedRequest) and request.is_its_turn
        return request if is_due else None  # type: ignore[return-value]

    @property
    def request_scope(self) -> dict[str, Any] | None:
        """The latest request's ASGI scope; None if it is answered without ASGI."""
        request: object = self.cycle
        return None if isinstance(request, BufferedRequest) else self.cycle.scope  # type: ignore[return-value]

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
    def head_length(self) -> int:
        """The size of the head's URL and fields, in bytes."""
        fields = sum(len(name) + len(value) + FIELD_MARKS for name, value in self.headers)
        return len(self.url) + fields

    @property
    def standing_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of every answer, including the date."""
        return self.server_state.default_headers

    def send_answer(self, status: int, rest: tuple[bytes, ...], keep_alive: bool) -> None:
        """Write an answer: after its first line and the standing headers comes the rest."""
        self.transport.writelines((STATUS_LINE[status], self._standing_lines(), *rest))
        if not keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _standing_lines(self) -> bytes:
        """`standing_headers` as lines. uvicorn replaces the list once a second."""
        headers = self.standing_headers
        if UvicornHttp._standing[0] is not headers:
            UvicornHttp._standing = headers, header_lines(headers)
        return UvicornHttp._standing[1]

    def write_through(self, transport: Any) -> None:
        """Write answers to `transport`: a request takes the connection's when it starts."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Parse what has come, unless `take_known_head` has taken it."""
        if self._reads_no_more:
            return
        self._unset_keepalive_if_required()
        before, was_between = self.cycle, self.is_between
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self.logger.warning(UNREADABLE)
            self.refuse_unreadable(UNREADABLE)
        self._known_head = None
        if was_between and self.cycle is not before:
            self._known_head = known_head(self.cycle, data)

    def _feed(self, data: bytes) -> None:
        unread: bytes | memoryview = data
        while not self._reads_no_more:
            try:
                self.parser.feed_data(unread)
            except httptools.HttpParserUpgrade as upgrade:
                unread = memoryview(unread)[upgrade.args[0] :]
            else:
                return
            if self._ignores_upgrade():
                self._read_head_again()

    def _ignores_upgrade(self) -> bool:
        """Whether the head asks for another protocol, by other means than the method CONNECT."""
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _read_head_again(self) -> None:
        """Begin the request anew, as one that asks for no upgrade (RFC 9110, section 7.8).

        Behind a head that asks for one, the parser reads no body. Another parser gets what this one
        has accepted of the head, but for Upgrade, and reads what follows as behind any head.
        """
        target = self.parser.get_method(), self.url, self.parser.get_http_version().encode()
        fields = header_lines(field for field in self.headers if field[0] != b"upgrade")
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        self.parser.feed_data(b"%b %b HTTP/%b\r\n%b\r\n" % (*target, fields))

    def take_known_head(self, data: bytes) -> bool:
        """Take a request whose head is, byte for byte, that of the one before; it is not parsed.

        The same head has the same meaning, the length of the body included. Pages send such heads.
        """
        known = self._known_head
        if known is None or len(data) != known.length or not data.startswith(known.text):
            return False
        if not self.is_between or self.flow.write_paused or self.transport.is_closing():
            return False
        request = self.request_of(known.head)
        self.cycle = request  # type: ignore[assignment]
        request.body = data[len(known.text) :]
        request.is_whole = request.is_its_turn = request.is_taken = True
        self.take(request)
        return True

    # Callbacks of httptools' parser.

    def on_message_begin(self) -> None:
        self.is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.is_in_head = False
        self.head_ends()
        if self._ignores_upgrade():
            return
        head = self.head_of(self.parser.get_method(), self.url, self.scope)
        if head is None:
            super().on_headers_complete()  # raises an error if it cannot read the URL
        else:
            is_persistent = self.parser.get_http_version() != "1.0"
            head.keep_alive = is_persistent and self.parser.should_keep_alive()
            head.expects_continue = self.expect_100_continue
            self._enqueue(self.request_of(head))
        self.is_amid = True

    def on_chunk_header(self) -> None:
        self.headers = Trailers(self.trailers_come)

    def on_body(self, body: bytes) -> None:
        self.body_comes(len(body))
        request: object = self.cycle
        if not isinstance(request, BufferedRequest):
            super().on_body(body)
        elif not request.is_taken:
            request.body += body
            self.body_grows(request)

    def on_message_complete(self) -> None:
        if self._ignores_upgrade():
            return
        self.is_amid = False
        self.body_ends()
        if self.parser.should_upgrade() or not self.parser.should_keep_alive():
            # RFC 9112, section 9.6: nothing is read behind "Connection: close", be it a header or a
            # trailer. Nor is anything behind CONNECT.
            self._reads_no_more = True
            self.shutdown()
        request: object = self.cycle
        if isinstance(request, BufferedRequest):
            request.is_whole = True
            self._take_if_due(request)
        else:
            super().on_message_complete()

    # `on_response_complete` calls this for the next request of the pipeline, too.

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        if isinstance(cycle, BufferedRequest):
            self._begin(cycle)
            if not cycle.is_whole:
                self.body_is_awaited()
        else:
            super()._start_asgi_task(cycle, app)

    def resume_writing(self) -> None:
        """The client reads again: take the request that has waited for that."""
        super().resume_writing()
        stalled, self._stalled = self._stalled, None
        if stalled:
            self._take_if_due(stalled)

    def _enqueue(self, request: BufferedRequest) -> None:
        is_first = self.is_answered
        self.cycle = request  # type: ignore[assignment]
        if is_first:
            self._begin(request)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((request, self.app))  # type: ignore[arg-type]

    def _begin(self, request: BufferedRequest) -> None:
        request.is_its_turn = True
        if request.head.expects_continue and not request.is_whole:
            self.transport.write(CONTINUE)
        self.body_grows(request)
        self._take_if_due(request)

    def _take_if_due(self, request: BufferedRequest) -> None:
        if request.is_taken or not (request.is_whole and request.is_its_turn):
            return
        if self.flow.write_paused:
            self._stalled = request
        else:
            request.is_taken = True
            self.take(request)

    # uvicorn stops this timer when it parses data. A request that is not parsed leaves it running,
    # so the handler looks how long the connection has been idle.

    def on_response_complete(self) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._ring_after(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if not self.is_answered:
            return  # the answer starts the timer again
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._ring_after(left)
        else:
            super().timeout_keep_alive_handler()

    def _ring_after(self, seconds: float) -> None:
        ring = self.timeout_keep_alive_handler
        self.timeout_keep_alive_task = self.loop.call_later(seconds, ring)

    # Hooks.

    def head_of(self, method: bytes, url: bytes, scope: Any) -> Head | None:  # noqa: ARG002
        """The head of a request that is answered without ASGI; None for any other request."""
        return None

    def request_of(self, head: Head) -> BufferedRequest:
        """A request with this head."""
        return BufferedRequest(self, head)

    def body_is_awaited(self) -> None:
        """It is the turn of such a request, and its body is incomplete."""

    def body_grows(self, request: BufferedRequest) -> None:
        """More of the body of such a request is here, or its turn has come."""

    def take(self, request: BufferedRequest) -> None:
        """Such a request is whole, and every earlier one has been answered: answer it."""

    def head_ends(self) -> None:
        """The head is complete. An error raised here ends the connection; no request is started."""

    def body_comes(self, length: int) -> None:
        """So many bytes of the body of a request that has started are here."""

    def trailers_come(self, length: int) -> None:
        """So many bytes of trailers are here, all dropped. An error ends the connection."""

    def body_ends(self) -> None:
        """The body is complete, and so are its trailers."""

    def refuse_unreadable(self, sentence: str) -> None:
        """Refuse data that the parser rejects, and close the connection."""
        self.send_400_response(sentence)


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
