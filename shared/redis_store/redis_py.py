"""The inside of redis-py, as far as it is reached into: here and nowhere else, as of redis-py 8.1.

`tests/shared/redis_store/test_redis_py.py` fails by name where another release differs.
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
from redis.crc import key_slot  # undocumented: redis-py's own clients find a key's slot by it

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis.asyncio import Redis

__all__ = ["Command", "Link", "Reply", "key_slot", "packed", "reset_on_close"]

Command = tuple[Any, ...]
Reply = Any

RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all


class _Reset(AbstractConnection):
    """A connection that takes with it, when it closes, whatever has not arrived.

    Closed politely, as redis-py does also where it gives up, the kernel would go on sending it, and
    what its caller has long taken for failed would happen when the link heals.
    """

    # Private: `_connect` makes the socket, before anything is written to it.
    async def _connect(self) -> None:
        await super()._connect()  # type: ignore[no-untyped-call, safe-super]
        # Private: `_writer` is asyncio's, None while there is no connection.
        at = self._writer.get_extra_info("socket")  # type: ignore[union-attr]
        at.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)  # what the kernel has goes too

    # Undocumented: redis-py closes every connection through this, when it gives up too.
    async def disconnect(self, *how: Any, **told: Any) -> None:
        if self._writer is not None:
            self._writer.transport.abort()  # and what it has not taken yet
        await super().disconnect(*how, **told)


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
    """Have the client's connections take with them what has not arrived."""
    # Undocumented: the URL's scheme has chosen the class, and the pool makes connections of it.
    pool = client.connection_pool
    pool.connection_class = RESETTING[pool.connection_class]


def packed(commands: Iterable[Command]) -> bytes:
    """Commands as they travel. Raises UnicodeError or TypeError for what cannot be sent."""
    # By the parser's C: redis-py's asyncio connections pack in Python, at three times the cost.
    return b"".join(hiredis.pack_command((*name.split(), *words)) for name, *words in commands)


class Link:
    """A connection to a client's server, not yet open, which nobody else uses.

    Its errors are those of redis-py and of the network.
    """

    def __init__(self, client: Redis) -> None:
        # Undocumented: `make_connection` is what the pool itself calls, and it keeps no hold of it.
        self._connection: AbstractConnection = client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        # Undocumented: how replies are read, by the name of the command.
        self._readers = client.response_callbacks

    def set_no_timers(self) -> None:
        """Leave it to the caller to limit a whole trip: redis-py times each write and each read."""
        self._connection.socket_timeout = None  # undocumented: read anew at each of them

    @property
    def is_open(self) -> bool:
        """Whether it was opened, and neither closed since nor found lost."""
        return bool(self._connection.is_connected)  # undocumented

    async def open(self) -> None:
        """Connect and introduce the client."""
        await self._connection.connect()  # type: ignore[no-untyped-call]

    async def has_input(self) -> bool:
        """Whether there is something to read, the server's closing included."""
        return bool(await self._connection.can_read())  # undocumented

    async def send(self, packed: bytes) -> None:
        """Write commands, packed; an open link only."""
        # Undocumented: unlike a client's commands it waits for no reply, and repeats nothing.
        await self._connection.send_packed_command(packed, check_health=False)

    async def read(self, name: str = "", within: float | None = None) -> Reply:
        """The next reply, read as the command's of this name, or the error that it is.

        None where none comes `within` so many s; without that, redis-py's own timer raises.
        """
        try:
            # Undocumented: raises the server's error replies, and gives None where time is up.
            reply = await self._connection.read_response(timeout=within)
        except exceptions.ResponseError as error:
            return error
        read = self._readers.get(name)
        return read(reply) if read else reply

    async def close(self) -> None:
        """Close at once: a frozen server does not take what is still to be written to it."""
        await self._connection.disconnect(nowait=True)
