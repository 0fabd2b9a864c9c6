"""Which settings a room's presses were counted by.

Redis may forget settings, and says nothing of them when it goes on: those that it may have gone
back to are told apart by the presses that follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from api_service.ledger.counting import Rules


class Moment(NamedTuple):
    """How far a room had come: its round, that round's presses, its last number."""

    round: int
    accepted: int
    discarded: int
    seq: int


class Change(NamedTuple):
    """Settings, and the moment since which they were in force."""

    since: Moment
    rules: Rules


class Rulebook:
    """The settings in force, through all that Redis forgets."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._possible: list[Rules] = []

    def change(self, since: Moment, rules: Rules) -> None:
        """From this moment on these are in force."""
        self._changes.append(Change(since, rules))
        self._possible = [rules]

    def renew(self, now: Moment, then: Moment) -> None:
        """Redis, of which `now` was known, goes on from what it remembers, `then`.

        Settings changed since the last press may have been changed before or after it forgot.
        """
        possible: list[Rules] = []
        until: Moment | None = None
        for change in reversed(self._changes):
            remembered = change.since <= then and (until is None or until >= then)
            if remembered or change.since == now:
                possible.append(change.rules)
            until = change.since
        self._possible = possible
        self._changes = [
            change if change.since <= then else Change(then, change.rules)
            for change in self._changes
            if change.since <= then or change.since == now
        ]

    def in_force(self, fit: Callable[[Rules], bool]) -> Rules | None:
        """The rules in force, the latest possible ones that fit; None where none are known."""
        if len(self._possible) > 1:
            self._possible = [rules for rules in self._possible if fit(rules)] or self._possible[:1]
        return self._possible[0] if self._possible else None
