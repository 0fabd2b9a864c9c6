"""Buttons with a pace, and full buttons, in the room engine."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from shared.engine.keys import SHARD_KEYS, shard
from shared.engine.shard_ledger import Shards
from shared.wire.game_messages import Available, GameEvent, Outcome
from shared.wire.room_settings import Multiplier
from tests.shared.engine.clocks import HOUR, clocked_server
from tests.shared.engine.crowd import Crowd, show
from tests.shared.engine.rooms import (
    book,
    button,
    engine_at,
    pace_of,
    play,
    playing,
    press,
    whole_log,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.engine.engine import Engine
    from shared.engine.replies import Fired
    from shared.wire.parts import Stat
    from tests.shared.engine.clocks import ClockedServer
    from tests.shared.engine.crowd import Show

pytestmark = pytest.mark.anyio

SETTLED = 10  # s
ALONE_OR_MANY = (Multiplier(up_to=1, factor=1.0), Multiplier(up_to=2, factor=4.0))


@pytest.fixture(scope="module")
async def clock(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ClockedServer]:
    async with clocked_server(tmp_path_factory.mktemp("clock")) as server:
        yield server


@pytest.fixture
async def clocked(clock: ClockedServer) -> AsyncIterator[Engine]:
    async with engine_at(clock.url) as opened:
        yield opened


async def only_stat(engine: Engine, room_id: str) -> Stat:
    return (await engine.stats(room_id)).stats[0]


@pytest.mark.parametrize(
    ("rate", "pace_ms", "gap"),
    [(0.1, 60_000, 10.0), (10, 1_000, 0.1), (1_000, 1_000, 0.05), (100_000, 1_000, 0.1)],
)
async def test_a_steady_crowd_meets_the_pace(
    clocked: Engine, clock: ClockedServer, rate: float, pace_ms: int, gap: float
) -> None:
    """After 10 s, within 20 %; `gap` is the time (s) between calls, on Redis's clock."""
    played = await play(clocked, playing(button("skill1", 3, pace_ms=pace_ms)))
    crowd = Crowd(clocked, played.room_id)
    for n in range(int((SETTLED + 8 * pace_ms / 1000) / gap)):
        clock.step(gap)
        await crowd.press(round(rate * gap))
        if n % max(1, round(1 / gap)) == 0:
            await clocked.fire_full(played.room_id)
    fired = [
        e.fired_at for e in await whole_log(clocked, played.room_id) if isinstance(e, GameEvent)
    ]
    settled = [at / 1000 for at in fired if at >= fired[0] + SETTLED * 1000]
    intervals = [later - earlier for earlier, later in pairwise(settled)]
    assert len(intervals) >= 4
    assert fmean(intervals) == pytest.approx(pace_ms / 1000, rel=0.2)


@pytest.mark.parametrize(("before", "after"), [(100, 1_000), (1_000, 100)])
async def test_after_a_jump_of_ten_times_five_triggers_are_enough(
    clocked: Engine, clock: ClockedServer, before: int, after: int
) -> None:
    """From the sixth interval on, each is within 25 % of the pace; no goal rises in its bar."""
    played = await show(clocked, clock, 3, 1_000)
    await played.go_on(SETTLED, before)
    _, *fired = await played.go_on(15, after)
    settled = [later - earlier for earlier, later in pairwise(fired)][5:9]
    assert settled == pytest.approx([1] * 4, rel=0.25)
    assert risen(played) == []


async def test_a_crowd_that_is_slower_than_the_pace_meets_the_classic_interval(
    clocked: Engine, clock: ClockedServer
) -> None:
    played = await show(clocked, clock, 35, 1_000)
    await played.go_on(SETTLED, 10)
    _, *fired = await played.go_on(30, 10)
    intervals = [later - earlier for earlier, later in pairwise(fired)]
    assert len(intervals) >= 6
    assert fmean(intervals) == pytest.approx(3.5, rel=0.2)
    assert {goal for _, goal in played.goals} == {35}


async def test_no_goal_rises_while_its_bar_is_filled_whatever_comes_back(
    clocked: Engine, clock: ClockedServer
) -> None:
    """Some triggers fail at once, others much later; the crowd comes and goes."""
    played, random = await show(clocked, clock, 5, 1_000), Random(7)
    for _ in range(12):
        rate, works = random.choice((2, 20, 200, 2_000)), random.random() < 0.5
        await played.go_on(random.choice((0.5, 2, 5)), rate, works=works)
        clock.step(random.choice((0, 0, 3)))
        level, count = (await played.stat()).current_level, (await played.stat()).current_count
        await played.fail(random.randint(max(1, level - 5), max(1, level)))
        played.goals.append((level, (await played.stat()).required_count))
        assert (await played.stat()).current_count >= count
    assert (await book(clocked, played.room.room_id, "skill1")).returned > 0
    assert risen(played) == []


