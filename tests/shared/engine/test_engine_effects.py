"""The effects of triggers that viewers see: what lasts, how it ends, whose name it has."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from shared.engine.engine import Engine
from shared.engine.room_snapshot import FROM_NOTHING, snapshot_of
from shared.wire.game_messages import LONGEST_EFFECT, Outcome
from shared.wire.viewer_messages import Effect
from tests.room_keys import room_keys
from tests.shared.engine.clocks import HOUR, clocked_server
from tests.shared.engine.fired_trigger import FIVE, FiredTrigger, a_trigger, block
from tests.shared.engine.rooms import button, engine_at, fire, play, playing


async def test_viewers_see_what_lasts_and_then_how_it_ended(engine: Engine) -> None:
    fired = await a_trigger(engine)
    before = await engine.watch(fired.room.room_id, "gateway", None)
    assert await fired.say("started", 60_000)
    shown = await engine.watch(fired.room.room_id, "gateway", before)
    (effect,) = shown.effects
    assert effect == Effect(
        "skill1", fired.room.log_epoch, fired.seq, "Aki", "started", None, effect.ends_at
    )
    assert effect.ends_at is not None
    assert 59_000 < effect.ends_at - shown.now <= 60_000
    assert shown.lasting == await fired.effects() == (effect,)
    assert await fired.say("failed", reason="no dragon")
    after = await engine.watch(fired.room.room_id, "gateway", shown)
    assert [(e.status, e.reason, e.ends_at, e.returned) for e in after.effects] == [
        ("failed", "no dragon", None, 5)
    ]
    assert after.lasting == await fired.effects() == ()
    assert (await engine.watch(fired.room.room_id, "gateway", after)).effects == ()


async def scans(engine: Engine) -> int:
    """How many hashes the server has read as a whole."""
    stats = await engine.store.command("INFO", "commandstats")
    return int(stats.get("cmdstat_hgetall", {"calls": 0})["calls"])


async def hide_all_names(fired: FiredTrigger) -> None:
    hidden = msgspec.structs.replace(FIVE, show_names=False)
    await fired.engine.change_settings(fired.room.room_id, lambda _: hidden)


@pytest.mark.parametrize("hide", [block, hide_all_names])
async def test_a_name_that_is_hidden_leaves_the_effects_that_last(
    engine: Engine, hide: Callable[[FiredTrigger], Awaitable[None]]
) -> None:
    """Pages that show it are told at once; what the game says later does not name it either."""
    fired = await a_trigger(engine)
    await fired.say("started", 60_000, 'a "dragon"')
    before = await engine.watch(fired.room.room_id, "gateway", None)
    (named,) = before.lasting
    nameless = msgspec.structs.replace(named, viewer_name=None)
    await hide(fired)
    after = await engine.watch(fired.room.room_id, "gateway", before)
    assert named.viewer_name == "Aki"
    assert after.effects == after.lasting == await fired.effects() == (nameless,)
    await fired.say("done")
    last = await engine.watch(fired.room.room_id, "gateway", after)
    assert [(effect.status, effect.viewer_name) for effect in last.effects] == [("done", None)]


async def test_a_block_hides_no_other_name(engine: Engine) -> None:
    fired = await a_trigger(engine)
    await fired.say("started", 60_000)
    await engine.block(fired.room.room_id, "another")
    assert [effect.viewer_name for effect in await fired.effects()] == ["Aki"]


async def test_a_gateway_that_misses_effects_gets_the_newest_and_what_lasts(
    engine: Engine,
) -> None:
    """More came than are kept for it, and the first of them ended one that it shows."""
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 1)))
    await fire(engine, room_id, 110)
    await engine.outcome(room_id, term, Outcome(log_epoch, 1, "started", 60_000))
    before = await engine.watch(room_id, "gateway", None)
    for seq in range(1, 110):
        await engine.outcome(room_id, term, Outcome(log_epoch, seq, "done"))
    await engine.outcome(room_id, term, Outcome(log_epoch, 110, "started", 60_000))
    after = await engine.watch(room_id, "gateway", before)
    assert [effect.seq for effect in before.lasting] == [1]
    assert [effect.seq for effect in after.lasting] == [110]
    assert after.has_missed_effects
    assert [effect.seq for effect in after.effects] == list(range(11, 111))
    next_ = await engine.watch(room_id, "gateway", after)
    assert (next_.has_missed_effects, next_.lasting) == (False, after.lasting)


async def test_a_gateway_skips_effects_that_it_cannot_read(engine: Engine) -> None:
    """They come from a later release, during an upgrade; what follows is shown."""
    fired = await a_trigger(engine)
    before = await engine.watch(fired.room.room_id, "gateway", None)
    stream, _ = room_keys(fired.room.room_id).effects
    await engine.store.command("XADD", stream, "*", "m", '{"type":"effect","status":"paused"}')
    await fired.say("done")
    after = await engine.watch(fired.room.room_id, "gateway", before)
    assert [effect.status for effect in after.effects] == ["done"]


async def test_the_end_of_an_effect_needs_no_word(tmp_path: Path) -> None:
    """A game that says nothing more lets it end by the clock."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        fired = await a_trigger(engine)
        await fired.say("started", 5_000)
        clock.step(4)
        assert len(await fired.effects()) == 1
        clock.step(1)
        assert await fired.effects() == ()


async def test_an_effect_that_is_told_again_does_not_last_longer(tmp_path: Path) -> None:
    """As after a reconnect; another duration begins anew."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        fired = await a_trigger(engine)
        await fired.say("started", 5_000)
        (first,) = await fired.effects()
        clock.step(2)
        assert not await fired.say("started", 5_000)
        assert await fired.effects() == (first,)
        assert await fired.say("started", 6_000)
        (longer,) = await fired.effects()
        assert longer.ends_at is not None
        assert first.ends_at is not None
        assert longer.ends_at >= first.ends_at + 3_000


async def test_no_effect_lasts_longer_than_effects_can(tmp_path: Path) -> None:
    """The clock was set back."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        fired = await a_trigger(engine)
        await fired.say("started", 60_000)
        clock.step(-2 * HOUR)
        assert await fired.effects() == ()


async def test_an_effect_is_shown_from_its_first_moment_to_its_last(engine: Engine) -> None:
    """Also the longest."""
    fired = await a_trigger(engine)
    await fired.say("started", LONGEST_EFFECT)
    (effect,) = await fired.effects()
    assert effect.ends_at is not None
    (shown_now,) = await engine.call("watch", fired.room.room_id, "gateway", *FROM_NOTHING)
    now = shown_now.index("now") + 1
    shown = {}
    for left in (LONGEST_EFFECT + 1, LONGEST_EFFECT, 1, 0):
        shown_now[now] = effect.ends_at - left
        shown[left] = len(snapshot_of([shown_now], None).lasting)
    assert shown == {LONGEST_EFFECT + 1: 0, LONGEST_EFFECT: 1, 1: 1, 0: 0}


async def test_a_game_with_many_lasting_effects_is_cheap(engine: Engine) -> None:
    """What has ended is removed from a full list once a second, however many effects start."""
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 1)))
    await fire(engine, room_id, 220)
    before = await scans(engine)
    for seq in range(1, 221):
        await engine.outcome(room_id, term, Outcome(log_epoch, seq, "started", 60_000))
    assert len((await engine.watch(room_id, "gateway", None)).lasting) == 200
    assert await scans(engine) - before < 10
