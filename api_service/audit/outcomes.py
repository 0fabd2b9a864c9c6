"""Checks what games tell of their triggers; yields each difference as its kind and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api_service.audit.comparing import Found
    from api_service.audit.counting import ButtonAccount, Firing
    from shared.engine.ledger_entries import AvailabilityChanged, TriggerOutcome

OUTCOME: Final = "outcome"
RETURNED: Final = "presses returned"
AVAILABLE: Final = "availability"
TOLD_WITHIN: Final = 600_000  # ms after the trigger


@dataclass(slots=True)
class _Trigger:
    """A trigger that fired; `is_final`: the game has told how it ended."""

    round: int
    event_type: str
    threshold: int
    at: int
    is_final: bool = False

    def is_meant(self, by: TriggerOutcome) -> bool:
        same = (self.round, self.event_type) == (by.round, by.event_type)
        return same and abs(by.at - self.at) < TOLD_WITHIN


class AnsweredTriggers:
    """The triggers of which the game may still tell the outcome, by log epoch and number."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], _Trigger] = {}

    def fire(self, entry: Firing) -> None:
        """Add an entry's triggers."""
        for fired in entry.fired:
            trigger = _Trigger(entry.round, fired.event_type, fired.threshold, entry.at)
            self._known[entry.log_epoch, fired.seq] = trigger
        if entry.fired:
            self._forget_old(entry.at)

    def _forget_old(self, at: int) -> None:
        # Later than Redis does, whose clock may be set back meanwhile.
        while abs(at - self._known[oldest := next(iter(self._known))].at) > 2 * TOLD_WITHIN:
            del self._known[oldest]

    def forget_outcomes(self) -> None:
        """Redis may have forgotten some, and take them again."""
        for trigger in self._known.values():
            trigger.is_final = False

    def knows(self, entry: TriggerOutcome) -> bool:
        return (entry.log_epoch, entry.seq) in self._known

    def check(self, entry: TriggerOutcome, *, runs: bool) -> Iterator[Found]:
        """Compare an outcome with its trigger; `runs`: whether the trigger's round does."""
        named = f"number {entry.seq:,} of log epoch {entry.log_epoch}"
        trigger = self._known.get((entry.log_epoch, entry.seq))
        if trigger is None or not trigger.is_meant(entry):
            meant = f"{entry.event_type} in round {entry.round}"
            yield OUTCOME, f"{named} is no trigger of {meant}, of the last ten minutes"
            return
        # After a round's end, no `Renewed` tells that Redis has forgotten the first one.
        if trigger.is_final and runs:
            yield OUTCOME, f"{named} is {entry.status} after its end"
        if (entry.ends_at > entry.at) != (entry.status == "started"):
            yield OUTCOME, f"{named} is {entry.status}, and ends at {entry.ends_at}"
        must = trigger.threshold if entry.status == "failed" and runs else 0
        if entry.returned != must:
            yield RETURNED, f"{named} returns {entry.returned:,}, {must:,} by rule"
        trigger.is_final = entry.status != "started"


def returned(entry: TriggerOutcome, account: ButtonAccount) -> Iterator[Found]:
    """Compare the figures of the button after its presses came back."""
    back = entry.returned
    rule = (account.returned + back, account.count + back) if back else (0, 0)
    if (entry.total, entry.count) != rule:
        told = f"{entry.event_type} got back {entry.total:,} and holds {entry.count:,}"
        yield RETURNED, told + "; {:,} and {:,} by rule".format(*rule)


def changed(entry: AvailabilityChanged, account: ButtonAccount) -> Iterator[Found]:
    """Check that a button's availability changes."""
    now = None if entry.available else entry.reason
    if now == account.unavailable:
        yield AVAILABLE, f"{entry.event_type} is told again to be {_state(now)}"


def _state(unavailable: str | None) -> str:
    return "available" if unavailable is None else f"unavailable ({unavailable})"
