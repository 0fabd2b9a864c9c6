"""A failover during a burst: services continue, and no loss in Redis is silent."""

from pathlib import Path

import pytest

from tests.faults.failovers import Servers, play_failover
from tests.faults.faults import SHORT
from tests.shared.redis_store.clusters import cluster, sentinel_group


@pytest.mark.parametrize("group", [sentinel_group, cluster])
async def test_a_failover_in_mid_burst(
    tmp_path: Path, own_database_url: str, group: Servers
) -> None:
    found = await play_failover(group, "kill_master", SHORT, tmp_path, own_database_url)
    print(found)
    assert not found.problems
    assert found.lost >= 0
    assert found.triggers > 0
