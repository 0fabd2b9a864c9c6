"""Opening a room, as both services do it: within the address's limits, with a fresh secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.keys import address_rooms, room_keys
from shared.refusals import RateLimited
from shared.tokens import new_room_id

if TYPE_CHECKING:
    from shared.addresses import Address
    from shared.engine import Engine
    from shared.room_settings import RoomSettings
    from shared.settings import PerAddress

ADDRESS_ROOMS_KEPT = 24 * 3600  # s
TOO_MANY_OPEN_RETRY = 60_000  # ms: when a look at the rooms again may find one closed
OPEN = ("active", "in_game")


async def open_room(
    engine: Engine, settings: RoomSettings, address: Address, limit: PerAddress, *, keyed: bool
) -> str:
    """Open a room that waits for its game. Returns its id.

    Raises RateLimited where the address opens too many a minute (`limit.per_minute`) or holds too
    many open (`limit.burst`).
    """
    await engine.spend("rooms", address, per_minute=limit.per_minute, burst=limit.per_minute)
    if address.limited and await _open_rooms(engine, address.key) >= limit.burst:
        raise RateLimited(TOO_MANY_OPEN_RETRY)
    room_id = new_room_id()
    await engine.open(room_id, settings, keyed=keyed)
    if address.limited:
        rooms = address_rooms(address.key)
        await engine.store.command("SADD", rooms, room_id)
        await engine.store.command("EXPIRE", rooms, ADDRESS_ROOMS_KEPT)
    return room_id


async def _open_rooms(engine: Engine, address: str) -> int:
    """How many of the address's rooms are still open; those that are over are forgotten."""
    rooms = address_rooms(address)
    room_ids: set[str] = await engine.store.command("SMEMBERS", rooms)
    open_ = 0
    for room_id in room_ids:
        status = await engine.store.command("HGET", room_keys(room_id).room, "status")
        if status in OPEN:
            open_ += 1
        else:
            await engine.store.command("SREM", rooms, room_id)
    return open_
