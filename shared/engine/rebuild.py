"""Rebuilds a room that Redis lost: the typed call of `rebuild.lua`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from shared.engine import refusals
from shared.engine.keys import room_key
from shared.engine.open_room import claim

if TYPE_CHECKING:
    from shared.redis_store.store import Store


class LostRoom(msgspec.Struct, frozen=True):
    """A room to rebuild, as `rebuild.lua` takes it.

    `fields` are those of its hash; `base` is its last number before the loss. `summary` is the
    message of its last round, as JSON, with its id in the log; "" before the first. `finish` is the
    entry, JSON, of the round that ran when Redis lost the room; "" for none.
    """

    room_id: str
    fields: dict[str, str | int]
    base: int
    blocked: tuple[str, ...]
    summary_id: str = ""
    summary: str = ""
    finish: str = ""


async def rebuild(store: Store, room: LostRoom, memory: str) -> bool:
    """Create the room; its code leads to it again. Returns False if the room exists.

    Raises StoreUnavailable, also if the shard has lost its `memory` since.
    """
    if code := room.fields.get("code"):
        await claim(store, room.room_id, str(code))
    arguments = [memory, msgspec.json.encode(room).decode()]
    with suppress(refusals.Conflict):
        refusals.check(await store.call("rebuild", [room_key(room.room_id)], arguments))
        return True
    return False
