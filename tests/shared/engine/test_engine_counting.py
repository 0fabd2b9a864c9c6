"""The library counts and fires exactly as `tests.shared.engine.counting_rule` does."""

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.engine.engine import Engine
from shared.engine.refusals import NO_BUTTON, GameNotStarted, RoomNotFound, UnknownEventType
from shared.engine.replies import Fired
from shared.wire.parts import Rejected
from shared.wire.room_settings import (
    DEFAULT_SETTINGS,
    NO_UPPER_BOUND,
    Button,
    Multiplier,
    RoomSettings,
)
from tests.batches import Counted, counted
from tests.room_keys import room_keys
from tests.shared.engine.counting_rule import apply_press, is_cooling, threshold
from tests.shared.engine.rooms import (
    PER_REQUEST,
    button,
    open_room,
    play,
    playing,
    press,
    whole_log,
)

LOG_LIMIT = 10_000
HOUR = 3_600_000  # ms
on_a_real_server = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

presses = st.integers(1, 100_000) | st.integers(1, 30)
factors = st.floats(0.001, 1_000) | st.decimals("0.1", "20", places=1).map(float)
bounds = st.lists(st.integers(1, 300), min_size=1, max_size=9, unique=True).map(sorted)


@st.composite
def some_buttons(draw: st.DrawFn) -> tuple[Button, ...]:
    count = draw(st.integers(1, 24))
    ranges = draw(st.lists(st.tuples(presses, presses, presses), min_size=count, max_size=count))
    return tuple(
        button(f"b{n}", base, min=min(one, other), max=max(one, other))
        for n, (base, one, other) in enumerate(ranges)
    )


@st.composite
def some_multipliers(draw: st.DrawFn) -> tuple[Multiplier, ...]:
    return tuple(Multiplier(up_to=up_to, factor=draw(factors)) for up_to in draw(bounds))


@given(buttons=some_buttons(), multipliers=some_multipliers(), viewers=st.integers(0, 320))
@on_a_real_server
async def test_thresholds_are_those_of_the_pure_rule(
    engine: Engine, buttons: tuple[Button, ...], multipliers: tuple[Multiplier, ...], viewers: int
) -> None:
    """For any buttons, bands and numbers of viewers."""
    room_id = await open_room(engine, RoomSettings(buttons=buttons, multipliers=multipliers))
    await crowd(engine, room_id, viewers)
    stats = await engine.stats(room_id)
    assert stats.viewer_count == viewers
    assert [stat.event_type for stat in stats.stats] == [b.event_type for b in buttons]
    expected = [threshold(b, multipliers, viewers) for b in buttons]
    assert [stat.required_count for stat in stats.stats] == expected
    assert [stat.next_threshold for stat in stats.stats] == expected


@pytest.mark.parametrize(
    ("viewers", "expected"),
    [
        (1, [5, 8, 8, 5, 10, 17]),
        (6, [6, 10, 10, 6, 12, 21]),
        (20, [8, 12, 12, 8, 15, 26]),
        (100, [15, 24, 24, 15, 30, 51]),
        (150, [20, 32, 32, 20, 40, 68]),
        (301, [35, 56, 56, 35, 55, 80]),
    ],
)
async def test_the_default_buttons_ask_for_what_the_defaults_say(
    engine: Engine, viewers: int, expected: list[int]
) -> None:
    room_id = await open_room(engine, DEFAULT_SETTINGS)
    await crowd(engine, room_id, viewers)
    assert [stat.required_count for stat in (await engine.stats(room_id)).stats] == expected


async def test_rounding_noise_adds_no_press(engine: Engine) -> None:
    """100 × 1.1 needs 110 presses, although the product of the doubles is above 110."""
    always = (Multiplier(up_to=NO_UPPER_BOUND, factor=1.1),)
    room_id = await open_room(
        engine, RoomSettings(buttons=(button("skill1", 100),), multipliers=always)
    )
    (stat,) = (await engine.stats(room_id)).stats
    assert stat.required_count == 110


async def crowd(engine: Engine, room_id: str, viewers: int) -> None:
    """Make `viewers` viewers active."""
    if viewers:
        now = (await engine.describe(room_id)).now
        members = [part for n in range(viewers) for part in (now, f"v{n}")]
        await engine.store.command("ZADD", room_keys(room_id).active, *members)


class State(NamedTuple):
    """A button's state before a press: its count, and what keeps it from firing."""

    held: int
    threshold: int
    paused: bool
    cooldown_ms: int
    cooling: bool
    free_log: int  # triggers that the log still takes


states = st.builds(
    State,
    held=st.integers(0, 70),
    threshold=st.integers(1, 30),
    paused=st.booleans(),
    cooldown_ms=st.sampled_from([0, HOUR]),
    cooling=st.booleans(),
    free_log=st.sampled_from([0, 1, 2, 3, 10, LOG_LIMIT]),
)


