"""Checks what must hold in a room's books: yields each difference as its kind and a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from api_service.audit.comparing import ACCOUNT, MISSING, State, Summary
from api_service.audit.reading import NO_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api_service.audit.comparing import Found
    from api_service.audit.counting import ButtonAccount
    from api_service.audit.holding import Holding
    from api_service.audit.numbering import End
    from api_service.audit.reading import (
        BookedAccount,
        BookedRoom,
        ButtonKey,
        Numbers,
        PressesDiffer,
        Round,
        TriggersDiffer,
    )
    from api_service.audit.statement import ButtonBooks

BALANCE: Final = "balance"
PRESSES: Final = "presses by viewer"
FORGOTTEN: Final = "forgotten presses"
JOURNAL: Final = "journal"
SETTINGS: Final = "settings"
SUMMARY: Final = "summary"
GAP: Final = "gap in the numbers"
REPEAT: Final = "repeated numbers"
TRIGGERS: Final = "triggers"
OUTCOMES: Final = "outcomes"


def button(key: ButtonKey, books: ButtonBooks, forgotten: int) -> Iterator[Found]:
    """A button's round balances, and its forgotten presses are those of the journal."""
    if books.difference:
        kept = f"{books.presses:,} presses - {books.forgotten:,} forgotten"
        back = f" + {books.returned:,} returned" if books.returned else ""
        used = f"{books.thresholds:,} in triggers + {books.remainder:,} left"
        yield BALANCE, f"{named(key)}: {kept}{back} is not {used} + {books.discarded:,} discarded"
    if books.forgotten != forgotten:
        by_account = f"{books.forgotten:,} by the account"
        yield FORGOTTEN, f"{named(key)}: {by_account}, {forgotten:,} by the journal"


def account(key: ButtonKey, booked: BookedAccount, replayed: ButtonAccount) -> Iterator[Found]:
    """An account has the sums of the journal."""
    told = (booked.accepted, booked.returned, booked.left, booked.discarded)
    rule = (replayed.accepted, replayed.returned, replayed.count, replayed.discarded)
    if told != rule:
        figures = "{} has {:,} accepted, {:,} returned, {:,} left, {:,} discarded;"
        by_journal = " {:,}, {:,}, {:,}, {:,} by the journal"
        yield ACCOUNT, figures.format(named(key), *told) + by_journal.format(*rule)
    state = State(booked.waiting, booked.unavailable)
    if state != (by_rule := State(replayed.waiting, replayed.unavailable)):
        yield ACCOUNT, f"{named(key)} is {state}; {by_rule} by the journal"


def presses(key: ButtonKey, booked: int, pressed: int) -> Iterator[Found]:
    """The presses of all viewers add up to those booked."""
    if booked != pressed:
        yield PRESSES, f"{named(key)}: they add up to {pressed:,}, {booked:,} are booked"


def presses_in_journal(differ: PressesDiffer) -> Found:
    """The difference: a viewer's presses of one minute are not those of the journal."""
    minute = datetime.fromtimestamp(60 * differ.minute, UTC)
    where = f"{named((differ.round, differ.event_type))}, viewer {differ.viewer_id}"
    return PRESSES, (
        f"{where}, {minute:%H:%M} UTC: {differ.booked:,} presses in the books,"
        f" {differ.journaled:,} in the journal"
    )


def triggers_in_journal(differ: TriggersDiffer) -> Found:
    """The difference: a trigger is not as in the journal."""
    return TRIGGERS, (
        f"number {differ.seq:,} of log epoch {differ.log_epoch}:"
        f" {differ.booked or 'none'} in the books; {differ.journaled or 'none'} in the journal"
    )


def outcomes_in_journal(differ: TriggersDiffer) -> Found:
    """The difference: what a game told of a trigger is not as in the journal."""
    booked, journaled = differ.booked or "nothing", differ.journaled or "nothing"
    named = f"number {differ.seq:,} of log epoch {differ.log_epoch}"
    return OUTCOMES, f"{named}: {booked} in the books; {journaled} in the journal"


