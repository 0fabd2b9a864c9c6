"""Rebuilds a room that Redis lost, or renews what it kept: the typed calls of `rebuild.lua`."""

from contextlib import suppress

import msgspec

from shared.engine import refusals
from shared.engine.keys import room_key
from shared.engine.open_room import claim
from shared.redis_store.store import Store


class RoomHash(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The fields of a room's hash; None for one that it lacks. Times are in ms since 1970.

    `summary_seq` is the number of the summary of its last round; so is `lost_seq`, if Redis lost
    the room while that round ran.
    """

    id: str
    settings: str
    rules: str
    types: str
    show_names: int
    keyed: int
    status: str
    round: int
    created_at: int
    started_at: int | None = None
    ended_at: int | None = None
    epoch: int
    bases: str
    seq: int
    written: int
    trimmed: int
    code: str | None = None
    tokens: str | None = None
    summary_seq: int | None = None
    lost_seq: int | None = None


class LostRoom(msgspec.Struct, frozen=True):
    """A room to rebuild, as `rebuild.lua` takes it.

    `base` is its last number before the loss. `summary` is the message of its last round, as JSON,
    with its id in the log; "" before the first. `finish` is the entry, JSON, of the round that ran
    when Redis lost the room; "" for none.
    """

    fields: RoomHash
    base: int
    blocked: tuple[str, ...]
    summary_id: str = ""
    summary: str = ""
    finish: str = ""

    @property
    def room_id(self) -> str:
        return self.fields.id


async def rebuild(store: Store, room: LostRoom, memory: str) -> bool:
    """Create the room; its code leads to it again. Returns False if the room exists.

    Raises StoreUnavailable, also if the shard has lost its `memory` since.
    """
    if code := room.fields.code:
        await claim(store, room.room_id, code)
    arguments = [memory, msgspec.json.encode(room).decode()]
    with suppress(refusals.Conflict):
        refusals.check(await store.call("rebuild", [room_key(room.room_id)], arguments))
        return True
    return False


async def renew(store: Store, room_id: str) -> bool:
    """Tell the ledger what Redis still has of the room. Returns False if Redis lost the room.

    Raises StoreUnavailable.
    """
    return refusals.check(await store.call("renew", [room_key(room_id)], [])) == [1]
