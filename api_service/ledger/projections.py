"""Projects the ledger's entries to rows of the books: what each kind of entry adds to a run's.

No I/O. Rows are merged as entries are posted, and changed in place: posting a batch takes about a
microsecond. Times are ms since 1970.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from msgspec import Struct

from shared.engine import ledger_entries

MINUTE = 60_000  # ms

AccountKey = tuple[str, int, str]  # room, round, event type
PressKey = tuple[str, int, str, str, int]  # room, round, viewer, event type, minute since 1970
TriggerKey = tuple[str, int, int]  # room, log epoch, seq


class PostedAccount(Struct):
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


class RoomChange(Struct):
    """What changed about a room; None for what did not. The fields are columns."""

    seen_at: int | None = None
    settings: str | None = None
    status: str | None = None
    round: int | None = None
    epoch: int | None = None
    seq: int | None = None
    code: str | None = None
    tokens: str | None = None


class RoundChange(Struct):
    """A round that began, ended, or both."""

    started_at: int | None = None
    ended_at: int | None = None
    log_epoch: int | None = None
    seq: int | None = None
    summary: str | None = None


class PostedViewer(Struct):
    """What changed about a viewer in a room; None for what did not."""

    name: str | None = None
    blocked: bool | None = None


@dataclass(slots=True)
class Postings:
    """The rows of one run."""

    accounts: defaultdict[AccountKey, PostedAccount] = field(
        default_factory=lambda: defaultdict(PostedAccount)
    )
    opened: list[ledger_entries.RoomOpening] = field(default_factory=list)
    rooms: defaultdict[str, RoomChange] = field(default_factory=lambda: defaultdict(RoomChange))
    rounds: dict[tuple[str, int], RoundChange] = field(default_factory=dict)
    presses: defaultdict[PressKey, int] = field(default_factory=lambda: defaultdict(int))
    firsts: dict[tuple[str, int], str] = field(default_factory=dict)  # who pressed first
    triggers: list[TriggerRow] = field(default_factory=list)
    # The last outcomes.
    outcomes: dict[TriggerKey, ledger_entries.TriggerOutcome] = field(default_factory=dict)
    viewers: defaultdict[tuple[str, str], PostedViewer] = field(
        default_factory=lambda: defaultdict(PostedViewer)
    )
    log_epochs: set[tuple[str, int, int]] = field(default_factory=set)
    # Rooms that Redis may have rolled back, and the first round whose end is void, as all after it.
    reopened: dict[str, int] = field(default_factory=dict)


class Booked(NamedTuple):
    """An entry, and its id in Redis."""

    id: str
    entry: ledger_entries.AnyEntry


def post(postings: Postings, run: Iterable[Booked]) -> None:
    """Post entries, oldest first."""
    for _, entry in run:
        if not isinstance(entry, ledger_entries.LedgerEpochOpened):  # it belongs to no room
            ADDED[type(entry)](postings, entry)


# One function for each kind of entry.


def _counted(to: Postings, entry: ledger_entries.BatchesCounted) -> None:
    room_id, round_, buttons = entry.room_id, entry.round, entry.buttons
    to.rooms[room_id].seen_at = entry.at
    if entry.batches:
        to.firsts.setdefault((room_id, round_), entry.batches[0].viewer_id)
    minute, presses = entry.at // MINUTE, to.presses
    booked = [0] * len(buttons)
    for batch in entry.batches:
        viewer_id, name = batch.viewer_id, batch.name
        for button, accepted in batch.counted:
            booked[button] += accepted
            presses[room_id, round_, viewer_id, buttons[button].event_type, minute] += accepted
        if name is not None:
            to.viewers[room_id, viewer_id].name = name
        if batch.fired:
            _fired(to, entry, batch.fired, viewer_id, name)
    for counted, more in zip(buttons, booked, strict=True):
        account = to.accounts[room_id, round_, counted.event_type]
        account.accepted, account.count = counted.total, counted.count
        account.booked += more


def _fired(
    to: Postings,
    entry: ledger_entries.BatchesCounted | ledger_entries.StreamerFired,
    triggers: Iterable[ledger_entries.FiredTrigger | ledger_entries.StreamerFired],
    viewer_id: str | None,
    name: str | None,
) -> None:
    room = to.rooms[entry.room_id]
    for fired in triggers:
        row = TriggerRow(
            entry.room_id,
            entry.log_epoch,
            fired.seq,
            entry.round,
            fired.event_type,
            fired.threshold,
            entry.viewer_count,
            viewer_id,
            name,
            entry.at,
        )
        to.triggers.append(row)
        room.epoch, room.seq = entry.log_epoch, fired.seq


def _streamer_fired(to: Postings, entry: ledger_entries.StreamerFired) -> None:
    account = to.accounts[entry.room_id, entry.round, entry.event_type]
    account.accepted, account.count = entry.total, 0
    account.booked += 1
    _fired(to, entry, (entry,), None, None)
    _change(to, entry)


def _room_opened(to: Postings, entry: ledger_entries.RoomOpening) -> None:
    to.opened.append(entry)
    to.log_epochs.add((entry.room_id, entry.log_epoch, 0))


def _settings_changed(to: Postings, entry: ledger_entries.SettingsChanged) -> None:
    _change(to, entry, settings=_text(entry.settings))


def _round_started(to: Postings, entry: ledger_entries.RoundStarted) -> None:
    _change(to, entry, status="in_game", round=entry.round)
    to.rounds[entry.room_id, entry.round] = RoundChange(started_at=entry.at)


def _outcome(to: Postings, entry: ledger_entries.TriggerOutcome) -> None:
    to.outcomes[entry.room_id, entry.log_epoch, entry.seq] = entry
    if entry.total:
        account = to.accounts[entry.room_id, entry.round, entry.event_type]
        account.count, account.returned = entry.count, entry.total
    _change(to, entry)


def _reset(to: Postings, entry: ledger_entries.Reset) -> None:
    for discarded in entry.discarded:
        account = to.accounts[entry.room_id, entry.round, discarded.event_type]
        account.count, account.discarded = 0, discarded.total
    _change(to, entry)


def _renewed(to: Postings, entry: ledger_entries.Renewed) -> None:
    _close(to, entry)
    _change(to, entry, settings=_text(entry.settings))
    _go_back(to, entry, "in_game", entry.round)


def _renewed_idle(to: Postings, entry: ledger_entries.RenewedIdle) -> None:
    _go_back(to, entry, entry.status, entry.round + 1)


def _round_finished(to: Postings, entry: ledger_entries.RoundFinished) -> None:
    _close(to, entry)
    _change(to, entry, status="ended", epoch=entry.log_epoch, seq=entry.seq)
    ended = to.rounds.setdefault((entry.room_id, entry.round), RoundChange())
    ended.ended_at = entry.at
    ended.log_epoch, ended.seq = entry.log_epoch, entry.seq
    ended.summary = _text(entry.summary)


def _room_rebuilt(to: Postings, entry: ledger_entries.RoomRebuilt) -> None:
    to.log_epochs.add((entry.room_id, entry.log_epoch, entry.base))
    _change(to, entry)


def _access_changed(to: Postings, entry: ledger_entries.AccessChanged) -> None:
    _change(to, entry, code=entry.code, tokens=_text(entry.tokens) or None)


def _viewer_blocked(
    to: Postings, entry: ledger_entries.ViewerBlocked | ledger_entries.ViewerUnblocked
) -> None:
    is_blocked = isinstance(entry, ledger_entries.ViewerBlocked)
    to.viewers[entry.room_id, entry.viewer_id].blocked = is_blocked
    _change(to, entry)


def _change(to: Postings, entry: ledger_entries.LedgerEntry, **changes: str | int | None) -> None:
    """When the room was last heard of, and what changed about it."""
    room = to.rooms[entry.room_id]
    room.seen_at = entry.at
    for name, value in changes.items():
        if value is not None:
            setattr(room, name, value)


# Every kind of entry with a room; one that is missing here, a bug, stops its shard's booking.
ADDED: Final[Mapping[type[ledger_entries.LedgerEntry], Callable[[Postings, Any], None]]] = {
    ledger_entries.BatchesCounted: _counted,
    ledger_entries.StreamerFired: _streamer_fired,
    ledger_entries.TriggerOutcome: _outcome,
    ledger_entries.RoomOpening: _room_opened,
    ledger_entries.SettingsChanged: _settings_changed,
    ledger_entries.RoundStarted: _round_started,
    ledger_entries.Reset: _reset,
    ledger_entries.Renewed: _renewed,
    ledger_entries.RenewedIdle: _renewed_idle,
    ledger_entries.RoundFinished: _round_finished,
    ledger_entries.RoomRebuilt: _room_rebuilt,
    ledger_entries.AccessChanged: _access_changed,
    ledger_entries.GameSeen: _change,
    ledger_entries.ViewerBlocked: _viewer_blocked,
    ledger_entries.ViewerUnblocked: _viewer_blocked,
}


# Shared steps.


def _close(to: Postings, entry: ledger_entries.Renewed | ledger_entries.RoundFinished) -> None:
    """Take over Redis' totals of the round."""
    for closed in entry.accounts:
        account = to.accounts[entry.room_id, entry.round, closed.event_type]
        account.accepted, account.count = closed.accepted, closed.count
        account.discarded, account.returned = closed.discarded, closed.returned


def _go_back(
    to: Postings,
    entry: ledger_entries.Renewed | ledger_entries.RenewedIdle,
    status: str,
    open_round: int,
) -> None:
    """Take over the room's state in Redis, in which `open_round` and later ones have not ended."""
    to.reopened[entry.room_id] = open_round
    to.log_epochs.update((entry.room_id, log_epoch, base) for log_epoch, base in entry.log_epochs)
    room = to.rooms[entry.room_id]
    room.status, room.round = status, entry.round
    room.epoch, room.seq = entry.log_epochs[-1]


def _text(raw: bytes | memoryview) -> str:
    return bytes(raw).decode()
