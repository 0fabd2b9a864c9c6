"""The names of who comes to a room while no round runs, at most one message a second."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from shared.wire.viewer_messages import MOST_ARRIVED, Arrived

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.engine.watched import Watched

TELL_EVERY: Final = 1.0  # s


class Newcomers:
    """Those of one room whose names no message has had yet."""

    def __init__(self) -> None:
        self._names: deque[str] = deque(maxlen=MOST_ARRIVED)
        self._sent_at = float("-inf")  # s

    @property
    def are_waiting(self) -> bool:
        """Whether a message is due soon, even if nothing else changes."""
        return bool(self._names)

    def message(self, before: Watched, now: Watched, at: float) -> Iterator[Arrived]:
        """Take who came, and yield the message if it is due `at` this time (s, monotonic)."""
        if now.status == "in_game" or _may_hide_names(before, now):
            self._names.clear()
        if now.status != "in_game":
            self._names.extend(now.arrived)
        if self._names and at - self._sent_at >= TELL_EVERY:
            self._sent_at = at
            yield Arrived(tuple(self._names), now.viewer_count)
            self._names.clear()


def _may_hide_names(before: Watched, now: Watched) -> bool:
    """Whether somebody was blocked, or the settings hide names: then those that wait go too."""
    first, then = ((each.reset_at, each.settings_version) for each in (before, now))
    return first != then
