"""Opens a room, for both services: within the address's limits, under a new random id."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from shared.engine.keys import address_rooms, room_keys
from shared.engine.refusals import RateLimited
from shared.identity.tokens import new_room_id

if TYPE_CHECKING:
    from shared.engine.engine import Engine
    from shared.identity.addresses import Address
    from shared.process.settings import PerAddress
    from shared.redis_store.store import Store
    from shared.wire.room_settings import RoomSettings

TOO_MANY_OPEN_RETRY = 60_000  # ms: until then a room of the address may have ended
# ms, longer than any call: a room that does not exist after this time is not about to be opened
OPENED_WITHIN = 10_000
OPEN = ("active", "in_game")


async def open_room(
    engine: Engine, settings: RoomSettings, address: Address, limit: PerAddress, *, keyed: bool
) -> str:
    """Open a room that waits for its game. Returns its id.

    Raises RateLimited if the address opens more rooms than `limit.per_minute`, or already has
    `limit.burst` open rooms.
    """
    await engine.spend("rooms", address, per_minute=limit.per_minute, burst=limit.per_minute)
    room_id = new_room_id()
    if address.limited:
        await _find_place(engine, room_id, address.key, limit.burst)
    await engine.open(room_id, settings, keyed=keyed)
    return room_id


async def take_place(store: Store, room_id: str, address: str, most: int) -> dict[str, int]:
    """Reserve one of the address's `most` places for a room that is about to be opened.

    Returns an empty dict on success; else the rooms that hold the places, and for how many ms.
    """
    reply = await store.call("take_place", [address_rooms(address)], [room_id, most])
    return dict(zip(reply[1::2], reply[2::2], strict=True))


async def _find_place(engine: Engine, room_id: str, address: str, most: int) -> None:
    """Reserve one of the address's places; if all are taken, first free those of ended rooms."""
    taken = await take_place(engine.store, room_id, address, most)
    if not taken:
        return
    over = await asyncio.gather(*(_is_over(engine, *place) for place in taken.items()))
    free = [other for other, is_over in zip(taken, over, strict=True) if is_over]
    if free:
        await engine.store.free("ZREM", address_rooms(address), *free)
        taken = await take_place(engine.store, room_id, address, most)
    if taken:
        raise RateLimited(TOO_MANY_OPEN_RETRY)


async def _is_over(engine: Engine, room_id: str, taken_for: int) -> bool:
    """Whether the room that reserved its place `taken_for` ms ago no longer needs it."""
    status = await engine.store.command("HGET", room_keys(room_id).room, "status")
    return status not in OPEN if status else taken_for > OPENED_WITHIN
