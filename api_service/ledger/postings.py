"""What a run of entries adds to the books: rows, merged as entries are posted.

No I/O. Rows are changed in place: posting a batch takes about a microsecond.
Times are ms since 1970.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shared.engine.ledger_entries import RoomOpening, TriggerOutcome

MINUTE = 60_000  # ms

AccountKey = tuple[str, int, str]  # room, round, event type
PressKey = tuple[str, int, str, str, int]  # room, round, viewer, event type, minute since 1970
TriggerKey = tuple[str, int, int]  # room, log epoch, seq


@dataclass(slots=True)
class PostedAccount:
    """Redis' last totals of one button's round; None where the run has none.

    `booked` are the presses of the run alone.
    """

    accepted: int | None = None
    count: int | None = None
    discarded: int | None = None
    returned: int | None = None
    booked: int = 0


class TriggerRow(NamedTuple):
    """A trigger; the streamer's have no viewer."""

    room_id: str
    log_epoch: int
    seq: int
    round: int
    event_type: str
    threshold: int
    viewer_count: int
    viewer_id: str | None
    viewer_name: str | None
    fired_at: int


@dataclass(slots=True)
class RoomChange:
    """What changed about a room; None for what did not."""

    seen_at: int = 0
    settings: str | None = None
    status: str | None = None
    round: int | None = None
    log_epoch: int | None = None
    seq: int | None = None
    code: str | None = None
    tokens: str | None = None


@dataclass(slots=True)
class RoundChange:
    """A round that began, ended, or both."""

    started_at: int | None = None
    ended_at: int | None = None
    log_epoch: int | None = None
    seq: int | None = None
    summary: str | None = None


@dataclass(slots=True)
class PostedViewer:
    """What changed about a viewer in a room; None for what did not."""

    name: str | None = None
    blocked: bool | None = None


@dataclass(slots=True)
class Postings:
    """The rows of one run."""

    accounts: defaultdict[AccountKey, PostedAccount] = field(
        default_factory=lambda: defaultdict(PostedAccount)
    )
    opened: list[RoomOpening] = field(default_factory=list)
    rooms: defaultdict[str, RoomChange] = field(default_factory=lambda: defaultdict(RoomChange))
    rounds: dict[tuple[str, int], RoundChange] = field(default_factory=dict)
    presses: defaultdict[PressKey, int] = field(default_factory=lambda: defaultdict(int))
    firsts: dict[tuple[str, int], str] = field(default_factory=dict)  # who pressed first
    triggers: list[TriggerRow] = field(default_factory=list)
    outcomes: dict[TriggerKey, TriggerOutcome] = field(default_factory=dict)  # the last ones
    viewers: defaultdict[tuple[str, str], PostedViewer] = field(
        default_factory=lambda: defaultdict(PostedViewer)
    )
    log_epochs: set[tuple[str, int, int]] = field(default_factory=set)
    # Rooms that Redis may have rolled back, and the first round whose end is void, as all after it.
    reopened: dict[str, int] = field(default_factory=dict)
