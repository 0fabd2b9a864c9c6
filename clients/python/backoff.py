"""Exponential backoff with jitter: the wait before the next attempt."""

from typing import Final


class Backoff:
    """Exponential backoff: a bound that doubles from 0.2 s to 5 s; each wait is half of it or more.

    The jitter spreads the reconnects of games that a gateway dropped together.
    """

    FIRST: Final = 0.2
    LONGEST: Final = 5.0

    def __init__(self) -> None:
        self._next = self.FIRST

    def reset(self) -> None:
        """Start again at 0.2 s, after a successful attempt."""
        self._next = self.FIRST

    def delay(self, jitter: float) -> float:
        """The wait before the next attempt (s); `jitter` is a random number from 0 to 1."""
        whole, self._next = self._next, min(2 * self._next, self.LONGEST)
        return whole * (0.5 + jitter / 2)
