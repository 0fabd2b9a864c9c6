"""Counts a room's entries again by the counting rule, and records where they differ from it.

No I/O: entries go in one after the other; totals, accounts and differences come out. After each
comparison the entry's own figures are taken over, so that a difference is recorded only where it
arises.
"""

from __future__ import annotations

from collections import Counter
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Final

import msgspec

from api_service.audit import comparing, outcomes
from api_service.audit.counting import (
    Accounts,
    ButtonAccount,
    Resumed,
    Rules,
    bars_of,
    close_bars,
    end_turns,
    fire,
    full_again,
    give_back,
    press_again,
    resume_again,
    triggers_of,
)
from api_service.audit.numbering import End, Numbering
from shared.engine import ledger_entries
from shared.engine.rule.counting_rule import LOG_LIMIT
from shared.engine.rule.round_clock import RoundClock
from shared.wire.room_settings import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from api_service.audit.comparing import Found
    from api_service.audit.counting import Firing, UnnumberedTrigger
    from api_service.audit.differences import Differences, Place
    from shared.engine.ledger_entries import AnyEntry, FullFired, LedgerEntry, Paused

# After a loss of data, Redis writes `Renewed` before any of these.
TOLD_AFTER_RENEWAL: Final = (
    ledger_entries.BatchesCounted,
    ledger_entries.Paused,
    ledger_entries.FullFired,
    ledger_entries.AvailabilityChanged,
    ledger_entries.Reset,
    ledger_entries.RoundFinished,
)


