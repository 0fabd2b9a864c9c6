"""The API's HTTP server: uvicorn as one task of the process, with limits against slow clients."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from api_service.http.buffered_request import HEAD_END
from api_service.http.headers import header_lines
from api_service.http.middleware import FrontController
from api_service.http.press import Press
from api_service.http.requests import (
    BODY_IS_HERE,
    BODY_LIMIT,
    BODY_WITHIN,
    TOO_LONG,
    TOO_SLOW,
)
from api_service.http.uvicorn_seam import UvicornHttp, UvicornServer
from shared.process import gc_tuning
from shared.wire.error_codes import BODY_TOO_LARGE, INVALID_REQUEST
from shared.wire.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Scope

    from api_service.http.press import PressHead

HEAD_LIMIT: Final = 32 * 1024  # bytes of a request's line and headers
HEAD_TOO_LONG: Final = "Request headers too large."
# bytes of trailers (the fields behind a body in chunks), and of what else is in a body's chunks
TRAILERS_LIMIT: Final = 32 * 1024
TRAILERS_TOO_LONG: Final = "Request trailers too large."
CHUNK_MARKS: Final = len("ffff\r\n\r\n")  # bytes around a chunk's data
# s for a whole request head, from the connection's start or the head's first byte
HEAD_WITHIN: Final = 10.0
TAKEN_WITHIN: Final = 20.0  # s that an answer may wait for a client that does not read
PIPELINE_LIMIT: Final = 100  # pipelined requests that wait for an earlier answer
# Headers of the refusals that this server sends before there is a request.
REFUSAL: Final = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
)
KEEP_ALIVE: Final = 75  # s; longer than load balancers' own, so that they close first
FINISH_TIMEOUT: Final = 5  # s for requests under way when the service stops


class JoinedWrites:
    """A transport that coalesces the writes of one iteration of the event loop.

    uvicorn writes a response's head and body separately: two system calls, and two wake-ups of the
    client. The transport aborts the connection if the client does not read within the deadline.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self.is_closing = transport.is_closing  # asked at each press
        self._held: list[bytes] = []
        self._deadline: asyncio.TimerHandle | None = None

    def write(self, data: bytes) -> None:
        """Collect what is written in this iteration of the event loop; it is sent in one piece."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Send a whole answer, which no other write completes, in one piece."""
        data = b"".join(parts)
        if self._held:
            self._held.append(data)
        elif not self.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """Close once everything is sent, or the deadline has passed."""
        self._flush()
        self._transport.close()
        self.start_deadline()

    def start_deadline(self) -> None:
        """Abort the connection after `TAKEN_WITHIN` s, unless `stop_deadline` is called."""
        if self._deadline is None:
            self._deadline = self._loop.call_later(TAKEN_WITHIN, self._transport.abort)

    def stop_deadline(self) -> None:
        """Cancel the deadline: the client reads again, or the connection is closed."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _flush(self) -> None:
        held, self._held = self._held, []
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class TooMuchAtOnce(Exception):
    """A client has pipelined more than `PIPELINE_LIMIT` requests, or sent fields too long."""


class BoundedHttp(UvicornHttp):
    """HTTP/1.1 with a deadline for every wait and a limit for every buffer, against slow loris.

    A request's head must arrive, and an answer must be read, in time; an idle connection closes
    after `KEEP_ALIVE`. A press's body has a deadline here; the other readers of bodies set their
    own, unless `BODY_IS_HERE` tells them that the body has arrived: that saves a timer.
    """

    _front: FrontController | None = None
    _head_bytes = 0
    _around_body = 0  # bytes of an incomplete message after its head, without its body
    _head_deadline: asyncio.TimerHandle | None = None
    _body_deadline: asyncio.TimerHandle | None = None
    _loop: asyncio.AbstractEventLoop
    _writes: JoinedWrites

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the deadline for the first head."""
        super().connection_made(transport)
        self._loop = asyncio.get_running_loop()
        self._writes = JoinedWrites(transport, self._loop)
        if isinstance(self.app, FrontController):
            self._front = self.app
        self.write_through(self._writes)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take a press whose head is known already, or parse the data."""
        if self.take_known_head(data):
            self._stop_awaiting_head()
        else:
            self._parse(data)

    def _parse(self, data: bytes) -> None:
        """Parse the data; refuse a head that is too long, start the deadline of a partial one."""
        self._head_bytes += len(data)
        if self.is_amid:
            self._around_body += len(data)
        super().data_received(data)
        if self._around_body > TRAILERS_LIMIT:
            self._refuse_trailers()
            return
        if self.is_amid and self.buffered_request:
            self.body_is_awaited()
        if not self.is_in_head:
            self._head_bytes = 0
            # Blank lines, or the rest of a body that its request did not read.
            if self.is_answered:
                self._await_head()
            return
        self._await_head()
        # Requests may share a chunk: this head began after the last empty line in it.
        others = data.rfind(HEAD_END)
        if others >= 0:
            self._head_bytes = len(data) - others
        if self._head_bytes > HEAD_LIMIT:
            self._refuse_head()

    def head_ends(self) -> None:
        """The head is complete. Raises TooMuchAtOnce, which ends the connection."""
        self._stop_awaiting_head()
        # The data may include a body: measure the head alone.
        if self._head_bytes > HEAD_LIMIT and self.head_length > HEAD_LIMIT:
            self._refuse_head()
            raise TooMuchAtOnce
        if len(self.pipeline) >= PIPELINE_LIMIT:
            self._writes.abort()
            raise TooMuchAtOnce

    def body_comes(self, length: int) -> None:
        """So many bytes of the body are here."""
        self._around_body = max(0, self._around_body - length - CHUNK_MARKS)

    def trailers_come(self, length: int) -> None:
        """So many bytes of trailers are here. Raises TooMuchAtOnce, which ends the connection."""
        if length > TRAILERS_LIMIT:
            self._refuse_trailers()
            raise TooMuchAtOnce

    def body_ends(self) -> None:
        """The body is complete, and so are its trailers."""
        self._around_body = 0
        self._stop_awaiting_body()
        if (scope := self.request_scope) is not None:
            scope[BODY_IS_HERE] = True

    def head_of(self, method: bytes, url: bytes, scope: Scope) -> PressHead | None:
        """Presses are answered without ASGI."""
        return self._front.head_of(method, url, scope) if self._front else None

    def request_of(self, head: PressHead) -> Press:  # type: ignore[override]
        """A press."""
        assert self._front is not None
        return Press(self, head, self._front)

    def body_grows(self, request: Press) -> None:  # type: ignore[override]
        """More of a press is here, or its turn has come: refuse one that is too long."""
        if request.is_its_turn and len(request.body) > BODY_LIMIT:
            request.is_taken = True
            request.front.refuse(request, Refused(BODY_TOO_LARGE, TOO_LONG.about(limit=BODY_LIMIT)))

    def take(self, request: Press) -> None:  # type: ignore[override]
        """Answer a press."""
        request.front.take(request)

    def body_is_awaited(self) -> None:
        """The rest of a press must come in time."""
        if self._body_deadline is None:
            self._body_deadline = self._loop.call_later(BODY_WITHIN, self._miss_body)

    def _stop_awaiting_body(self) -> None:
        if self._body_deadline is not None:
            self._body_deadline.cancel()
            self._body_deadline = None

    def _miss_body(self) -> None:
        request = self.buffered_request
        if isinstance(request, Press) and not request.is_taken:
            request.is_taken = True
            request.front.refuse(request, Refused(INVALID_REQUEST, TOO_SLOW))

    def pause_writing(self) -> None:
        """The client does not read: start its deadline."""
        super().pause_writing()
        self._writes.start_deadline()

    def resume_writing(self) -> None:
        """The client has read most of the buffer: stop its deadline."""
        super().resume_writing()
        if not self._writes.is_closing():
            self._writes.stop_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all deadlines."""
        self._stop_awaiting_head()
        self._stop_awaiting_body()
        self._writes.stop_deadline()
        super().connection_lost(exc)

    def _refuse_head(self) -> None:
        self.refuse_unreadable(HEAD_TOO_LONG)

    def _refuse_trailers(self) -> None:
        self._refuse(b"431 Request Header Fields Too Large", TRAILERS_TOO_LONG)

    def _await_head(self) -> None:
        if self._head_deadline is None:
            self._head_deadline = self._loop.call_later(HEAD_WITHIN, self._miss_head)

    def _stop_awaiting_head(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _miss_head(self) -> None:
        if self._writes.is_closing():
            return
        if not self.is_answered:
            # An earlier request is still under way: the connection closes after its answer.
            self.close_when_answered()
            return
        # Browsers open connections in advance: one without a request is closed silently.
        if self.is_in_head:
            self._refuse(b"408 Request Timeout", "The request did not come in time.")
        else:
            self._writes.close()

    def refuse_unreadable(self, sentence: str) -> None:
        """Refuse data that is not a request."""
        self._refuse(b"400 Bad Request", sentence)

    def _refuse(self, status: bytes, sentence: str) -> None:
        """Refuse what is being read, if the client can know what is refused; close the connection.

        A client takes a refusal for the answer to its oldest request that has none.
        """
        if self._writes.is_closing():
            return
        if self.may_refuse:
            if self.is_amid:
                self.leave_unanswered()
            self._write_refusal(status, sentence.encode())
            self._writes.close()
        elif self.is_answered:
            self._writes.close()
        else:
            self._writes.abort()

    def _write_refusal(self, status: bytes, sentence: bytes) -> None:
        length = (b"content-length", b"%d" % len(sentence))
        fields = header_lines((*self.standing_headers, *REFUSAL, length))
        self._writes.write(b"HTTP/1.1 %b\r\n%b\r\n%b" % (status, fields, sentence))


class ApiServer(UvicornServer):
    """uvicorn, configured for this service."""

    def __init__(self, app: ASGIApp, ready: asyncio.Event) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=BoundedHttp,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                # Forwarding headers are read per request, and count from trusted proxies only.
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=FINISH_TIMEOUT,
            )
        )
        self._ready = ready

    def listens(self) -> None:
        """Tune the garbage collector and set `ready`."""
        gc_tuning.freeze_and_tune()
        self._ready.set()
