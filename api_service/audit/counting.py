"""Counts entries again by the counting rule: the outcome that they must have."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from shared.engine.ledger_entries import BatchesCounted
from shared.engine.rule import pacing
from shared.engine.rule.counting_rule import LOG_LIMIT, Applied, apply_press, is_cooling, threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shared.engine import ledger_entries
    from shared.engine.ledger_entries import (
        CountedBatch,
        FiredTrigger,
        FullFired,
        Paused,
        TriggerOutcome,
    )
    from shared.wire.room_settings import Button, RoomSettings

    Firing = BatchesCounted | FullFired | Paused  # an entry that may hold triggers


@dataclass(slots=True)
class ButtonAccount:
    """One button in one round: accepted + returned = consumed + count + discarded.

    `waiting`: whether presses came back since the last press. `unavailable`: the game's reason,
    None while it can use the button. `fired_at` is when its triggers fired, ms since 1970.
    """

    accepted: int = 0
    consumed: int = 0
    count: int = 0
    discarded: int = 0
    fired: int = 0
    returned: int = 0
    waiting: bool = False
    unavailable: str | None = None
    pace: pacing.Pace | None = None
    fired_at: array[int] = field(default_factory=lambda: array("q"))

    def fire(self, at: int, presses: int) -> None:
        self.consumed += presses
        self.count -= presses
        self.fired += 1
        self.fired_at.append(at)

    def empty(self) -> None:
        """Take over that a reset zeroed the count."""
        self.count = 0
        self.pace = self.pace and pacing.release(self.pace)

    def take_over(self, told: ledger_entries.RoundAccount) -> None:
        """Take over the account as Redis remembers it; it remembers the first triggers."""
        self.accepted, self.consumed = told.accepted, told.consumed
        self.count, self.discarded, self.fired = told.count, told.discarded, told.fired
        self.returned, self.waiting = told.returned, told.waiting == 1
        self.unavailable, self.pace = told.unavailable, told.pace
        del self.fired_at[max(0, told.fired) :]

    def is_cooling(self, button: Button, at: int) -> bool:
        return len(self.fired_at) > 0 and is_cooling(self.fired_at[-1], button.cooldown_ms, at)

    def may_fire_alone(self, button: Button, at: int) -> bool:
        """Whether the button fires without a press once it is full."""
        if not button.enabled or self.unavailable is not None or self.waiting:
            return False
        is_held = pacing.held_for(self.pace, button.pace_ms, at) > 0
        return not is_held and not self.is_cooling(button, at)


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

    __slots__ = ("buttons", "has_pace", "hold", "multipliers", "round_limit_s")

    def __init__(self, settings: RoomSettings) -> None:
        self.buttons: Mapping[str, Button] = {b.event_type: b for b in settings.buttons}
        self.has_pace = any(button.pace_ms for button in settings.buttons)
        self.multipliers = settings.multipliers
        self.hold = settings.on_disconnect == "hold"
        self.round_limit_s = settings.round_limit_s

    def bar(self, button: Button, account: ButtonAccount, viewers: int, at: int) -> Bar:
        """The button's bar at a time, with these active viewers."""
        classic = threshold(button, self.multipliers, viewers)
        if not button.pace_ms:
            return Bar(0, classic, classic)
        goal = pacing.goal(
            account.pace,
            button.pace_ms,
            classic=classic,
            count=account.count,
            accepted=account.accepted,
            at=at,
        )
        return Bar(button.pace_ms, classic, goal)


class Bar(NamedTuple):
    """What fills up in a call: the threshold by the number of viewers, and the one that counts."""

    pace_ms: int
    classic: int
    threshold: int

    def close(self, account: ButtonAccount, at: int, *, pressed: bool, fired: bool) -> None:
        """Set the account's pace after the call."""
        account.pace = pacing.after(
            account.pace,
            self.pace_ms,
            classic=self.classic,
            threshold=self.threshold,
            accepted=account.accepted,
            count=account.count,
            pressed=pressed,
            fired=fired,
            at=at,
        )


def bars_of(entry: Firing, rules: Rules | None, accounts: Accounts) -> dict[str, Bar]:
    """The bars, before the entry, of the buttons with a pace that it pressed or fired."""
    if rules is None or not rules.has_pace:
        return {}
    found = (rules.buttons.get(name) for name in _pressed_in(entry) | _fired_in(entry))
    return {
        b.event_type: rules.bar(b, accounts[b.event_type], entry.viewer_count, entry.at)
        for b in found
        if b is not None and b.pace_ms
    }


