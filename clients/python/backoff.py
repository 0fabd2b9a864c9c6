"""How long to wait before the next attempt."""

from __future__ import annotations

from typing import Final


class Backoff:
    """Seconds to wait before each attempt: doubling from 0.2 to 5, each between half and whole.

    `jitter` gives numbers from 0 to 1 (as `random.random`), so that games that a gateway dropped
    together do not come back together.
    """

    FIRST: Final = 0.2
    LONGEST: Final = 5.0

    def __init__(self) -> None:
        self._next = self.FIRST

    def reset(self) -> None:
        """The last attempt was good."""
        self._next = self.FIRST

    def delay(self, jitter: float) -> float:
        """The wait before the next attempt (s)."""
        whole, self._next = self._next, min(2 * self._next, self.LONGEST)
        return whole * (0.5 + jitter / 2)
