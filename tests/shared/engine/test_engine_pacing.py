"""Buttons with a pace in the room engine, on a server whose clock the test sets."""

from collections.abc import AsyncIterator
from random import Random
from statistics import median

import msgspec
import pytest

from shared.engine.engine import Engine
from shared.engine.replies import Counting
from shared.wire.game_messages import GameEvent, Outcome
from shared.wire.parts import Stat
from shared.wire.room_settings import DEFAULT_BUTTONS, DEFAULT_SETTINGS
from tests.batches import batch_of, sent
from tests.shared.engine.clocks import HOUR, ClockedServer, clocked_server
from tests.shared.engine.crowd import Crowd, gaps
from tests.shared.engine.paced_button import PACE, PRESSES
from tests.shared.engine.paced_button import play as play_by_rule
from tests.shared.engine.rooms import (
    Book,
    book,
    button,
    engine_at,
    open_room,
    play,
    playing,
    press,
    whole_log,
)

PACED = button("skill1", 5, pace_ms=PACE)
DEFAULT_PACED = msgspec.structs.replace(
    DEFAULT_SETTINGS, buttons=(msgspec.structs.replace(DEFAULT_BUTTONS[0], pace_ms=PACE),)
)


@pytest.fixture(scope="module")
async def clock(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ClockedServer]:
    async with clocked_server(tmp_path_factory.mktemp("clock"), stands=True) as server:
        yield server


@pytest.fixture
async def engine(clock: ClockedServer) -> AsyncIterator[Engine]:
    async with engine_at(clock.url) as opened:
        yield opened


async def stat_of(engine: Engine, room_id: str, event_type: str = "skill1") -> Stat:
    return (await engine.stats(room_id)).by_type[event_type]


async def taken(engine: Engine, room_id: str, viewer: str = "viewer", **presses: int) -> list[int]:
    """How many presses each trigger takes that this press fires."""
    counting = await sent(engine, room_id, batch_of(viewer, presses))
    assert isinstance(counting, Counting)
    return [fired.threshold for fired in counting.fired]


# A crowd.


@pytest.mark.parametrize(("viewers", "seconds"), [(5, 600), (500, 110)])
async def test_a_crowd_of_any_size_fires_about_once_in_a_pace(
    engine: Engine, clock: ClockedServer, viewers: int, seconds: int
) -> None:
    """As the rule has it; all presses count, and are in the triggers or in the bar."""
    crowd = Crowd(engine, clock, await play(engine, DEFAULT_PACED))
    events = await crowd.press(seconds, {"skill1": PRESSES * viewers}, viewers)
    _, _, *settled = events
    by_rule = [play_by_rule(lambda _: viewers, Random(seed), 300) for seed in range(5)]
    expected = median(median(button.gaps) for button in by_rule)
    assert median(gaps(settled)) == pytest.approx(expected, rel=0.1)
    assert min(gaps(events)) >= PACE / 1_000
    taken = median(event.trigger_count for event in settled)
    assert taken == pytest.approx(PRESSES * viewers * expected, rel=0.1)
    assert {event.viewer_count for event in settled} == {viewers}
    account = await book(engine, crowd.room.room_id, "skill1")
    assert account.balanced
    assert account.consumed == sum(event.trigger_count for event in events)


async def test_a_crowd_that_leaves_three_does_not_leave_them_a_bar_that_they_cannot_fill(
    engine: Engine, clock: ClockedServer
) -> None:
    crowd = Crowd(engine, clock, await play(engine, DEFAULT_PACED))
    *_, last = await crowd.press(50, {"skill1": 100}, 500)
    assert last.trigger_count > 1_000
    first, *others = await crowd.press(120, {"skill1": 0.6}, 3)
    assert (first.fired_at - last.fired_at) / 1_000 < 90 + PACE / 1_000
    assert others


UNEVEN = {
    "skill1": 18.0,
    "skill2": 9.0,
    "skill3": 5.0,
    "enemy1": 4.0,
    "enemy2": 2.5,
    "enemy3": 2.5,
}


