"""What games answered comes back with a room that Redis lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.engine.keys import shard
from shared.wire.game_messages import Available, Outcome
from shared.wire.refusal import Refused
from tests.api_service.audit.audits import audited, book
from tests.api_service.ledger.loss import open_stage, snapshot
from tests.shared.engine.rooms import book as account
from tests.shared.engine.rooms import button, play, playing, press
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.api_service.ledger.loss import Stage

pytestmark = pytest.mark.anyio

TWO = playing(button("skill1", 5), button("enemy1", 5))


@pytest.fixture
async def stage(tmp_path: Path, own_database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, own_database_url) as opened:
        yield opened


async def test_a_failure_gives_its_presses_back_once_across_a_loss(stage: Stage) -> None:
    """Repeated, it returns nothing; what was not told yet may still be told."""
    engine = stage.engine
    room_id, term, log_epoch = await play(engine, TWO)

    async def fails(seq: int) -> bool:
        return await engine.outcome(room_id, term, Outcome(log_epoch, seq, "failed"))

    await press(engine, room_id, "ann", name="Ann", skill1=11)
    assert await fails(1)
    await engine.available(room_id, term, Available("enemy1", False, "busy"))
    before = await snapshot(engine, room_id)
    assert before.counts["skill1:returned"] == 5
    assert before.answers == {"waiting": {"skill1": True}, "unavailable": {"enemy1": "busy"}}
    await stage.lose_and_restore()
    assert await snapshot(engine, room_id) == before
    assert not await fails(1)
    assert await fails(2)
    kept = await account(engine, room_id, "skill1")
    assert (kept.returned, kept.count, kept.balanced) == (10, 11, True)
    with pytest.raises(Refused, match="bad_outcome"):
        await fails(3)
    refused = await press(engine, room_id, "bob", enemy1=3)
    assert refused.rejected.unavailable == 3
    await book(stage.books, room_id)
    assert (await audited(stage.books, room_id)).differences == ()


async def test_effects_that_last_are_shown_again(stage: Stage) -> None:
    """With the name, the reason and the end that they had; those that are done are not."""
    engine = stage.engine
    room_id, term, log_epoch = await play(engine, TWO)
    await press(engine, room_id, "ann", name="Ann", skill1=10)
    await engine.outcome(room_id, term, Outcome(log_epoch, 1, "started", 600_000, "a storm"))
    await engine.outcome(room_id, term, Outcome(log_epoch, 2, "started", 600_000))
    await engine.outcome(room_id, term, Outcome(log_epoch, 2, "done"))
    before = (await engine.watch(room_id, "gateway", None)).lasting
    assert [(effect.seq, effect.viewer_name) for effect in before] == [(1, "Ann")]
    await stage.lose_and_restore()
    assert (await engine.watch(room_id, "gateway", None)).lasting == before
    assert await engine.outcome(room_id, term, Outcome(log_epoch, 1, "done"))
    assert (await engine.watch(room_id, "gateway", None)).lasting == ()


async def test_an_effect_that_is_told_again_after_a_loss_does_not_last_longer(
    stage: Stage,
) -> None:
    """As after a reconnect; another duration begins anew."""
    engine = stage.engine
    room_id, term, log_epoch = await play(engine, TWO)

    async def starts(duration_ms: int) -> bool:
        told = Outcome(log_epoch, 1, "started", duration_ms)
        return await engine.outcome(room_id, term, told)

    await press(engine, room_id, "ann", skill1=5)
    await starts(600_000)
    before = (await engine.watch(room_id, "gateway", None)).lasting
    await stage.lose_and_restore()
    assert not await starts(600_000)
    assert (await engine.watch(room_id, "gateway", None)).lasting == before
    assert await starts(700_000)
    assert not await starts(700_000)
    assert await starts(60_000)


async def test_an_effect_of_a_blocked_viewer_comes_back_without_its_name(stage: Stage) -> None:
    """What the game says of it later does not name the viewer either."""
    engine = stage.engine
    room_id, term, log_epoch = await play(engine, TWO)
    await press(engine, room_id, "ann", name="Ann", skill1=10)
    await engine.outcome(room_id, term, Outcome(log_epoch, 1, "started", 600_000))
    await engine.block(room_id, "ann")
    await stage.lose_and_restore()
    await engine.outcome(room_id, term, Outcome(log_epoch, 2, "started", 600_000))
    lasting = (await engine.watch(room_id, "gateway", None)).lasting
    assert sorted((effect.seq, effect.viewer_name) for effect in lasting) == [(1, None), (2, None)]


async def test_only_so_many_effects_come_back(stage: Stage) -> None:
    """As many as Redis keeps, however many the books have."""
    engine = stage.engine
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 1)))
    for n in range(15):
        await press(engine, room_id, f"v{n}", skill1=20)
    for seq in range(1, 301):
        await engine.outcome(room_id, term, Outcome(log_epoch, seq, "started", 600_000))
    await stage.lose_and_restore()
    assert len((await engine.watch(room_id, "gateway", None)).lasting) == 200


async def test_a_full_button_fires_after_a_loss_without_a_press(stage: Stage) -> None:
    """Every running room is looked at once it is back."""
    engine = stage.engine
    room_id = (await play(engine, TWO)).room_id
    await press(engine, room_id, skill1=4)
    await engine.change_settings(room_id, lambda _: playing(button("skill1", 3)))
    await stage.lose_and_restore()

    async def is_due() -> bool:
        return room_id in (await stage.books.shards.due(shard(room_id))).full

    await until(is_due)
    assert [fired.threshold for fired in await engine.fire_full(room_id)] == [3]
