"""The rule of a button's pace in plain Python, and a crowd that plays it by its own clock."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from shared.wire.room_settings import DEFAULT_BUTTONS, DEFAULT_MULTIPLIERS
from tests.shared.engine.counting_rule import threshold

PACE = 15_000  # ms
PRESSES = 0.2  # of one viewer, a second: of all buttons together, until a button's record tells
CALLS = 50  # a second that count presses; those of a large crowd share them


def need(classic: int, expected: float, since: float, pace: float) -> int:
    """How many presses a trigger needs, `since` ms after its bar began.

    `classic` is the threshold; `expected` presses come in one pace (ms).
    """
    return max(classic, math.ceil(expected * 4 ** (1 - since / pace) - 1e-9))


def record_after(presses: int, since: float, pace: float, whole: int) -> float:
    """The record, for a `whole` pace (ms), after a trigger of `presses`; `pace` is that bar's."""
    return presses * whole / max(pace / 4, since)


@dataclass
class PacedButton:
    """One button of a round, alone in its room, and its triggers."""

    pace: int = PACE
    count: int = 0
    record: float = 0
    began: int = 0
    triggers: list[tuple[int, int]] = field(default_factory=list)  # when (ms), and the presses

    def press(self, presses: int, viewers: int, at: int) -> None:
        """Count a batch at a time (ms), with so many active viewers."""
        self.count += presses
        since = at - self.began
        expected = self.record or PRESSES / 1_000 * viewers * self.pace
        needed = need(classic(viewers), expected, since, self.pace)
        if since < self.pace / 4 or self.count < needed:
            return
        self.triggers.append((at, self.count))
        self.record = record_after(self.count, since, self.pace, self.pace)
        self.began, self.count = at, 0

    @property
    def gaps(self) -> list[float]:
        """The times (s) between triggers."""
        return [(later - earlier) / 1_000 for (earlier, _), (later, _) in pairwise(self.triggers)]


def classic(viewers: int) -> int:
    """The threshold of skill1 with the default multipliers."""
    return threshold(DEFAULT_BUTTONS[0], DEFAULT_MULTIPLIERS, viewers)


def play(
    viewers: Callable[[float], int], random: Random, seconds: float, pace: int = PACE
) -> PacedButton:
    """So many viewers at a time (s) press a button at random, each once in five seconds."""
    button, now = PacedButton(pace), 0.0
    while now < seconds:
        crowd = viewers(now)
        rate = PRESSES * crowd
        presses = max(1, round(rate / CALLS))
        now += random.expovariate(rate / presses)
        button.press(presses, crowd, round(now * 1_000))
    return button
