"""How many bad messages a socket may send."""

from __future__ import annotations

import time

BAD_MESSAGES, BAD_WINDOW = 20, 10.0  # more than 20 within 10 s end the socket


class Flood:
    """The bad messages of one socket."""

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: list[float] = []  # when the last ones came (s, monotonic)

    def swells(self) -> bool:
        """Count a bad message; true if there are too many now."""
        self._times = [*self._times[-BAD_MESSAGES:], time.monotonic()]
        return len(self._times) > BAD_MESSAGES and self._times[-1] - self._times[0] < BAD_WINDOW
