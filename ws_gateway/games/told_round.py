"""What a game is told of its room's round, if it asked for that. Pure: no socket, no Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.wire.game_messages import RoundUpdate


class ToldRound:
    """`latest` is the round as Redis last told of it, None before the first time."""

    __slots__ = ("_told", "_wanted", "latest")

    def __init__(self, *, wanted: bool) -> None:
        self.latest: RoundUpdate | None = None
        self._told: RoundUpdate | None = None
        self._wanted = wanted

    def learn(self, truth: RoundUpdate, before: RoundUpdate | None) -> None:
        """Take what Redis answered, unless a newer nudge came since it was asked.

        `before` was `latest` at that time.
        """
        if self.latest is before:
            self.latest = truth

    def next(self) -> RoundUpdate | None:
        """What the game is to be told now; None if it knows, or did not ask."""
        if not self._wanted or self.latest == self._told:
            return None
        self._told = self.latest
        return self._told
