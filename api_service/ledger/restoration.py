"""Rebuilds rooms that Redis lost, from the books.

A restarted or promoted server may have lost whole rooms. The caller locks the shards' bookmarks and
books everything that Redis still has: then the books hold all that can be known of those rooms. A
game that had received more learns it from its log's new epoch.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from api_service.ledger import lost_rooms
from shared.engine.keys import shard
from shared.engine.rebuild import (
    ButtonCounts,
    LoggedText,
    LostRoom,
    LostTrigger,
    Rebuilding,
    ViewerPresses,
)
from shared.wire.game_messages import GameEvent, encode
from shared.wire.room_settings import decode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from api_service.ledger.lost_rooms import Query
    from shared.engine.shard_ledger import Shards

    Found = Row[*tuple[Any, ...]]
    Put = Callable[[LostRoom, Sequence[Found]], Awaitable[None]]

ROOMS_AT_ONCE = 50  # rooms; their calls to Redis are pipelined with presses
PIECE = 1_000  # rows in memory at once
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
ROOM_ID = attrgetter("room_id")


async def restore(
    connection: AsyncConnection, shards: Shards, names: Collection[str]
) -> Counter[str]:
    """Rebuild the rooms of shards that Redis lost. Returns how many of each shard.

    If a replica dies half-way, the next one starts its unfinished rooms again.
    """
    rebuilding = Rebuilding(shards.store, *names)
    candidates = await connection.scalars(lost_rooms.THAT_MAY_LIVE, {"shards": list(names)})
    lost = await rebuilding.lost(candidates.all())
    if lost:
        await rebuilding.begin()
    rebuilt: Counter[str] = Counter()
    for start in range(0, len(lost), ROOMS_AT_ONCE):
        piece = lost[start : start + ROOMS_AT_ONCE]
        rebuilt.update(map(shard, await _rebuild(connection, rebuilding, piece)))
    return rebuilt


async def _rebuild(
    connection: AsyncConnection, rebuilding: Rebuilding, room_ids: Sequence[str]
) -> list[str]:
    """Rebuild rooms, except those that exist after all. Returns the rebuilt ones."""
    rooms = await _read_rooms(connection, room_ids)
    cleared = await asyncio.gather(*map(rebuilding.clear, rooms))
    lost = {room.room_id: room for room, is_lost in zip(rooms, cleared, strict=True) if is_lost}
    for query, put in _contents(rebuilding):
        await _carry(connection, lost, query, put)
    made = await asyncio.gather(*map(rebuilding.rebuild, lost.values()))
    return [room_id for room_id, is_made in zip(lost, made, strict=True) if is_made]


async def _read_rooms(connection: AsyncConnection, room_ids: Sequence[str]) -> list[LostRoom]:
    asked = {"room_ids": room_ids}
    log_epochs = (await connection.execute(lost_rooms.LOG_EPOCHS, asked)).all()
    bases = {
        room_id: tuple((row.epoch, row.base) for row in found)
        for room_id, found in groupby(log_epochs, ROOM_ID)
    }
    rooms = await connection.execute(lost_rooms.ROOMS, asked)
    return [_room(row, bases[row.room_id]) for row in rooms]


def _room(row: Found, bases: tuple[tuple[int, int], ...]) -> LostRoom:
    settings = decode(row.settings)
    # Redis may have lost an end that is booked, and continued the round.
    is_over = row.status == "ended"
    named = [button.event_type for button in settings.buttons]
    return LostRoom(
        room_id=row.room_id,
        settings=settings,
        event_types=tuple(dict.fromkeys((*named, *row.counted))),
        keyed=row.keyed,
        status=row.status,
        round=row.round,
        paused=row.paused,
        created_at=_ms(row.opened_at),
        started_at=_ms(row.started_at) if row.started_at else None,
        ended_at=_ms(row.ended_at) if row.ended_at and is_over else None,
        bases=bases,
        seq=row.seq,
        summary_seq=row.summary_seq if is_over else None,
        clock=None if row.ran_at is None else (row.ran_ms, _ms(row.ran_at)),
    )


def _contents(to: Rebuilding) -> tuple[tuple[Query, Put], ...]:
    """The contents of rooms: each query of the books, and the call that stores its rows."""
    return (
        (lost_rooms.LOG, lambda room, rows: to.put_log(room, [_logged(room, r) for r in rows])),
        (lost_rooms.COUNTS, lambda room, rows: to.put_counts(room, [_counts(r) for r in rows])),
        (
            lost_rooms.ANSWERABLE,
            lambda room, rows: to.put_triggers(room, [_told(room, r) for r in rows]),
        ),
        (lost_rooms.PRESSED, lambda room, rows: to.put_presses(room, [_presses(r) for r in rows])),
        (lost_rooms.NAMES, lambda room, rows: to.put_names(room, [(r[1], r[2]) for r in rows])),
        (lost_rooms.BLOCKED, lambda room, rows: to.put_blocked(room, [r[1] for r in rows])),
    )


async def _carry(
    connection: AsyncConnection, rooms: Mapping[str, LostRoom], query: Query, put: Put
) -> None:
    """Copy a query's rows to Redis in pieces: a crowd's round may not fit into memory."""
    asked, options = {"room_ids": list(rooms)}, {"yield_per": PIECE}
    async with connection.stream(query, asked, execution_options=options) as result:
        async for rows in result.partitions():
            of_each = [(rooms[room_id], list(found)) for room_id, found in groupby(rows, ROOM_ID)]
            await asyncio.gather(*(put(room, of_room) for room, of_room in of_each))


def _logged(room: LostRoom, row: Found) -> LoggedText:
    """A message as the Lua library logged it."""
    return LoggedText(row.epoch, row.seq, row.summary or encode(_trigger(room, row)))


def _trigger(room: LostRoom, row: Found) -> GameEvent:
    return GameEvent(
        room_id=room.room_id,
        event_type=row.event_type,
        trigger_count=row.threshold,
        viewer_count=row.viewer_count,
        viewer_name=row.viewer_name if room.settings.show_names else None,
        epoch=row.epoch,
        seq=row.seq,
        fired_at=_ms(row.fired_at),
    )


def _counts(row: Found) -> ButtonCounts:
    return ButtonCounts(
        event_type=row.event_type,
        accepted=row.accepted,
        consumed=row.accepted + row.returned - row.left_over - row.discarded,
        count=row.left_over,
        discarded=row.discarded,
        fired=row.fired,
        fired_at=_ms(row.last_at) if row.last_at else 0,
        returned=row.returned,
        waiting=row.waiting,
        unavailable=row.unavailable,
    )


def _told(room: LostRoom, row: Found) -> LostTrigger:
    name = row.viewer_name if room.settings.show_names and not row.blocked else None
    return LostTrigger(
        seq=row.seq,
        log_epoch=row.epoch,
        at=_ms(row.fired_at),
        round=row.round,
        event_type=row.event_type,
        threshold=row.threshold,
        name=msgspec.json.encode(name).decode(),
        status=row.status or "",
        reason=row.reason or "",
        ends_at=_ms(row.ends_at) if row.ends_at else 0,
        viewer=row.viewer_id or "",
    )


def _presses(row: Found) -> ViewerPresses:
    _, viewer_id, event_types, totals = row
    return ViewerPresses(viewer_id, event_types, totals)


def _ms(moment: datetime) -> int:
    """A time from PostgreSQL in ms since 1970."""
    return (moment - EPOCH) // MILLISECOND
