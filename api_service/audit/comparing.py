"""Compares entries with what they must be: yields each difference as its kind and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from api_service.audit.counting import triggers_of
from shared.engine import ledger_entries
from shared.wire.game_messages import EventTotal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api_service.audit.counting import (
        Accounts,
        ButtonAccount,
        CallOutcome,
        Rules,
        UnnumberedTrigger,
    )
    from shared.engine.rule.pacing import Pace
    from shared.engine.rule.round_clock import RoundClock

UNREADABLE: Final = "unreadable entry"
ROUND: Final = "round"
MISSING: Final = "missing entries"
PAUSED: Final = "pause"
ACCEPTED: Final = "presses accepted"
LEFT: Final = "count left"
TRIGGERS: Final = "triggers fired"
THRESHOLD: Final = "threshold"
NUMBERS: Final = "numbers"
RESET: Final = "reset"
ACCOUNT: Final = "account"

# What a round whose time is over refuses.
REFUSED_IN_THE_END: Final = (
    ledger_entries.BatchesCounted,
    ledger_entries.Paused,
    ledger_entries.FullFired,
    ledger_entries.Reset,
)

Found = tuple[str, str]  # kind, sentence


class Figures(NamedTuple):
    """An account's figures, as sentences show them."""

    accepted: int = 0
    consumed: int = 0
    left: int = 0
    discarded: int = 0
    fired: int = 0
    returned: int = 0

    @classmethod
    def of(cls, account: ledger_entries.RoundAccount | ButtonAccount) -> Figures:
        return cls(
            account.accepted,
            account.consumed,
            account.count,
            account.discarded,
            account.fired,
            account.returned,
        )

    @property
    def balanced(self) -> bool:
        return self.accepted + self.returned == self.consumed + self.left + self.discarded

    def __str__(self) -> str:
        return (
            f"{self.accepted:,} accepted + {self.returned:,} returned"
            f" = {self.consumed:,} in {self.fired:,} triggers"
            f" + {self.left:,} left + {self.discarded:,} discarded"
        )


class State(NamedTuple):
    """What else an account says of a button: see `ledger_entries.RoundAccount`."""

    waiting: bool = False
    unavailable: str | None = None
    pace: Pace | None = None

    @classmethod
    def of(cls, account: ledger_entries.RoundAccount | ButtonAccount) -> State:
        return cls(account.waiting == 1, account.unavailable, account.pace)


class Summary(msgspec.Struct, frozen=True):
    """What a round's summary says of its buttons."""

    event_totals: tuple[EventTotal, ...]

    @property
    def presses(self) -> dict[str, int]:
        """By event type."""
        return {each.event_type: each.count for each in self.event_totals}


def call(entry: ledger_entries.BatchesCounted, again: CallOutcome) -> Iterator[Found]:
    """Compare a call's batches, and the counts that it leaves, with its outcome by the rule."""
    batches = list(zip(entry.batches, again.batches, strict=True))
    wrong: set[int] = set()  # buttons of which a batch accepts other presses
    for n, (told, rule) in enumerate(batches, start=1):
        for (button, accepted), by_rule in zip(told.counted, rule.accepted, strict=True):
            if accepted != by_rule:
                wrong.add(button)
                name = entry.buttons[button].event_type
                sentence = f"{name} accepts {accepted:,}, {by_rule:,} by rule"
                yield ACCEPTED, _in_batch(entry, n) + sentence
    for button, (counted, count) in enumerate(zip(entry.buttons, again.counts, strict=True)):
        if button not in wrong:
            yield from left(counted, count)
    for n, (told, rule) in enumerate(batches, start=1):
        for kind, sentence in fired(triggers_of(told.fired), rule.fired):
            yield kind, _in_batch(entry, n) + sentence


def fired(told: Sequence[UnnumberedTrigger], rule: Sequence[UnnumberedTrigger]) -> Iterator[Found]:
    """Compare triggers, without their numbers."""
    if told != rule:
        same = [each.event_type for each in told] == [each.event_type for each in rule]
        yield THRESHOLD if same else TRIGGERS, f"{_listed(told)} fires, {_listed(rule)} by rule"


def total(
    counted: ledger_entries.CountedButton, accepted: int, account: ButtonAccount
) -> Iterator[Found]:
    """Compare a button's running total after a call that accepted `accepted` presses of it."""
    rule = account.accepted + accepted
    if counted.total != rule:
        told = f"{counted.event_type} stands at {counted.total:,} presses in this round"
        yield MISSING, f"{told}, {rule:,} by the journal"