def fire(entry: Firing, accounts: Accounts) -> None:
    """Take over an entry's triggers."""
    for fired in entry.fired:
        accounts[fired.event_type].fire(entry.at, fired.threshold)


def close_bars(entry: Firing, bars: Mapping[str, Bar], accounts: Accounts) -> None:
    """Set the paces after an entry, whose figures have been taken over."""
    pressed, fired = _pressed_in(entry), _fired_in(entry)
    for name, bar in bars.items():
        bar.close(accounts[name], entry.at, pressed=name in pressed, fired=name in fired)


def _pressed_in(entry: Firing) -> set[str]:
    if not isinstance(entry, BatchesCounted):
        return set()
    return {button.event_type for button in entry.buttons}


def _fired_in(entry: Firing) -> set[str]:
    return {fired.event_type for fired in entry.fired}


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
    """A button between two batches of a call; `button` is None if no press of it may count.

    `triggers_left`: how many more one with a pace may fire; None without.
    """

    button: Button | None
    threshold: int
    count: int
    cooling: bool
    triggers_left: int | None = None

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
            triggers_left=self.triggers_left,
        )
        self.count = applied.count
        if self.triggers_left is not None:
            self.triggers_left -= applied.fired
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
    if button is None or not button.enabled or account.unavailable is not None:
        return _PressedButton(None, 0, account.count, cooling=False)
    needed = rules.bar(button, account, entry.viewer_count, entry.at).threshold
    cooling = account.is_cooling(button, entry.at)
    triggers = pacing.triggers_now(account.pace, button.pace_ms, entry.at)
    return _PressedButton(button, needed, account.count, cooling, triggers)


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


def end_turns(rules: Rules | None, accounts: Accounts) -> None:
    """Take over that a resume after a pause gives new turns."""
    for button in rules.buttons.values() if rules else ():
        account = accounts[button.event_type]
        if button.pace_ms and account.pace:
            account.pace = pacing.end_turn(account.pace, button.pace_ms)


class Resumed(NamedTuple):
    """A resume's outcome: its triggers, and the paces of full buttons that wait their turn."""

    fired: tuple[UnnumberedTrigger, ...]
    held: dict[str, pacing.Pace]


def resume_again(entry: Paused, rules: Rules, accounts: Accounts) -> Resumed:
    """Resume again: each full button fires once, those with a pace that time apart.

    They do so in the settings' order; nothing fires in a pause. Fewer fire if the round is held, or
    the log fills up; if none does, none is held either.
    """
    fired: list[UnnumberedTrigger] = []
    held: dict[str, pacing.Pace] = {}
    turn = entry.at
    for button, needed in () if entry.paused else _full(entry, rules, accounts):
        if button.pace_ms and turn > entry.at:
            account = accounts[button.event_type]
            until = pacing.turn(turn, button.pace_ms, entry.at)
            pace = pacing.hold(account.pace, needed, account.accepted, entry.at, until)
            held[button.event_type] = pace
        else:
            fired.append(UnnumberedTrigger(button.event_type, needed))
        turn += button.pace_ms
    return Resumed(tuple(fired), held)


def give_back(entry: TriggerOutcome, rules: Rules | None, account: ButtonAccount) -> None:
    """Take over that presses came back to a button."""
    button = rules and rules.buttons.get(entry.event_type)
    if rules and button and button.pace_ms and account.pace:
        goal = rules.bar(button, account, entry.viewer_count, entry.at).threshold
        account.pace = pacing.give_back(account.pace, button.pace_ms, goal, entry.at)
    account.returned, account.count, account.waiting = entry.total, entry.count, True


def full_again(entry: FullFired, rules: Rules, accounts: Accounts) -> tuple[UnnumberedTrigger, ...]:
    """The triggers of full buttons without a press: each once, in the settings' order."""
    return tuple(
        UnnumberedTrigger(button.event_type, needed)
        for button, needed in _full(entry, rules, accounts)
    )


def _full(
    entry: Paused | FullFired, rules: Rules, accounts: Accounts
) -> Iterator[tuple[Button, int]]:
    """The full buttons that may fire without a press, with their thresholds."""
    for button in rules.buttons.values():
        account = accounts[button.event_type]
        needed = rules.bar(button, account, entry.viewer_count, entry.at).threshold
        if account.count >= needed and account.may_fire_alone(button, entry.at):
            yield button, needed


def triggers_of(fired: Sequence[FiredTrigger]) -> tuple[UnnumberedTrigger, ...]:
    """An entry's triggers without their numbers."""
    return tuple(UnnumberedTrigger(each.event_type, each.threshold) for each in fired)
