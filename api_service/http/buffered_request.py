"""A request that is gathered whole and answered without ASGI, and its head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    import asyncio
    import logging

HEAD_END: Final = b"\r\n\r\n"
KNOWN_HEAD_LIMIT: Final = 4_096  # bytes of head and body
CRASHED: Final = "Exception in ASGI application\n"  # as uvicorn logs it
CRASH: Final = b"Internal Server Error"
CRASH_LINES: Final = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n" % len(
    CRASH
)


class AnsweringConnection(Protocol):
    """The connection of a request; see `uvicorn_seam.UvicornHttp`."""

    transport: asyncio.Transport
    logger: logging.Logger

    def send_answer(self, status: int, rest: tuple[bytes, ...], keep_alive: bool) -> None: ...


class NoEvent:
    """Stands in for the event that wakes an ASGI application, where there is none."""

    def set(self) -> None:
        """Wake nobody."""


class Head:
    """The head of a request that is answered without ASGI; `scope` is what ASGI would get."""

    __slots__ = ("expects_continue", "keep_alive", "scope")

    def __init__(self, scope: dict[str, Any]) -> None:
        self.scope = scope
        self.keep_alive = self.expects_continue = False  # set once the whole head is read


class BufferedRequest:
    """A request whose body the connection gathers, and which is then answered without ASGI.

    Until it is answered, it is the connection's `cycle`: so uvicorn queues what is pipelined
    behind it, and waits for it when the service stops.
    """

    __slots__ = (
        *("_connection", "body", "disconnected", "head", "is_its_turn", "is_taken", "is_whole"),
        *("keep_alive", "response_complete"),
    )
    message_event: Final = NoEvent()

    def __init__(self, connection: AnsweringConnection, head: Head) -> None:
        self._connection = connection
        self.head = head
        self.body = b""
        self.keep_alive = head.keep_alive
        self.is_whole = self.is_its_turn = self.is_taken = False
        self.response_complete = self.disconnected = False

    @property
    def response_started(self) -> bool:
        """Whether the answer has begun: it is written at once."""
        return self.response_complete

    def is_abandoned(self) -> bool:
        """Whether the client has closed the connection, so that no answer can reach it."""
        return self._connection.transport.is_closing()

    def send(self, status: int, headers: bytes, body: bytes) -> None:
        """Send the answer in one write; `headers` are lines, the body's length among them.

        Does nothing if the client is gone, or has an answer.
        """
        if self.disconnected or self.response_complete:
            return
        self.response_complete = True
        last = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        self._connection.send_answer(status, (headers, last, body), self.keep_alive)

    def log_crash(self, error: BaseException) -> None:
        """Log an error of ours, as uvicorn does."""
        self._connection.logger.error(CRASHED, exc_info=error)

    def crash(self) -> None:
        """Answer as uvicorn does if the application cannot, and close the connection."""
        self.keep_alive = False
        self.send(500, CRASH_LINES, CRASH)


class KnownHead(NamedTuple):
    """A head that has come with a body of a given length, both in one piece."""

    text: bytes
    length: int  # of head and body, in bytes
    head: Head


def known_head(request: object, data: bytes) -> KnownHead | None:
    """The head of a request that has just been taken, if the data is this request alone."""
    length = data.find(HEAD_END) + len(HEAD_END)
    if (
        isinstance(request, BufferedRequest)
        and request.is_taken
        and request.head.keep_alive
        and not request.head.expects_continue
        and len(data) <= KNOWN_HEAD_LIMIT
        # So it has neither chunks nor anything before or behind it.
        and length + len(request.body) == len(data)
    ):
        return KnownHead(data[:length], len(data), request.head)
    return None