def paused(entry: ledger_entries.BatchesCounted, must: bool, may: bool) -> Iterator[Found]:
    """Compare whether a call counts as pressed in a pause."""
    if entry.paused and not may:
        yield PAUSED, "presses are counted as in a pause, and there is none"
    if must and not entry.paused:
        yield PAUSED, "presses are counted as outside a pause, and there is one"


def full(entry: ledger_entries.FullFired, must_pause: bool) -> Iterator[Found]:
    """Check that full buttons fire outside a pause."""
    if must_pause:
        yield PAUSED, f"{_listed(triggers_of(entry.fired))} fires without a press in a pause"


def in_time(
    entry: ledger_entries.LedgerEntry, clock: RoundClock | None, rules: Rules | None
) -> Iterator[Found]:
    """Check that the round's time was not over, if the entry is one that such a round refuses."""
    if not isinstance(entry, REFUSED_IN_THE_END) or clock is None or rules is None:
        return
    if clock.is_over(rules.round_limit_s, entry.at):
        ran, limit = clock.ran_by(entry.at) / 1_000, rules.round_limit_s
        yield ROUND, f"it comes {ran:,} s after the round's beginning, whose limit is {limit:,} s"


def ran(entry: ledger_entries.Paused, clock: RoundClock | None) -> Iterator[Found]:
    """Compare how long the round had run; a server's clock that is set back only adds to it."""
    by_rule = clock and clock.ran_by(entry.at)
    if entry.ran is not None and by_rule is not None and entry.ran < by_rule:
        yield ROUND, f"the round has run for {entry.ran:,} ms, {by_rule:,} by rule"


def left(told: ledger_entries.CountedButton | ledger_entries.Left, by_rule: int) -> Iterator[Found]:
    """Compare the count that is left in a button."""
    if told.count != by_rule:
        yield LEFT, f"{told.event_type} is left with {told.count:,}, {by_rule:,} by rule"


def discarded(entry: ledger_entries.Reset, accounts: Accounts) -> Iterator[Found]:
    """Compare the presses that a reset discards."""
    told = {each.event_type: (each.discarded, each.total) for each in entry.discarded}
    for name in dict.fromkeys((*told, *accounts)):
        account = accounts[name]
        presses, in_all = told.get(name, (0, account.discarded))
        if (presses, in_all) != (account.count, account.discarded + account.count):
            counted = f"{account.count:,} after {account.discarded:,} before by rule"
            yield RESET, f"{name} discards {presses:,}, {in_all:,} in all; {counted}"


def remembered(
    told: Mapping[str, ledger_entries.RoundAccount], before: Accounts
) -> Iterator[Found]:
    """Check the accounts that Redis remembers: they balance, and do not exceed the journal."""
    for name, account in told.items():
        known = before[name]
        if account.accepted > known.accepted:
            stands = f"{name} stands at {account.accepted:,}"
            yield MISSING, f"{stands}, {known.accepted:,} by the journal"
        if account.returned > known.returned:
            back = f"{name} got back {account.returned:,}"
            yield MISSING, f"{back}, {known.returned:,} by the journal"
        if not (figures := Figures.of(account)).balanced:
            yield ACCOUNT, f"{name} does not balance: {figures}"


def closed(told: Mapping[str, ledger_entries.RoundAccount], accounts: Accounts) -> Iterator[Found]:
    """Compare the accounts with which a round closes."""
    for name in dict.fromkeys((*told, *accounts)):
        figures = Figures.of(told[name]) if name in told else Figures()
        rule = Figures.of(accounts[name])
        if figures != rule:
            yield ACCOUNT, f"{name} closes with {figures}; {rule} by rule"
        state = State.of(told[name]) if name in told else State()
        if state != (expected := State.of(accounts[name])):
            yield ACCOUNT, f"{name} closes as {state}; {expected} by rule"


def summarized(entry: ledger_entries.RoundFinished) -> Iterator[Found]:
    """Compare a round's summary with its closing accounts. Raises msgspec.ValidationError."""
    summary = msgspec.json.decode(entry.summary, type=Summary)
    # A summary leaves out buttons that the room once had and nobody pressed.
    told = {name: presses for name, presses in summary.presses.items() if presses}
    if told != {each.event_type: each.accepted for each in entry.accounts if each.accepted}:
        yield ACCOUNT, "the summary's totals are not those that the round closes with"


def _listed(triggers: Sequence[UnnumberedTrigger]) -> str:
    shown = ", ".join(f"{each.event_type} at {each.threshold:,}" for each in triggers[:3])
    more = len(triggers) - 3
    return f"{shown} and {more:,} more" if more > 0 else shown or "nothing"


def _in_batch(entry: ledger_entries.BatchesCounted, n: int) -> str:
    """Where in an entry with several batches a difference is."""
    in_all = len(entry.batches)
    return f"batch {n} of {in_all}: " if in_all > 1 else ""
