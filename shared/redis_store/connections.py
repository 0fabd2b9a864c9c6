"""Opens connections to Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.process.redis_url import Node
from shared.redis_store.redis_py import BINARY, Link, encode_commands, reset_on_close

if TYPE_CHECKING:
    from shared.process.redis_url import RedisUrl
    from shared.redis_store.redis_py import Command, Reply

CONNECT_TIMEOUT = 2.0  # s
ANSWER_TIMEOUT = 3.0  # s, for the reply to a call
QUESTION_TIMEOUT = 1.0  # s, for a query that several nodes can answer


def connect(url: str, *, client_name: str, answer_timeout: float = ANSWER_TIMEOUT) -> Redis:
    """A client of one server. It never retries: a press that is sent twice could count twice."""
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
    reset_on_close(client)
    return client


async def ask(url: str, *questions: Command, client_name: str) -> list[Any]:
    """Send commands on a new connection and return their replies; always closes the connection.

    Raises what redis-py raises.
    """
    client = connect(url, client_name=client_name, answer_timeout=QUESTION_TIMEOUT)
    link = Link(client)
    try:
        await link.open()
        await link.send(encode_commands(questions))
        return [await _answer(link) for _ in questions]
    finally:
        await link.close()


async def _answer(link: Link) -> Reply:
    reply = await link.read()
    if isinstance(reply, Exception):
        raise reply
    return reply


def check(address: RedisUrl) -> None:
    """Raise ValueError if redis-py cannot use the URL. The message contains no part of the URL."""
    node = Node("localhost", 1)
    urls = [address.server(node)] + [address.sentinel(node)] * (address.kind == "sentinel")
    try:
        for url in urls:
            Link(connect(url, client_name=""))
    except (TypeError, ValueError):
        raise ValueError("redis-py cannot read the address or one of the options") from None
