"""The rule of a button's pace in plain Python, and a crowd that plays it by its own clock."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from shared.wire.room_settings import DEFAULT_BUTTONS, DEFAULT_MULTIPLIERS
from tests.shared.engine.counting_rule import threshold

PACE = 15_000  # ms
PRESSES = 0.2  # of one viewer, a second
CALLS = 50  # a second that count presses; those of a large crowd share them


def need(classic: int, record: float, since: int, pace: int) -> int:
    """How many presses a trigger needs, `since` ms after the last one; `record` is 0 before that.

    `classic` is the threshold. After a clock was set back by a pace or more, it is all.
    """
    if not record or since <= -pace:
        return classic
    return max(classic, math.ceil(record * 2 ** -max(0, since / pace - 1)))


def record_after(record: float, presses: int, since: int, pace: int) -> float:
    """The record after a trigger of `presses`."""
    return presses * pace / max(pace, since) if record else presses


@dataclass
class PacedButton:
    """One button of a round, and its triggers."""

    pace: int = PACE
    count: int = 0
    record: float = 0
    fired_at: int = -PACE
    triggers: list[tuple[int, int]] = field(default_factory=list)  # when (ms), and the presses

    def press(self, presses: int, classic: int, at: int) -> None:
        """Count a batch at a time (ms)."""
        self.count += presses
        since = at - self.fired_at
        if since < self.pace or self.count < need(classic, self.record, since, self.pace):
            return
        self.triggers.append((at, self.count))
        self.record = record_after(self.record, self.count, since, self.pace)
        self.fired_at, self.count = at, 0

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
    button, now = PacedButton(pace, fired_at=-pace), 0.0
    while now < seconds:
        crowd = viewers(now)
        rate = PRESSES * crowd
        presses = max(1, round(rate / CALLS))
        now += random.expovariate(rate / presses)
        button.press(presses, classic(crowd), round(now * 1_000))
    return button
