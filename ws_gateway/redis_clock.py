"""Estimates Redis' clock, which stamps triggers. Pure but for the local clock."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

ECHOES: Final = 16  # echoes, one a second: after a clock is reset, the estimate follows within 16 s


class RedisClock:
    """Redis' clock, estimated from echoes as NTP does (RFC 5905, section 8).

    Of the last echoes the one with the shortest round trip counts: its error is at most half of it.
    """

    def __init__(self) -> None:
        # Of each echo, its round-trip time and how far Redis' clock was ahead of ours (s).
        self._samples: deque[tuple[float, float]] = deque(maxlen=ECHOES)
        self._ahead = 0.0

    def learn(self, sent: float, redis: int, heard: float) -> None:
        """Add an echo, sent at `sent` and received at `heard` (s since 1970); `redis`: its ms."""
        ahead = redis / 1000 - (sent + heard) / 2
        self._samples.append((heard - sent, ahead))
        _, self._ahead = min(self._samples)

    def since(self, at: int) -> float:
        """Seconds since `at` (ms since 1970 on Redis' clock), at least 0."""
        return max(0.0, time.time() + self._ahead - at / 1000)
