"""Opens a room, for both services: within the address's limits, under a new random id.

And leads there from the rooms before, and gives it a short code, which is unique while the room is
open. A code's key and its room are in different slots of a Redis Cluster, so that no function can
write both. A code is claimed first, which only one room can do, and then written into the room,
which keeps the first one.
"""

import asyncio
import re
import unicodedata
from contextlib import suppress
from secrets import choice
from typing import Final

from shared.engine import keys, refusals
from shared.engine.engine import Engine, Payer
from shared.engine.keys import address_rooms, room_key
from shared.engine.refusals import RateLimited
from shared.engine.replies import Description
from shared.engine.room_snapshot import RoomSnapshot
from shared.identity.addresses import Address
from shared.identity.tokens import new_ulid
from shared.process.settings import PerAddress
from shared.redis_store.store import Store, StoreError
from shared.wire.room_settings import RoomSettings, encode

TOO_MANY_OPEN_RETRY = 60_000  # ms: until then a room of the address may have ended
# ms, longer than any call: a room that does not exist after this time is not about to be opened
OPENED_WITHIN = 10_000
OPEN = ("active", "in_game")
FOLLOWED = 20  # rooms that are over; a viewer's page is not open for longer
# No look-alikes (0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, U and V) and no vowels: no words.
ALPHABET: Final = "23456789CDFGHJKMNPQRTVWXY"
CODE_LENGTH: Final = 6
LOOK_ALIKES: Final = str.maketrans("0OBSZU", "QQ852V")
CODE: Final = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
NO_PART: Final = re.compile(r"[^0-9A-Z]")


async def spend_room(engine: Engine, address: Address, limit: PerAddress) -> None:
    """Count a room that is asked for, before what was sent is parsed.

    Raises RateLimited if the address asks for more than `limit.per_minute`.
    """
    await engine.spend("rooms", address, per_minute=limit.per_minute, burst=limit.per_minute)


async def open_room(
    engine: Engine, settings: RoomSettings, payer: Payer, limit: PerAddress, *, keyed: bool
) -> str:
    """Open a room that waits for its game, after `spend_room`. Returns its id.

    Raises RateLimited if the address already has `limit.burst` open rooms, or has stored too much.
    """
    await engine.spend_rest(payer, len(encode(settings).encode()))
    room_id = new_ulid()
    if payer.address.limited:
        await _claim_or_free(engine, room_id, payer.address.key, limit.burst)
    await engine.open(room_id, settings, keyed=keyed)
    return room_id


async def claim_quota(store: Store, room_id: str, address: str, most: int) -> dict[str, int]:
    """Reserve a share of the address's quota of `most` rooms for one about to be opened.

    Returns an empty dict on success; else the rooms that hold the quota, and for how many ms.
    """
    reply = await store.call("claim_quota", [address_rooms(address)], [room_id, most])
    return dict(zip(reply[1::2], reply[2::2], strict=True))


async def _claim_or_free(engine: Engine, room_id: str, address: str, most: int) -> None:
    """Claim the address's quota; if it is used up, first free the shares of ended rooms."""
    taken = await claim_quota(engine.store, room_id, address, most)
    if not taken:
        return
    over = await asyncio.gather(*(_is_over(engine, *holder) for holder in taken.items()))
    free = [other for other, is_over in zip(taken, over, strict=True) if is_over]
    if free:
        await engine.store.free("ZREM", address_rooms(address), *free)
        taken = await claim_quota(engine.store, room_id, address, most)
    if taken:
        raise RateLimited(TOO_MANY_OPEN_RETRY)


async def _is_over(engine: Engine, room_id: str, taken_for: int) -> bool:
    """Whether the room that reserved its share `taken_for` ms ago no longer needs it."""
    status = await engine.store.command("HGET", room_key(room_id), "status")
    return status not in OPEN if status else taken_for > OPENED_WITHIN


def new_code() -> str:
    """A random short code of a room, for people to type."""
    return "".join(choice(ALPHABET) for _ in range(CODE_LENGTH))


def code_in(typed: str) -> str | None:
    """The code that somebody means: in lower case, full width or with spaces, or a look-alike."""
    letters = NO_PART.sub("", unicodedata.normalize("NFKC", typed).upper())
    code = letters.translate(LOOK_ALIKES)
    return code if CODE.fullmatch(code) else None


async def first_code(engine: Engine, room_id: str) -> str:
    """The code of a room that was just opened. Raises RoomNotFound or StoreUnavailable."""
    return await _give(engine, room_id, before="")


async def code_of(engine: Engine, room_id: str, room: Description) -> str | None:
    """The room's code; None if the room is over. Raises RoomNotFound or StoreUnavailable.

    It is claimed if the room has none, and again if the last claim was long ago.
    """
    if room.over:
        return None
    if room.code and room.code_is_fresh:
        return room.code
    return await _give(engine, room_id, before=room.code)


async def room_of(engine: Engine, code: str) -> str | None:
    """The open room that a code leads to; None if there is none. Raises StoreUnavailable."""
    room_id: str | None = await engine.store.command("GET", keys.code(code))
    if not room_id:
        return None
    try:
        room = await engine.describe(room_id)
    except refusals.RoomNotFound:
        return None
    return room_id if await code_of(engine, room_id, room) else None


async def lead_on(engine: Engine, room_id: str, next_room_id: str) -> None:
    """Lead a room's viewers to a newer room ("" = to none), once theirs has ended.

    Raises StoreUnavailable.
    """
    with suppress(refusals.RoomNotFound):
        await engine.call("lead_on", room_id, next_room_id)


async def next_open(engine: Engine, room: Description | RoomSnapshot) -> str | None:
    """The room that viewers of this one go to: a newer one that is not over, once this has ended.

    While Redis is away, it is the next one as it is.
    """
    next_room_id = room.next_room_id if room.status == "ended" else ""
    try:
        for _ in range(FOLLOWED):
            if not next_room_id or not (newer := await engine.describe(next_room_id)).over:
                break
            next_room_id = newer.next_room_id
    except refusals.RoomNotFound:
        return None
    except StoreError:
        pass
    return next_room_id or None


async def claim(store: Store, room_id: str, code: str) -> bool:
    """Make a code lead to the room. Returns False if it leads to another."""
    return bool((await store.call("claim_code", [keys.code(code)], [room_id]))[0] == "ok")


async def _give(engine: Engine, room_id: str, *, before: str) -> str:
    """Claim the code that the room had before, or a random one if that leads to another room."""
    claimed = before or new_code()
    while not await claim(engine.store, room_id, claimed):
        claimed = new_code()
    code = str((await engine.call("give_code", room_id, claimed, before))[0])
    if code != claimed:  # another call was faster
        await engine.store.free("DEL", keys.code(claimed))
    return code
