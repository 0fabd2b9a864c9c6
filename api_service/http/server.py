"""The HTTP server under the API service: uvicorn, as one task of a process that others own."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from api_service.http.requests import BODY_IS_HERE, CONNECTION
from api_service.http.uvicorn_seam import UvicornHttp, UvicornServer
from shared.process import gc_tuning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

BACKLOG: Final = 2048
HEAD_LIMIT: Final = 32 * 1024  # bytes of a request's line and headers
HEAD_END: Final = b"\r\n\r\n"
HEAD_TOO_LONG: Final = "Request headers too large."
# s from a connection's begin, or a head's first piece, to that head's last one
HEAD_WITHIN: Final = 10.0
TAKEN_WITHIN: Final = 20.0  # s that an answer may wait for a client that does not take it
PIPELINE_LIMIT: Final = 100  # requests of one connection that wait for an earlier one's answer
# Of what this server refuses by itself, before there is a request.
REFUSAL: Final = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
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

    Each would be a trip to the kernel of its own, and a reason for the other side to wake up. It
    hangs up on a client that does not take them within its deadline.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._deadline: asyncio.TimerHandle | None = None

    def write(self, data: bytes) -> None:
        """Write what is written until the loop turns, in one piece."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def close(self) -> None:
        """Close once everything is written, or is not taken in time."""
        self._flush()
        self._transport.close()
        self.start_deadline()

    def start_deadline(self) -> None:
        """Hang up unless `stop_deadline` is called in time."""
        if self._deadline is None:
            self._deadline = self._loop.call_later(TAKEN_WITHIN, self._transport.abort)

    def stop_deadline(self) -> None:
        """What was written is on its way, or nobody waits for it any more."""
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
    """A client sends requests on and on and waits for no answer, or a head above `HEAD_LIMIT`."""


class BoundedHttp(UvicornHttp):
    """HTTP/1.1 that waits for nobody for ever, and gathers nothing endless.

    Neither for a first word, nor for a head, nor for what follows an answer, nor until an answer is
    taken; only between requests, for `KEEP_ALIVE`. Bodies are their readers' business; they are
    told which are whole, so that those which came in one piece, as nearly all do, cost no timer.
    """

    _head_bytes = 0
    _in_head = False
    _head_deadline: asyncio.TimerHandle | None = None
    _loop: asyncio.AbstractEventLoop
    _writes: JoinedWrites

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected."""
        super().connection_made(transport)
        self._loop = asyncio.get_running_loop()
        self._writes = JoinedWrites(transport, self._loop)
        self.write_through(self._writes)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Parse what came; hang up on a head that has grown too long, or takes too long."""
        self._head_bytes += len(data)
        super().data_received(data)
        if not self._in_head:
            self._head_bytes = 0
            # Blank lines, or the rest of a body that was not worth waiting for.
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

    def head_begins(self) -> None:
        """A request begins."""
        self._in_head = True

    def head_ends(self) -> None:
        """Its head is whole. Raises TooMuchAtOnce, which ends the connection."""
        self._in_head = False
        self._stop_awaiting()
        # What came may hold a body too: the head is measured alone.
        if self._head_bytes > HEAD_LIMIT and self.head_length > HEAD_LIMIT:
            self._refuse_head()
            raise TooMuchAtOnce
        if self.waiting_requests >= PIPELINE_LIMIT:
            self._writes.abort()
            raise TooMuchAtOnce

    def body_ends(self) -> None:
        """Its body is whole too."""
        self.request_scope[BODY_IS_HERE] = True
        self.request_scope[CONNECTION] = self._writes

    def pause_writing(self) -> None:
        """The client does not take what it is sent."""
        super().pause_writing()
        self._writes.start_deadline()

    def resume_writing(self) -> None:
        """It took most of it."""
        super().resume_writing()
        if not self._writes.is_closing():
            self._writes.stop_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more will come."""
        self._stop_awaiting()
        self._writes.stop_deadline()
        super().connection_lost(exc)

    def _refuse_head(self) -> None:
        if self.is_answered:
            self.refuse_unreadable(HEAD_TOO_LONG)
        else:
            # The answer would be taken for that of a request before, which has yet to be served.
            self._writes.abort()

    def _await_head(self) -> None:
        if self._head_deadline is None:
            self._head_deadline = self._loop.call_later(HEAD_WITHIN, self._give_up)

    def _stop_awaiting(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _give_up(self) -> None:
        if self._writes.is_closing():
            return
        if not self.is_answered:
            # An earlier request has yet to be answered: the connection closes with that.
            self.close_when_answered()
            return
        # Browsers open connections ahead of need: who asked nothing is told nothing.
        if self._in_head:
            self._refuse(b"408 Request Timeout", b"The request did not come in time.")
        self._writes.close()

    def refuse_unreadable(self, sentence: str) -> None:
        """Refuse what is no request."""
        if not self._writes.is_closing():
            self._refuse(b"400 Bad Request", sentence.encode())
            self._writes.close()

    def _refuse(self, status: bytes, sentence: bytes) -> None:
        length = (b"content-length", b"%d" % len(sentence))
        headers = (*self.standing_headers, *REFUSAL, length)
        fields = b"".join(b"%b: %b\r\n" % header for header in headers)
        self._writes.write(b"HTTP/1.1 %b\r\n%b\r\n%b" % (status, fields, sentence))


class ApiServer(UvicornServer):
    """The server, as this service has it."""

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

    def listens(self) -> None:
        """Say so."""
        gc_tuning.freeze_and_tune()
        self._ready.set()
