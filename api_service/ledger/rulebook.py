"""Which settings a room's presses were counted by.

Redis may forget settings, and says nothing of them when it goes on: those that it may have gone
back to are told apart by the presses that follow.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
        self._unsettled = 0

    def change(self, since: Moment, rules: Rules) -> None:
        """From this moment on these are in force."""
        self._changes.append(Change(since, [rules]))
        self._unsettled += 1

    def settle(self) -> None:
        """All that was changed up to here was changed before Redis forgets anything."""
        self._unsettled = 0

    def renew(self, earliest: Moment, latest: Moment) -> None:
        """Redis forgot, and went on from a moment between these two.

        What was changed since the last press may have been changed before or after it forgot.
        """
        remembered = [*self._between(earliest, latest)]
        if not remembered:
            return
        recent = self._changes[len(self._changes) - self._unsettled :]
        first = remembered[0].since
        self._changes = [change for change in self._changes if change.since < first]
        possible = _likeliest_first(remembered)
        self._changes.append(Change(first, possible))
        for change in recent:
            possible = _likeliest_first([Change(first, possible), change])
            self._changes.append(Change(latest, possible))
        self.settle()

    def _between(self, earliest: Moment, latest: Moment) -> Iterator[Change]:
        """What was in force at some time between two moments."""
        for change, following in zip_longest(self._changes, self._changes[1:]):
            if change.since <= latest and (following is None or following.since >= earliest):
                yield change

    def in_force(self, fit: Callable[[Rules], bool]) -> Rules | None:
        """The rules in force, the likeliest that fit; None where none are known."""
        if not self._changes:
            return None
        since, rules = self._changes[-1]
        if len(rules) > 1:
            rules = [each for each in rules if fit(each)] or rules[:1]
            self._changes[-1] = Change(since, rules)
        return rules[0]


def _likeliest_first(changes: list[Change]) -> list[Rules]:
    """All their rules, each once, the latest change's first."""
    return list(dict.fromkeys(rules for change in reversed(changes) for rules in change.rules))