class Replay:
    """One room's entries, counted again.

    `whole`: whether they begin with the room's opening; if not, `unchecked` counts those before the
    first known settings and round. `forgotten` are presses that Redis lost, by round and event
    type; `untold` are the accounts that it has not mentioned since.
    """

    def __init__(self, differences: Differences) -> None:
        self.whole = False
        self.entries = self.presses = self.triggers = self.unchecked = 0
        self.first_at = self.last_at = 0  # ms since 1970
        self.rounds: dict[int, Accounts] = {}
        # (log epoch, seq) of each summary, including lost ones
        self.summaries: set[tuple[int, int]] = set()
        self.ends: dict[int, End] = {}  # of each round that has ended
        self.forgotten: Counter[tuple[int, str]] = Counter()
        self.untold: set[tuple[int, str]] = set()
        self.numbering = Numbering()
        self.answered = outcomes.AnsweredTriggers()
        self._rules: Rules | None = None
        self._round: int | None = None
        self._running = False
        self._paused: bool | None = None
        self._clock: RoundClock | None = None
        self._unexpected_start = ""
        self._differences = differences
        self._place: Place | None = None

    def account(self, round_: int, event_type: str) -> ButtonAccount:
        """A button's account of a round, so far."""
        return self.rounds.get(round_, Accounts()).get(event_type, ButtonAccount())

    def check(self, place: Place, text: bytes | memoryview) -> None:
        """Compare an entry (JSON) with what it must be, and take it over."""
        self._place = place
        self.entries += 1
        try:
            self._check(ledger_entries.decode_entry(text))
        except msgspec.MsgspecError as problem:
            self._note([(comparing.UNREADABLE, f"it cannot be read: {problem}")])

    def _check(self, entry: AnyEntry) -> None:
        if self.entries == 1:
            self.whole, self.first_at = isinstance(entry, ledger_entries.RoomOpening), entry.at
        self.last_at = entry.at
        if self._unexpected_start and isinstance(entry, TOLD_AFTER_RENEWAL):
            self._note([(comparing.ROUND, self._unexpected_start)])
            self._begin(entry.round)
        self._note(comparing.in_time(entry, self._clock, self._rules))
        self._compare(entry)

    def _note(self, found: Iterable[Found]) -> None:
        for kind, sentence in found:
            self._differences.note(kind, sentence, self._place)

    # One method for each kind of entry.

    @singledispatchmethod
    def _compare(self, entry: LedgerEntry) -> None:
        """Compare an entry and take it over; other kinds need no comparison."""

    @_compare.register(ledger_entries.RoomOpening)
    def _opened(self, entry: ledger_entries.RoomOpening) -> None:
        if self.entries > 1:
            self._note([(comparing.ROUND, "the room opens a second time")])
        self.numbering.open(entry.log_epoch)
        self._round = 0
        self._rules = Rules(decode(bytes(entry.settings)))

    @_compare.register(ledger_entries.SettingsChanged)
    def _settings_changed(self, entry: ledger_entries.SettingsChanged) -> None:
        self._rules = Rules(decode(bytes(entry.settings)))
        self._clock = self._clock and self._clock.after(entry)

    @_compare.register(ledger_entries.RoundStarted)
    def _started(self, entry: ledger_entries.RoundStarted) -> None:
        known = entry.round - 1 if self._round is None else self._round
        if self._running or entry.round != known + 1:
            # Correct if Redis lost a start or an end: then `Renewed` comes before any press.
            running = ", which has not ended" if self._running else ""
            self._unexpected_start = f"round {entry.round} begins after round {known}{running}"
            self._go_on(entry.round, paused=False)
        else:
            self._begin(entry.round)
        self._clock = RoundClock(0, entry.at, paused=False)

    @_compare.register(ledger_entries.BatchesCounted)
    def _counted(self, entry: ledger_entries.BatchesCounted) -> None:
        accepted = entry.accepted
        self.presses += sum(accepted)
        self._take_numbers(entry)
        accounts = self._accounts(entry.round)
        if accounts is None:
            return
        self._compare_call(entry, accounts)
        bars = bars_of(entry, self._rules, accounts)
        fire(entry, accounts)
        for counted, presses in zip(entry.buttons, accepted, strict=True):
            account = accounts[counted.event_type]
            self._note(comparing.total(counted, presses, account))
            account.accepted, account.count = counted.total, counted.count
            account.waiting = False
            self.untold.discard((entry.round, counted.event_type))
        close_bars(entry, bars, accounts)

    @_compare.register(ledger_entries.Paused)
    def _pause(self, entry: ledger_entries.Paused) -> None:
        was_paused, self._paused = self._paused, entry.paused == 1
        self._note(comparing.ran(entry, self._clock))
        self._clock = RoundClock.told_by(entry)
        self._take_numbers(entry)
        accounts = self._accounts(entry.round)
        if accounts is None:
            return
        if was_paused and not self._paused:
            end_turns(self._rules, accounts)
        resumed = self._compare_resume(entry, accounts)
        self._fire(entry, accounts)
        for event_type, pace in resumed.held.items() if entry.fired else ():
            accounts[event_type].pace = pace

    @_compare.register(ledger_entries.FullFired)
    def _full_fired(self, entry: ledger_entries.FullFired) -> None:
        self._take_numbers(entry)
        accounts = self._accounts(entry.round)
        if accounts is None:
            return
        self._note(comparing.full(entry, self._paused is True))
        self._compare_full(entry, accounts)
        self._fire(entry, accounts)

    @_compare.register(ledger_entries.TriggerOutcome)
    def _outcome_told(self, entry: ledger_entries.TriggerOutcome) -> None:
        # It may come after the round's end, or of an earlier round than the running one.
        if self._round is None:
            self.unchecked += 1
            return
        if self.whole or self.answered.knows(entry):
            runs = self._running and entry.round == self._round
            self._note(self.answered.check(entry, runs=runs))
        else:
            self.unchecked += 1
        self._note(outcomes.returned(entry, self.account(entry.round, entry.event_type)))
        if entry.returned:
            accounts = self.rounds.setdefault(entry.round, Accounts())
            give_back(entry, self._rules, accounts[entry.event_type])

    @_compare.register(ledger_entries.AvailabilityChanged)
    def _availability_changed(self, entry: ledger_entries.AvailabilityChanged) -> None:
        if (accounts := self._accounts(entry.round)) is not None:
            account = accounts[entry.event_type]
            self._note(outcomes.changed(entry, account))
            account.unavailable = None if entry.available else entry.reason

    @_compare.register(ledger_entries.Reset)
    def _reset(self, entry: ledger_entries.Reset) -> None:
        if (accounts := self._accounts(entry.round)) is not None:
            self._note(comparing.discarded(entry, accounts))
            for account in accounts.values():
                account.empty()
            for told in entry.discarded:
                accounts[told.event_type].discarded = told.total

    @_compare.register(ledger_entries.Renewed)
    def _renewed(self, entry: ledger_entries.Renewed) -> None:
        if not entry.log_epochs:
            self._note([(comparing.UNREADABLE, "it names no log epoch")])
            return
        self._rules = Rules(decode(bytes(entry.settings)))
        self.ends = {ended: at for ended, at in self.ends.items() if ended < entry.round}
        self._note(self.numbering.renew(entry.log_epochs))
        self.answered.forget_outcomes()
        for later in [each for each in self.rounds if each > entry.round]:
            self._forget(later)
        before = self.rounds.get(entry.round, Accounts())
        told = {account.event_type: account for account in entry.accounts}
        if self.whole or entry.round in self.rounds:
            self._note(comparing.remembered(told, before))
            self._count_forgotten(entry.round, before, told)
        self._close(entry, before)
        self._go_on(entry.round, paused=entry.paused == 1)
        self._clock = RoundClock.told_by(entry)
        self._unexpected_start = ""

    @_compare.register(ledger_entries.RoundFinished)
    def _finished(self, entry: ledger_entries.RoundFinished) -> None:
        if (accounts := self._accounts(entry.round)) is not None:
            told = {account.event_type: account for account in entry.accounts}
            self._note(comparing.closed(told, accounts))
            self._close(entry, accounts)
        self._note(self.numbering.take(entry.log_epoch, entry.seq))
        self.summaries.add((entry.log_epoch, entry.seq))
        self.ends[entry.round] = End(entry.log_epoch, entry.seq, bytes(entry.summary))
        self._running, self._paused, self._clock = False, False, None
        self._note(comparing.summarized(entry))

    # Shared steps.

    def _accounts(self, round_: int) -> Accounts | None:
        """The running round's accounts; None, and the entry is unchecked, if they are unknown."""
        if self._round is None:
            self.unchecked += 1
            return None
        if round_ != self._round or not self._running:
            running = "runs" if self._running else "is over"
            self._note(
                [(comparing.ROUND, f"it is of round {round_}: round {self._round} {running}")]
            )
            self._go_on(round_, paused=None)
        return self.rounds.setdefault(round_, Accounts())

    def _fire(self, entry: FullFired | Paused, accounts: Accounts) -> None:
        """Take over triggers that fired without a press, and the counts left."""
        bars = bars_of(entry, self._rules, accounts)
        fire(entry, accounts)
        for left in entry.left:
            self._note(comparing.left(left, accounts[left.event_type].count))
            accounts[left.event_type].count = left.count
        close_bars(entry, bars, accounts)

    def _compare_by_rules(self, compare: Callable[[Rules], Iterator[Found]]) -> None:
        if self._rules is None:
            self.unchecked += 1
        else:
            self._note(compare(self._rules))

    def _compare_call(self, entry: ledger_entries.BatchesCounted, accounts: Accounts) -> None:
        def compare(rules: Rules) -> Iterator[Found]:
            must = self._paused is True or entry.free_log == 0
            may = must or self._paused is None or rules.hold
            yield from comparing.paused(entry, must, may)
            yield from comparing.call(entry, press_again(entry, rules, accounts))

        self._compare_by_rules(compare)

    def _compare_resume(self, entry: Paused, accounts: Accounts) -> Resumed:
        resumed = Resumed((), {})

        def compare(rules: Rules) -> Iterator[Found]:
            nonlocal resumed
            resumed = resume_again(entry, rules, accounts)
            if entry.fired or not rules.hold:
                yield from self._full(entry, resumed.fired)

        self._compare_by_rules(compare)
        return resumed

    def _compare_full(self, entry: FullFired, accounts: Accounts) -> None:
        self._compare_by_rules(lambda rules: self._full(entry, full_again(entry, rules, accounts)))

    def _full(self, entry: Firing, rule: Sequence[UnnumberedTrigger]) -> Iterator[Found]:
        told = triggers_of(entry.fired)
        # A log can only be full once it has had that many messages.
        may_be_full = (self.numbering.seq or 0) >= LOG_LIMIT
        if not (may_be_full and told == rule[: len(told)]):
            yield from comparing.fired(told, rule)

    def _take_numbers(self, entry: Firing) -> None:
        self.answered.fire(entry)
        for fired in entry.fired:
            self.triggers += 1
            self._note(self.numbering.take(entry.log_epoch, fired.seq))

    def _begin(self, round_: int) -> None:
        self._forget(round_)
        self.rounds[round_] = Accounts()
        self._go_on(round_, paused=False)
        self._unexpected_start = ""

    def _go_on(self, round_: int, *, paused: bool | None) -> None:
        self._round, self._running, self._paused = round_, True, paused

    def _forget(self, round_: int) -> None:
        self._count_forgotten(round_, self.rounds.pop(round_, Accounts()), {})

    def _count_forgotten(
        self, round_: int, before: Accounts, told: Mapping[str, ledger_entries.RoundAccount]
    ) -> None:
        for event_type, account in before.items():
            kept = told[event_type].accepted if event_type in told else 0
            if account.accepted > kept:
                self.forgotten[round_, event_type] += account.accepted - kept
            self.untold.add((round_, event_type))

    def _close(
        self, entry: ledger_entries.Renewed | ledger_entries.RoundFinished, before: Accounts
    ) -> None:
        """Take over Redis' figures of the round's accounts."""
        after = self.rounds[entry.round] = Accounts()
        for told in entry.accounts:
            after[told.event_type] = before[told.event_type]
            after[told.event_type].take_over(told)
            self.untold.discard((entry.round, told.event_type))
