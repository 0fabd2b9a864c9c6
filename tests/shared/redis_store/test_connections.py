"""A connection that never retries."""

from __future__ import annotations

from shared.redis_store.connections import connect


async def test_the_connection_retries_nothing(redis_url: str) -> None:
    """A press that is sent twice would count twice."""
    async with connect(redis_url, client_name="streamario-test") as client:
        retry = client.connection_pool.connection_kwargs["retry"]
        assert retry.get_retries() == 0
