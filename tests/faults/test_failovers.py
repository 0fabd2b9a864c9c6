"""A failover during a burst: services continue, and no loss in Redis is silent."""

from pathlib import Path

from tests.faults.failovers import Failover, fail_over, open_pairs
from tests.faults.faults import SHORT
from tests.shared.redis_store.clusters import cluster, sentinel_group


async def test_a_sentinel_failover_in_mid_burst(tmp_path: Path, own_database_url: str) -> None:
    async with (
        sentinel_group(tmp_path) as group,
        open_pairs(tmp_path, group.url, own_database_url) as pairs,
    ):
        found = await fail_over(pairs, SHORT, lambda _: group.kill_master(), group.wait_promoted)
    _check(found)


async def test_a_cluster_failover_in_mid_burst(tmp_path: Path, own_database_url: str) -> None:
    async with (
        cluster(tmp_path) as nodes,
        open_pairs(tmp_path, nodes.url, own_database_url) as pairs,
    ):
        found = await fail_over(pairs, SHORT, nodes.kill_master, nodes.wait_promoted)
    _check(found)


def _check(found: Failover) -> None:
    print(found)
    assert not found.problems
    assert found.lost >= 0
    assert found.triggers > 0
