"""The names of keys and channels in Redis; functions compute others from a room's key.

All keys of a room share one hash tag, its shard, so that one function can access them together in
a Redis Cluster. There are 64 shards, `{00}` to `{3f}`.
"""

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

    def __init__(self, name: str) -> None:
        shard_key = f"streamario:{{{name}}}"
        self.ledger = f"{shard_key}:ledger"
        self.ledger_epoch = f"{shard_key}:ledger:epoch"
        self.restored = f"{shard_key}:ledger:restored"  # computed in shard_ledger.lua
        self.running = f"{shard_key}:running"
        self.ends = f"{shard_key}:ends"  # and in round_clock.lua


SHARD_KEYS = {name: ShardKeys(name) for name in map("{:02x}".format, range(SHARDS))}


@lru_cache(maxsize=10_000)
def room_key(room_id: str) -> str:
    """The key of the room's hash; the library computes the room's other keys from it."""
    return f"streamario:{{{shard(room_id)}}}:{room_id}"


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


def or_empty(number: int | None) -> int | str:
    """The number as an argument of a function; "" for None."""
    return "" if number is None else number


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
COMMANDS_LIMIT: Final = Limit("commands", 120, 120)  # of a room, by its game
ROUND_COMMANDS_LIMIT: Final = Limit("round_commands", 120, 120)  # of a room, by its owner
PREVIEWS_LIMIT: Final = Limit("previews", 60, 60)  # of a room
FIRES_LIMIT: Final = Limit("fires", 60, 60)  # of a room, by its streamer


def address_rooms(address: str) -> str:
    """The address's quota of rooms: those that it opened and that may still be open."""
    return f"streamario:address:{address}:open_rooms"
