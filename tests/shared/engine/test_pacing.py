"""The pace of triggers follows the crowd; played by the rule alone, with a clock of its own."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared.engine import pacing
from tests.shared.engine.paced_button import BEGAN, PacedButton, mean_interval, play
from tests.shared.engine.pacing import Pace

SETTLED = 30  # s
RATES = (0.1, 0.3, 1, 3, 10, 30, 100, 1_000, 10_000, 100_000)  # presses per second
PACES = (1_000, 2_500, 10_000)  # ms


def wanted(pace_ms: int, classic: int, rate: float) -> float:
    """The time (s) between triggers: the pace, or longer if the classic threshold needs it."""
    return max(pace_ms / 1000, classic / rate)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("pace_ms", PACES)
@pytest.mark.parametrize("classic", [3, 35])
def test_a_steady_crowd_meets_the_pace(rate: float, pace_ms: int, classic: int) -> None:
    """After 30 s, within 20 %, for 0.1 to 100,000 presses a second."""
    interval = wanted(pace_ms, classic, rate)
    button = play(pace_ms, classic, lambda _: rate, SETTLED + 12 * interval)
    assert mean_interval(button, SETTLED) == pytest.approx(interval, rel=0.2)


@pytest.mark.parametrize("rate", [0.1, 1, 3, 6, 10, 100, 1_000])
@pytest.mark.parametrize("pace_ms", [1_000, 5_000])
def test_a_crowd_that_presses_at_random_meets_it_too(rate: float, pace_ms: int) -> None:
    interval = wanted(pace_ms, 5, rate)
    seconds = SETTLED + 150 * interval
    button = play(pace_ms, 5, lambda _: rate, seconds, random=Random(1))
    assert mean_interval(button, SETTLED) == pytest.approx(interval, rel=0.2)


@pytest.mark.parametrize("rate", [10, 100, 1_000, 100_000])
@pytest.mark.parametrize("pace_ms", [1_000, 10_000])
def test_a_game_that_fails_every_trigger_is_asked_once_a_pace(rate: float, pace_ms: int) -> None:
    """Nor does a burst follow once it works again: the crowd's goal is back after ten triggers."""
    pace = pace_ms / 1_000
    button = play(pace_ms, 5, lambda _: rate, 90 * pace, works=lambda at: not 10 < at / pace < 60)
    assert fired_in(button, 10 * pace, 60 * pace) == pytest.approx(50, abs=3)
    assert fired_in(button, 60 * pace, 61 * pace) <= 2
    assert fired_in(button, 60 * pace, 70 * pace) <= 11
    assert [trigger.threshold for trigger in button.triggers[-10:]] == pytest.approx(
        [rate * pace] * 10, rel=0.1
    )
    assert button.accepted + button.returned == button.consumed + button.count


def fired_in(button: PacedButton, after: float, before: float) -> int:
    return sum(after <= trigger.at < before for trigger in button.triggers)


def test_ten_minutes_are_a_pace_too() -> None:
    """The longest that settings allow, at both ends of what crowds do."""
    slow = play(600_000, 5, lambda _: 0.1, 6_000)
    assert mean_interval(slow, SETTLED) == pytest.approx(600, rel=0.2)
    fast = play(600_000, 35, lambda _: 100, 3_000)
    assert mean_interval(fast, SETTLED) == pytest.approx(600, rel=0.2)


@pytest.mark.parametrize("pace_ms", PACES)
@pytest.mark.parametrize(
    ("before", "after"),
    [(10, 100), (1_000, 10_000), (10_000, 100_000), (100, 10), (1_000, 100), (100_000, 10_000)],
)
def test_after_a_jump_of_ten_times_five_triggers_are_enough(
    pace_ms: int, before: float, after: float
) -> None:
    """From the sixth interval on, each is within 25 % of the pace."""
    jump = SETTLED + 0.37 * pace_ms / 1000
    button = play(pace_ms, 3, lambda at: before if at < jump else after, jump + 15 * pace_ms / 1000)
    times = [trigger.at for trigger in button.triggers if trigger.at >= jump]
    settled = [later - earlier for earlier, later in pairwise(times)][5:9]
    assert len(settled) == 4
    assert settled == pytest.approx([pace_ms / 1000] * 4, rel=0.25)


