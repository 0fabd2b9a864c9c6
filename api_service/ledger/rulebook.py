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
    """The settings in force since a moment: one of these, the likeliest first."""

    since: Moment
    rules: list[Rules]


class Rulebook:
    """The settings in force, through all that Redis forgets."""

    def __init__(self) -> None:
        self._changes: list[Change] = []

    def change(self, since: Moment, rules: Rules) -> None:
        """From this moment on these are in force."""
        self._changes.append(Change(since, [rules]))

    def renew(self, now: Moment, earliest: Moment, latest: Moment) -> None:
        """Redis, of which `now` was known, goes on from a moment between these two.

        Settings changed since the last press may have been changed before or after it forgot.
        """
        possible: list[Change] = []
        until: Moment | None = None
        for change in reversed(self._changes):
            remembered = change.since <= latest and (until is None or until >= earliest)
            if remembered or change.since == now:
                possible.append(change)
            until = change.since
        if possible:
            first = possible[-1].since
            rules = [each for change in possible for each in change.rules]
            earlier = [change for change in self._changes if change.since < first]
            self._changes = [*earlier, Change(first, rules)]

    def in_force(self, fit: Callable[[Rules], bool]) -> Rules | None:
        """The rules in force, the likeliest that fit; None where none are known."""
        if not self._changes:
            return None
        since, rules = self._changes[-1]
        if len(rules) > 1:
            rules = [each for each in rules if fit(each)] or rules[:1]
            self._changes[-1] = Change(since, rules)
        return rules[0]
