"""What a run of entries adds to the books: rows, merged as entries are posted.

No I/O. Rows are changed in place: posting a batch takes about a microsecond.
Times are ms since 1970.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from msgspec import UNSET, UnsetType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.engine.shard_ledger import EntryId

MINUTE = 60_000  # ms

AccountKey = tuple[str, int, str]  # room, round, event type
PressKey = tuple[str, int, str, str, int]  # room, round, viewer, event type, minute since 1970
TriggerKey = tuple[str, int, int]  # room, log epoch, seq


@dataclass(frozen=True, slots=True)
class Balance:
    """The books' figures of one button's round: Redis' last ones, and the presses booked."""

    accepted: int = 0
    count: int = 0
    discarded: int = 0
    booked: int = 0
    returned: int = 0
    waiting: bool = False
    unavailable: str | None = None


@dataclass(slots=True)
class PostedAccount:
    """A run's figures of one button's round; None where it has none, UNSET in `unavailable`.

    `before` is what Redis had accepted before the run, `booked` the presses of the run alone.
    `forgotten` and `missed`: see `Postings`.
    """

    before: int | None = None
    accepted: int | None = None
    count: int | None = None
    discarded: int | None = None
    returned: int | None = None
    waiting: bool | None = None
    unavailable: str | UnsetType | None = UNSET
    booked: int = 0
    forgotten: int = 0
    missed: int = 0

    def expect(self, accepted: int) -> None:
        """Record a difference between Redis' running total and what was posted so far."""
        if self.accepted is None:
            self.before = accepted
        elif self.accepted != accepted:
            self._differ(self.accepted, accepted)
        self.accepted = accepted

    def carry(self, known: Balance) -> Balance:
        """The balance after the run, from the one before it."""
        if self.before is not None:
            self._differ(known.accepted, self.before)
        return Balance(
            accepted=known.accepted if self.accepted is None else self.accepted,
            count=known.count if self.count is None else self.count,
            discarded=known.discarded if self.discarded is None else self.discarded,
            booked=known.booked + self.booked,
            returned=known.returned if self.returned is None else self.returned,
            waiting=known.waiting if self.waiting is None else self.waiting,
            unavailable=known.unavailable if self.unavailable is UNSET else self.unavailable,
        )

    def _differ(self, here: int, in_redis: int) -> None:
        self.forgotten += max(0, here - in_redis)
        self.missed += max(0, in_redis - here)


class OpenedRoom(NamedTuple):
    """A room that waits for its game."""

    room_id: str
    at: int
    keyed: bool
    settings: str
    log_epoch: int


class TriggerRow(NamedTuple):
    """A trigger."""

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


class OutcomeTold(NamedTuple):
    """What the game told last of a trigger; `ends_at` is None unless it has started."""

    status: str
    reason: str
    ends_at: int | None


@dataclass(slots=True)
class RoomChange:
    """What changed about a room; None for what did not."""

    seen_at: int = 0
    settings: str | None = None
    status: str | None = None
    round: int | None = None
    paused: bool | None = None
    log_epoch: int | None = None
    seq: int | None = None
    ran_ms: int | None = None
    ran_at: int | None = None


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
class JournalRow:
    """Some of a room's entries as they were read, and the id of the first.

    `length` is in characters.
    """

    room_id: str
    first: EntryId
    texts: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, text: str) -> None:
        self.texts.append(text)
        self.length += len(text)


@dataclass(slots=True)
class Postings:
    """The rows of one run. `carry_accounts` sets `forgotten` and `missed`, in presses.

    `forgotten`: booked here before Redis lost them. `missed`: counted by Redis, but their entry was
    never read.
    """

    accounts: defaultdict[AccountKey, PostedAccount] = field(
        default_factory=lambda: defaultdict(PostedAccount)
    )
    balances: dict[AccountKey, Balance] = field(default_factory=dict)
    opened: list[OpenedRoom] = field(default_factory=list)
    rooms: defaultdict[str, RoomChange] = field(default_factory=lambda: defaultdict(RoomChange))
    rounds: dict[tuple[str, int], RoundChange] = field(default_factory=dict)
    presses: defaultdict[PressKey, int] = field(default_factory=lambda: defaultdict(int))
    triggers: list[TriggerRow] = field(default_factory=list)
    outcomes: dict[TriggerKey, OutcomeTold] = field(default_factory=dict)
    viewers: defaultdict[tuple[str, str], PostedViewer] = field(
        default_factory=lambda: defaultdict(PostedViewer)
    )
    log_epochs: set[tuple[str, int, int]] = field(default_factory=set)
    # Rooms that Redis rolled back, and to which round: its end, and all after it, is void.
    reopened: dict[str, int] = field(default_factory=dict)
    journal: list[JournalRow] = field(default_factory=list)
    last_rows: dict[str, JournalRow] = field(default_factory=dict)  # each room's last journal row
    forgotten: int = 0
    missed: int = 0

    def carry_accounts(self, known: Mapping[AccountKey, Balance]) -> None:
        """Add the accounts to the books' balances; call it once, after the last entry."""
        nothing = Balance()
        for key, account in self.accounts.items():
            self.balances[key] = account.carry(known.get(key, nothing))
            self.forgotten += account.forgotten
            self.missed += account.missed
