"""Rebuilds rooms that Redis lost, from the books, and renews the others in the books.

A restarted, promoted or emptied server may have lost whole rooms. The caller locks the shards and
books everything that Redis still has: then the books hold all that can be known of those rooms. A
room comes back as it was, except that a round that ran has ended, with a summary of what is booked
of it. Its end is an entry of the ledger, booked like any other. So is what Redis still has of the
other rooms: it may be an older copy, which the books then follow.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Raw, json
from msgspec.structs import replace
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from api_service.books.round_totals import summary_of
from shared.engine.keys import shard
from shared.engine.ledger_entries import RoundFinished
from shared.engine.library_settings import library_arguments
from shared.engine.rebuild import LostRoom, RoomHash, rebuild, renew
from shared.redis_store.store import Store
from shared.wire.game_messages import encode
from shared.wire.room_settings import decode

ASKED_AT_ONCE = 100  # rooms; their calls to Redis are pipelined with presses
ROOMS_AT_ONCE = 50  # rooms in memory, too
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

# The shards' rooms that may still live, for a day after their last entry; those with a running
# round come first.
THAT_MAY_LIVE = text("""
    SELECT room_id FROM rooms
    WHERE shard = ANY(CAST(:shards AS bpchar[])) AND seen_at > now() - interval '24 hours'
    ORDER BY status <> 'in_game', seen_at DESC
""")

# The rooms, each with its last round, log epochs and blocked viewers.
ROOMS = text("""
    SELECT room_id, keyed, status, round, rooms.seq, opened_at, seen_at, code,
        settings::text AS settings, tokens::text AS tokens, started_at, ended_at,
        rounds.epoch AS summary_epoch, rounds.seq AS summary_seq, summary::text AS summary,
        ARRAY(SELECT epoch FROM log_epochs WHERE room_id = rooms.room_id ORDER BY epoch) AS epochs,
        ARRAY(SELECT base FROM log_epochs WHERE room_id = rooms.room_id ORDER BY epoch) AS bases,
        ARRAY(
            SELECT viewer_id FROM room_viewers WHERE room_id = rooms.room_id AND blocked
        ) AS blocked
    FROM rooms LEFT JOIN rounds USING (room_id, round)
    WHERE room_id = ANY(:room_ids)
""")


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
    """Which of these rooms Redis does not have; the others are renewed."""
    missing: list[str] = []
    for start in range(0, len(room_ids), ASKED_AT_ONCE):
        some = room_ids[start : start + ASKED_AT_ONCE]
        exist = await asyncio.gather(*(renew(store, room_id) for room_id in some))
        missing += [room_id for room_id, exists in zip(some, exist, strict=True) if not exists]
    return missing


async def _room(connection: AsyncConnection, row: Row[*tuple[Any, ...]], memory: str) -> LostRoom:
    """The room as it is to be, with a log epoch that begins now, on Redis's clock."""
    at = max(_began(memory), _ms(row.seen_at))
    bases = [*zip(row.epochs, row.bases, strict=True)]
    log_epoch, base = max(at, bases[-1][0]) + 1, row.seq
    status, ended_at = row.status, row.ended_at and _ms(row.ended_at)
    summary_epoch, summary_seq, summary = row.summary_epoch, row.summary_seq, row.summary
    finish, loss = "", False  # `loss`: Redis lost the room while its last round ran
    if status == "in_game":
        status, ended_at, loss = "ended", at, True
        summary_epoch, summary_seq = log_epoch, base + 1
        summary, finish = await _ended(connection, row, at, log_epoch)
    elif summary:
        # The summary of a lost round is the first message of its log epoch, which is not the room's
        # first one, and older than it. Any other after a failover is as old as that, or younger.
        is_first = (summary_epoch, summary_seq - 1) in bases[1:]
        loss = is_first and ended_at < summary_epoch
    seq, written = (summary_seq, summary_seq - 1) if summary else (base, base)
    settings, rules, event_types, show_names = library_arguments(decode(row.settings))
    fields = RoomHash(
        id=row.room_id,
        settings=settings,
        rules=rules,
        types=event_types,
        show_names=show_names,
        keyed=int(row.keyed),
        status=status,
        round=row.round,
        created_at=_ms(row.opened_at),
        started_at=row.started_at and _ms(row.started_at),
        ended_at=ended_at,
        epoch=log_epoch,
        bases=",".join(f"{epoch}:{before}" for epoch, before in [*bases, (log_epoch, base)]),
        seq=seq,
        written=written,
        trimmed=written,
        code=row.code,
        tokens=row.tokens,
        summary_seq=seq if summary else None,
        lost_seq=seq if loss else None,
    )
    summary_id = f"{summary_epoch}-{summary_seq}" if summary else ""
    return LostRoom(fields, base, tuple(row.blocked), summary_id, summary or "", finish)


async def _ended(
    connection: AsyncConnection, row: Row[*tuple[Any, ...]], at: int, log_epoch: int
) -> tuple[str, str]:
    """The summary of what is booked of the round that ran, and the entry of its end, as JSON."""
    message = await summary_of(connection, row.room_id, row.round, decode(row.settings))
    summary = encode(replace(message, epoch=log_epoch, seq=row.seq + 1))
    finish = RoundFinished(
        row.room_id, at, row.round, log_epoch, row.seq + 1, (), Raw(summary.encode())
    )
    return summary, json.encode(finish).decode()


def _began(memory: str) -> int:
    """When the server's memory began (ms): see `shards.memory` in shard_ledger.lua."""
    return int(memory.partition("-")[2]) // 1000


def _ms(moment: datetime) -> int:
    """A time from PostgreSQL in ms since 1970."""
    return (moment - EPOCH) // MILLISECOND
