"""A room that is counted by the pure rule, and its entries in either form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from shared.engine.ledger_entries import (
    CountedPresses,
    FiredTrigger,
    Left,
    Paused,
    PressesCounted,
    RoundStarted,
)
from shared.engine.rule.counting_rule import LOG_LIMIT, apply_press, is_cooling, threshold
from tests.api_service.audit.calls import as_call, text_of
from tests.api_service.audit.journals import AT, EPOCH, ROOM, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shared.engine.ledger_entries import LedgerEntry
    from shared.wire.room_settings import Button, RoomSettings

    Call = list[PressesCounted]  # batches that were counted at one moment


class Pressed(NamedTuple):
    """A viewer's batch as it is sent: presses by event type."""

    viewer: int
    presses: Mapping[str, int]


class CountedRoom:
    """A running round; `journal` holds its entries, and each call as its batches."""

    def __init__(self, settings: RoomSettings, room_id: str = ROOM) -> None:
        self._settings = settings
        self.room_id = room_id
        self._buttons = {button.event_type: button for button in settings.buttons}
        self._counts = dict.fromkeys(self._buttons, 0)
        self._totals = dict.fromkeys(self._buttons, 0)
        self._fired_at: dict[str, int] = {}
        self._named: set[int] = set()
        self._at, self._seq, self._free_log, self._paused = AT, 0, LOG_LIMIT, False
        opening = msgspec.structs.replace(opened(settings), room_id=room_id)
        self.journal: list[LedgerEntry | Call] = [opening, RoundStarted(room_id, AT, 1)]

    def call(self, after_ms: int, viewer_count: int, batches: Iterable[Pressed]) -> None:
        """Count a call; batches of which no press is accepted leave no trace."""
        self._at += after_ms
        counted = [self._batch(batch, viewer_count) for batch in batches]
        if call := [batch for batch in counted if batch.counted]:
            self.journal.append(call)

    def acknowledge(self, free_log: int) -> None:
        """Make the log hold `free_log` more triggers."""
        self._free_log = free_log

    def pause(self) -> None:
        self._paused = True
        self._append_pause(1, (), ())

    def resume(self) -> None:
        """Fire each full button once, into a log that is empty."""
        self._paused, self._free_log = False, LOG_LIMIT
        fired, left = [], []
        for button in self._settings.buttons:
            needed = threshold(button, self._settings.multipliers, 1)
            if self._counts[button.event_type] >= needed and not self._cools(button):
                fired += self._fire(button, needed, 1)
                self._counts[button.event_type] -= needed
                left.append(Left(button.event_type, self._counts[button.event_type]))
        self._append_pause(0, left, fired)

    def _append_pause(
        self, paused: int, left: Iterable[Left], fired: Iterable[FiredTrigger]
    ) -> None:
        entry = Paused(
            self.room_id, self._at, 1, paused, 1, EPOCH, left=tuple(left), fired=tuple(fired)
        )
        self.journal.append(entry)

    def _batch(self, batch: Pressed, viewer_count: int) -> PressesCounted:
        paused, free_log = self._paused or self._free_log == 0, self._free_log
        counted: list[CountedPresses] = []
        fired: list[FiredTrigger] = []
        for event_type, presses in batch.presses.items():
            button = self._buttons[event_type]
            needed = threshold(button, self._settings.multipliers, viewer_count)
            applied = apply_press(
                self._counts[event_type],
                presses,
                needed,
                paused=paused,
                cooldown_ms=button.cooldown_ms,
                cooling=self._cools(button),
                free_log=self._free_log,
            )
            self._counts[event_type] = applied.count
            self._totals[event_type] += applied.accepted
            fired += self._fire(button, needed, applied.fired)
            if applied.accepted:
                total = self._totals[event_type]
                counted.append(CountedPresses(event_type, applied.accepted, total, applied.count))
        return PressesCounted(
            self.room_id,
            self._at,
            1,
            f"viewer{batch.viewer}",
            self._name_of(batch.viewer)
            if counted and self._tells_name(batch.viewer, fired)
            else None,
            viewer_count,
            int(paused),
            free_log,
            EPOCH,
            tuple(counted),
            tuple(fired),
        )

    def _cools(self, button: Button) -> bool:
        fired_at = self._fired_at.get(button.event_type)
        return fired_at is not None and is_cooling(fired_at, button.cooldown_ms, self._at)

    def _fire(self, button: Button, needed: int, times: int) -> list[FiredTrigger]:
        first = self._seq + 1
        self._seq += times
        self._free_log -= times
        if times:
            self._fired_at[button.event_type] = self._at
        return [FiredTrigger(button.event_type, needed, first + n) for n in range(times)]

    def _name_of(self, viewer: int) -> str | None:
        return f'Panda "{viewer}"' if viewer % 2 else None

    def _tells_name(self, viewer: int, fired: Sequence[FiredTrigger]) -> bool:
        is_new = viewer not in self._named
        self._named.add(viewer)
        return is_new or bool(fired)


def in_old_form(room: CountedRoom) -> list[str]:
    """The journal with an entry for each batch, as release 0.1.0 writes it."""
    return [
        text_of(entry)
        for each in room.journal
        for entry in (each if isinstance(each, list) else [each])
    ]


def in_calls(room: CountedRoom) -> list[str]:
    """The journal with an entry for each call."""
    return [text_of(as_call(each) if isinstance(each, list) else each) for each in room.journal]
