"""The rule of a round's clock: how long the round has run, by what the ledger tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shared.engine.ledger_entries import Paused, Renewed, SettingsChanged


class RoundClock(NamedTuple):
    """A round had run for `ran` ms at the time `at` (ms since 1970); it goes on unless `paused`.

    It runs from the round's beginning, or from when the round got another limit.
    """

    ran: int
    at: int
    paused: bool

    @classmethod
    def told_by(cls, entry: Paused | Renewed) -> RoundClock | None:
        """The clock after an entry; those of older releases do not tell it."""
        return None if entry.ran is None else cls(entry.ran, entry.at, entry.paused == 1)

    def after(self, entry: SettingsChanged) -> RoundClock:
        """The clock after a change of settings, which began it anew if the limit is another."""
        return self if entry.ran is None else self._replace(ran=entry.ran, at=entry.at)

    def ran_by(self, at: int) -> int:
        """How long the round has run by a later time; the server's clock may have been set back."""
        return self.ran if self.paused else self.ran + max(0, at - self.at)

    def is_over(self, limit_s: int, at: int) -> bool:
        """Whether the round's time is over; a `limit_s` of 0 is none."""
        return 0 < limit_s * 1_000 <= self.ran_by(at)
