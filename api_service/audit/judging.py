"""What must hold in a room's books, beside what they say: each difference as kind and sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from api_service.audit.comparing import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api_service.audit.comparing import Found
    from api_service.audit.counting import ButtonAccount
    from api_service.audit.reading import (
        Account,
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

Number = tuple[int | None, int | None]  # epoch, seq


def button(key: ButtonKey, books: ButtonBooks, forgotten: int) -> Iterator[Found]:
    """A button's round adds up, and Redis forgot of it what the journal says."""
    if books.difference:
        kept = f"{books.presses:,} presses - {books.forgotten:,} forgotten"
        used = f"{books.thresholds:,} in triggers + {books.remainder:,} left"
        yield BALANCE, f"{named(key)}: {kept} is not {used} + {books.discarded:,} discarded"
    if books.forgotten != forgotten:
        by_account = f"{books.forgotten:,} by the account"
        yield FORGOTTEN, f"{named(key)}: {by_account}, {forgotten:,} by the journal"


def account(key: ButtonKey, booked: Account, replayed: ButtonAccount) -> Iterator[Found]:
    """An account is what the journal comes to."""
    told = (booked.accepted, booked.left, booked.discarded)
    rule = (replayed.accepted, replayed.count, replayed.discarded)
    if told != rule:
        yield (
            ACCOUNT,
            "{} has {:,} accepted, {:,} left, {:,} discarded;".format(named(key), *told)
            + " {:,}, {:,}, {:,} by the journal".format(*rule),
        )


def presses(key: ButtonKey, booked: int, pressed: int) -> Iterator[Found]:
    """The presses of all viewers are those booked."""
    if booked != pressed:
        yield PRESSES, f"{named(key)}: they add up to {pressed:,}, {booked:,} are booked"


def presses_in_journal(differ: PressesDiffer) -> Found:
    """A viewer's presses of one minute are not those in the journal."""
    minute = datetime.fromtimestamp(60 * differ.minute, UTC)
    where = f"{named((differ.round, differ.event_type))}, viewer {differ.viewer_id}"
    return PRESSES, (
        f"{where}, {minute:%H:%M} UTC: {differ.booked:,} presses in the books,"
        f" {differ.journaled:,} in the journal"
    )


def triggers_in_journal(differ: TriggersDiffer) -> Found:
    """A trigger is not as the journal has it."""
    return TRIGGERS, (
        f"number {differ.seq:,} of epoch {differ.epoch}: {differ.booked or 'none'} in the books;"
        f" {differ.journaled or 'none'} in the journal"
    )


def summaries(rounds: Sequence[Round], told: Mapping[int, Number]) -> Iterator[Found]:
    """Each round ends with the message that the journal says; `told` has each round's last one."""
    booked: dict[int, Number] = {r.round: (r.epoch, r.seq) for r in rounds if r.seq is not None}
    for round_ in sorted({*told, *booked}):
        if told.get(round_) != booked.get(round_):
            ends = f"round {round_} ends with message {_shown(booked.get(round_))} in the books"
            yield SUMMARY, f"{ends}, {_shown(told.get(round_))} in the journal"


def numbers(found: Numbers, base: int) -> Iterator[tuple[str, str, int]]:
    """An epoch's numbers follow its base without gap or repeat; kind, sentence, how many."""
    epoch = f"epoch {found.epoch}"
    if found.first != base + 1:
        begins = f"{epoch} begins with number {found.first:,}, after {base:,}"
        yield GAP, begins, max(1, found.first - base - 1)
    if found.missing:
        yield GAP, f"{epoch} has no number {found.first_missing:,}", found.missing
    if found.repeated:
        yield REPEAT, f"{epoch} has number {found.first_repeated:,} twice", found.repeated


def named(key: ButtonKey) -> str:
    """A button's round, as sentences call it."""
    return f"round {key[0]}, {key[1]}"


def _shown(number: Number | None) -> str:
    return f"{number[0]}-{number[1]}" if number else "none"
