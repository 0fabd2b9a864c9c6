"""The ids of tests' rooms, and their keys; the product needs the key of a room's hash alone."""

from itertools import cycle
from typing import Final

from shared.engine.keys import SHARD_KEYS, room_key, shard
from shared.identity.tokens import new_ulid

NEXT_SHARD: Final = cycle(SHARD_KEYS)


def new_room_id() -> str:
    """The id of a room in another shard than the 63 before it: rooms share none by chance."""
    return room_id_in(next(NEXT_SHARD))


def room_id_in(name: str) -> str:
    """The id of a new room in the shard of this name."""
    while shard(room_id := new_ulid()) != name:
        pass
    return room_id


class RoomKeys:
    """The keys of one room, as room.lua computes them; those of a round contain its number."""

    __slots__ = (
        "active",
        "arrivals",
        "blocked",
        "effects",
        "ends",
        "lasting",
        "ledger",
        "log",
        "room",
        "running",
    )

    def __init__(self, room_id: str) -> None:
        name = shard(room_id)
        shard_keys = SHARD_KEYS[name]
        self.ledger = (shard_keys.ledger, shard_keys.ledger_epoch)
        self.running = shard_keys.running
        self.ends = shard_keys.ends
        self.room = room_key(room_id)
        self.log = f"{self.room}:log"
        self.active = f"{self.room}:active"
        self.arrivals = f"{self.room}:arrivals"
        self.blocked = f"{self.room}:blocked"
        self.lasting = f"{self.room}:lasting"
        self.effects = (f"{self.room}:effects", self.lasting)

    def counts(self, round_: int) -> str:
        return f"{self.room}:{round_}:counts"

    def viewers(self, round_: int) -> str:
        """The viewers since this round began: what each pressed, may press, and sent before.

        Short rounds share those of an earlier one.
        """
        return f"{self.room}:{round_}:viewers"

    def top(self, round_: int, of: str) -> str:
        """Who pressed most of all buttons ("all"), of a team's, or of one ("button:<type>")."""
        return f"{self.room}:{round_}:top:{of}"


def room_keys(room_id: str) -> RoomKeys:
    return RoomKeys(room_id)
