"""The entries of the ledger, as the room engine's library writes them: JSON arrays, kind first.

An entry has everything that happened in one atomic step, so that the rows in PostgreSQL can be
computed from the entries alone. Times are in ms since 1970; `log_epoch` and `seq` identify a
message of the room's log. Later releases may add values at the end of an entry or of its parts;
they are ignored.
"""

from __future__ import annotations

from itertools import chain
from typing import Annotated

import msgspec

from shared.engine.rule.pacing import Pace
from shared.wire.parts import OutcomeStatus


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
    """The room's settings were replaced.

    If the running round got another limit, its clock began anew: it has then run for `ran` ms.
    """

    settings: msgspec.Raw
    ran: int | None = None


class RoundStarted(LedgerEntry, frozen=True, tag="start"):
    """A round began; its counts are 0."""

    round: int


class FiredTrigger(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A trigger that fired."""

    event_type: str
    threshold: int
    seq: int


class CountedButton(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A button pressed in a call: its total in the round and its count, both after the call."""

    event_type: str
    total: int
    count: int


class CountedBatch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A viewer's batch, and the triggers that it fired.

    `counted` is the index in the call's `buttons`, and the presses accepted, of each button.
    `name` is given if it is new in this round or if the batch fired a trigger.
    """

    viewer_id: str
    counted: tuple[tuple[Annotated[int, msgspec.Meta(ge=0)], int], ...]
    name: str | None = None
    fired: tuple[FiredTrigger, ...] = ()


class BatchesCounted(LedgerEntry, frozen=True, tag="batches"):
    """A call's batches were counted, one after the other: up to 32, of one room's viewers.

    `paused` and `free_log` (how many more triggers the log could hold) are the values before the
    first batch. Each trigger takes one from `free_log`; at 0 the rest of the call is as if paused.
    """

    round: int
    viewer_count: int
    paused: int
    free_log: int
    log_epoch: int
    buttons: tuple[CountedButton, ...]
    batches: tuple[CountedBatch, ...]

    def __post_init__(self) -> None:
        """Raises ValueError if a batch pressed a button that the call does not list."""
        listed = len(self.buttons)
        for batch in self.batches:
            for button, _ in batch.counted:
                if button >= listed:
                    raise ValueError(f"a batch pressed button {button} of {listed}")

    @property
    def accepted(self) -> list[int]:
        """The presses accepted in the call, of each of its buttons."""
        presses = [0] * len(self.buttons)
        for batch in self.batches:
            for button, accepted in batch.counted:
                presses[button] += accepted
        return presses

    @property
    def fired(self) -> list[FiredTrigger]:
        """The triggers of all batches, in order."""
        return list(chain.from_iterable(batch.fired for batch in self.batches))


class Left(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The count that remains in a button."""

    event_type: str
    count: int


class Paused(LedgerEntry, frozen=True, tag="pause"):
    """The round was paused, or resumed: it fired its full buttons, whose counts are now `left`.

    It had run for `ran` ms; None in entries of older releases.
    """

    round: int
    paused: int
    viewer_count: int
    log_epoch: int
    left: tuple[Left, ...]
    fired: tuple[FiredTrigger, ...]
    ran: int | None = None


class Discarded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Presses that a reset discarded, and the button's total of discarded presses in the round."""

    event_type: str
    discarded: int
    total: int


class Reset(LedgerEntry, frozen=True, tag="reset"):
    """The round's counts were zeroed."""

    round: int
    discarded: tuple[Discarded, ...]


class FullFired(LedgerEntry, frozen=True, tag="full"):
    """Full buttons fired once without a press; their counts are now `left`."""

    round: int
    viewer_count: int
    log_epoch: int
    left: tuple[Left, ...]
    fired: tuple[FiredTrigger, ...]


class TriggerOutcome(LedgerEntry, frozen=True, tag="outcome"):
    """The game told what became of trigger (`log_epoch`, `seq`) of a round.

    If it failed while its round was running, `returned` presses went back to the button: `total` is
    what the button got back in the round so far, `count` its count afterwards. Otherwise they are
    0. `ends_at` (ms since 1970; 0 for none) is when one that has `started` ends. `viewer_count` is
    how many were active when presses came back.
    """

    round: int
    event_type: str
    log_epoch: int
    seq: int
    status: OutcomeStatus
    reason: str
    ends_at: int
    returned: int
    total: int
    count: int
    viewer_count: int = 0


class AvailabilityChanged(LedgerEntry, frozen=True, tag="available"):
    """The game can use a button of the running round again, or no longer, for this reason."""

    round: int
    event_type: str
    available: int
    reason: str


class RoundAccount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One button's account of a round in Redis.

    accepted + returned = consumed + count + discarded. `pace` is the state of its pace, if it has
    one (see `pacing.Pace`); `waiting` is 1 if presses came back since the last press; `unavailable`
    is the game's reason, None while the game can use the button.
    """

    event_type: str
    accepted: int
    consumed: int
    count: int
    discarded: int
    fired: int
    returned: int = 0
    waiting: int = 0
    unavailable: str | None = None
    pace: Pace | None = None


class Renewed(LedgerEntry, frozen=True, tag="renew"):
    """Redis continues a round after a restart or failover in which it may have lost something.

    `log_epochs` are all of the room's: (epoch, number before its first message), oldest first.
    Earlier entries about this round's end and about later rounds no longer hold. `ran`: see
    `Paused`.
    """

    round: int
    paused: int
    log_epochs: tuple[tuple[int, int], ...]
    accounts: tuple[RoundAccount, ...]
    settings: msgspec.Raw
    ran: int | None = None


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


class ViewerUnblocked(LedgerEntry, frozen=True, tag="unblock"):
    """A viewer's presses count again, and its name is shown."""

    viewer_id: str


AnyEntry = (
    LedgerEpochOpened
    | RoomOpening
    | SettingsChanged
    | RoundStarted
    | BatchesCounted
    | Paused
    | FullFired
    | TriggerOutcome
    | AvailabilityChanged
    | Reset
    | Renewed
    | RoundFinished
    | ViewerBlocked
    | ViewerUnblocked
)


class CountedPresses(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One button's accepted presses, its total in the round so far, and its count afterwards."""

    event_type: str
    accepted: int
    total: int
    count: int


class PressesCounted(LedgerEntry, frozen=True, tag="press"):
    """One batch was counted: what release 0.1.0 writes instead of `BatchesCounted`.

    Journals hold such entries for ever.
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

    @property
    def as_call(self) -> BatchesCounted:
        """The same as a call with one batch."""
        counted = tuple((n, presses.accepted) for n, presses in enumerate(self.counted))
        return BatchesCounted(
            self.room_id,
            self.at,
            self.round,
            self.viewer_count,
            self.paused,
            self.free_log,
            self.log_epoch,
            tuple(CountedButton(each.event_type, each.total, each.count) for each in self.counted),
            (CountedBatch(self.viewer_id, counted, self.name, self.fired),),
        )


_decode = msgspec.json.Decoder(AnyEntry | PressesCounted).decode


def decode_entry(text: str | bytes | memoryview) -> AnyEntry:
    """Decode an entry's JSON; an older release's single batch becomes a call with one batch.

    Raises msgspec.DecodeError.
    """
    entry = _decode(text)
    return entry.as_call if isinstance(entry, PressesCounted) else entry
