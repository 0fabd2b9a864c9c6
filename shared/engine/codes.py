"""Short codes of rooms, for people to type: six characters, unique while the room is open.

A code's key and its room are in different slots of a Redis Cluster, so that no function can write
both. A code is claimed first, which only one room can do, and then written into the room, which
keeps the first one. Rooms that an older release opened get a code when they are first asked for.
"""

from __future__ import annotations

import re
import unicodedata
from secrets import choice
from typing import TYPE_CHECKING, Final

from shared.engine import keys, refusals
from shared.engine.keys import room_keys

if TYPE_CHECKING:
    from shared.engine.engine import Engine
    from shared.engine.replies import Description

# No look-alikes (0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, U and V) and no vowels: no words.
ALPHABET: Final = "23456789CDFGHJKMNPQRTVWXY"
LENGTH: Final = 6
LOOK_ALIKES: Final = str.maketrans("0OBSZU", "QQ852V")
CODE: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
NO_PART: Final = re.compile(r"[^0-9A-Z]")


def new_code() -> str:
    """A random code."""
    return "".join(choice(ALPHABET) for _ in range(LENGTH))


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


async def _claim(engine: Engine, room_id: str, wanted: str) -> str:
    """Claim the wanted code, or a random one if it leads to another room. Returns the code."""
    while (await engine.store.call("claim_code", [keys.code(wanted)], [room_id]))[0] == "taken":
        wanted = new_code()
    return wanted


async def _give(engine: Engine, room_id: str, *, before: str) -> str:
    claimed = await _claim(engine, room_id, before or new_code())
    reply = await engine.store.call("give_code", [room_keys(room_id).room], [claimed, before])
    code = str(refusals.check(reply)[0])
    if code != claimed:  # another call was faster
        await engine.store.free("DEL", keys.code(claimed))
    return code
