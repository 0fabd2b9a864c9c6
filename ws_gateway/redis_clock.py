"""What time it is on Redis' clock, which triggers are stamped by. Pure but for the local clock."""

from __future__ import annotations

import time
from collections import deque
from typing import Final, NamedTuple

KEPT: Final = 16  # echoes, one a second: a clock that is set anew is followed in so many seconds


class Sample(NamedTuple):
    """How long an echo was under way, and by how much Redis' clock is ahead of ours; s."""

    round_trip: float
    ahead: float


class RedisClock:
    """Redis' clock, as the echoes tell it (as NTP does: RFC 5905, section 8).

    Of the last ones, the quickest tells best: it cannot have waited on one way only for long.
    """

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=KEPT)
        self._ahead = 0.0

    def learn(self, sent: float, told: int, heard: float) -> None:
        """An echo left at `sent`, came at `heard` (s since 1970), and carries Redis' time (ms)."""
        ahead = told / 1000 - (sent + heard) / 2
        self._samples.append(Sample(heard - sent, ahead))
        self._ahead = min(self._samples).ahead

    def since(self, at: int) -> float:
        """How long ago a moment (ms since 1970) on Redis' clock is; s, at least 0."""
        return max(0.0, time.time() + self._ahead - at / 1000)