async def test_a_room_fires_as_often_as_its_streamer_wants(
    engine: Engine, clock: ClockedServer
) -> None:
    """12 times a minute, by a crowd that likes some buttons more, and never two at once."""
    settings = msgspec.structs.replace(DEFAULT_SETTINGS, triggers_per_minute=12.0)
    crowd = Crowd(engine, clock, await play(engine, settings))
    await crowd.press(60, UNEVEN, 100)
    events = await crowd.press(180, UNEVEN, 100)
    assert 10 <= len(events) / 3 <= 14
    assert min(gaps(events)) >= 20 / 12
    assert {event.event_type for event in events} == set(UNEVEN)


async def test_weights_decide_which_button_fires_more_often(
    engine: Engine, clock: ClockedServer
) -> None:
    """A button with a pace of its own has it, and no distance to the others."""
    buttons = (
        button("often", 1, weight=3.0),
        button("seldom", 1, weight=1.0),
        button("own", 1, pace_ms=10_000, weight=4.0),
        button("off", 1, enabled=False, weight=4.0),
    )
    crowd = Crowd(engine, clock, await play(engine, playing(*buttons, triggers_per_minute=24.0)))
    events = await crowd.press(122, {"often": 4, "seldom": 4, "own": 4}, 10)
    fired = [event.event_type for event in events]
    # 60 s × (3 + 1 + 4) ÷ 24 = 20 s a weight.
    assert fired.count("often") == pytest.approx(18, abs=1)
    assert fired.count("seldom") == pytest.approx(6, abs=1)
    assert fired.count("own") == pytest.approx(12, abs=1)
    shared = [event for event in events if event.event_type != "own"]
    assert min(gaps(shared)) >= 20 / 24


async def test_a_button_waits_after_the_first_trigger_of_another_one(
    engine: Engine, clock: ClockedServer
) -> None:
    """Two seconds, although its turn has come."""
    buttons = (button("one", 5), button("two", 5))
    room_id, _, _ = await play(engine, playing(*buttons, triggers_per_minute=10.0))
    clock.step(60)
    assert await taken(engine, room_id, one=5) == [5]
    assert await taken(engine, room_id, two=5) == []
    clock.step(2)
    assert await taken(engine, room_id, two=1) == [6]


async def test_needs_that_sank_during_a_pause_do_not_fire_all_at_once_after_it(
    engine: Engine, clock: ClockedServer
) -> None:
    """A press of all the full buttons fires one, and the others follow two seconds apart."""
    names = ("one", "two", "three")
    buttons = [button(name, 5) for name in names]
    room_id, term, _ = await play(engine, playing(*buttons, triggers_per_minute=10.0))
    clock.step(60)
    for name in names:
        assert await taken(engine, room_id, "viewer", **{name: 20}) == [20]
        clock.step(2)
    assert await taken(engine, room_id, "viewer", **dict.fromkeys(names, 10)) == []
    await engine.pause(room_id, term, paused=True)
    clock.step(60)
    await engine.pause(room_id, term, paused=False)
    stats = [await stat_of(engine, room_id, name) for name in names]
    assert all(each.current_count >= each.required_count for each in stats)
    for expected in (11, 12, 13):
        assert await taken(engine, room_id, "viewer", **dict.fromkeys(names, 1)) == [expected]
        clock.step(2)


# A bar.


async def test_a_trigger_takes_all_presses(engine: Engine, clock: ClockedServer) -> None:
    """Those that come before its time wait for it, and so does the person who sets it off."""
    room_id, _, _ = await play(engine, playing(PACED))
    assert await taken(engine, room_id, skill1=12) == [12]
    assert (await stat_of(engine, room_id)).required_count == 12
    clock.step(14)
    counting = await press(engine, room_id, skill1=20)
    assert (counting.accepted, counting.fired) == (20, ())
    stat = counting.state.stats[0]
    assert (stat.current_count, stat.accepted, stat.remaining_count) == (20, 32, 0)
    assert 0 < stat.ready_in_ms <= 1_000
    clock.step(1)
    assert (await stat_of(engine, room_id)).ready_in_ms == 0
    assert len(await whole_log(engine, room_id)) == 1
    assert await taken(engine, room_id, skill1=1) == [21]
    assert (await stat_of(engine, room_id)).current_count == 0