def summaries(rounds: Sequence[Round], told: Mapping[int, End]) -> Iterator[Found]:
    """Each round ends with the message of the journal; `told` has each round's last one."""
    booked = {each.round: each for each in rounds if each.seq is not None}
    for round_ in sorted({*told, *booked}):
        ends, rule = booked.get(round_), told.get(round_)
        if _number(ends) != _number(rule):
            message = f"round {round_} ends with message {_shown(ends)} in the books"
            yield SUMMARY, f"{message}, {_shown(rule)} in the journal"
        elif ends and rule and not _same_json(ends.summary, rule.summary):
            yield SUMMARY, f"round {round_} has another summary than in the journal"


def totals(rounds: Sequence[Round], accounts: Mapping[ButtonKey, BookedAccount]) -> Iterator[Found]:
    """The summary of each ended round has the totals of its accounts."""
    for ended in rounds:
        if ended.seq is None:
            continue
        booked = {key[1]: each.accepted for key, each in accounts.items() if key[0] == ended.round}
        told = _presses(ended.summary)
        if told is None:
            yield SUMMARY, f"round {ended.round} has ended, and its summary cannot be read"
        elif any(told.get(name, 0) != booked.get(name, 0) for name in {*told, *booked}):
            yield SUMMARY, f"the totals in the summary of round {ended.round} are not the accounts'"


def held(
    holding: Holding, room: BookedRoom | None, accounts: Mapping[ButtonKey, BookedAccount]
) -> Iterator[Found]:
    """The books have what Redis holds, except for its unread entries."""
    if room is None:
        yield MISSING, "Redis knows the room, and its opening is not in the books"
        return
    if room.seq < holding.seq:
        yield MISSING, f"the log stands at number {holding.seq:,} in Redis, {room.seq:,} here"
    for event_type, accepted in holding.accepted.items():
        key = holding.round, event_type
        booked = accounts.get(key, NO_ACCOUNT)
        if booked.accepted < accepted:
            yield MISSING, f"{named(key)}: Redis counted {accepted:,}, {booked.accepted:,} here"
        discarded = holding.discarded.get(event_type, 0)
        if booked.discarded < discarded:
            yield MISSING, f"{named(key)}: Redis discarded {discarded:,}, {booked.discarded:,} here"
        returned = holding.returned.get(event_type, 0)
        if booked.returned < returned:
            yield MISSING, f"{named(key)}: Redis returned {returned:,}, {booked.returned:,} here"


def numbers(found: Numbers, base: int) -> Iterator[tuple[str, str, int]]:
    """A log epoch's numbers follow its base without gap or repeat; kind, sentence, how many."""
    log_epoch = f"log epoch {found.log_epoch}"
    if found.first != base + 1:
        begins = f"{log_epoch} begins with number {found.first:,}, after {base:,}"
        yield GAP, begins, max(1, found.first - base - 1)
    if found.missing:
        yield GAP, f"{log_epoch} has no number {found.first_missing:,}", found.missing
    if found.repeated:
        yield REPEAT, f"{log_epoch} has number {found.first_repeated:,} twice", found.repeated


def named(key: ButtonKey) -> str:
    """A button's round, as sentences name it."""
    return f"round {key[0]}, {key[1]}"


def _number(ends: Round | End | None) -> tuple[int | None, int | None] | None:
    return (ends.log_epoch, ends.seq) if ends else None


def _shown(ends: Round | End | None) -> str:
    return f"{ends.log_epoch}-{ends.seq}" if ends else "none"


def _same_json(booked: str | None, told: bytes) -> bool:
    return booked is not None and msgspec.json.decode(booked) == msgspec.json.decode(told)


def _presses(summary: str | None) -> dict[str, int] | None:
    try:
        return msgspec.json.decode(summary or "", type=Summary).presses
    except msgspec.MsgspecError:
        return None
