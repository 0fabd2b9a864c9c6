"""Makes rooms anew that Redis lost, from the books.

A restarted or promoted server may have forgotten whole rooms. Under the lock of the shard's
bookmark, with all that Redis still knew booked, the books tell of those rooms what can be known:
to a game that had more, the new epoch of its log says so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from api_service.ledger import lost_rooms
from api_service.ledger.postings import EPOCH
from shared.messages import GameEvent, encode
from shared.rebuilding import ButtonCounts, LoggedText, LostRoom, Rebuilding, ViewerPresses
from shared.replies import RoomExists
from shared.room_settings import decode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from api_service.ledger.lost_rooms import Query
    from shared.shards import Shards

    Found = Row[*tuple[Any, ...]]
    Put = Callable[[Sequence[Found]], Awaitable[None]]

PIECE = 1_000  # rows that are in memory at once
MILLISECOND = timedelta(milliseconds=1)


async def restore(connection: AsyncConnection, shards: Shards, shard: str) -> int:
    """Make anew the shard's rooms that Redis lost. Returns how many.

    Where it dies half-way, the room that it was at is begun again by the next one.
    """
    rebuilding = Rebuilding(shards.store, shard)
    candidates = await connection.scalars(lost_rooms.THAT_MAY_LIVE, {"shard": shard})
    lost = await rebuilding.lost(candidates.all())
    if lost:
        await rebuilding.begin()
    return sum([await _rebuild(connection, rebuilding, room_id) for room_id in lost])


async def _rebuild(connection: AsyncConnection, rebuilding: Rebuilding, room_id: str) -> bool:
    """Make a room anew; False where it is there after all."""
    room = await _read_room(connection, room_id)
    try:
        await rebuilding.clear(room)
        for query, put in _contents(rebuilding, room):
            await _carry(connection, room, query, put)
        await rebuilding.rebuild(room)
    except RoomExists:
        return False
    return True


async def _read_room(connection: AsyncConnection, room_id: str) -> LostRoom:
    asked = {"room_id": room_id}
    row = (await connection.execute(lost_rooms.ROOM, asked)).one()
    epochs = await connection.execute(lost_rooms.EPOCHS, asked)
    settings = decode(row.settings)
    named = [button.event_type for button in settings.buttons]
    return LostRoom(
        room_id=room_id,
        settings=settings,
        event_types=tuple(dict.fromkeys((*named, *row.counted))),
        keyed=row.keyed,
        status=row.status,
        round=row.round,
        paused=row.paused,
        created_at=_ms(row.opened_at),
        started_at=_ms(row.started_at) if row.started_at else None,
        ended_at=_ms(row.ended_at) if row.ended_at else None,
        bases=tuple((epoch.epoch, epoch.base) for epoch in epochs),
        seq=row.seq,
        summary_seq=row.summary_seq,
    )


def _contents(to: Rebuilding, room: LostRoom) -> tuple[tuple[Query, Put], ...]:
    """All that a room holds: what to ask the books for, and where to put it."""
    return (
        (lost_rooms.LOG, lambda rows: to.put_log(room, [_logged(room, row) for row in rows])),
        (lost_rooms.COUNTS, lambda rows: to.put_counts(room, [_counts(row) for row in rows])),
        (lost_rooms.PRESSED, lambda rows: to.put_tops(room, [ViewerPresses(*r) for r in rows])),
        (lost_rooms.NAMES, lambda rows: to.put_names(room, [(r[0], r[1]) for r in rows])),
        (lost_rooms.BLOCKED, lambda rows: to.put_blocked(room, [row[0] for row in rows])),
    )


async def _carry(connection: AsyncConnection, room: LostRoom, query: Query, put: Put) -> None:
    """Bring what a query finds to Redis, in pieces: a crowd's whole round fits no memory."""
    asked = {"room_id": room.room_id, "round": room.round, "seq": room.seq}
    options = {"yield_per": PIECE}
    async with connection.stream(query, asked, execution_options=options) as found:
        async for rows in found.partitions():
            await put(rows)


def _logged(room: LostRoom, row: Found) -> LoggedText:
    """A message as the library logged it."""
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
        consumed=row.accepted - row.left_over - row.discarded,
        count=row.left_over,
        discarded=row.discarded,
        fired=row.fired,
        fired_at=_ms(row.last_at) if row.last_at else 0,
    )


def _ms(moment: datetime) -> int:
    """A time of PostgreSQL's in ms since 1970."""
    return (moment - EPOCH) // MILLISECOND
