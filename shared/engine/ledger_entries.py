"""The entries of the ledger, as the room engine's library writes them: JSON arrays, kind first.

An entry has everything that happened in one atomic step, so that the rows in PostgreSQL can be
computed from the entries alone: an entry says what some row needs, and nothing else. Times are in
ms since 1970; `log_epoch` and `seq` identify a message of the room's log. Later releases may add
values at the end of an entry or of its parts; they are ignored.
"""

from typing import Annotated, Final

import msgspec

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
    """The room's settings were replaced."""

    settings: msgspec.Raw


class RoundStarted(LedgerEntry, frozen=True, tag="start"):
    """A round began; its counts are 0."""

    round: int


class FiredTrigger(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A trigger that fired; `threshold` is how many presses it took."""

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
    """A call's batches were counted, one after the other: up to 128, of one room's viewers."""

    round: int
    viewer_count: int
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


class StreamerFired(LedgerEntry, frozen=True, tag="fire"):
    """The streamer's press, one, fired trigger (`log_epoch`, `seq`), which emptied the button.

    `total` is what the button accepted in the round so far; `threshold` what the trigger took.
    """

    round: int
    viewer_count: int
    log_epoch: int
    event_type: str
    total: int
    threshold: int
    seq: int


class Discarded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A button that a reset emptied, and the presses discarded in the round so far."""

    event_type: str
    total: int


class Reset(LedgerEntry, frozen=True, tag="reset"):
    """The round's counts were zeroed."""

    round: int
    discarded: tuple[Discarded, ...]


class TriggerOutcome(LedgerEntry, frozen=True, tag="outcome"):
    """The game told what became of trigger (`log_epoch`, `seq`) of a round.

    If it failed while its round was running, its presses went back to the button: `total` is what
    the button got back in the round so far, `count` its count afterwards. Otherwise they are 0.
    `ends_at` (ms since 1970; 0 for none) is when one that has `started` ends.
    """

    round: int
    event_type: str
    log_epoch: int
    seq: int
    status: OutcomeStatus
    reason: str
    ends_at: int
    total: int
    count: int


class RoundAccount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One button's totals of a round in Redis."""

    event_type: str
    accepted: int
    count: int
    discarded: int
    returned: int


class Renewed(LedgerEntry, frozen=True, tag="renew"):
    """Redis continues a round after a restart or failover in which it may have lost something.

    `log_epochs` are all of the room's: (epoch, number before its first message), oldest first.
    Earlier entries about this round's end and about later rounds no longer hold.
    """

    round: int
    log_epochs: tuple[tuple[int, int], ...]
    accounts: tuple[RoundAccount, ...]
    settings: msgspec.Raw


class RenewedIdle(LedgerEntry, frozen=True, tag="idle"):
    """As `Renewed`, of a room in which no round runs; `round` is its last one, 0 for none.

    Earlier entries about later rounds no longer hold.
    """

    round: int
    status: str
    log_epochs: tuple[tuple[int, int], ...]


class RoundFinished(LedgerEntry, frozen=True, tag="finish"):
    """The round ended; its summary is message (`log_epoch`, `seq`) of the room's log."""

    round: int
    log_epoch: int
    seq: int
    accounts: tuple[RoundAccount, ...]
    summary: msgspec.Raw


class RoomRebuilt(LedgerEntry, frozen=True, tag="rebuild"):
    """Redis had lost the room, which goes on in a new log epoch, after number `base`."""

    log_epoch: int
    base: int


class AccessChanged(LedgerEntry, frozen=True, tag="access"):
    """The room got a short code, or other tokens with less right; None or empty if not."""

    code: str | None
    tokens: msgspec.Raw = msgspec.Raw()


class GameSeen(LedgerEntry, frozen=True, tag="seen"):
    """The room's game is still connected: its first heartbeat of an hour."""


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
    | StreamerFired
    | TriggerOutcome
    | Reset
    | Renewed
    | RenewedIdle
    | RoundFinished
    | RoomRebuilt
    | AccessChanged
    | GameSeen
    | ViewerBlocked
    | ViewerUnblocked
)

# Decodes an entry's JSON. Raises msgspec.DecodeError.
decode_entry: Final = msgspec.json.Decoder[AnyEntry](AnyEntry).decode
