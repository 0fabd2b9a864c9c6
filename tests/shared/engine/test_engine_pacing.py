"""Buttons with a pace in the room engine, on a server whose clock the test sets."""

import math
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
from tests.batches import batch_of, sent, state_of
from tests.shared.engine.clocks import HOUR, ClockedServer, clocked_server
from tests.shared.engine.crowd import Crowd, gaps
from tests.shared.engine.paced_button import PACE, PRESSES
from tests.shared.engine.paced_button import play as play_by_rule
from tests.shared.engine.rooms import (
    LOCAL,
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
    return state_of(event_type, await engine.stats(room_id))


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
    assert min(gaps(events)) >= PACE / 4_000
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
    assert (first.fired_at - last.fired_at) / 1_000 < 90
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
    """12 times a minute from the first one on, by a crowd that likes some buttons more."""
    settings = msgspec.structs.replace(DEFAULT_SETTINGS, triggers_per_minute=12.0)
    crowd = Crowd(engine, clock, await play(engine, settings))
    for _ in range(4):
        events = await crowd.press(60, UNEVEN, 100)
        assert 10 <= len(events) <= 14
        assert min(gaps(events)) >= 20 / 12
        assert {event.event_type for event in events} == set(UNEVEN)


@pytest.mark.parametrize("viewers", [20, 500])
async def test_a_bar_is_hardly_ever_full_and_waiting(
    engine: Engine, clock: ClockedServer, viewers: int
) -> None:
    """In 3 of 100 seconds of a button at most, from a round's first second on."""
    settings = msgspec.structs.replace(DEFAULT_SETTINGS, triggers_per_minute=12.0)
    crowd = Crowd(engine, clock, await play(engine, settings))
    rates = {event_type: rate * viewers / 200 for event_type, rate in UNEVEN.items()}
    for _ in range(2):
        waiting = 0
        for _ in range(60):
            await crowd.press(1, rates, viewers)
            stats = (await engine.stats(crowd.room.room_id)).stats
            waiting += sum(stat.remaining_count == 0 and stat.ready_in_ms > 0 for stat in stats)
        assert waiting <= 0.03 * 60 * len(UNEVEN)


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
    events = await crowd.press(242, {"often": 4, "seldom": 4, "own": 4}, 10)
    fired = [event.event_type for event in events]
    # 60 s × (3 + 1 + 4) ÷ 24 = 20 s a weight.
    assert fired.count("often") == pytest.approx(36, abs=3)
    assert fired.count("seldom") == pytest.approx(12, abs=1)
    assert fired.count("own") == pytest.approx(24, abs=2)
    shared = [event for event in events if event.event_type != "own"]
    assert min(gaps(shared)) >= 20 / 24


async def test_a_button_waits_after_the_first_trigger_of_another_one(
    engine: Engine, clock: ClockedServer
) -> None:
    """Two seconds, although its own bar is full."""
    buttons = (button("one", 5), button("two", 5))
    room_id, _, _ = await play(engine, playing(*buttons, triggers_per_minute=10.0))
    clock.step(60)
    assert await taken(engine, room_id, one=5) == [5]
    assert (await stat_of(engine, room_id, "two")).ready_in_ms == 2_000
    assert await taken(engine, room_id, two=5) == []
    clock.step(2)
    assert await taken(engine, room_id, two=1) == [6]


# A bar.


async def test_a_trigger_takes_all_presses(engine: Engine, clock: ClockedServer) -> None:
    """Those that come in the first quarter of a pace wait, and so does who sets it off."""
    room_id, _, _ = await play(engine, playing(PACED))
    clock.step(PACE / 1_000)
    assert await taken(engine, room_id, skill1=6) == [6]
    clock.step(3)
    counting = await press(engine, room_id, skill1=20)
    assert (counting.accepted, counting.fired) == (20, ())
    stat = counting.state.stats[0]
    assert (stat.current_count, stat.accepted, stat.remaining_count) == (20, 26, 0)
    assert (stat.required_count, stat.ready_in_ms) == (math.ceil(6 * 4**0.8), 750)
    clock.step(0.75)
    assert (await stat_of(engine, room_id)).ready_in_ms == 0
    assert len(await whole_log(engine, room_id)) == 1
    assert await taken(engine, room_id, skill1=1) == [21]
    assert (await stat_of(engine, room_id)).current_count == 0


async def test_the_need_falls_to_a_quarter_in_each_pace(
    engine: Engine, clock: ClockedServer
) -> None:
    """Never below the threshold. After one pace it is what the last trigger took, for one pace."""
    room_id, _, _ = await play(engine, playing(PACED))
    clock.step(PACE / 1_000)
    assert await taken(engine, room_id, skill1=20) == [20]
    needed = []
    for _ in range(5):
        needed.append((await stat_of(engine, room_id)).required_count)
        clock.step(PACE / 2_000)
    assert needed == [80, 40, 20, 10, 5]
    assert await taken(engine, room_id, skill1=15) == [15]  # in two and a half paces
    clock.step(PACE / 1_000)
    assert (await stat_of(engine, room_id)).required_count == 6
    assert await taken(engine, room_id, skill1=6) == [6]
    clock.step(PACE / 4_000)
    assert await taken(engine, room_id, skill1=20) == [20]  # in a quarter, the least
    clock.step(PACE / 1_000)
    assert (await stat_of(engine, room_id)).required_count == 80


async def test_a_rounds_first_bars_are_shorter_and_guessed(
    engine: Engine, clock: ClockedServer
) -> None:
    """Of k with a pace the i-th has its pace × i ÷ k; each viewer presses once in five seconds."""
    names = ("one", "two", "three")
    paced = [button(name, 1, pace_ms=30_000) for name in names]
    off, plain = button("off", 1, pace_ms=30_000, enabled=False), button("plain", 1)
    settings = playing(*paced[:1], off, *paced[1:], plain)
    room_id, term, _ = await play(engine, settings)
    await engine.join(room_id, "viewer", LOCAL)
    stats = (await engine.stats(room_id)).stats
    assert [stat.ready_in_ms for stat in stats] == [2_500, 0, 5_000, 7_500, 0]
    guesses = [4 * 0.2 / 3 * seconds for seconds in (10, 20, 30)]  # 4 times, at first
    needed = [stat.required_count for stat in stats]
    assert [needed[n] for n in (0, 2, 3, 4)] == [*map(math.ceil, guesses), 1]
    await press(engine, room_id, "another", one=1)
    assert (await stat_of(engine, room_id, "one")).required_count == math.ceil(2 * guesses[0])
    clock.step(5)
    assert await taken(engine, room_id, one=3, two=6, three=20) == [4]
    clock.step(5)
    assert await taken(engine, room_id, three=1) == [21]
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert [stat.ready_in_ms for stat in (await engine.stats(room_id)).stats] == [
        *(2_500, 0, 5_000, 7_500, 0)
    ]


async def test_a_button_that_gets_a_pace_in_a_round_has_waited_one(
    engine: Engine, clock: ClockedServer
) -> None:
    """Or that is switched on: its first trigger needs what comes in a pace, by the guess."""
    off = button("off", 1, pace_ms=30_000, enabled=False)
    room_id, _, _ = await play(engine, playing(off, button("plain", 1)))
    await engine.join(room_id, "viewer", LOCAL)
    paced = (button("off", 1, pace_ms=30_000), button("plain", 1, pace_ms=30_000))
    await engine.change_settings(room_id, lambda _: playing(*paced))
    stats = (await engine.stats(room_id)).stats
    assert [(stat.required_count, stat.ready_in_ms) for stat in stats] == [(3, 0), (3, 0)]
    assert await taken(engine, room_id, off=3, plain=3) == [3, 3]


async def test_a_press_that_opens_the_round_begins_the_bars(
    engine: Engine, clock: ClockedServer
) -> None:
    settings = playing(PACED, button("skill2", 5, pace_ms=PACE), starts="press")
    room_id = await open_room(engine, settings)
    await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    counting = await press(engine, room_id, skill1=20, skill2=20)
    assert (counting.accepted, counting.fired) == (40, ())
    assert [stat.ready_in_ms for stat in counting.state.stats] == [PACE / 8, PACE / 4]
    clock.step(PACE / 8_000)
    assert await taken(engine, room_id, skill1=1, skill2=1) == [21]
    clock.step(PACE / 8_000)
    assert await taken(engine, room_id, skill2=1) == [22]


async def test_presses_of_a_failed_trigger_go_into_the_present_bar(
    engine: Engine, clock: ClockedServer
) -> None:
    room_id, term, log_epoch = await play(engine, playing(PACED))
    clock.step(PACE / 1_000)
    (fired,) = (await press(engine, room_id, skill1=8)).fired
    await engine.outcome(room_id, term, Outcome(log_epoch, fired.seq, "failed"))
    assert (await stat_of(engine, room_id)).current_count == 8
    assert await taken(engine, room_id, skill1=1) == []
    clock.step(PACE / 1_000)
    assert await taken(engine, room_id, skill1=1) == [10]
    assert await book(engine, room_id, "skill1") == Book(0, 10, 18, 0, 2, 8)


async def test_the_need_stands_still_while_the_game_pauses(
    engine: Engine, clock: ClockedServer
) -> None:
    """In two pauses that follow each other. Presses count up to it; the time goes on afterwards."""
    room_id, term, _ = await play(engine, playing(PACED))
    clock.step(PACE / 1_000)
    await press(engine, room_id, skill1=5)
    clock.step(PACE / 8_000)
    need = math.ceil(5 * 4 ** (7 / 8))
    for _ in range(2):
        await engine.pause(room_id, term, paused=True)
        clock.step(60)
        await engine.limit(room_id, 600)  # begins the round's clock anew, not the bar
        clock.step(60)
        stat = await stat_of(engine, room_id)
        assert (stat.required_count, stat.ready_in_ms) == (need, PACE / 8)
        await engine.pause(room_id, term, paused=True)
    counting = await press(engine, room_id, skill1=20)
    assert (counting.accepted, counting.rejected.paused) == (need, 20 - need)
    await engine.pause(room_id, term, paused=False)
    assert len(await whole_log(engine, room_id)) == 1
    assert await taken(engine, room_id, skill1=1) == []
    clock.step(PACE / 8_000)
    assert await taken(engine, room_id, skill1=1) == [need + 2]


async def test_a_room_that_is_held_lets_needs_fall(engine: Engine, clock: ClockedServer) -> None:
    """No game is there: full buttons fire one after another once it is back."""
    names = ("one", "two")
    buttons = [button(name, 5) for name in names]
    settings = playing(*buttons, triggers_per_minute=10.0, on_disconnect="hold")
    room_id = await open_room(engine, settings)
    await engine.start(room_id, None)
    clock.step(120)
    counting = await press(engine, room_id, one=9, two=9)
    assert counting.accepted == 10
    await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    assert await taken(engine, room_id, one=1, two=1) == [6]
    clock.step(2)
    assert await taken(engine, room_id, two=1) == [7]


async def test_of_a_pace_and_a_cooldown_the_later_one_says_when(
    engine: Engine, clock: ClockedServer
) -> None:
    """Presses count on as with a pace alone. A button that never fired does not cool down."""
    slow = button("slow", 5, pace_ms=10_000, cooldown_ms=20_000)
    room_id, _, _ = await play(engine, playing(button("first", 5, pace_ms=10_000), slow))
    assert (await stat_of(engine, room_id, "slow")).cooldown_left_ms == 0
    clock.step(10)
    assert await taken(engine, room_id, slow=5) == [5]
    clock.step(11)
    counting = await press(engine, room_id, slow=15)
    assert (counting.accepted, counting.fired) == (15, ())
    stat = state_of("slow", counting.state)
    assert stat.ready_in_ms == stat.cooldown_left_ms > 8_000
    clock.step(9)
    assert await taken(engine, room_id, slow=1) == [16]


@pytest.mark.parametrize("discard", [True, False])
async def test_an_emptied_bar_keeps_its_record_and_its_time(
    engine: Engine, clock: ClockedServer, discard: bool
) -> None:
    """By a reset, or by a resume that throws away what is there."""
    room_id, term, _ = await play(engine, playing(PACED))
    clock.step(PACE / 1_000)
    await press(engine, room_id, skill1=8)
    await press(engine, room_id, skill1=3)
    if discard:
        await engine.pause(room_id, term, paused=True)
        await engine.pause(room_id, term, paused=False, discard=True)
    else:
        await engine.reset(room_id)
    stat = await stat_of(engine, room_id)
    assert (stat.current_count, stat.required_count, stat.ready_in_ms) == (0, 32, PACE / 4)


async def test_a_new_pace_counts_from_where_the_bar_began(
    engine: Engine, clock: ClockedServer
) -> None:
    """The record stays, also over a time without a pace."""
    room_id, _, _ = await play(engine, playing(PACED))
    clock.step(PACE / 1_000)
    await press(engine, room_id, skill1=8)
    clock.step(5)

    async def change(pace_ms: int) -> tuple[int, int]:
        settings = playing(button("skill1", 5, pace_ms=pace_ms))
        await engine.change_settings(room_id, lambda _: settings)
        stat = await stat_of(engine, room_id)
        return stat.required_count, stat.ready_in_ms

    assert await change(60_000) == (math.ceil(8 * 4 ** (11 / 12)), 10_000)
    assert await change(0) == (5, 0)
    assert await change(5_000) == (8, 0)


async def test_a_clock_that_was_set_back_holds_no_button_up(
    engine: Engine, clock: ClockedServer
) -> None:
    settings = msgspec.structs.replace(
        playing(button("skill1", 5), button("skill2", 5)), triggers_per_minute=12.0
    )
    room_id, _, _ = await play(engine, settings)
    clock.step(20)
    assert await taken(engine, room_id, skill1=20) == [20]
    clock.step(-HOUR)
    try:
        assert await taken(engine, room_id, skill2=5) == [5]
        clock.step(2)
        stat = await stat_of(engine, room_id)
        assert (stat.ready_in_ms, stat.required_count) == (0, 10)  # 20 in two paces
        assert await taken(engine, room_id, skill1=10) == [10]
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
