"""Fires full buttons without a press: typed methods for `full_buttons.lua`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.engine import refusals, replies
from shared.engine.keys import SHARD_KEYS, Rounds, room_keys

if TYPE_CHECKING:
    from shared.redis_store.store import Store


class FullButtons:
    """Finds and fires full buttons through one store. Raises `store.StoreUnavailable`."""

    def __init__(self, store: Store, *, tap: bool = True) -> None:
        self._store = store
        self._tap = int(tap)
        self._rounds = Rounds()

    async def due(self, shard: str) -> list[str]:
        """The shard's rooms that need a look now; nobody else gets them for a second."""
        reply = await self._store.call("due", [SHARD_KEYS[shard].looks], [])
        room_ids: list[str] = refusals.check(reply)[0]
        return room_ids

    async def fire(self, room_id: str) -> tuple[replies.Fired, ...]:
        """Fire each full button of the room once. Returns the triggers.

        Raises RoomNotFound.
        """
        room = room_keys(room_id)

        async def call(round_: int) -> list[Any]:
            key_list = [
                room.room,
                room.log,
                room.active,
                room.counts(round_),
                *room.ledger,
                room.looks,
            ]
            return await self._store.call("fire_full", key_list, [room_id, round_, self._tap])

        return replies.fired_of(refusals.check(await self._rounds.call(room_id, call))[0])
