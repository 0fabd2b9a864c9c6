"""The messages that show a room to viewers: all of it, or the changes. No socket, no Redis."""

from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from shared.engine.room_snapshot import RoomSnapshot
from shared.wire.game_messages import GameEvent
from shared.wire.parts import Stat
from shared.wire.rest_bodies import timestamp, timestamp_or_none
from shared.wire.room_settings import decode, public
from shared.wire.viewer_messages import (
    MOST_ARRIVED,
    Arrived,
    GameOver,
    RanksShown,
    RoomShown,
    SettingsUpdate,
    StatsUpdate,
    StatusUpdate,
    Trigger,
    ViewerMessage,
)

TELL_EVERY: Final = 1.0  # s between two messages of who has come
NEED_STEP: Final = 0.03  # of a need: a smaller change alone is not told


def aged(shown: RoomSnapshot, ms: int) -> RoomSnapshot:
    """The state some ms after it was read: it is later, and what a button waits for is nearer."""
    stats = tuple(
        msgspec.structs.replace(
            stat,
            cooldown_left_ms=max(0, stat.cooldown_left_ms - ms),
            ready_in_ms=max(0, stat.ready_in_ms - ms),
        )
        for stat in shown.stats
    )
    return msgspec.structs.replace(shown, now=shown.now + ms, stats=stats)


def steadied(before: RoomSnapshot, now: RoomSnapshot) -> RoomSnapshot:
    """The state with the needs of `before` where nothing else changed: they fall all the time."""
    if _basis(now) != _basis(before):
        return now
    return msgspec.structs.replace(now, stats=tuple(map(_steadied, before.stats, now.stats)))


def _steadied(before: Stat, now: Stat) -> Stat:
    count, need = now.current_count, before.required_count
    changed = (count, now.current_level) != (before.current_count, before.current_level)
    is_filled = now.required_count <= count < need
    if changed or is_filled or abs(now.required_count - need) >= NEED_STEP * need:
        return now
    return msgspec.structs.replace(
        now,
        required_count=need,
        next_threshold=need,
        remaining_count=max(0, need - count),
        progress=min(1.0, count / need),
    )


def whole(room_id: str, now: RoomSnapshot) -> Iterator[ViewerMessage]:
    """The messages for a page that is new, or has missed updates."""
    yield _room(room_id, now)
    yield _settings(now)
    yield from now.lasting
    if now.ranks:
        yield RanksShown(now.round, now.ranks)


def changes(room_id: str, before: RoomSnapshot, now: RoomSnapshot) -> Iterator[ViewerMessage]:
    """The messages, in order, that take a page from the state `before` to `now`."""
    if now.settings_version != before.settings_version:
        yield _settings(now)
    yield from _triggers(now)
    yield from now.effects
    if over := _round_over(before, now):
        yield GameOver(room_id, over)
    if _status(now) != _status(before):
        yield StatusUpdate(*_status(now), time=timestamp(now.now))
    if _basis(now) != _basis(before) or now.has_missed_effects:
        yield _room(room_id, now)
        yield from now.lasting
    else:
        yield from _stats_update(before, now)
    if now.ranks and (now.round, now.ranks) != (before.round, before.ranks):
        yield RanksShown(now.round, now.ranks)


def _room(room_id: str, now: RoomSnapshot) -> RoomShown:
    time = timestamp(now.now)
    return RoomShown(room_id, now.stats, now.viewer_count, now.send_every_ms, time, *_status(now))


def _settings(now: RoomSnapshot) -> SettingsUpdate:
    return SettingsUpdate(public(decode(now.settings)))


def _triggers(now: RoomSnapshot) -> Iterator[Trigger]:
    """The new triggers; what fired before a round's summary fired in that round."""
    triggers, round_ = [], now.round
    for message in reversed(now.messages):
        if isinstance(message, GameEvent):
            triggers.append(
                Trigger(
                    message.event_type,
                    message.viewer_name,
                    message.epoch,
                    message.seq,
                    message.trigger_count,
                    message.people,
                    message.by_streamer,
                    round_,
                )
            )
        else:
            round_ = message.round
    return reversed(triggers)


def _round_over(before: RoomSnapshot, now: RoomSnapshot) -> int | None:
    """The round that ended between the two states, also if the next one has begun already."""
    if now.status == "ended":
        return now.round if (before.status, before.round) != (now.status, now.round) else None
    return before.round if before.status == "in_game" and now.round > before.round else None


def _status(
    snapshot: RoomSnapshot,
) -> tuple[str, int, bool, int | None, int | None, str | None, bool, bool, str | None]:
    started_at = timestamp_or_none(snapshot.started_at)
    opened_by_press = started_at is not None and snapshot.opened_by_press
    state = snapshot.status, snapshot.round, snapshot.paused
    clock = snapshot.ends_at, snapshot.left_ms, started_at, opened_by_press, snapshot.stopped
    return *state, *clock, snapshot.next_room_id or None


def _basis(snapshot: RoomSnapshot) -> tuple[int, int, list[str]]:
    """The basis of updates of single buttons; if it differs, a page needs the whole room.

    It includes the time of the last reset or block: a page may know counts, from the answers to its
    own presses, that were reached and reset between two refreshes, and the name of who is blocked.
    """
    return snapshot.round, snapshot.reset_at, [stat.event_type for stat in snapshot.stats]


def _stats_update(before: RoomSnapshot, now: RoomSnapshot) -> Iterator[StatsUpdate]:
    changed = tuple(
        stat
        for stat, shown in zip(now.stats, before.stats, strict=True)
        if _lasting(stat, now.now) != _lasting(shown, before.now)
    )
    if changed or _audience(now) != _audience(before):
        yield StatsUpdate(changed, *_audience(now))


def _audience(snapshot: RoomSnapshot) -> tuple[int, int]:
    return snapshot.viewer_count, snapshot.send_every_ms


def _lasting(stat: Stat, now: int) -> Stat:
    """The stat without the viewer count, which an update carries once, and without what passes.

    What waits is told when that begins, ends, or will end at another time.
    """
    return msgspec.structs.replace(
        stat,
        viewer_count=0,
        cooldown_left_ms=stat.cooldown_left_ms and now + stat.cooldown_left_ms,
        ready_in_ms=stat.ready_in_ms and now + stat.ready_in_ms,
    )


class Newcomers:
    """Who has come to one room while no round runs, and whose names no message has had yet.

    At most one message a second.
    """

    def __init__(self) -> None:
        self._names: deque[str] = deque(maxlen=MOST_ARRIVED)
        self._sent_at = float("-inf")  # s

    @property
    def are_waiting(self) -> bool:
        """Whether a message is due soon, even if nothing else changes."""
        return bool(self._names)

    def message(self, before: RoomSnapshot, now: RoomSnapshot, at: float) -> Iterator[Arrived]:
        """Take who came, and yield the message if it is due `at` this time (s, monotonic)."""
        if now.status == "in_game" or _may_hide_names(before, now):
            self._names.clear()
        if now.status != "in_game":
            self._names.extend(now.arrived)
        if self._names and at - self._sent_at >= TELL_EVERY:
            self._sent_at = at
            yield Arrived(tuple(self._names), now.viewer_count)
            self._names.clear()


def _may_hide_names(before: RoomSnapshot, now: RoomSnapshot) -> bool:
    """Whether somebody was blocked, or the settings hide names: then those that wait go too."""
    first, then = ((each.reset_at, each.settings_version) for each in (before, now))
    return first != then
