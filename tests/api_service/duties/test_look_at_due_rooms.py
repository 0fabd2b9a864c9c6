"""Full buttons fire and rounds end without a press, whichever server of a cluster is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from api_service.duties.look_at_due_rooms import DueRooms
from shared.engine.keys import room_keys, shard
from shared.engine.shard_ledger import Due, Shards
from shared.redis_store.store import StoreUnavailable
from tests.shared.engine.rooms import button, let_run, play, playing, press

if TYPE_CHECKING:
    from shared.engine.engine import Engine

pytestmark = pytest.mark.anyio


class OneAway(Shards):
    """All shards are on one server here; this makes the server of one shard seem away."""

    away = ""

    async def due(self, shard: str) -> Due:
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
    await DueRooms(engine, shards, counted.append).look()
    assert 1 in counted
    assert (await engine.stats(room_id)).stats[0].current_level == 1


async def test_a_round_whose_time_is_over_ends_once_and_others_go_on(engine: Engine) -> None:
    limited = playing(button("skill1", 5), round_limit_s=60)
    room_id, _, _ = await play(engine, limited)
    other_id, _, _ = await play(engine, limited)
    gone_id, _, _ = await play(engine, limited)
    for each in (room_id, gone_id):
        await let_run(engine, each, 60)
    gone = room_keys(gone_id)
    await engine.store.command("DEL", gone.room)
    duty = DueRooms(engine, Shards(engine.store), lambda _: None)
    await asyncio.gather(duty.look(), duty.look())
    assert (await engine.describe(room_id)).status == "ended"
    assert (await engine.describe(room_id)).round == 1
    assert (await engine.describe(other_id)).status == "in_game"
