"""The entries of the ledger, as the room engine's library writes them: JSON arrays, kind first.

An entry tells everything that happened in one atomic step, so that PostgreSQL's books follow
from the entries alone. Times are ms since 1970; `log_epoch` and `seq` number the room's log.
"""

from __future__ import annotations

import msgspec


class LedgerEntry(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="kind"):
    """What all entries begin with. They hold no cycles for the garbage collector to look for."""

    room_id: str
    at: int


class LedgerEpochOpened(LedgerEntry, frozen=True, tag="epoch"):
    """A ledger epoch began, after the entry (`after_ledger_epoch`, `after_n`); of no room."""

    after_ledger_epoch: int
    after_n: int


class RoomOpening(LedgerEntry, frozen=True, tag="open"):
    """A room waits for its game."""

    keyed: int
    log_epoch: int
    settings: msgspec.Raw


class SettingsChanged(LedgerEntry, frozen=True, tag="settings"):
    """The room's settings were replaced."""

    settings: msgspec.Raw


class RoundStarted(LedgerEntry, frozen=True, tag="start"):
    """A round began, with counts from zero."""

    round: int


class CountedPresses(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One button's presses: accepted, the round's running total, the count they left."""

    event_type: str
    accepted: int
    total: int
    count: int


class FiredTrigger(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A trigger."""

    event_type: str
    threshold: int
    seq: int


class PressesCounted(LedgerEntry, frozen=True, tag="press"):
    """A viewer's batch was counted.

    `name` is given where it is new in this room or tipped a trigger. `paused` and `free_log` (how
    many more triggers the log could hold) are those before the batch.
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
    """The count that a button has left."""

    event_type: str
    count: int


class Paused(LedgerEntry, frozen=True, tag="pause"):
    """The round was paused, or went on and fired its full buttons, `left` with these counts."""

    round: int
    paused: int
    viewer_count: int
    log_epoch: int
    left: tuple[Left, ...]
    fired: tuple[FiredTrigger, ...]


class Discarded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Presses that a reset threw away, and the round's running total of them."""

    event_type: str
    discarded: int
    total: int


class Reset(LedgerEntry, frozen=True, tag="reset"):
    """The round's counts were zeroed."""

    round: int
    discarded: tuple[Discarded, ...]


class RoundAccount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One button's round as Redis closed it: accepted = consumed + count + discarded."""

    event_type: str
    accepted: int
    consumed: int
    count: int
    discarded: int
    fired: int


class Renewed(LedgerEntry, frozen=True, tag="renew"):
    """Redis goes on in a round, after a history that it may have forgotten something of.

    `log_epochs` are all that the room had: (epoch, number before its first message), oldest first.
    What was told of this round's end and of later rounds is forgotten.
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
