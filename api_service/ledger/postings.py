"""What a run of entries adds to the books: pure, from entries and known accounts to rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import singledispatchmethod
from typing import TYPE_CHECKING, NamedTuple

from shared import entries
from shared.entries import decode_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shared.entries import AnyEntry, Entry
    from shared.shards import EntryId

MINUTE = 60_000  # ms
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Booked(NamedTuple):
    """An entry and where it stands in its shard's ledger."""

    id: EntryId
    text: str
    entry: AnyEntry


class AccountKey(NamedTuple):
    """One button in one round."""

    room_id: str
    round: int
    event_type: str


@dataclass(frozen=True, slots=True)
class Account:
    """What Redis last said of a button's round, and the presses booked for it."""

    accepted: int = 0
    count: int = 0
    discarded: int = 0
    booked: int = 0


class PressKey(NamedTuple):
    """One viewer's presses of one button in one minute of a round."""

    room_id: str
    round: int
    viewer_id: str
    event_type: str
    minute: int


class TriggerRow(NamedTuple):
    """A trigger."""

    room_id: str
    epoch: int
    seq: int
    round: int
    event_type: str
    threshold: int
    viewer_count: int
    viewer_id: str | None
    viewer_name: str | None
    fired_at: datetime


@dataclass(frozen=True, slots=True)
class RoomChange:
    """What is new about a room; None where nothing is."""

    seen_at: datetime
    settings: str | None = None
    status: str | None = None
    round: int | None = None
    paused: bool | None = None
    epoch: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class RoundChange:
    """A round that began, ended, or both."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    epoch: int | None = None
    seq: int | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class RoomViewer:
    """What is new about a viewer in a room."""

    name: str | None = None
    blocked: bool = False


@dataclass(slots=True)
class Postings:
    """The rows of one run. `forgotten` and `missed` count presses.

    `forgotten`: booked here before Redis lost them. `missed`: counted by Redis, and their entry
    never seen.
    """

    accounts: dict[AccountKey, Account]
    opened: list[tuple[str, datetime, bool, str, int]] = field(default_factory=list)
    rooms: dict[str, RoomChange] = field(default_factory=dict)
    rounds: dict[tuple[str, int], RoundChange] = field(default_factory=dict)
    presses: dict[PressKey, int] = field(default_factory=dict)
    triggers: list[TriggerRow] = field(default_factory=list)
    viewers: dict[tuple[str, str], RoomViewer] = field(default_factory=dict)
    epochs: set[tuple[str, int, int]] = field(default_factory=set)
    # Rooms that went back, and to which round: its end, and what came after it, is forgotten.
    reopened: dict[str, int] = field(default_factory=dict)
    journal: dict[str, list[Booked]] = field(default_factory=dict)
    forgotten: int = 0
    missed: int = 0

    # One method for each kind of entry.

    @singledispatchmethod
    def take(self, entry: Entry) -> None:
        """Add what an entry comes to."""
        raise NotImplementedError(entry)

    @take.register(entries.RoomOpened)
    def _room_opened(self, entry: entries.RoomOpened) -> None:
        settings = _text(entry.settings)
        opened = (entry.room_id, moment(entry.at), entry.keyed == 1, settings, entry.epoch)
        self.opened.append(opened)
        self.epochs.add((entry.room_id, entry.epoch, 0))

    @take.register(entries.SettingsChanged)
    def _settings_changed(self, entry: entries.SettingsChanged) -> None:
        self._change(entry, settings=_text(entry.settings))

    @take.register(entries.RoundStarted)
    def _round_started(self, entry: entries.RoundStarted) -> None:
        self._change(entry, status="in_game", round=entry.round, paused=False)
        self.rounds[entry.room_id, entry.round] = RoundChange(started_at=moment(entry.at))

    @take.register(entries.Pressed)
    def _pressed(self, entry: entries.Pressed) -> None:
        for counted in entry.counted:
            key = AccountKey(entry.room_id, entry.round, counted.event_type)
            self._expect(key, counted.total - counted.accepted)
            known = self.accounts[key]
            self.accounts[key] = replace(
                known,
                accepted=counted.total,
                count=counted.count,
                booked=known.booked + counted.accepted,
            )
            minute = PressKey(*key[:2], entry.viewer_id, key.event_type, entry.at // MINUTE)
            self.presses[minute] = self.presses.get(minute, 0) + counted.accepted
        if entry.name is not None:
            self._viewer(entry.room_id, entry.viewer_id, name=entry.name)
        self._fired(entry, entry.viewer_id, entry.name)

    @take.register(entries.Paused)
    def _paused(self, entry: entries.Paused) -> None:
        for left in entry.left:
            key = AccountKey(entry.room_id, entry.round, left.event_type)
            self.accounts[key] = replace(self.accounts[key], count=left.count)
        self._fired(entry, None, None)
        self._change(entry, paused=entry.paused == 1)

    @take.register(entries.Reset)
    def _reset(self, entry: entries.Reset) -> None:
        for discarded in entry.discarded:
            key = AccountKey(entry.room_id, entry.round, discarded.event_type)
            self.accounts[key] = replace(self.accounts[key], count=0, discarded=discarded.total)
        self._change(entry)

    @take.register(entries.Renewed)
    def _renewed(self, entry: entries.Renewed) -> None:
        self.epochs.update((entry.room_id, epoch, base) for epoch, base in entry.epochs)
        self._close(entry)
        self.reopened[entry.room_id] = entry.round
        epoch, base = entry.epochs[-1]
        self._change(
            entry,
            settings=_text(entry.settings),
            status="in_game",
            round=entry.round,
            paused=entry.paused == 1,
            epoch=epoch,
            seq=base,
        )

    @take.register(entries.RoundFinished)
    def _round_finished(self, entry: entries.RoundFinished) -> None:
        self._close(entry)
        self._change(entry, status="ended", paused=False, epoch=entry.epoch, seq=entry.seq)
        key = (entry.room_id, entry.round)
        self.rounds[key] = replace(
            self.rounds.get(key, RoundChange()),
            ended_at=moment(entry.at),
            epoch=entry.epoch,
            seq=entry.seq,
            summary=_text(entry.summary),
        )

    @take.register(entries.ViewerBlocked)
    def _viewer_blocked(self, entry: entries.ViewerBlocked) -> None:
        self._viewer(entry.room_id, entry.viewer_id, blocked=True)
        self._change(entry)

    # What they share.

    def _fired(
        self, entry: entries.Pressed | entries.Paused, viewer_id: str | None, name: str | None
    ) -> None:
        at = moment(entry.at)
        for fired in entry.fired:
            row = TriggerRow(
                entry.room_id,
                entry.epoch,
                fired.seq,
                entry.round,
                fired.event_type,
                fired.threshold,
                entry.viewer_count,
                viewer_id,
                name,
                at,
            )
            self.triggers.append(row)
        if entry.fired:
            self._change(entry, epoch=entry.epoch, seq=entry.fired[-1].seq)
        else:
            self._change(entry)

    def _close(self, entry: entries.Renewed | entries.RoundFinished) -> None:
        """Take over the accounts as Redis has them."""
        for account in entry.accounts:
            key = AccountKey(entry.room_id, entry.round, account.event_type)
            self._expect(key, account.accepted)
            self.accounts[key] = replace(
                self.accounts[key], count=account.count, discarded=account.discarded
            )

    def _expect(self, key: AccountKey, accepted: int) -> None:
        """Notice where Redis's running total is not what was booked up to here."""
        known = self.accounts.get(key, Account())
        self.forgotten += max(0, known.accepted - accepted)
        self.missed += max(0, accepted - known.accepted)
        self.accounts[key] = replace(known, accepted=accepted)

    def _viewer(
        self, room_id: str, viewer_id: str, *, name: str | None = None, blocked: bool = False
    ) -> None:
        known = self.viewers.get((room_id, viewer_id), RoomViewer())
        self.viewers[room_id, viewer_id] = RoomViewer(
            name=known.name if name is None else name, blocked=known.blocked or blocked
        )

    def _change(
        self,
        entry: Entry,
        *,
        settings: str | None = None,
        status: str | None = None,
        round: int | None = None,  # noqa: A002 the field's word
        paused: bool | None = None,
        epoch: int | None = None,
        seq: int | None = None,
    ) -> None:
        known = self.rooms.get(entry.room_id, RoomChange(moment(entry.at)))
        self.rooms[entry.room_id] = RoomChange(
            seen_at=moment(entry.at),
            settings=known.settings if settings is None else settings,
            status=known.status if status is None else status,
            round=known.round if round is None else round,
            paused=known.paused if paused is None else paused,
            epoch=known.epoch if epoch is None else epoch,
            seq=known.seq if seq is None else seq,
        )


