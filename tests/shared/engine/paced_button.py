"""A button with a pace, played by the counting rule alone: no Redis, and a clock of its own."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from tests.shared.engine import pacing
from tests.shared.engine.counting_rule import apply_press

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.shared.engine.pacing import Pace

BEGAN = 1_700_000_000_000  # ms since 1970
CALLS = 500.0  # calls a second that a room gets at most; of a faster crowd, presses share a call
LOOK_EVERY = 1_000  # ms between two looks for full buttons


class Trigger(NamedTuple):
    """When a trigger fired (s since the beginning), and its threshold."""

    at: float
    threshold: int


class PacedButton:
    """One button of a round; `classic` is its threshold without a pace (0 = off)."""

    def __init__(self, pace_ms: int, classic: int) -> None:
        self.pace_ms, self.classic = pace_ms, classic
        self.count = self.accepted = self.returned = self.consumed = 0
        self.works = True  # whether the game does; if not, triggers fail at once
        self.waiting = False  # whether presses came back since the last press
        self.pace: Pace | None = None
        self.triggers: list[Trigger] = []
        self.goals: list[tuple[int, int]] = []  # of each call: the bar's number, its goal

    def goal(self, at: int) -> int:
        return pacing.goal(
            self.pace if self.pace_ms else None,
            self.pace_ms,
            classic=self.classic,
            count=self.count,
            accepted=self.accepted,
            at=at,
        )

    def press(self, presses: int, at: int) -> None:
        """One call with so many presses."""
        goal = self.goal(at)
        applied = apply_press(
            self.count,
            presses,
            goal,
            paused=False,
            cooldown_ms=0,
            cooling=False,
            free_log=10_000,
            triggers_left=pacing.triggers_now(self.pace, self.pace_ms, at),
        )
        self.accepted += applied.accepted
        self.waiting = False
        self._close(goal, applied.count, applied.fired, at, pressed=True)

    def look(self, at: int) -> None:
        """Fire the button once if it is full."""
        goal = self.goal(at)
        is_held = pacing.held_for(self.pace, self.pace_ms, at) > 0
        if self.count >= goal and not self.waiting and not is_held:
            self._close(goal, self.count - goal, 1, at, pressed=False)

    def fail(self, presses: int, at: int) -> None:
        """The game tells that a trigger of so many presses failed."""
        if self.pace:
            self.pace = pacing.give_back(self.pace, self.pace_ms, self.goal(at), at)
        self.count += presses
        self.returned += presses
        self.waiting = True

    def _close(self, goal: int, count: int, fired: int, at: int, *, pressed: bool) -> None:
        self.goals.append((len(self.triggers), goal))
        self.triggers += [Trigger((at - BEGAN) / 1000, goal)] * fired
        self.consumed += fired * goal
        self.count = count
        if self.pace_ms:
            self.pace = pacing.after(
                self.pace,
                self.pace_ms,
                classic=self.classic,
                threshold=goal,
                accepted=self.accepted,
                count=count,
                pressed=pressed,
                fired=fired > 0,
                at=at,
            )
        for _ in range(0 if self.works else fired):
            self.fail(goal, at)


def play(
    pace_ms: int,
    classic: int,
    rate: Callable[[float], float],
    seconds: float,
    *,
    random: Random | None = None,
    works: Callable[[float], bool] = lambda _: True,
) -> PacedButton:
    """Press a button at a rate (presses per second at a time in s), regularly or at random.

    `works`: whether the game does at a time.
    """
    button, now, looked = PacedButton(pace_ms, classic), 0.0, BEGAN
    while now < seconds:
        presses = max(1, round(rate(now) / CALLS))
        gap = presses / rate(now)
        button.works = works(now)
        now += random.expovariate(1 / gap) if random else gap
        while looked + LOOK_EVERY < BEGAN + now * 1000:
            looked += LOOK_EVERY
            button.look(looked)
        button.press(presses, BEGAN + int(now * 1000))
    return button


def mean_interval(button: PacedButton, after: float) -> float:
    """The mean time (s) between triggers, of bars that began after a time (s)."""
    times = [trigger.at for trigger in button.triggers if trigger.at >= after]
    return fmean(later - earlier for earlier, later in pairwise(times))
