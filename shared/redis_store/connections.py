"""How this product connects to Redis."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Any, Final

from redis.asyncio import Redis
from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.process.redis_url import Node

if TYPE_CHECKING:
    from shared.process.redis_url import RedisUrl

Command = tuple[Any, ...]

CONNECT_TIMEOUT = 2.0  # s
ANSWER_TIMEOUT = 3.0  # s, for a whole batch of calls
QUESTION_TIMEOUT = 1.0  # s, for a question to one of several who know the answer

RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all


class _Reset(AbstractConnection):
    """A connection that takes with it, when it closes, whatever has not arrived.

    Closed politely, as redis-py does also where it gives up, the kernel would go on sending it, and
    what its caller has long taken for failed would happen when the link heals.
    """

    async def _connect(self) -> None:
        await super()._connect()  # type: ignore[no-untyped-call, safe-super]
        at = self._writer.get_extra_info("socket")  # type: ignore[union-attr]
        at.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)  # what the kernel has goes too

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


def connect(url: str, *, client_name: str, answer_timeout: float = ANSWER_TIMEOUT) -> Redis:
    """A client of one server that retries nothing: a press that is sent twice would count twice."""
    client = Redis.from_url(
        url,
        client_name=client_name,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=min(CONNECT_TIMEOUT, answer_timeout),
        socket_timeout=answer_timeout,
    )
    pool = client.connection_pool
    pool.connection_class = RESETTING[pool.connection_class]
    return client


def unopened(client: Redis) -> AbstractConnection:
    """A connection as the client makes them, which is nobody's yet."""
    connection: AbstractConnection = client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
    return connection


async def ask(url: str, *questions: Command, client_name: str) -> list[Any]:
    """The replies as they come, on a connection that is gone when this ends, cancelled or not.

    Raises what redis-py raises.
    """
    client = connect(url, client_name=client_name, answer_timeout=QUESTION_TIMEOUT)
    connection = unopened(client)
    try:
        await connection.connect()  # type: ignore[no-untyped-call]
        await connection.send_packed_command(connection.pack_commands(questions))
        return [await connection.read_response() for _ in questions]
    finally:
        await connection.disconnect(nowait=True)


def check(address: RedisUrl) -> None:
    """Raise ValueError, which repeats nothing of the address, where redis-py could not use it."""
    node = Node("localhost", 1)
    urls = [address.server(node)] + [address.sentinel(node)] * (address.kind == "sentinel")
    try:
        for url in urls:
            unopened(connect(url, client_name=""))
    except (TypeError, ValueError):
        raise ValueError("redis-py cannot read the address or one of the options") from None
