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
    from shared.engine.ledger_entries import (
        BatchesCounted,
        CountedBatch,
        FiredTrigger,
        Paused,
    )
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
    """A batch's outcome: presses accepted of each button that it pressed, and triggers in order."""

    accepted: tuple[int, ...]
    fired: tuple[UnnumberedTrigger, ...]


class CallOutcome(NamedTuple):
    """A call's outcome: that of each batch, and the count after the call of each button."""

    batches: tuple[BatchOutcome, ...]
    counts: tuple[int, ...]


@dataclass(slots=True)
class _PressedButton:
    """A button between two batches of a call; `button` is None if no press of it may count."""

    button: Button | None
    threshold: int
    count: int
    cooling: bool

    def press(self, presses: int, *, paused: bool, free_log: int) -> Applied:
        """Apply a batch's presses."""
        if self.button is None:
            return Applied(0, 0, self.count, 0, 0)
        applied = apply_press(
            self.count,
            presses,
            self.threshold,
            paused=paused,
            cooldown_ms=self.button.cooldown_ms,
            cooling=self.cooling,
            free_log=free_log,
        )
        self.count = applied.count
        self.cooling |= applied.fired > 0 and self.button.cooldown_ms > 0
        return applied


def press_again(entry: BatchesCounted, rules: Rules, accounts: Accounts) -> CallOutcome:
    """Count a call again, as if its accepted presses were all that was sent."""
    buttons = [_pressed(button.event_type, entry, rules, accounts) for button in entry.buttons]
    free_log = min(entry.free_log, LOG_LIMIT)
    batches: list[BatchOutcome] = []
    for batch in entry.batches:
        outcome = _batch_again(batch, buttons, paused=entry.paused == 1, free_log=free_log)
        free_log -= len(outcome.fired)
        batches.append(outcome)
    return CallOutcome(tuple(batches), tuple(button.count for button in buttons))


def _pressed(
    event_type: str, entry: BatchesCounted, rules: Rules, accounts: Accounts
) -> _PressedButton:
    button, account = rules.buttons.get(event_type), accounts[event_type]
    if button is None or not button.enabled:
        return _PressedButton(None, 0, account.count, cooling=False)
    needed = rules.threshold(button, entry.viewer_count)
    cooling = account.is_cooling(button.cooldown_ms, entry.at)
    return _PressedButton(button, needed, account.count, cooling)


def _batch_again(
    batch: CountedBatch, buttons: Sequence[_PressedButton], *, paused: bool, free_log: int
) -> BatchOutcome:
    accepted: list[int] = []
    fired: list[UnnumberedTrigger] = []
    for at, presses in batch.counted:
        pressed = buttons[at]
        applied = pressed.press(presses, paused=paused, free_log=max(0, free_log - len(fired)))
        accepted.append(applied.accepted)
        if pressed.button is not None:
            trigger = UnnumberedTrigger(pressed.button.event_type, pressed.threshold)
            fired += [trigger] * applied.fired
    return BatchOutcome(tuple(accepted), tuple(fired))


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
