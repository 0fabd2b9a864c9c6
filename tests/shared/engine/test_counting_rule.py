"""The rule of counting."""

import math
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wire.room_settings import (
    DEFAULT_BUTTONS,
    DEFAULT_MULTIPLIERS,
    NO_UPPER_BOUND,
    Button,
    Multiplier,
)
from tests.shared.engine.counting_rule import (
    apply_press,
    factor,
    is_cooling,
    threshold,
)

AT = 1_700_000_000_000  # ms since 1970


def button(base: int, least: int = 1, most: int = 100_000) -> Button:
    return Button(event_type="skill1", base=base, min=least, max=most)


def always(by: float) -> tuple[Multiplier]:
    return (Multiplier(up_to=NO_UPPER_BOUND, factor=by),)


@pytest.mark.parametrize(
    ("viewers", "expected"),
    [
        (1, 1.0), (5, 1.0), (6, 1.2), (10, 1.2), (11, 1.5), (20, 1.5), (21, 2.0), (50, 2.0),
        (51, 3.0), (100, 3.0), (101, 4.0), (150, 4.0), (151, 5.0), (200, 5.0), (201, 6.0),
        (300, 6.0), (301, 7.0), (1_000_000, 7.0),
    ],
)  # fmt: skip
def test_a_band_holds_crowds_up_to_and_including_its_bound(viewers: int, expected: float) -> None:
    """A band applies up to and including its bound."""
    assert factor(DEFAULT_MULTIPLIERS, viewers) == expected


def test_the_last_band_holds_every_larger_crowd() -> None:
    """The last band applies to any larger number, whatever its bound."""
    assert factor((Multiplier(up_to=5, factor=1.0), Multiplier(up_to=9, factor=2.5)), 10) == 2.5


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
def test_the_default_buttons_ask_for_what_the_defaults_say(
    viewers: int, expected: list[int]
) -> None:
    """Every default button, for crowds of several sizes."""
    asked = [threshold(each, DEFAULT_MULTIPLIERS, viewers) for each in DEFAULT_BUTTONS]
    assert asked == expected


def test_nobody_counts_as_one_viewer() -> None:
    """No active viewers count as one."""
    bands = (Multiplier(up_to=1, factor=3.0), Multiplier(up_to=NO_UPPER_BOUND, factor=1.0))
    assert threshold(button(10), bands, 0) == threshold(button(10), bands, 1) == 30


def test_rounding_noise_adds_no_press() -> None:
    """100 × 1.1 gives 110 presses, although the product of the doubles is above 110."""
    assert math.ceil(100 * 1.1) == 111
    assert threshold(button(100), always(1.1), 1) == 110


@given(
    base=st.integers(1, 100_000),
    hundredths=st.integers(1, 100_000),
    least=st.integers(1, 100_000),
    above=st.integers(0, 100_000),
)
def test_a_threshold_is_what_decimal_arithmetic_gives(
    base: int, hundredths: int, least: int, above: int
) -> None:
    """For factors that people write, doubles give the exact decimal result, clamped."""
    most = min(100_000, least + above)
    exact = (base * Decimal(hundredths) / 100).to_integral_value(ROUND_CEILING)
    expected = min(max(int(exact), least), most)
    assert threshold(button(base, least, most), always(hundredths / 100), 1) == expected


@given(
    base=st.integers(1, 100_000),
    by=st.floats(0, 1_000, exclude_min=True),
    least=st.integers(1, 100_000),
)
def test_a_threshold_is_never_outside_min_and_max(base: int, by: float, least: int) -> None:
    """For any factor, even a tiny one, the result is from min to max."""
    assert least <= threshold(button(base, least), always(by), 1) <= 100_000


class Pressed(NamedTuple):
    """A state of a button, and presses that meet it."""

    held: int
    asked: int
    threshold: int
    paused: bool
    cooldown_ms: int
    cooling: bool
    free_log: int


cases = st.builds(
    Pressed,
    held=st.integers(0, 60),
    asked=st.integers(0, 45),
    threshold=st.integers(1, 20),
    paused=st.booleans(),
    cooldown_ms=st.sampled_from([0, 500]),
    cooling=st.booleans(),
    free_log=st.integers(0, 3) | st.just(10_000),
)


