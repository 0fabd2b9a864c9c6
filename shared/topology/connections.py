"""How this product connects to Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.topology.redis_url import Node

if TYPE_CHECKING:
    from redis.asyncio.connection import AbstractConnection

    from shared.topology.redis_url import RedisUrl

Command = tuple[Any, ...]

CONNECT_TIMEOUT = 2.0  # s
ANSWER_TIMEOUT = 3.0  # s, for a whole batch of calls
QUESTION_TIMEOUT = 1.0  # s, for a question to one of several who know the answer


def connect(url: str, *, client_name: str, answer_timeout: float = ANSWER_TIMEOUT) -> Redis:
    """A client of one server that retries nothing: a press that is sent twice would count twice."""
    return Redis.from_url(
        url,
        client_name=client_name,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=min(CONNECT_TIMEOUT, answer_timeout),
        socket_timeout=answer_timeout,
    )


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