def risen(played: Show) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where a goal was greater than just before, in the same bar."""
    seen = pairwise(played.goals)
    return [(then, now) for then, now in seen if then[0] == now[0] and then[1] < now[1]]


async def test_the_goal_is_classic_again_a_minute_after_the_last_press(
    clocked: Engine, clock: ClockedServer
) -> None:
    """What was left in the bar is one trigger's."""
    played = await play(clocked, playing(button("skill1", 3, pace_ms=5_000)))
    crowd = Crowd(clocked, played.room_id)
    for _ in range(60):
        clock.step(0.1)
        await crowd.press(20)
    goal = (await only_stat(clocked, played.room_id)).required_count
    assert goal > 300
    fired: list[Fired] = []
    for _ in range(62):
        clock.step(1)
        fired += await clocked.fire_full(played.room_id)
    stat = await only_stat(clocked, played.room_id)
    assert (stat.required_count, stat.current_count) == (3, 0)
    (last,) = fired
    assert 3 <= last.threshold <= goal


async def test_a_call_fires_one_trigger_of_a_paced_button_and_keeps_the_rest(
    engine: Engine,
) -> None:
    played = await play(engine, playing(button("skill1", 5, pace_ms=1_000)))
    counting = await press(engine, played.room_id, skill1=20)
    assert [fired.threshold for fired in counting.fired] == [5]
    assert counting.accepted == 20
    assert counting.state.by_type["skill1"].current_count == 15


async def test_a_very_short_pace_lets_a_call_fire_what_is_due(engine: Engine) -> None:
    """A page sends what it gathered for 300 ms."""
    played = await play(engine, playing(button("skill1", 5, pace_ms=100)))
    counting = await press(engine, played.room_id, skill1=20)
    assert [fired.threshold for fired in counting.fired] == [5, 5, 5]


# Full buttons.


async def test_a_button_that_became_full_fires_without_a_press(engine: Engine) -> None:
    """Here because the streamer lowered its threshold."""
    played = await play(engine, playing(button("skill1", 5)))
    await press(engine, played.room_id, name="Aki", skill1=4)
    await engine.change_settings(played.room_id, lambda _: playing(button("skill1", 2)))
    assert [fired.threshold for fired in await engine.fire_full(played.room_id)] == [2]
    assert [fired.threshold for fired in await engine.fire_full(played.room_id)] == [2]
    assert await engine.fire_full(played.room_id) == ()
    first, second = await whole_log(engine, played.room_id)
    assert isinstance(first, GameEvent)
    assert (first.viewer_name, first.trigger_count, second.seq) == (None, 2, 2)


async def test_a_room_is_looked_at_when_a_button_may_become_full(
    clocked: Engine, clock: ClockedServer
) -> None:
    """Half a second after the press, once for all replicas, and again until nothing can change."""
    shards = Shards(clocked.store)
    settings = playing(button("skill1", 5), multipliers=ALONE_OR_MANY)
    played = await play(clocked, settings)
    name = shard(played.room_id)
    for viewer in ("a", "b", "c"):
        await press(clocked, played.room_id, viewer, skill1=2)
    assert played.room_id not in (await shards.due(name)).full
    clock.step(1.1)
    assert played.room_id in (await shards.due(name)).full
    assert played.room_id not in (await shards.due(name)).full
    assert await clocked.fire_full(played.room_id) == ()  # 6 of 20, for three viewers
    for _ in range(33):
        clock.step(1)
        for room_id in (await shards.due(name)).full:
            await clocked.fire_full(room_id)
    stat = await only_stat(clocked, played.room_id)
    assert (stat.current_level, stat.current_count) == (1, 1)
    clock.step(2)
    assert played.room_id not in (await shards.due(name)).full


async def test_a_press_that_can_fill_nothing_costs_no_look(engine: Engine) -> None:
    played = await play(engine, playing(button("skill1", 5)))
    await press(engine, played.room_id, skill1=4)
    looks = SHARD_KEYS[shard(played.room_id)].looks
    assert await engine.store.command("ZSCORE", looks, played.room_id) is None


async def test_a_press_ends_the_wait_of_presses_that_came_back(
    clocked: Engine, clock: ClockedServer
) -> None:
    """They fire without another press when viewers leave."""
    settings = playing(button("skill1", 5), multipliers=ALONE_OR_MANY)
    room_id, term, log_epoch = await play(clocked, settings)
    (fired,) = (await press(clocked, room_id, "a", skill1=5)).fired
    await clocked.outcome(room_id, term, Outcome(log_epoch, fired.seq, "failed"))
    assert (await press(clocked, room_id, "b", skill1=1)).fired == ()  # 6 of 20, for two viewers
    clock.step(32)
    assert room_id in (await Shards(clocked.store).due(shard(room_id))).full
    assert len(await clocked.fire_full(room_id)) == 1


async def test_a_new_round_is_looked_at_as_the_one_before(engine: Engine) -> None:
    """Also if a look has just found that the one before is over."""
    settings = playing(button("skill1", 5), multipliers=ALONE_OR_MANY)
    room_id, term, _ = await play(engine, settings)
    looks = SHARD_KEYS[shard(room_id)].looks
    for _ in range(2):
        for viewer in ("a", "b", "c"):
            await press(engine, room_id, viewer, skill1=2)
        assert await engine.store.command("ZSCORE", looks, room_id) is not None
        await engine.finish(room_id, term)
        await engine.fire_full(room_id)
        await engine.start(room_id, term)


