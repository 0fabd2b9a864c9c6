"""Does what a ledger does first on a new server, for tests that run without a ledger."""

from shared.engine.functions import LIBRARY
from shared.engine.shard_ledger import Shards
from shared.redis_store.store import Store, open_store


async def mark_restored(url: str) -> None:
    """Mark all shards as restored, so that a missing room counts as unknown, not as lost."""
    async with open_store(url, client_name="streamario-test", library=LIBRARY) as store:
        await store.inspect()
        await mark_all_restored(store)


async def mark_all_restored(store: Store) -> None:
    shards = Shards(store)
    for shard in shards.names:
        assert await shards.mark_restored(shard, await shards.memory(shard))
