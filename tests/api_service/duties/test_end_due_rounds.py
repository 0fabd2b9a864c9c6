"""Rounds whose time is over end, whichever server of a cluster is away."""

import asyncio
from collections import Counter
from typing import Literal

import pytest

from api_service.duties.end_due_rounds import DueRounds
from shared.engine.engine import Engine
from shared.engine.keys import shard
from shared.engine.shard_ledger import Shards
from shared.redis_store.store import Store, StoreUnavailable
from tests.room_keys import room_keys
from tests.shared.engine.rooms import button, let_run, play, playing
from tests.waiting import until


async def check(replica: DueRounds) -> None:
    """Check once all rounds that are due."""
    async with asyncio.TaskGroup() as checks:
        replica.begin(checks)


class OneAway(Shards):
    """All shards are on one server here; this makes the server of one shard seem away."""

    away = ""

    async def due(self, shard: str) -> list[str]:
        if shard == self.away:
            raise StoreUnavailable("away")
        return await super().due(shard)


async def test_a_shard_that_is_away_holds_up_no_other(engine: Engine) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1", 5), round_limit_s=60))
    await let_run(engine, room_id, 60)
    shards = OneAway(engine.store)
    shards.away = next(name for name in shards.names if name != shard(room_id))
    await check(DueRounds(engine, shards))
    assert (await engine.describe(room_id)).status == "ended"


class Together(Shards):
    """Due rooms of one shard."""

    rooms: tuple[str, ...] = ()

    async def due(self, shard: str) -> list[str]:
        return [*self.rooms] if shard == self.names[0] else []


async def test_a_round_that_cannot_be_ended_holds_up_no_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check is over when all rounds have been checked."""
    limited = playing(button("skill1", 5), round_limit_s=60)
    rooms = [(await play(engine, limited)).room_id for _ in range(2)]
    await let_run(engine, rooms[1], 60)
    finish, ended = engine.finish, list[str]()

    async def fails_for_one(room_id: str, term: int, *, only_if: Literal["due"]) -> None:
        if room_id == rooms[0]:
            raise StoreUnavailable("away")
        await asyncio.sleep(0.05)  # a busy server
        await finish(room_id, term, only_if=only_if)
        ended.append(room_id)

    monkeypatch.setattr(engine, "finish", fails_for_one)
    shards = Together(engine.store)
    shards.rooms = (*rooms,)
    await check(DueRounds(engine, shards))
    assert ended == rooms[1:]


class OneSlow(Shards):
    """The server of one shard does not answer."""

    slow = ""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.asked: Counter[str] = Counter()

    async def due(self, shard: str) -> list[str]:
        self.asked[shard] += 1
        if shard == self.slow:
            await asyncio.Event().wait()
        return await super().due(shard)


async def test_a_server_that_does_not_answer_delays_no_other(engine: Engine) -> None:
    """Other shards are checked again and again meanwhile, and this one is asked once."""
    shards = OneSlow(engine.store)
    shards.slow, *others = shards.names
    duty = asyncio.create_task(DueRounds(engine, shards).run_forever())

    async def are_asked() -> bool:
        return all(shards.asked[name] >= 3 for name in others)

    await until(are_asked)
    assert shards.asked[shards.slow] == 1
    duty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await duty


async def test_a_round_whose_time_is_over_ends_once_and_others_go_on(engine: Engine) -> None:
    limited = playing(button("skill1", 5), round_limit_s=60)
    room_id, _, _ = await play(engine, limited)
    other_id, _, _ = await play(engine, limited)
    gone_id, _, _ = await play(engine, limited)
    for each in (room_id, gone_id):
        await let_run(engine, each, 60)
    gone = room_keys(gone_id)
    await engine.store.command("DEL", gone.room)
    replicas = [DueRounds(engine, Shards(engine.store)) for _ in range(2)]
    await asyncio.gather(*map(check, replicas))
    assert (await engine.describe(room_id)).status == "ended"
    assert (await engine.describe(room_id)).round == 1
    assert (await engine.describe(other_id)).status == "in_game"
