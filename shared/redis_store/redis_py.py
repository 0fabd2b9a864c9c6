"""Connects to servers by redis-py: all uses of its undocumented interfaces, as of redis-py 8.1.

`tests/shared/redis_store/test_redis_py.py` names each one that another release has changed.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any, Final

import hiredis
from redis import crc, exceptions
from redis._parsers.base import BaseParser  # private: makes errors of error replies
from redis.asyncio import Redis
from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

Command = tuple[Any, ...]
Reply = Any

CONNECT_TIMEOUT = 2.0  # s
ANSWER_TIMEOUT = 3.0  # s, for the reply to a call
# How replies are decoded: bytes that are not UTF-8 come back by encoding with the same handler.
BINARY: Final = "surrogateescape"
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s
INCOMPLETE: Final = object()  # a reply of which not every byte has come

key_slot: Final = crc.key_slot  # undocumented: redis-py's own clients use it


class _Reset(AbstractConnection):
    """A connection that discards unsent bytes when it closes, and resets the TCP connection.

    redis-py closes a connection normally, even after a timeout. The kernel would then continue to
    send, and a call that its caller has treated as failed would run when the network recovers.
    """

    # Private: `_connect` creates the socket, before anything is written to it.
    async def _connect(self) -> None:
        await super()._connect()  # type: ignore[no-untyped-call, safe-super]
        # Private: `_writer` is asyncio's writer, None while there is no connection.
        at = self._writer.get_extra_info("socket")  # type: ignore[union-attr]
        at.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)  # discards the kernel's buffer

    # Undocumented: redis-py closes every connection with this method, also after a timeout.
    async def disconnect(self, *how: Any, **options: Any) -> None:
        if self._writer is not None:
            self._writer.transport.abort()  # discards asyncio's buffer
        await super().disconnect(*how, **options)

    def hand_over(self) -> asyncio.StreamWriter:
        """The writer of the open connection, which redis-py takes for closed from now on."""
        writer, self._writer, self._reader = self._writer, None, None
        assert writer is not None
        return writer


class _Tcp(_Reset, Connection):
    pass


class _Tls(_Reset, SSLConnection):
    pass


class _Unix(_Reset, UnixDomainSocketConnection):
    pass


RESETTING: Final[dict[type[AbstractConnection], type[_Reset]]] = {
    Connection: _Tcp,
    SSLConnection: _Tls,
    UnixDomainSocketConnection: _Unix,
}


def connect(url: str, *, client_name: str, answer_timeout: float = ANSWER_TIMEOUT) -> Redis:
    """A client of one server. It never retries: a press that is sent twice could count twice.

    Its connections discard unsent bytes when they close.
    """
    client = Redis.from_url(
        url,
        client_name=client_name,
        decode_responses=True,
        encoding_errors=BINARY,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=min(CONNECT_TIMEOUT, answer_timeout),
        socket_timeout=answer_timeout,
    )
    # Undocumented: the URL's scheme has chosen the class from which the pool makes connections.
    pool = client.connection_pool
    pool.connection_class = RESETTING[pool.connection_class]
    return client


def encode_command(command: Command) -> bytes:
    """Encode a command. Raises UnicodeError or TypeError if an argument cannot be encoded."""
    # hiredis encodes in C; redis-py's asyncio connections do it in Python, three times slower.
    name, *arguments = command
    return bytes(hiredis.pack_command((*name.split(), *arguments)))


def new_connection(client: Redis) -> _Reset:
    """A separate connection to a client's server, not yet open; raises ValueError or TypeError if
    redis-py cannot use an option of the URL.
    """
    # Undocumented: the pool itself calls `make_connection`, which does not add it to the pool.
    return client.connection_pool.make_connection()  # type: ignore[no-any-return, no-untyped-call]


class Link(asyncio.Protocol):
    """A separate connection to a client's server that calls back with each reply, in their order.

    redis-py connects; then asyncio gives what arrives to this protocol instead of to a stream, from
    which a task would read it.
    """

    def __init__(
        self,
        client: Redis,
        take_reply: Callable[[Reply], None],
        lose: Callable[[Exception | None], None],
    ) -> None:
        self._connection = new_connection(client)
        self._loop = asyncio.get_running_loop()
        self._writer: asyncio.StreamWriter | None = None  # closes the transport when it is freed
        self._transport: asyncio.WriteTransport | None = None
        self._held: list[bytes] | None = None  # what this iteration of the event loop sends next
        self._take_reply = take_reply
        self._lose: Callable[[Exception | None], None] | None = lose
        self._reader = hiredis.Reader(
            protocolError=exceptions.InvalidResponse,
            replyError=BaseParser.parse_error,
            notEnoughData=INCOMPLETE,
            encoding="utf-8",
            errors=BINARY,
        )

    async def open(self) -> None:
        """Connect; authenticate and set the client's name."""
        try:
            await self._connection.connect()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._connection.disconnect(nowait=True)
            raise
        self._writer = self._connection.hand_over()
        self._transport = self._writer.transport
        self._transport.set_protocol(self)

    def send(self, encoded: bytes) -> None:
        """Write encoded commands, unless the connection is closed: then `lose` will be called.

        What is sent first in an iteration of the event loop is written at once, the rest in one
        piece.
        """
        assert self._transport is not None
        if self._held is not None:
            self._held.append(encoded)
        elif not self._transport.is_closing():
            self._held = []
            self._loop.call_soon(self._send_held, self._transport)
            self._transport.write(encoded)

    def _send_held(self, transport: asyncio.WriteTransport) -> None:
        held, self._held = self._held, None
        if held and not transport.is_closing():
            transport.write(b"".join(held))

    def abort(self) -> None:
        """Close at once; nothing more is called back."""
        self._lose = None
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Call back with each reply that is whole."""
        self._reader.feed(data)
        try:
            while self._lose and (reply := self._reader.gets()) is not INCOMPLETE:
                self._take_reply(reply)
        except exceptions.InvalidResponse as error:
            self.connection_lost(error)

    def connection_lost(self, error: Exception | None) -> None:
        """Call back with what has ended the connection, None if the server closed it."""
        lose, self._lose = self._lose, None
        if lose:
            lose(error)


def parsed(client: Redis, name: str, reply: Reply) -> Reply:
    """A reply as redis-py returns that of a command."""
    read = client.response_callbacks.get(name)  # undocumented
    return read(reply) if read else reply
