"""The result of an audit: the books of a room."""

from __future__ import annotations

from datetime import datetime

import msgspec


class ButtonBooks(msgspec.Struct, frozen=True):
    """One button in one round, in presses.

    presses − forgotten + returned = thresholds + remainder + discarded + difference; `forgotten`
    are presses that Redis lost after they were booked, and with them their triggers; `returned` are
    those that failed triggers gave back. `done` and `failed` are numbers of triggers.
    """

    event_type: str
    presses: int
    forgotten: int
    triggers: int
    thresholds: int
    remainder: int
    discarded: int
    difference: int
    returned: int = 0
    done: int = 0
    failed: int = 0


class RoundBooks(msgspec.Struct, frozen=True):
    """One round; `viewers` is how many pressed."""

    round: int
    started_at: datetime | None
    ended_at: datetime | None
    viewers: int
    buttons: tuple[ButtonBooks, ...]


class EpochBooks(msgspec.Struct, frozen=True):
    """The numbers of one log epoch, `first` to `last`, and what is wrong with them.

    `forgotten` are those that a later epoch gave again.
    """

    epoch: int
    first: int
    last: int
    triggers: int
    summaries: int
    forgotten: int
    missing: int
    repeated: int


class Difference(msgspec.Struct, frozen=True):
    """What does not add up: its kind, and a sentence that names the place and the figures."""

    kind: str
    sentence: str


class Audit(msgspec.Struct, frozen=True):
    """The books of a room up to its last booked entry."""

    room_id: str
    status: str
    opened_at: datetime
    booked_to: datetime
    rounds: tuple[RoundBooks, ...]
    epochs: tuple[EpochBooks, ...]
    differences: tuple[Difference, ...]
    balanced: bool