@given(
    calls=st.lists(
        st.tuples(st.integers(0, 30_000), st.integers(1, 2_000), st.booleans()),
        min_size=2,
        max_size=60,
    ),
    pace_ms=st.sampled_from([1, 200, 1_000, 5_000, 600_000]),
)
def test_the_goal_never_rises_while_a_bar_is_filled(
    calls: list[tuple[int, int, bool]], pace_ms: int
) -> None:
    """Whatever the crowd does, with looks between its presses, and whatever comes back."""
    button, at = PacedButton(pace_ms, 5), BEGAN
    for wait, presses, fails in calls:
        for looked in range(at + 1_000, at + wait, 1_000):
            button.look(looked)
        at += wait
        if fails and button.triggers:
            button.goals.append((len(button.triggers), button.goal(at)))
            button.fail(button.triggers[-1].threshold, at)
        button.press(presses, at)
    for (bar, goal), (next_bar, next_goal) in pairwise(button.goals):
        assert next_bar > bar or next_goal <= goal


@pytest.mark.parametrize("rate", [1, 100, 10_000])
def test_a_crowd_that_falls_silent_leaves_the_classic_threshold(rate: float) -> None:
    """A minute after its last press; one trigger takes what was left in the bar."""
    button = play(5_000, 5, lambda _: rate, 42)
    last = BEGAN + 42_000
    for at in range(last, last + 62_000, 1_000):
        button.look(at)
    fired = [trigger for trigger in button.triggers if trigger.at > 43]
    assert len(fired) <= 1
    assert button.count < 5
    assert button.goal(last + 62_000) == 5
    button.press(1, last + 63_000)
    assert button.goal(last + 63_000) == 5


def test_a_room_that_wakes_up_does_not_fire_a_burst() -> None:
    """At 100,000 presses a second, from nothing: ten triggers in the first two seconds."""
    button = play(1_000, 35, lambda _: 100_000, 2)
    assert len(button.triggers) <= 12


def test_without_a_pace_a_crowd_fires_hundreds() -> None:
    """What the pace is for."""
    button = play(0, 35, lambda _: 10_000, 2)
    assert len(button.triggers) == pytest.approx(2 * 10_000 / 35, rel=0.01)


def test_the_clock_may_be_set_back() -> None:
    """What is in the future counts as long past: the goal is the classic one, or what it was."""
    pace = Pace(1_000, 1_000_000, BEGAN, 0, BEGAN)
    for back in (1, 3_600_000):
        goal = pacing.goal(pace, 1_000, classic=5, count=7, accepted=7, at=BEGAN - back)
        assert goal == 7
    held = pacing.hold(pace, 5, 7, BEGAN, BEGAN + 2_000)
    assert pacing.held_for(held, 1_000, BEGAN) == 2_000
    assert pacing.held_for(held, 1_000, BEGAN + 2_000) == 0
    assert pacing.held_for(held, 1_000, BEGAN - 3_600_000) == 0


@given(
    rate=st.integers(0, 10**9), pace_ms=st.integers(1, 600_000), presses=st.integers(0, 10**8),
    elapsed=st.integers(0, 10**7),
)  # fmt: skip
def test_doubles_count_exactly_as_integers(
    rate: int, pace_ms: int, presses: int, elapsed: int
) -> None:
    """So that Redis' Lua, which has only doubles, computes the same."""
    tau = pacing.smoothing(pace_ms)
    numerator = rate * tau + presses * pacing.UNIT
    assert int(float(numerator) / float(tau + elapsed) // 1) == numerator // (tau + elapsed)
    shares = rate * pace_ms + pacing.UNIT // 2
    assert int(float(shares) / pacing.UNIT // 1) == pacing.due(rate, pace_ms)