async def test_a_bar_that_is_not_filled_halves_with_each_pace(
    engine: Engine, clock: ClockedServer
) -> None:
    """Never below the threshold; then it takes as many as came in one pace."""
    room_id, _, _ = await play(engine, playing(PACED))
    await press(engine, room_id, skill1=16)
    needed = []
    for _ in range(5):
        needed.append((await stat_of(engine, room_id)).required_count)
        clock.step(PACE / 1_000)
    assert needed == [16, 16, 8, 5, 5]
    assert await taken(engine, room_id, skill1=20) == [20]
    assert (await stat_of(engine, room_id)).required_count == 5  # 20 in five paces


async def test_a_round_begins_one_button_after_the_other(
    engine: Engine, clock: ClockedServer
) -> None:
    """Those that are off take no turn; one that gets a pace later is ready at once."""
    names = ("one", "two", "three")
    paced = [button(name, 5, pace_ms=30_000) for name in names]
    off, plain = button("off", 5, pace_ms=30_000, enabled=False), button("plain", 5)
    settings = playing(*paced[:1], off, *paced[1:], plain)
    room_id, term, _ = await play(engine, settings)
    stats = (await engine.stats(room_id)).stats
    assert [round(stat.ready_in_ms, -3) for stat in stats] == [0, 0, 10_000, 20_000, 0]
    assert await taken(engine, room_id, one=5, two=5, three=5) == [5]
    clock.step(10)
    assert await taken(engine, room_id, two=1, three=1) == [6]
    later = playing(*paced, button("off", 5, pace_ms=30_000), button("plain", 5, pace_ms=30_000))
    await engine.change_settings(room_id, lambda _: later)
    assert await taken(engine, room_id, "other", off=5, plain=5) == [5, 5]
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert (await stat_of(engine, room_id, "one")).ready_in_ms == 0
    assert (await stat_of(engine, room_id, "one")).required_count == 5
    assert (await stat_of(engine, room_id, "plain")).ready_in_ms > 20_000


async def test_a_press_that_opens_the_round_gives_the_turns_too(
    engine: Engine, clock: ClockedServer
) -> None:
    settings = playing(PACED, button("skill2", 5, pace_ms=PACE), starts="press")
    room_id = await open_room(engine, settings)
    await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    assert await taken(engine, room_id, skill1=5, skill2=5) == [5]
    clock.step(8)
    assert await taken(engine, room_id, skill2=1) == [6]


async def test_presses_of_a_failed_trigger_wait_for_the_next(
    engine: Engine, clock: ClockedServer
) -> None:
    room_id, term, log_epoch = await play(engine, playing(PACED))
    (fired,) = (await press(engine, room_id, skill1=8)).fired
    await engine.outcome(room_id, term, Outcome(log_epoch, fired.seq, "failed"))
    assert (await stat_of(engine, room_id)).current_count == 8
    assert await taken(engine, room_id, skill1=1) == []
    clock.step(PACE / 1_000)
    assert await taken(engine, room_id, skill1=1) == [10]
    assert await book(engine, room_id, "skill1") == Book(0, 10, 18, 0, 2, 8)


async def test_a_paused_button_takes_no_more_than_its_need(
    engine: Engine, clock: ClockedServer
) -> None:
    """The clock of its pace goes on, and the next press after the pause fires it."""
    room_id, term, _ = await play(engine, playing(PACED))
    await press(engine, room_id, skill1=8)
    await engine.pause(room_id, term, paused=True)
    counting = await press(engine, room_id, skill1=20)
    assert (counting.accepted, counting.rejected.paused) == (8, 12)
    clock.step(PACE / 1_000)
    await engine.pause(room_id, term, paused=False)
    assert len(await whole_log(engine, room_id)) == 1
    assert await taken(engine, room_id, skill1=1) == [9]


