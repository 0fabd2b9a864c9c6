"""The API's HTTP server: HTTP/1.1 on httptools; uvicorn runs its sockets and its graceful stop.

A connection gathers presses whole and gives all other requests to ASGI. Against slow clients, every
wait has a deadline and every buffer a limit. What is used of uvicorn beside its documented settings
is as of uvicorn 0.54; `tests/api_service/http/test_uvicorn_seam.py` names what another one changes.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote

import httptools
import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from api_service.http.headers import header_lines
from api_service.http.middleware import RequestMiddleware
from api_service.http.request_kinds import (
    CLOSE,
    PLAIN_TEXT,
    STATUS_LINES,
    AsgiRequest,
    HttpRequest,
    MakePress,
    uvicorn_log,
)
from api_service.http.requests import BODY_WITHIN, TOO_SLOW
from shared.process import gc_tuning
from shared.wire.error_codes import INVALID_REQUEST
from shared.wire.refusal import Refused

HEAD_LIMIT: Final = 32 * 1024  # bytes of a request's line and headers
HEAD_TOO_LONG: Final = "Request headers too large."
# bytes of trailers (the fields behind a body in chunks), and of what else is in a body's chunks
TRAILERS_LIMIT: Final = 32 * 1024
TRAILERS_TOO_LONG: Final = "Request trailers too large."
FIELD_MARKS: Final = len(b": \r\n")
CHUNK_MARKS: Final = len("ffff\r\n\r\n")  # bytes around a chunk's data
PIPELINE_LIMIT: Final = 100  # pipelined requests that wait for an earlier answer
KNOWN_HEAD_LIMIT: Final = 4_096  # bytes of a request whose head is remembered
HEAD_END: Final = b"\r\n\r\n"
# The head of the latest request, if another with the same is a press without parsing it, and the
# bytes of the whole request; this is none: no data is empty.
NO_HEAD: Final = (b"", 0)

# What a connection waits for, until a deadline.
HEAD: Final = "head"
BODY: Final = "body"
READER: Final = "reader"
IDLE: Final = "idle"
# s for a whole request head, from the connection's start or the head's first byte
HEAD_WITHIN: Final = 10.0
TAKEN_WITHIN: Final = 20.0  # s that an answer may wait for a client that does not read
KEEP_ALIVE: Final = 75  # s; longer than load balancers' own, so that they close first
FINISH_TIMEOUT: Final = 5  # s for requests under way when the service stops

# Headers of the refusals that this server sends before there is a request.
REFUSAL: Final = (
    PLAIN_TEXT,
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
)
UNREADABLE: Final = "Invalid HTTP request received."  # as uvicorn logs it


class TooMuchAtOnce(Exception):
    """A client has pipelined more than `PIPELINE_LIMIT` requests, or sent fields too long."""


class ApiConnection(asyncio.Protocol):
    """One client's connection: reads requests, and writes their answers in order.

    A request's head must arrive, and an answer must be read, in time; an idle connection closes
    after `KEEP_ALIVE`. A press's body has a deadline here; the other readers of bodies set their
    own, unless `BODY_IS_HERE` tells them that the body has arrived: that saves a timer.
    """

    _defaults: tuple[object, bytes] = (None, b"")  # the headers of every answer, and as lines
    transport: asyncio.Transport

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.app: Any = config.loaded_app
        self.state = server_state
        self._app_state = app_state
        self._middleware = self.app if isinstance(self.app, RequestMiddleware) else None
        self._loop = _loop or asyncio.get_running_loop()
        self._parser = self._new_parser()
        self.requests: deque[HttpRequest] = deque()  # without an answer; the first one's turn it is
        self._reading: HttpRequest | None = None  # its body or its trailers are incomplete
        self._in_head = False  # the head of a request has begun, and is incomplete
        self._reads_no_more = False  # the last request of the connection has been read
        self._make_press: MakePress | None = (
            None  # with the head of the last request, if it was a press
        )
        self._known = NO_HEAD
        self._head_bytes = 0  # of an incomplete head
        self._around_body = 0  # bytes of an incomplete message after its head, without its body
        self._is_paused = False  # reading, not writing
        self.writable = asyncio.Event()  # unless the client does not read
        self.writable.set()
        self._due: dict[str, float] = {}  # s, on the loop's clock: when each wait is over
        self._timer: asyncio.TimerHandle | None = None  # rings when the first is, or earlier

    # The transport.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the deadline for the first head."""
        self.transport = transport
        self.state.connections.add(self)  # type: ignore[arg-type]
        self._client = _address(transport, "getpeername")
        self._server = _address(transport, "getsockname")
        self._wait_for(HEAD, HEAD_WITHIN)

    def connection_lost(self, _: Exception | None) -> None:
        """Stop all deadlines, and tell all requests."""
        self.state.connections.discard(self)
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
        for request in self.requests:
            request.leave()
        self.writable.set()
        self._parser = None  # it holds this connection

    def eof_received(self) -> None:
        """The transport closes once everything is sent; the client's deadline holds there, too."""
        self._wait_for_reader()

    def pause_writing(self) -> None:
        """The client does not read: start its deadline."""
        self.writable.clear()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        """The client has read most of the buffer: stop its deadline."""
        self.writable.set()
        if not self.transport.is_closing():
            self._due.pop(READER, None)
        if self.requests:
            self.requests[0].go_on()

    def data_received(self, data: bytes) -> None:
        """Take a press whose head is, byte for byte, that of the one before; or parse the data.

        The same head has the same meaning, the length of the body included. Pages send such heads.
        """
        head, length = self._known
        if (
            len(data) == length
            and data.startswith(head)
            and self._make_press is not None
            and not self.requests  # nor is anything half read, or there were no known head
            and self.writable.is_set()
            and not self.transport.is_closing()
        ):
            self._due.clear()
            press = self._make_press(self)
            press.body = data[len(head) :]
            press.is_whole = press.is_its_turn = press.is_taken = True
            self.requests.append(press)
            press.take()
        elif not self._reads_no_more:
            self._parse(data)

    def shutdown(self) -> None:
        """Close the connection after the latest request's answer; uvicorn calls it at a stop."""
        if self.requests:
            self.requests[-1].keep_alive = False
        else:
            self.close()

    def close(self) -> None:
        """Close once everything is sent, or the client's deadline has passed."""
        self.transport.close()
        self._wait_for_reader()

    def pause_reading(self) -> None:
        """Receive no more, until `resume_reading`."""
        if not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Receive again."""
        if self._is_paused:
            self._is_paused = False
            self.transport.resume_reading()

    # What comes.

    def _parse(self, data: bytes) -> None:
        """Parse the data; refuse a head that is too long, start the deadline of what is partial."""
        was_idle = not self.requests and self._reading is None and not self._in_head
        self._due.pop(IDLE, None)
        self._head_bytes += len(data)
        if self._reading is not None:
            self._around_body += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError:
            uvicorn_log.warning(UNREADABLE)
            self._refuse(400, UNREADABLE)
        self._known = self._head_to_know(data) if was_idle and self.requests else NO_HEAD
        if self._around_body > TRAILERS_LIMIT:
            self._refuse(431, TRAILERS_TOO_LONG)
            return
        self._wait_for_body()
        if not self._in_head:
            self._head_bytes = 0
            # Blank lines, or the rest of a body that its request did not read.
            if not self.requests:
                self._wait_for(HEAD, HEAD_WITHIN)
            return
        self._wait_for(HEAD, HEAD_WITHIN)
        # Requests may share a chunk: this head began after the last empty line in it.
        others = data.rfind(HEAD_END)
        if others >= 0:
            self._head_bytes = len(data) - others
        if self._head_bytes > HEAD_LIMIT:
            self._refuse(400, HEAD_TOO_LONG)

    def _feed(self, data: bytes) -> None:
        unread: bytes | memoryview = data
        while not self._reads_no_more:
            try:
                self._parser.feed_data(unread)
            except httptools.HttpParserUpgrade as upgrade:
                unread = memoryview(unread)[upgrade.args[0] :]
            else:
                return
            if self._ignores_upgrade():
                self._read_head_again()

    def _head_to_know(self, data: bytes) -> tuple[bytes, int]:
        """The head of the latest request, if the data is this request alone, and it is taken."""
        request = self.requests[-1]
        length = data.find(HEAD_END) + len(HEAD_END)
        if (
            request.is_taken
            and request.keep_alive
            and not request.expects_continue
            and len(data) <= KNOWN_HEAD_LIMIT
            # So it has neither chunks nor anything before or behind it.
            and length + len(request.body) == len(data)
        ):
            return data[:length], len(data)
        return NO_HEAD

    def _ignores_upgrade(self) -> bool:
        """Whether the head asks for another protocol, by other means than the method CONNECT."""
        parser = self._parser
        return bool(parser.should_upgrade() and parser.get_method() != b"CONNECT")

    def _read_head_again(self) -> None:
        """Begin the request anew, as one that asks for no upgrade (RFC 9110, section 7.8).

        Behind a head that asks for one, the parser reads no body. Another parser gets what this one
        has accepted of the head, but for Upgrade, and reads what follows as behind any head.
        """
        version = self._parser.get_http_version().encode()
        target = self._parser.get_method(), self._url, version
        fields = header_lines(field for field in self._headers if field[0] != b"upgrade")
        self._parser = self._new_parser()
        self._parser.feed_data(b"%b %b HTTP/%b\r\n%b\r\n" % (*target, fields))

    def _new_parser(self) -> Any:
        parser = httptools.HttpRequestParser(self)
        # What comes behind the last request is not read, and no error: it has its answer.
        parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return parser

    # Callbacks of httptools' parser.

    def on_message_begin(self) -> None:
        self._in_head = True
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._expects_continue = False

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a field of the head; or drop a trailer, whatever it says.

        Trailers may bear the names of headers (RFC 9110, section 6.5.1, leaves them to those who
        know the field).
        """
        if self._in_head:
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self._expects_continue = True
            self._headers.append((name, value))
            return
        self._trailer_bytes += len(name) + len(value) + FIELD_MARKS
        if self._trailer_bytes > TRAILERS_LIMIT:
            self._refuse(431, TRAILERS_TOO_LONG)
            raise TooMuchAtOnce

    def on_headers_complete(self) -> None:
        """Begin the request, or let it wait for earlier answers.

        An error raised here ends the connection; no request is begun.
        """
        self._in_head = False
        self._trailer_bytes = 0
        self._due.pop(HEAD, None)
        # The data may include a body: measure the head alone.
        if self._head_bytes > HEAD_LIMIT:
            fields = sum(len(name) + len(value) + FIELD_MARKS for name, value in self._headers)
            if len(self._url) + fields > HEAD_LIMIT:
                self._refuse(400, HEAD_TOO_LONG)
                raise TooMuchAtOnce
        if len(self.requests) > PIPELINE_LIMIT:
            self.transport.abort()
            raise TooMuchAtOnce
        if self._ignores_upgrade():
            return
        request = self._new_request()
        self.requests.append(request)
        self._reading = request
        if len(self.requests) == 1:
            request.begin()
        else:
            self.pause_reading()

    def on_body(self, body: bytes) -> None:
        assert self._reading is not None
        self._around_body = max(0, self._around_body - len(body) - CHUNK_MARKS)
        self._reading.gather(body)

    def on_message_complete(self) -> None:
        if self._ignores_upgrade():
            return
        assert self._reading is not None
        request, self._reading = self._reading, None
        self._around_body = 0
        self._due.pop(BODY, None)
        if self._parser.should_upgrade() or not self._parser.should_keep_alive():
            # RFC 9112, section 9.6: nothing is read behind "Connection: close", be it a header or a
            # trailer. Nor is anything behind CONNECT.
            self._reads_no_more = True
            self.shutdown()
        request.is_whole = True
        request.complete()

    def _new_request(self) -> HttpRequest:
        """A press, or a request for ASGI. Raises an error if its URL cannot be read."""
        method, version = self._parser.get_method(), self._parser.get_http_version()
        keep_alive = version != "1.0" and self._parser.should_keep_alive()
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": version,
            "server": self._server,
            "client": self._client,
            "scheme": "http",
            "root_path": "",
            "headers": self._headers,
            "state": self._app_state.copy(),
        }
        if self._middleware is not None:
            self._make_press = self._middleware.press_maker(method, self._url, scope)
            if self._make_press is not None:
                press = self._make_press(self)
                press.keep_alive, press.expects_continue = keep_alive, self._expects_continue
                return press
        url = httptools.parse_url(self._url)
        path = url.path.decode("ascii")
        scope.update(
            method=method.decode("ascii"),
            path=unquote(path) if "%" in path else path,
            raw_path=url.path,
            query_string=url.query or b"",
        )
        request = AsgiRequest(self, scope)
        request.keep_alive, request.expects_continue = keep_alive, self._expects_continue
        return request

    # Answers.

    def run(self, application: Coroutine[object, object, None]) -> None:
        """Run an application in a task, for which uvicorn waits at a stop."""
        task = self._loop.create_task(application)
        task.add_done_callback(self.state.tasks.discard)
        self.state.tasks.add(task)

    def default_lines(self) -> bytes:
        """The lines of the headers of every answer. uvicorn replaces the list once a second."""
        headers = self.state.default_headers
        if ApiConnection._defaults[0] is not headers:
            ApiConnection._defaults = headers, header_lines(headers)
        return ApiConnection._defaults[1]

    def answer(self, request: HttpRequest, status: int, headers: bytes, body: bytes) -> None:
        """Write the answer in one piece; `headers` are lines, the body's length among them.

        Does nothing if the client is gone, or has an answer.
        """
        if request.is_gone or request.is_answered:
            return
        request.is_started = request.is_answered = True
        of_all = self.default_lines()
        last = b"\r\n" if request.keep_alive else CLOSE + b"\r\n"
        if not self.transport.is_closing():
            parts = (STATUS_LINES[status], of_all, headers, request.fields, last, body)
            self.transport.write(b"".join(parts))
        self.finish(request)

    def finish(self, request: HttpRequest) -> None:
        """The request has been answered in full: begin the next one, or be idle."""
        self.state.total_requests += 1
        self.requests.popleft()
        if not request.keep_alive:
            self.close()
        if self.transport.is_closing():
            return
        if self._is_paused:
            self.resume_reading()
        if self.requests:
            self.requests[0].begin()
            self._wait_for_body()
            return
        self._due[IDLE] = due = self._loop.time() + KEEP_ALIVE
        if self._timer is None or due < self._timer.when():
            self._ring_at(due)

    def _refuse(self, status: int, sentence: str) -> None:
        """Refuse what is being read, if the client can know what is refused; close the connection.

        A client takes a refusal for the answer to its oldest request that has none.
        """
        if self.transport.is_closing():
            return
        if not self._may_refuse():
            if self.requests:
                self.transport.abort()
            else:
                self.close()
            return
        for request in self.requests:
            request.leave()
        length = (b"content-length", b"%d" % len(sentence))
        fields = self.default_lines() + header_lines((*REFUSAL, length))
        self.transport.write(STATUS_LINES[status] + fields + b"\r\n" + sentence.encode())
        self.close()

    def _may_refuse(self) -> bool:
        """Whether the client can take a refusal of what is being read for no other answer."""
        if self._reading is None:
            return not self.requests
        return len(self.requests) == 1 and not self._reading.is_started

    # Deadlines.

    def _wait_for(self, what: str, seconds: float) -> None:
        """Start a deadline, unless it runs."""
        if what not in self._due:
            self._due[what] = due = self._loop.time() + seconds
            if self._timer is None or due < self._timer.when():
                self._ring_at(due)

    def _wait_for_reader(self) -> None:
        self._wait_for(READER, TAKEN_WITHIN)

    def _wait_for_body(self) -> None:
        """The rest of a press must come in time, once its turn has come."""
        request = self._reading
        if request and request.is_its_turn and not request.is_taken:
            self._wait_for(BODY, BODY_WITHIN)

    def _ring_at(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        """End the waits that are over. A wait that ended well has left the timer as it was."""
        self._timer = None
        now = self._loop.time()
        missed = {
            HEAD: self._miss_head,
            BODY: self._miss_body,
            READER: self.transport.abort,
            IDLE: self.close,
        }
        for what in [what for what, due in self._due.items() if due <= now]:
            del self._due[what]
            missed[what]()
        if self._due:
            self._ring_at(min(self._due.values()))

    def _miss_head(self) -> None:
        if self.requests:
            # An earlier request is still under way: the connection closes after its answer.
            self.requests[-1].keep_alive = False
        # Browsers open connections in advance: one without a request is closed silently.
        elif self._in_head:
            self._refuse(408, "The request did not come in time.")
        else:
            self.close()

    def _miss_body(self) -> None:
        assert self._reading is not None
        self._reading.give_up(Refused(INVALID_REQUEST, TOO_SLOW))


def _address(transport: asyncio.Transport, which: str) -> tuple[str, int | None] | None:
    """An end of the connection, as ASGI has it; None if it is not known any more."""
    try:
        address = getattr(transport.get_extra_info("socket"), which)()
    except OSError:
        return None
    if isinstance(address, tuple):
        return str(address[0]), int(address[1])
    return (address, None) if which == "getsockname" else None


class ApiServer(uvicorn.Server):
    """uvicorn, configured for this service, as one task of a process that handles signals."""

    def __init__(self, app: ASGIApp, ready: asyncio.Event) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=ApiConnection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                # Forwarding headers are read per request, and count from trusted proxies only.
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=FINISH_TIMEOUT,
            )
        )
        self._ready = ready

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`; close the listening sockets, also after an error."""
        try:
            await super().serve(sockets)
        finally:
            servers: list[asyncio.Server] = getattr(self, "servers", [])  # once `startup` has run
            for server in servers:
                server.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; then tune the garbage collector, and set `ready`."""
        await super().startup(sockets)
        gc_tuning.freeze_and_tune()
        self._ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, Any, None]:
        """Leave signals to the process."""
        yield
