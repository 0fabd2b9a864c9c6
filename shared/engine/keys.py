"""The names of keys and channels in Redis; functions compute others from a room's key.

All keys of a room share one hash tag, its shard, so that one function can access them together in
a Redis Cluster. There are 64 shards, `{00}` to `{3f}`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple
from zlib import crc32

SHARDS = 64
TAP_CHANNEL = "game_events"


def shard(room_id: str) -> str:
    """The room's shard, two hexadecimal digits."""
    return f"{crc32(room_id.encode()) % SHARDS:02x}"


class ShardKeys:
    """The keys that the rooms of one shard share."""

    __slots__ = ("ends", "ledger", "ledger_epoch", "restored", "running")

    def __init__(self, name: str) -> None:
        shard_key = f"streamario:{{{name}}}"
        self.ledger = f"{shard_key}:ledger"
        self.ledger_epoch = f"{shard_key}:ledger:epoch"
        self.restored = f"{shard_key}:ledger:restored"  # shard.lua computes it from a room's key
        self.running = f"{shard_key}:running"
        self.ends = f"{shard_key}:ends"  # round_clock.lua, likewise


class RoomKeys:
    """The keys of one room, as room.lua computes them; those of a round contain its number."""

    __slots__ = (
        "active",
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


SHARD_KEYS = {name: ShardKeys(name) for name in map("{:02x}".format, range(SHARDS))}


@lru_cache(maxsize=10_000)
def room_key(room_id: str) -> str:
    """The key of the room's hash; the library computes the room's other keys from it."""
    return f"streamario:{{{shard(room_id)}}}:{room_id}"


@lru_cache(maxsize=10_000)
def room_keys(room_id: str) -> RoomKeys:
    return RoomKeys(room_id)


def viewer_name(viewer: str) -> str:
    """A viewer's display name, the same in every room."""
    return f"streamario:name:{viewer}"


def code(code_: str) -> str:
    """The room that a short code leads to; not in the room's slot."""
    return f"streamario:code:{code_}"


def gateway(gateway_id: str) -> str:
    return f"streamario:gateway:{gateway_id}"


def inbox(gateway_id: str) -> str:
    """The one channel that a gateway subscribes to."""
    return f"{TAP_CHANNEL}:{gateway_id}"


def bucket(purpose: str, key: str) -> str:
    """The token bucket of an address, by its key, or of a room or a studio, by its id."""
    return f"streamario:address:{key}:bucket:{purpose}"


class Limit(NamedTuple):
    """How often something may be done: a token bucket with this refill and size."""

    purpose: str
    per_minute: int
    burst: int


# Of a room. Each change puts all settings, or all tokens, into the ledger. Its game and its owner
# share the limit; each moderator has one of their own.
CHANGES_LIMIT: Final = Limit("settings", 60, 60)
COMMANDS_LIMIT: Final = Limit("commands", 120, 120)


def address_rooms(address: str) -> str:
    """The address's quota of rooms: those that it opened and that may still be open."""
    return f"streamario:address:{address}:places"