async def test_of_a_pace_and_a_cooldown_the_later_one_says_when(
    engine: Engine, clock: ClockedServer
) -> None:
    """Presses count on as with a pace alone. A button that never fired does not cool down."""
    slow = button("slow", 5, pace_ms=10_000, cooldown_ms=20_000)
    room_id, _, _ = await play(engine, playing(button("first", 5, pace_ms=10_000), slow))
    assert (await stat_of(engine, room_id, "slow")).cooldown_left_ms == 0
    clock.step(5)
    assert await taken(engine, room_id, slow=5) == [5]
    clock.step(11)
    counting = await press(engine, room_id, slow=15)
    assert (counting.accepted, counting.fired) == (15, ())
    stat = counting.state.by_type["slow"]
    assert stat.ready_in_ms == stat.cooldown_left_ms > 8_000
    clock.step(9)
    assert await taken(engine, room_id, slow=1) == [16]


@pytest.mark.parametrize("discard", [True, False])
async def test_an_emptied_bar_keeps_its_record_and_its_time(
    engine: Engine, clock: ClockedServer, discard: bool
) -> None:
    """By a reset, or by a resume that throws away what is there."""
    room_id, term, _ = await play(engine, playing(PACED))
    await press(engine, room_id, skill1=8)
    await press(engine, room_id, skill1=3)
    if discard:
        await engine.pause(room_id, term, paused=True)
        await engine.pause(room_id, term, paused=False, discard=True)
    else:
        await engine.reset(room_id)
    stat = await stat_of(engine, room_id)
    assert (stat.current_count, stat.required_count) == (0, 8)
    assert stat.ready_in_ms > 14_000


async def test_a_new_pace_counts_from_the_last_trigger(
    engine: Engine, clock: ClockedServer
) -> None:
    """The record stays, also over a time without a pace."""
    room_id, _, _ = await play(engine, playing(PACED))
    await press(engine, room_id, skill1=8)
    clock.step(5)

    async def change(pace_ms: int) -> Stat:
        settings = playing(button("skill1", 5, pace_ms=pace_ms))
        await engine.change_settings(room_id, lambda _: settings)
        return await stat_of(engine, room_id)

    assert 5_000 <= 60_000 - (await change(60_000)).ready_in_ms < 7_000
    assert (await change(0)).required_count == 5
    stat = await change(5_000)
    assert (stat.required_count, stat.ready_in_ms) == (8, 0)


async def test_a_clock_that_was_set_back_holds_no_button_up(
    engine: Engine, clock: ClockedServer
) -> None:
    settings = msgspec.structs.replace(
        playing(button("skill1", 5), button("skill2", 5)), triggers_per_minute=12.0
    )
    room_id, _, _ = await play(engine, settings)
    clock.step(10)
    assert await taken(engine, room_id, skill1=20) == [20]
    clock.step(-HOUR)
    try:
        assert await taken(engine, room_id, skill2=5) == [5]
        clock.step(2)
        stat = await stat_of(engine, room_id)
        assert (stat.ready_in_ms, stat.required_count) == (0, 5)
        assert await taken(engine, room_id, skill1=5) == [5]
    finally:
        clock.step(HOUR)


# Nothing fires without a press.


async def test_what_became_full_fires_with_the_next_press(
    engine: Engine, clock: ClockedServer
) -> None:
    """A lower threshold, an ended cooldown, a button that is back: each trigger has a person."""
    cooling = button("cooling", 1, cooldown_ms=60_000)
    room_id, term, _ = await play(engine, playing(button("skill1", 5), cooling))
    await press(engine, room_id, skill1=4, cooling=2)
    lower = playing(button("skill1", 2), cooling)
    await engine.change_settings(room_id, lambda _: lower)
    await engine.pause(room_id, term, paused=True)
    await engine.pause(room_id, term, paused=False)
    clock.step(61)
    await engine.stats(room_id)
    assert len(await whole_log(engine, room_id)) == 1
    counting = await press(engine, room_id, name="Aki", skill1=1, cooling=1)
    assert [(f.event_type, f.threshold) for f in counting.fired] == [
        ("skill1", 2),
        ("skill1", 2),
        ("cooling", 1),
    ]
    _, *events = await whole_log(engine, room_id)
    assert all(isinstance(event, GameEvent) and event.viewer_name == "Aki" for event in events)
