"""Makes a room's entries by hand, and replays them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from api_service.audit.differences import Differences, Place
from api_service.audit.replay import Replay
from shared.engine import ledger_entries
from shared.wire.room_settings import encode
from tests.api_service.audit.calls import as_call, text_of
from tests.shared.engine.rooms import button, playing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api_service.audit.differences import Difference
    from shared.engine.ledger_entries import LedgerEntry
    from shared.wire.room_settings import RoomSettings

ROOM = "room"
EPOCH = 1_000
LATER = 2_000  # an epoch that began after the server may have forgotten something
AT = 1_790_000_000_000  # ms
FIVES = playing(button("skill1", 5), button("enemy1", 5))


def opened(settings: RoomSettings = FIVES) -> ledger_entries.RoomOpening:
    return ledger_entries.RoomOpening(ROOM, AT, 0, EPOCH, msgspec.Raw(encode(settings).encode()))


def changed(
    settings: RoomSettings, *, at: int = AT, ran: int | None = None
) -> ledger_entries.SettingsChanged:
    return ledger_entries.SettingsChanged(ROOM, at, msgspec.Raw(encode(settings).encode()), ran)


def started(round_: int = 1) -> ledger_entries.RoundStarted:
    return ledger_entries.RoundStarted(ROOM, AT, round_)


def pressed(
    *counted: tuple[str, int, int, int],
    fired: Iterable[tuple[str, int, int]] = (),
    at: int = AT,
    round_: int = 1,
    paused: int = 0,
    free_log: int = 10_000,
    log_epoch: int = EPOCH,
) -> ledger_entries.PressesCounted:
    """A batch: (event type, accepted, total, count left) each, and (event type, threshold, seq)."""
    return ledger_entries.PressesCounted(
        ROOM,
        at,
        round_,
        viewer_id="viewer",
        name=None,
        viewer_count=1,
        paused=paused,
        free_log=free_log,
        log_epoch=log_epoch,
        counted=tuple(ledger_entries.CountedPresses(*each) for each in counted),
        fired=tuple(ledger_entries.FiredTrigger(*each) for each in fired),
    )


def paused(
    on: int,
    *fired: tuple[str, int, int, int],
    log_epoch: int = EPOCH,
    at: int = AT,
    ran: int | None = None,
) -> ledger_entries.Paused:
    """A pause, or its end with triggers: (event type, threshold, seq, count left)."""
    return ledger_entries.Paused(
        ROOM,
        at,
        1,
        on,
        viewer_count=1,
        log_epoch=log_epoch,
        left=tuple(ledger_entries.Left(each[0], each[3]) for each in fired),
        fired=tuple(ledger_entries.FiredTrigger(*each[:3]) for each in fired),
        ran=ran,
    )


def reset(*discarded: tuple[str, int, int]) -> ledger_entries.Reset:
    """(event type, discarded, total) each."""
    return ledger_entries.Reset(
        ROOM, AT, 1, tuple(ledger_entries.Discarded(*each) for each in discarded)
    )


def renewed(
    *accounts: tuple[str, int, int, int, int, int],
    base: int = 0,
    round_: int = 1,
    settings: RoomSettings = FIVES,
) -> ledger_entries.Renewed:
    """Redis' accounts after a loss: (accepted, consumed, count, discarded, fired) each."""
    told = tuple(ledger_entries.RoundAccount(*each) for each in accounts)
    kept = msgspec.Raw(encode(settings).encode())
    return ledger_entries.Renewed(ROOM, AT, round_, 0, ((EPOCH, 0), (LATER, base)), told, kept)


def finished(
    seq: int,
    *accounts: tuple[str, int, int, int, int, int],
    round_: int = 1,
    log_epoch: int = EPOCH,
) -> ledger_entries.RoundFinished:
    """A round's end, with its closing accounts."""
    told = tuple(ledger_entries.RoundAccount(*each) for each in accounts)
    totals = [{"event_type": each.event_type, "count": each.accepted} for each in told]
    summary = msgspec.Raw(msgspec.json.encode({"event_totals": totals}))
    return ledger_entries.RoundFinished(ROOM, AT, round_, log_epoch, seq, told, summary)


class Replayed(NamedTuple):
    """A replay, and the differences it found."""

    replay: Replay
    differences: tuple[Difference, ...]

    @property
    def kinds(self) -> list[str]:
        return [found.kind for found in self.differences]


def replayed(*journal: LedgerEntry) -> Replayed:
    """Replay entries, all of one row; it is the same whether batches or calls are written."""
    found = replayed_texts(text_of(entry).encode() for entry in journal)
    calls = (
        as_call([entry]) if isinstance(entry, ledger_entries.PressesCounted) else entry
        for entry in journal
    )
    assert (
        replayed_texts(text_of(entry).encode() for entry in calls).differences == found.differences
    )
    return found


def replayed_texts(journal: Iterable[bytes]) -> Replayed:
    differences = Differences()
    replay = Replay(differences)
    for position, text in enumerate(journal, start=1):
        replay.check(Place(EPOCH, 0, position), text)
    return Replayed(replay, differences.all())
