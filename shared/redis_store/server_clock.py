"""The deadline of a call, on the clock of the server that runs it."""

from __future__ import annotations

from time import monotonic
from typing import Final

# s: a function's deadline, counted from when it is sent. Redis runs nothing after the deadline, and
# it is shorter than ANSWER_TIMEOUT: so a call that was given up does nothing later. register.lua's
# LONGEST_WAIT depends on it.
BEGIN_WITHIN: Final = 2.5
TRUSTED_FOR: Final = 60.0  # s after which TIME must succeed before another function is sent


class ServerClock:
    """An estimate of the server's clock, made from its replies to TIME. It is never ahead."""

    def __init__(self) -> None:
        self._ahead = 0.0  # s: a lower bound of the server's clock minus our monotonic clock
        self._learned_at = -TRUSTED_FOR  # on our clock

    def learn(self, reply: tuple[int, int]) -> None:
        """Update the estimate from a reply (s since 1970, µs) that has just arrived."""
        self._learned_at = monotonic()
        seconds, microseconds = reply
        self._ahead = seconds + microseconds / 1e6 - self._learned_at

    def forget(self) -> None:
        """Discard the estimate: the server's clock was set, or the server is another one."""
        self._learned_at = -TRUSTED_FOR

    @property
    def is_known(self) -> bool:
        """Whether functions may be sent."""
        return self.age < TRUSTED_FOR

    @property
    def age(self) -> float:
        """The age of the estimate in s."""
        return monotonic() - self._learned_at

    def deadline(self) -> int:
        """The latest start of a function that is sent now; ms since 1970 on the server's clock."""
        return int((monotonic() + self._ahead + BEGIN_WITHIN) * 1000)