@given(state=states, asked=st.integers(1, PER_REQUEST))
@on_a_real_server
async def test_a_press_does_what_the_pure_rule_says(
    engine: Engine, state: State, asked: int
) -> None:
    """For any state: accepted, fired, the remainder, and the reason for rejected presses."""
    cooling = state.cooling and state.cooldown_ms > 0
    only = button("skill1", state.threshold, cooldown_ms=state.cooldown_ms)
    room_id, term, log_epoch = await play(engine, playing(only))
    await engine.pause(room_id, term, paused=state.paused)
    await put_into(engine, room_id, state._replace(cooling=cooling))
    counting = await press(engine, room_id, skill1=asked)
    expected = apply_press(
        state.held,
        asked,
        state.threshold,
        paused=state.paused,
        cooldown_ms=state.cooldown_ms,
        cooling=cooling,
        free_log=state.free_log,
    )
    assert counted(counting) == (Counted("skill1", expected.accepted, expected.fired),)
    assert counting.rejected == Rejected(
        clamp=0,
        rate=0,
        paused=expected.rejected_paused,
        cooldown=expected.rejected_cooldown,
        disabled=0,
        blocked=0,
    )
    (stat,) = counting.state.stats
    assert stat.current_count == expected.count
    assert stat.remaining_count == max(0, state.threshold - expected.count)
    assert stat.progress == min(1.0, expected.count / state.threshold)
    first = LOG_LIMIT - state.free_log + 1
    assert counting.fired == tuple(
        Fired("skill1", state.threshold, first + n) for n in range(expected.fired)
    )
    log = await whole_log(engine, room_id)
    assert [(m.epoch, m.seq) for m in log] == [(log_epoch, fired.seq) for fired in counting.fired]


async def put_into(engine: Engine, room_id: str, state: State) -> None:
    """Bring the room's only button, and its log, into a state."""
    room, now = room_keys(room_id), (await engine.describe(room_id)).now
    fired_at = now if state.cooling else 0
    counts = ("skill1:count", state.held, "skill1:fired", 1, "skill1:fired_at", fired_at)
    await engine.store.command("HSET", room.counts(1), *counts)
    await engine.store.command("HSET", room.room, "seq", LOG_LIMIT - state.free_log)


@pytest.mark.parametrize("ago", [10_000, 30_000, HOUR, -10_000, -30_000, -HOUR])
async def test_a_button_cools_down_as_the_pure_rule_says(engine: Engine, ago: int) -> None:
    """Also if its last trigger is in the future, because the clock was set back."""
    slow = 20_000
    room_id, _, _ = await play(engine, playing(button("skill1", 1, cooldown_ms=slow)))
    now = (await engine.describe(room_id)).now
    counts = room_keys(room_id).counts(1)
    await engine.store.command("HSET", counts, "skill1:fired", 1, "skill1:fired_at", now - ago)
    counting = await press(engine, room_id, skill1=1)
    assert bool(counting.fired) is not is_cooling(now - ago, slow, now)
    assert 0 < counting.state.stats[0].cooldown_left_ms <= slow


async def test_a_batch_counts_each_button_by_itself_and_fires_in_its_order(engine: Engine) -> None:
    """Several triggers of several buttons are numbered in the order of the request."""
    room_id, _, _ = await play(engine, playing(button("skill1", 3), button("enemy1", 2)))
    counting = await press(engine, room_id, enemy1=5, skill1=7)
    assert counted(counting) == (Counted("enemy1", 5, 2), Counted("skill1", 7, 2))
    assert counting.fired == (
        Fired("enemy1", 2, 1),
        Fired("enemy1", 2, 2),
        Fired("skill1", 3, 3),
        Fired("skill1", 3, 4),
    )
    assert [(stat.event_type, stat.current_count) for stat in counting.state.stats] == [
        ("skill1", 1),
        ("enemy1", 1),
    ]


async def test_a_count_above_a_fallen_threshold_waits_for_the_next_press(engine: Engine) -> None:
    """A change of settings fires nothing; the next press fires all that the count allows."""
    room_id, _, _ = await play(engine, playing(button("skill1", 10)))
    await press(engine, room_id, skill1=9)
    await engine.change_settings(room_id, lambda _: playing(button("skill1", 2)))
    (stat,) = (await engine.stats(room_id)).stats
    assert (stat.current_count, stat.remaining_count, stat.progress) == (9, 0, 1.0)
    counting = await press(engine, room_id, skill1=1)
    assert [fired.threshold for fired in counting.fired] == [2] * 5
    assert counting.state.stats[0].current_count == 0


async def test_a_heartbeat_counts_nothing_and_makes_nobody_active(engine: Engine) -> None:
    """The reply has the current state."""
    room_id, _, _ = await play(engine)
    await press(engine, room_id, "presser", skill1=2)
    counting = await press(engine, room_id, "watcher")
    assert (counting.state.viewer_count, counting.results, counting.fired) == (1, (), ())
    assert counting.state.stats[0].current_count == 2


async def test_what_a_press_refuses_it_refuses_in_order(engine: Engine) -> None:
    """No room, then no round, then no such button."""
    with pytest.raises(RoomNotFound):
        await press(engine, "nowhere", skill1=1)
    room_id = await open_room(engine, DEFAULT_SETTINGS)
    with pytest.raises(GameNotStarted):
        await press(engine, room_id, nonsense=1)
    room_id, _, _ = await play(engine)
    with pytest.raises(UnknownEventType) as unknown:
        await press(engine, room_id, nonsense=1)
    assert unknown.value.detail == NO_BUTTON.about(name="nonsense")


async def test_a_batch_with_one_unknown_button_counts_nothing(engine: Engine) -> None:
    """Everything is checked before the first write."""
    room_id, _, _ = await play(engine)
    with pytest.raises(UnknownEventType):
        await press(engine, room_id, skill1=3, nonsense=1)
    stats = await engine.stats(room_id)
    assert (stats.viewer_count, stats.stats[0].current_count) == (0, 0)