def booked(found: Iterable[tuple[EntryId, str]]) -> list[Booked]:
    """Entries as they were read, decoded."""
    return [Booked(entry_id, text, decode_entry(text)) for entry_id, text in found]


def touched(run: Sequence[Booked]) -> set[AccountKey]:
    """The accounts that a run of entries may change."""
    return {key for one in run for key in _accounts_of(one.entry)}


def _accounts_of(entry: AnyEntry) -> Iterator[AccountKey]:
    match entry:
        case entries.Pressed(round=round_, counted=parts):
            pass
        case entries.Paused(round=round_, left=parts):
            pass
        case entries.Reset(round=round_, discarded=parts):
            pass
        case entries.Renewed(round=round_, accounts=parts):
            pass
        case entries.RoundFinished(round=round_, accounts=parts):
            pass
        case _:
            return
    for part in parts:
        yield AccountKey(entry.room_id, round_, part.event_type)


def post(run: Sequence[Booked], known: Mapping[AccountKey, Account]) -> Postings:
    """The rows that a run of entries comes to, on the accounts known before it."""
    postings = Postings({**dict.fromkeys(touched(run), Account()), **known})
    for one in run:
        if not isinstance(one.entry, entries.EpochOpened):
            postings.take(one.entry)
            postings.journal.setdefault(one.entry.room_id, []).append(one)
    return postings


def moment(ms: int) -> datetime:
    """A time in ms since 1970 as PostgreSQL takes it."""
    return EPOCH + timedelta(milliseconds=ms)


def _text(raw: bytes | memoryview) -> str:
    return bytes(raw).decode()
