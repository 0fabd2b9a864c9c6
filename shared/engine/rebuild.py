"""Rebuilds a room that Redis lost: the typed call of `rebuild.lua`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from shared.engine import refusals
from shared.engine.keys import room_key
from shared.engine.ledger_entries import RoundFinished
from shared.engine.open_room import claim
from shared.wire.parts import RoomStatus
from shared.wire.room_settings import RoomSettings, library_arguments

if TYPE_CHECKING:
    from shared.redis_store.store import Store


class LastSummary(msgspec.Struct, frozen=True):
    """The summary of a room's last round: message (`log_epoch`, `seq`) of its log, as JSON.

    `loss` is true if Redis lost the room while that round ran.
    """

    log_epoch: int
    seq: int
    text: str
    loss: bool


class LostRoom(msgspec.Struct, frozen=True):
    """A room to rebuild; times in ms since 1970.

    `bases` are its log epochs, oldest first: (epoch, number before its first message); the last is
    the new one. `finish` is the entry of the round that ran when Redis lost the room. `tokens` is
    JSON.
    """

    room_id: str
    settings: RoomSettings
    keyed: bool
    status: RoomStatus
    round: int
    created_at: int
    started_at: int | None
    ended_at: int | None
    bases: tuple[tuple[int, int], ...]
    summary: LastSummary | None
    finish: RoundFinished | None
    code: str | None
    tokens: str
    blocked: tuple[str, ...]


async def rebuild(store: Store, room: LostRoom, memory: str) -> bool:
    """Create the room; its code leads to it again. Returns False if the room exists.

    Raises StoreUnavailable, also if the shard has lost its `memory` since.
    """
    if room.code:
        await claim(store, room.room_id, room.code)
    arguments = [memory, room.room_id, *_arguments(room)]
    with suppress(refusals.Conflict):
        refusals.check(await store.call("rebuild", [room_key(room.room_id)], arguments))
        return True
    return False


def _arguments(room: LostRoom) -> list[str | int]:
    summary = room.summary
    return [
        *library_arguments(room.settings),
        int(room.keyed),
        room.status,
        room.round,
        room.created_at,
        room.started_at or "",
        room.ended_at or "",
        *room.bases[-1],
        ",".join(f"{log_epoch}:{base}" for log_epoch, base in room.bases),
        *((summary.log_epoch, summary.seq, summary.text) if summary else ("", "", "")),
        summary.seq if summary and summary.loss else 0,
        msgspec.json.encode(room.finish).decode() if room.finish else "",
        room.code or "",
        room.tokens,
        *room.blocked,
    ]
