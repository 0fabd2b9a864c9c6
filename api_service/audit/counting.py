"""Counts entries again by the counting rule: the outcome that they must have."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from shared.engine.counting_rule import LOG_LIMIT, Applied, apply_press, is_cooling, threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shared.engine import ledger_entries
    from shared.engine.ledger_entries import FiredTrigger, Paused, PressesCounted
    from shared.wire.room_settings import Button, RoomSettings


@dataclass(slots=True)
class ButtonAccount:
    """One button in one round: accepted = consumed + count + discarded.

    `fired_at` is when its triggers fired, ms since 1970.
    """

    accepted: int = 0
    consumed: int = 0
    count: int = 0
    discarded: int = 0
    fired: int = 0
    fired_at: array[int] = field(default_factory=lambda: array("q"))

    def fire(self, at: int, presses: int) -> None:
        self.consumed += presses
        self.count -= presses
        self.fired += 1
        self.fired_at.append(at)

    def take_over(self, told: ledger_entries.RoundAccount) -> None:
        """Take over the account as Redis remembers it; it remembers the first triggers."""
        self.accepted, self.consumed = told.accepted, told.consumed
        self.count, self.discarded, self.fired = told.count, told.discarded, told.fired
        del self.fired_at[max(0, told.fired) :]

    def is_cooling(self, cooldown_ms: int, at: int) -> bool:
        return len(self.fired_at) > 0 and is_cooling(self.fired_at[-1], cooldown_ms, at)


class Accounts(defaultdict[str, ButtonAccount]):
    """A round's accounts by event type; all zeros for a button without presses."""

    def __init__(self) -> None:
        super().__init__(ButtonAccount)

    @property
    def accepted(self) -> int:
        return sum(account.accepted for account in self.values())

    @property
    def discarded(self) -> int:
        return sum(account.discarded for account in self.values())


class Rules:
    """The part of a room's settings that counting needs."""

    __slots__ = ("buttons", "hold", "multipliers")

    def __init__(self, settings: RoomSettings) -> None:
        self.buttons: Mapping[str, Button] = {b.event_type: b for b in settings.buttons}
        self.multipliers = settings.multipliers
        self.hold = settings.on_disconnect == "hold"

    def threshold(self, button: Button, viewers: int) -> int:
        return threshold(button, self.multipliers, viewers)


class UnnumberedTrigger(NamedTuple):
    """A trigger without its number."""

    event_type: str
    threshold: int


class BatchOutcome(NamedTuple):
    """A batch's outcome: one for each button pressed, and the triggers, in order."""

    buttons: tuple[Applied, ...]
    fired: tuple[UnnumberedTrigger, ...]


def press_again(entry: PressesCounted, rules: Rules, accounts: Accounts) -> BatchOutcome:
    """Count a batch again, as if its accepted presses were all that was sent."""
    outcomes: list[Applied] = []
    fired: list[UnnumberedTrigger] = []
    for counted in entry.counted:
        button = rules.buttons.get(counted.event_type)
        account = accounts[counted.event_type]
        if button is None or not button.enabled:
            outcomes.append(Applied(0, 0, account.count, 0, 0))
            continue
        needed = rules.threshold(button, entry.viewer_count)
        applied = apply_press(
            account.count,
            counted.accepted,
            needed,
            paused=entry.paused == 1,
            cooldown_ms=button.cooldown_ms,
            cooling=account.is_cooling(button.cooldown_ms, entry.at),
            free_log=max(0, min(entry.free_log, LOG_LIMIT) - len(fired)),
        )
        outcomes.append(applied)
        fired += [UnnumberedTrigger(button.event_type, needed)] * applied.fired
    return BatchOutcome(tuple(outcomes), tuple(fired))


def resume_again(entry: Paused, rules: Rules, accounts: Accounts) -> tuple[UnnumberedTrigger, ...]:
    """The triggers of a resume: each full button once, in the settings' order; none for a pause.

    Fewer fire if the round is held, or the log fills up.
    """
    return () if entry.paused else tuple(_full(entry, rules, accounts))


def _full(entry: Paused, rules: Rules, accounts: Accounts) -> Iterator[UnnumberedTrigger]:
    for button in rules.buttons.values():
        account, needed = accounts[button.event_type], rules.threshold(button, entry.viewer_count)
        cooling = account.is_cooling(button.cooldown_ms, entry.at)
        if button.enabled and account.count >= needed and not cooling:
            yield UnnumberedTrigger(button.event_type, needed)


def triggers_of(fired: Sequence[FiredTrigger]) -> tuple[UnnumberedTrigger, ...]:
    """An entry's triggers without their numbers."""
    return tuple(UnnumberedTrigger(each.event_type, each.threshold) for each in fired)