def one_at_a_time(case: Pressed) -> tuple[int, int, int, int, int]:
    """The rule, spelled out press by press."""
    count, cooling, free_log = case.held, case.cooling, case.free_log
    accepted = fired = rejected_paused = rejected_cooldown = 0
    for _ in range(case.asked):
        paused = case.paused or free_log == 0
        if (paused or cooling) and count >= case.threshold:
            as_paused = case.paused or case.free_log == 0 or not cooling
            rejected_paused += as_paused
            rejected_cooldown += not as_paused
            continue
        accepted, count = accepted + 1, count + 1
        if paused or cooling or count < case.threshold:
            continue
        full = 1 if case.cooldown_ms else min(free_log, count // case.threshold)
        fired, free_log, count = fired + full, free_log - full, count - full * case.threshold
        cooling = case.cooldown_ms > 0
    return accepted, fired, count, rejected_paused, rejected_cooldown


@given(cases)
def test_presses_together_do_what_they_would_do_one_at_a_time(case: Pressed) -> None:
    """The closed form equals the rule applied press by press."""
    assert apply(case) == one_at_a_time(case)


@given(cases.filter(lambda case: case.held <= case.threshold))
def test_presses_that_fill_the_log_leave_no_more_than_a_full_button(case: Pressed) -> None:
    """The remaining count that a page gets is never negative."""
    assert apply(case)[2] <= case.threshold or case.free_log == 10_000


@given(cases)
def test_no_press_is_lost_or_made_up(case: Pressed) -> None:
    """Accepted + rejected = asked; every counted press is in the count or in a fired trigger."""
    accepted, fired, count, rejected_paused, rejected_cooldown = apply(case)
    assert accepted + rejected_paused + rejected_cooldown == case.asked
    assert case.held + accepted == count + fired * case.threshold
    assert min(accepted, fired, count, rejected_paused, rejected_cooldown) >= 0


@given(cases.map(lambda case: case._replace(asked=0)))
def test_without_a_press_nothing_fires(case: Pressed) -> None:
    """Only a press changes a count that is above a fallen threshold."""
    assert apply(case) == (0, 0, case.held, 0, 0)


@given(cases)
def test_a_log_never_gets_more_triggers_than_it_has_room_for(case: Pressed) -> None:
    """Presses that would fire beyond a full log stay in the count."""
    accepted, fired, count, *_ = apply(case)
    assert fired <= case.free_log
    if fired < case.free_log and accepted and not (case.paused or case.cooling or case.cooldown_ms):
        assert count < case.threshold


@given(cases.map(lambda case: case._replace(paused=True)))
def test_a_paused_button_fills_up_and_fires_nothing(case: Pressed) -> None:
    """Paused, the count goes no further than the threshold."""
    _, fired, count, *_ = apply(case)
    assert fired == 0
    assert count <= max(case.held, case.threshold)


def test_a_count_above_a_fallen_threshold_waits_for_the_next_press() -> None:
    """The next press fires everything the count holds; with a cooldown, one trigger."""
    fallen = Pressed(17, 1, 5, paused=False, cooldown_ms=0, cooling=False, free_log=100)
    assert apply(fallen) == (1, 3, 3, 0, 0)
    assert apply(fallen._replace(asked=4, cooldown_ms=500)) == (1, 1, 13, 0, 3)


@pytest.mark.parametrize(
    ("ago", "cooling"),
    [(0, True), (999, True), (1_000, False), (-999, True), (-1_000, False), (-3_600_000, False)],
)
def test_a_button_cools_down_for_so_long_after_it_fired(ago: int, cooling: bool) -> None:
    """A trigger in the future was fired before the clock was set back."""
    assert is_cooling(AT - ago, 1_000, AT) is cooling
    assert not is_cooling(AT - ago, 0, AT)


def apply(case: Pressed) -> tuple[int, int, int, int, int]:
    applied = apply_press(
        case.held,
        case.asked,
        case.threshold,
        paused=case.paused,
        cooldown_ms=case.cooldown_ms,
        cooling=case.cooling,
        free_log=case.free_log,
    )
    return (
        applied.accepted,
        applied.fired,
        applied.count,
        applied.rejected_paused,
        applied.rejected_cooldown,
    )
