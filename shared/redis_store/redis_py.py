"""All uses of redis-py's undocumented interfaces, as of redis-py 8.1; no other module has any.

`tests/shared/redis_store/test_redis_py.py` names each one that another release has changed.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Any, Final

import hiredis
from redis import exceptions
from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.crc import key_slot  # undocumented: redis-py's own clients use it

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis.asyncio import Redis

__all__ = ["Command", "Link", "Reply", "encode_commands", "key_slot", "reset_on_close"]

Command = tuple[Any, ...]
Reply = Any

RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s


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


def reset_on_close(client: Redis) -> None:
    """Make the client's connections discard unsent bytes when they close."""
    # Undocumented: the URL's scheme has chosen the class from which the pool makes connections.
    pool = client.connection_pool
    pool.connection_class = RESETTING[pool.connection_class]


def encode_commands(commands: Iterable[Command]) -> bytes:
    """Encode commands. Raises UnicodeError or TypeError if an argument cannot be encoded."""
    # hiredis encodes in C; redis-py's asyncio connections do it in Python, three times slower.
    return b"".join(
        hiredis.pack_command((*name.split(), *arguments)) for name, *arguments in commands
    )


class Link:
    """A separate connection to a client's server, not yet open.

    Its methods raise the errors of redis-py and the network.
    """

    def __init__(self, client: Redis) -> None:
        # Undocumented: the pool itself calls `make_connection`, which does not add it to the pool.
        self._connection: AbstractConnection = client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        # Undocumented: the functions that parse replies, by the command's name.
        self._readers = client.response_callbacks

    def set_no_timers(self) -> None:
        """Disable redis-py's timeout of each write and read; the caller limits a whole trip."""
        self._connection.socket_timeout = None  # undocumented: redis-py reads it every time

    @property
    def is_open(self) -> bool:
        """Whether the connection is open, as far as redis-py has noticed."""
        return bool(self._connection.is_connected)  # undocumented

    async def open(self) -> None:
        """Connect; authenticate and set the client's name."""
        await self._connection.connect()  # type: ignore[no-untyped-call]

    async def has_input(self) -> bool:
        """Whether there is something to read; true also if the server has closed the connection."""
        return bool(await self._connection.can_read())  # undocumented

    async def send(self, encoded: bytes) -> None:
        """Write encoded commands. The link must be open."""
        # Undocumented: unlike a client's commands, it neither waits for a reply nor retries.
        await self._connection.send_packed_command(encoded, check_health=False)

    async def read(self, name: str = "", within: float | None = None) -> Reply:
        """The next reply, parsed as for the command `name`; an error reply is returned, not raised.

        Returns None if no reply comes `within` s; without `within`, redis-py's timeout applies.
        """
        try:
            # Undocumented: raises error replies, and returns None after the timeout.
            reply = await self._connection.read_response(timeout=within)
        except exceptions.ResponseError as error:
            return error
        read = self._readers.get(name)
        return read(reply) if read else reply

    async def close(self) -> None:
        """Close at once, without waiting for buffered writes, which a frozen server never reads."""
        await self._connection.disconnect(nowait=True)
