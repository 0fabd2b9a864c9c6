"""Rebuilds rooms that Redis lost, from the books.

A restarted, promoted or emptied server may have lost whole rooms. The caller locks the shards'
bookmarks and books everything that Redis still has: then the books hold all that can be known of
those rooms. A room comes back as it was, except that a round that ran has ended, with a summary of
what is booked of it. Its end is an entry of the ledger, booked like any other.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Raw
from msgspec.structs import replace
from sqlalchemy import ARRAY, Text, any_, bindparam, cast, func, select

from api_service.books.round_totals import summary_of
from api_service.books.tables import log_epochs, room_viewers, rooms, rounds
from shared.engine.keys import room_key, shard
from shared.engine.ledger_entries import RoundFinished
from shared.engine.rebuild import LastSummary, LostRoom, rebuild
from shared.wire.game_messages import encode
from shared.wire.room_settings import decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from shared.redis_store.store import Store

LIVES_FOR = timedelta(hours=24)  # after the last entry
ASKED_AT_ONCE = 1_000  # rooms
ROOMS_AT_ONCE = 50  # rooms in memory; their calls to Redis are pipelined with presses
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

# The shards' rooms that may still live, those with a running round first.
THAT_MAY_LIVE = (
    select(rooms.c.room_id)
    .where(
        rooms.c.shard == any_(bindparam("shards", type_=ARRAY(Text))),
        rooms.c.seen_at > func.now() - LIVES_FOR,
    )
    .order_by(rooms.c.status != "in_game", rooms.c.seen_at.desc())
)


def _listed(
    column: ColumnElement[Any], order: ColumnElement[Any], *such: ColumnElement[bool]
) -> ColumnElement[Any]:
    """The room's values of a column of another table."""
    return func.array(select(column).where(*such).order_by(order).scalar_subquery())


def _of_rooms() -> Select[*tuple[Any, ...]]:
    """The rooms, each with its last round, log epochs and blocked viewers."""
    is_its = log_epochs.c.room_id == rooms.c.room_id
    viewer = room_viewers.c
    is_blocked = (viewer.room_id == rooms.c.room_id) & viewer.blocked
    of_round = (rounds.c.room_id == rooms.c.room_id) & (rounds.c.round == rooms.c.round)
    return (
        select(
            rooms.c.room_id,
            rooms.c.keyed,
            rooms.c.status,
            rooms.c.round,
            rooms.c.seq,
            rooms.c.opened_at,
            rooms.c.seen_at,
            rooms.c.code,
            cast(rooms.c.settings, Text).label("settings"),
            cast(rooms.c.tokens, Text).label("tokens"),
            rounds.c.started_at,
            rounds.c.ended_at,
            rounds.c.epoch.label("summary_epoch"),
            rounds.c.seq.label("summary_seq"),
            cast(rounds.c.summary, Text).label("summary"),
            _listed(log_epochs.c.epoch, log_epochs.c.epoch, is_its).label("epochs"),
            _listed(log_epochs.c.base, log_epochs.c.epoch, is_its).label("bases"),
            _listed(viewer.viewer_id, viewer.viewer_id, is_blocked).label("blocked"),
        )
        .outerjoin(rounds, of_round)
        .where(rooms.c.room_id == any_(bindparam("room_ids", type_=ARRAY(Text))))
    )


ROOMS = _of_rooms()


async def rebuild_lost(
    connection: AsyncConnection, store: Store, memories: Mapping[str, str]
) -> Counter[str]:
    """Rebuild the rooms that shards lost. Returns how many of each shard.

    `memories` are those of the shards, from before they were booked to their ends. If a replica
    dies half-way, the next one rebuilds the rest.
    """
    candidates = await connection.scalars(THAT_MAY_LIVE, {"shards": list(memories)})
    lost = await _missing(store, candidates.all())
    rebuilt: Counter[str] = Counter()
    for start in range(0, len(lost), ROOMS_AT_ONCE):
        parameters = {"room_ids": lost[start : start + ROOMS_AT_ONCE]}
        found = (await connection.execute(ROOMS, parameters)).all()
        known = [await _room(connection, row, memories[shard(row.room_id)]) for row in found]
        made = await asyncio.gather(
            *(rebuild(store, room, memories[shard(room.room_id)]) for room in known)
        )
        rebuilt.update(shard(r.room_id) for r, is_made in zip(known, made, strict=True) if is_made)
    return rebuilt


async def _missing(store: Store, room_ids: Sequence[str]) -> list[str]:
    """Which of these rooms Redis does not have."""
    missing: list[str] = []
    for start in range(0, len(room_ids), ASKED_AT_ONCE):
        some = room_ids[start : start + ASKED_AT_ONCE]
        exist = await asyncio.gather(*(store.command("EXISTS", room_key(each)) for each in some))
        missing += [room_id for room_id, exists in zip(some, exist, strict=True) if not exists]
    return missing


async def _room(connection: AsyncConnection, row: Row[*tuple[Any, ...]], memory: str) -> LostRoom:
    """The room as it is to be, with a log epoch that begins now, on Redis's clock."""
    settings, ends = decode(row.settings), row.status == "in_game"
    at = max(_began(memory), _ms(row.seen_at))
    bases = [*zip(row.epochs, row.bases, strict=True)]
    log_epoch = max(at, bases[-1][0]) + 1
    finish = summary = None
    if ends:
        message = await summary_of(connection, row.room_id, row.round, settings)
        message = replace(message, epoch=log_epoch, seq=row.seq + 1)
        text = encode(message)
        summary = LastSummary(log_epoch, message.seq, text, loss=True)
        finish = RoundFinished(
            row.room_id, at, row.round, log_epoch, message.seq, (), Raw(text.encode())
        )
    elif row.summary is not None:
        # Such a summary is the first message of its log epoch, which is not the room's first one,
        # and older than it. An ordinary one after a failover is as old as that, or younger.
        is_first = (row.summary_epoch, row.summary_seq - 1) in bases[1:]
        loss = is_first and _ms(row.ended_at) < row.summary_epoch
        summary = LastSummary(row.summary_epoch, row.summary_seq, row.summary, loss)
    return LostRoom(
        room_id=row.room_id,
        settings=settings,
        keyed=row.keyed,
        status="ended" if ends else row.status,
        round=row.round,
        created_at=_ms(row.opened_at),
        started_at=_ms(row.started_at) if row.started_at else None,
        ended_at=at if ends else _ms(row.ended_at) if row.ended_at else None,
        bases=(*bases, (log_epoch, row.seq)),
        summary=summary,
        finish=finish,
        code=row.code,
        tokens=row.tokens or "{}",
        blocked=tuple(row.blocked),
    )


def _began(memory: str) -> int:
    """When the server's memory began (ms): see `shards.memory` in shard.lua."""
    return int(memory.partition("-")[2]) // 1000


def _ms(moment: datetime) -> int:
    """A time from PostgreSQL in ms since 1970."""
    return (moment - EPOCH) // MILLISECOND
