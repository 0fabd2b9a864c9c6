"""The entries of the ledger, as the room engine's library writes them: JSON arrays, kind first.

An entry has everything that happened in one atomic step, so that the rows in PostgreSQL can be
computed from the entries alone. Times are in ms since 1970; `log_epoch` and `seq` identify a
message of the room's log.
"""

from __future__ import annotations

import msgspec


class LedgerEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="kind"):
    """The fields that all entries begin with. `gc=False`: entries contain no reference cycles."""

    room_id: str
    at: int


class LedgerEpochOpened(LedgerEntry, frozen=True, tag="epoch"):
    """A ledger epoch began after entry (`after_ledger_epoch`, `after_n`); belongs to no room."""

    after_ledger_epoch: int
    after_n: int


class RoomOpening(LedgerEntry, frozen=True, tag="open"):
    """A room was opened and waits for its game."""

    keyed: int
    log_epoch: int
    settings: msgspec.Raw


class SettingsChanged(LedgerEntry, frozen=True, tag="settings"):
    """The room's settings were replaced."""

    settings: msgspec.Raw


class RoundStarted(LedgerEntry, frozen=True, tag="start"):
    """A round began; its counts are 0."""

    round: int


class CountedPresses(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One button's accepted presses, its total in the round so far, and its count afterwards."""

    event_type: str
    accepted: int
    total: int
    count: int


class FiredTrigger(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A trigger that fired."""

    event_type: str
    threshold: int
    seq: int


class PressesCounted(LedgerEntry, frozen=True, tag="press"):
    """A viewer's batch was counted.

    `name` is given if it is new in this round or if the batch fired a trigger. `paused` and
    `free_log` (how many more triggers the log could hold) are the values before the batch.
    """

    round: int
    viewer_id: str
    name: str | None
    viewer_count: int
    paused: int
    free_log: int
    log_epoch: int
    counted: tuple[CountedPresses, ...]
    fired: tuple[FiredTrigger, ...]


class Left(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The count that remains in a button."""

    event_type: str
    count: int


class Paused(LedgerEntry, frozen=True, tag="pause"):
    """The round was paused, or resumed: it fired its full buttons, whose counts are now `left`."""

    round: int
    paused: int
    viewer_count: int
    log_epoch: int
    left: tuple[Left, ...]
    fired: tuple[FiredTrigger, ...]


class Discarded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Presses that a reset discarded, and the button's total of discarded presses in the round."""

    event_type: str
    discarded: int
    total: int


class Reset(LedgerEntry, frozen=True, tag="reset"):
    """The round's counts were zeroed."""

    round: int
    discarded: tuple[Discarded, ...]


class RoundAccount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One button's account of a round in Redis: accepted = consumed + count + discarded."""

    event_type: str
    accepted: int
    consumed: int
    count: int
    discarded: int
    fired: int


class Renewed(LedgerEntry, frozen=True, tag="renew"):
    """Redis continues a round after a restart or failover in which it may have lost something.

    `log_epochs` are all of the room's: (epoch, number before its first message), oldest first.
    Earlier entries about this round's end and about later rounds no longer hold.
    """

    round: int
    paused: int
    log_epochs: tuple[tuple[int, int], ...]
    accounts: tuple[RoundAccount, ...]
    settings: msgspec.Raw


class RoundFinished(LedgerEntry, frozen=True, tag="finish"):
    """The round ended; its summary is message (`log_epoch`, `seq`) of the room's log."""

    round: int
    log_epoch: int
    seq: int
    accounts: tuple[RoundAccount, ...]
    summary: msgspec.Raw


class ViewerBlocked(LedgerEntry, frozen=True, tag="block"):
    """A viewer's presses stopped counting, and its name is hidden."""

    viewer_id: str


AnyEntry = (
    LedgerEpochOpened
    | RoomOpening
    | SettingsChanged
    | RoundStarted
    | PressesCounted
    | Paused
    | Reset
    | Renewed
    | RoundFinished
    | ViewerBlocked
)

decode_entry = msgspec.json.Decoder(AnyEntry).decode