async def test_a_room_is_looked_at_though_the_clock_was_set_back(
    clocked: Engine, clock: ClockedServer
) -> None:
    settings = playing(button("skill1", 5), multipliers=ALONE_OR_MANY)
    room_id, _, _ = await play(clocked, settings)
    for viewer in ("a", "b", "c"):
        await press(clocked, room_id, viewer, skill1=2)
    clock.step(-HOUR)
    assert room_id in (await Shards(clocked.store).due(shard(room_id))).full
    clock.step(HOUR)


async def test_a_full_button_that_must_not_fire_waits(engine: Engine) -> None:
    """Paused, cooling down, unavailable, switched off, or full of presses that came back."""
    buttons = [
        button("cooling", 1, cooldown_ms=60_000),
        button("away", 5),
        button("off", 5),
        button("back", 5),
    ]
    played = await play(engine, playing(*buttons))
    room_id, term = played.room_id, played.term
    (fired,) = (await press(engine, room_id, back=5)).fired
    await engine.outcome(room_id, term, Outcome(played.log_epoch, fired.seq, "failed"))
    await press(engine, room_id, cooling=2, away=4, off=4)
    await engine.available(room_id, term, Available("away", available=False))
    lower = [button("cooling", 1, cooldown_ms=60_000), button("away", 1), button("back", 5)]
    off = button("off", 1, enabled=False)
    await engine.change_settings(room_id, lambda _: playing(*lower, off))
    assert await engine.fire_full(room_id) == ()
    await engine.pause(room_id, term, paused=True)
    await engine.available(room_id, term, Available("away", available=True))
    assert await engine.fire_full(room_id) == ()
    assert [each.event_type for each in await engine.pause(room_id, term, paused=False)] == ["away"]
    assert (await press(engine, room_id, back=1)).fired


async def test_a_resume_lets_full_buttons_with_a_pace_take_turns(
    clocked: Engine, clock: ClockedServer
) -> None:
    """One pace apart, also when viewers press them; buttons without a pace fire at once."""
    names = ("one", "two", "three")
    paced = [button(name, 5, pace_ms=2_000) for name in names]
    played = await play(clocked, playing(*paced, button("plain", 5)))
    room_id = played.room_id
    await clocked.pause(room_id, played.term, paused=True)
    await press(clocked, room_id, one=9, two=9, three=9, plain=9)
    at_once = await clocked.pause(room_id, played.term, paused=False)
    assert [fired.event_type for fired in at_once] == ["one", "plain"]
    early = await press(clocked, room_id, "impatient", two=1, three=1)
    assert (early.fired, early.accepted) == ((), 2)  # they count, and stay in the bar
    for name in ("two", "three"):
        clock.step(1)
        assert await clocked.fire_full(room_id) == ()
        clock.step(1)
        assert [fired.event_type for fired in await clocked.fire_full(room_id)] == [name]


async def test_a_button_waits_for_others_with_a_longer_pace(
    clocked: Engine, clock: ClockedServer
) -> None:
    """At most 24 of its own paces, so that it does not wait for ever."""
    quick, slow = button("quick", 5, pace_ms=1_000), button("slow", 5, pace_ms=60_000)
    played = await play(clocked, playing(slow, quick))
    room_id = played.room_id
    await clocked.pause(room_id, played.term, paused=True)
    await press(clocked, room_id, slow=5, quick=5)
    (fired,) = await clocked.pause(room_id, played.term, paused=False)
    assert fired.event_type == "slow"
    clock.step(23)
    assert await clocked.fire_full(room_id) == ()
    clock.step(1)
    assert [fired.event_type for fired in await clocked.fire_full(room_id)] == ["quick"]


async def test_a_full_button_fires_when_its_cooldown_ends(
    clocked: Engine, clock: ClockedServer
) -> None:
    """Without a press, and not before."""
    room_id, _, _ = await play(clocked, playing(button("skill1", 5, cooldown_ms=60_000)))
    shards, name = Shards(clocked.store), shard(room_id)
    assert len((await press(clocked, room_id, skill1=5)).fired) == 1
    assert (await press(clocked, room_id, skill1=6)).rejected.cooldown == 1
    while (await only_stat(clocked, room_id)).cooldown_left_ms > 10_000:
        clock.step(5)
        assert room_id in (await shards.due(name)).full
        assert await clocked.fire_full(room_id) == ()
    clock.step(10)
    assert room_id in (await shards.due(name)).full
    assert [fired.threshold for fired in await clocked.fire_full(room_id)] == [5]


async def test_a_pace_is_forgotten_with_the_round(engine: Engine) -> None:
    played = await play(engine, playing(button("skill1", 1, pace_ms=60_000)))
    for _ in range(2):
        await press(engine, played.room_id, uuid4().hex, skill1=20)
    assert (await only_stat(engine, played.room_id)).required_count > 1
    await engine.finish(played.room_id, played.term)
    await engine.start(played.room_id, played.term)
    assert (await only_stat(engine, played.room_id)).required_count == 1
    assert await pace_of(engine, played.room_id, "skill1", 2) is None
