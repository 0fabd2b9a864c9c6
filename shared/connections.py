"""How this product connects to Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.redis_url import Node

if TYPE_CHECKING:
    from shared.redis_url import RedisUrl

CONNECT_TIMEOUT = 2.0  # s
ANSWER_TIMEOUT = 3.0  # s, for a whole batch of calls
QUESTION_TIMEOUT = 1.0  # s, for a question to one of several who know the answer


def connect(url: str, *, client_name: str, asking: bool = False) -> Redis:
    """A client of one server that retries nothing: a press that is sent twice would count twice.

    One that is only `asking` gives up sooner.
    """
    return Redis.from_url(
        url,
        client_name=client_name,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=QUESTION_TIMEOUT if asking else CONNECT_TIMEOUT,
        socket_timeout=QUESTION_TIMEOUT if asking else ANSWER_TIMEOUT,
    )


def check(address: RedisUrl) -> None:
    """Raise ValueError, which repeats nothing of the address, where redis-py could not use it."""
    node = Node("localhost", 1)
    urls = [address.server(node)] + [address.sentinel(node)] * (address.kind == "sentinel")
    try:
        for url in urls:
            connect(url, client_name="").connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except (TypeError, ValueError):
        raise ValueError("redis-py cannot read the address or one of the options") from None
