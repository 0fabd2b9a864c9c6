"""Full buttons fire without a press, whichever server of a cluster is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api_service.duties.fire_full_buttons import FiringFull
from shared.engine.keys import shard
from shared.engine.shard_ledger import Shards
from shared.redis_store.store import StoreUnavailable
from tests.shared.engine.rooms import button, play, playing, press

if TYPE_CHECKING:
    from shared.engine.engine import Engine

pytestmark = pytest.mark.anyio


class OneAway(Shards):
    """All shards are on one server here; this makes the server of one shard seem away."""

    away = ""

    async def due(self, shard: str) -> list[str]:
        if shard == self.away:
            raise StoreUnavailable("away")
        return await super().due(shard)


async def test_a_shard_that_is_away_holds_up_no_other(engine: Engine) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1", 5)))
    await press(engine, room_id, skill1=4)
    await engine.change_settings(room_id, lambda _: playing(button("skill1", 2)))
    shards = OneAway(engine.store)
    shards.away = next(name for name in shards.names if name != shard(room_id))
    counted: list[float] = []
    await FiringFull(engine, shards, counted.append).look()
    assert 1 in counted
    assert (await engine.stats(room_id)).stats[0].current_level == 1
