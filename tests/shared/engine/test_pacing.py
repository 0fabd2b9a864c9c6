"""The pace of triggers, by the rule alone: a crowd of any size sets a button off as often."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from statistics import median

import pytest

from tests.shared.engine.paced_button import PACE, PRESSES, PacedButton, play

SEEDS = range(20)
JUMP = 122  # s; in the midst of a bar


def played(viewers: Callable[[float], int], seconds: float) -> list[PacedButton]:
    """The same show by twenty crowds."""
    return [play(viewers, Random(seed), seconds) for seed in SEEDS]


def gaps_after(button: PacedButton, after: float) -> list[float]:
    """The times (s) between triggers of bars that began later."""
    fired = [at for at, _ in button.triggers[:-1]]
    return [gap for at, gap in zip(fired, button.gaps, strict=True) if at > after * 1_000]


@pytest.mark.parametrize(("viewers", "gap"), [(5, 17), (50, 15.3), (500, 15), (5_000, 15)])
def test_a_crowd_of_any_size_fires_about_once_in_a_pace(viewers: int, gap: float) -> None:
    """And a trigger takes what comes in that time."""
    buttons = played(lambda _: viewers, 600)
    assert median(median(each.gaps) for each in buttons) == pytest.approx(gap, rel=0.1)
    taken = median(presses for each in buttons for _, presses in each.triggers[1:])
    assert taken == pytest.approx(PRESSES * viewers * gap, rel=0.1)


def test_no_bar_fires_before_its_time() -> None:
    buttons = played(lambda at: 500 if int(at / 20) % 3 == 0 else 5, 600)
    assert min(min(each.gaps) for each in buttons) >= PACE / 1_000


@pytest.mark.parametrize(("before", "after"), [(50, 500), (500, 5_000)])
def test_a_crowd_that_grows_tenfold_fires_at_the_pace_at_once(before: int, after: int) -> None:
    for button in played(lambda at: before if at < JUMP else after, JUMP + 200):
        assert max(gaps_after(button, JUMP)) < 17


def test_a_crowd_that_shrinks_tenfold_meets_the_pace_after_one_bar() -> None:
    """That one halves with each pace until the crowd has filled it."""
    firsts, later = [], []
    for button in played(lambda at: 500 if at < JUMP else 50, 600):
        at = next(at for at, _ in button.triggers if at > JUMP * 1_000) / 1_000
        firsts.append(at - JUMP)
        later.append(median(gaps_after(button, at)))
    assert max(firsts) < 45
    assert median(later) == pytest.approx(15.3, rel=0.1)


def test_a_crowd_that_leaves_three_does_not_leave_them_a_bar_that_they_cannot_fill() -> None:
    """It is theirs within a minute and a half."""
    for button in played(lambda at: 500 if at < JUMP else 3, JUMP + 200):
        fired = [at / 1_000 for at, _ in button.triggers if at >= JUMP * 1_000]
        assert fired[0] - JUMP < 90
