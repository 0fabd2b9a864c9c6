"""The names of all keys and channels in Redis.

All keys of a room share one hash tag, its shard, so that one function can access them together in
a Redis Cluster. There are 64 shards, `{00}` to `{3f}`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SHARDS = 64
ROUNDS_REMEMBERED = 10_000  # rooms
TAP_CHANNEL = "game_events"
TEAMS = ("all", "skill", "enemy")


def shard(room_id: str) -> str:
    """The room's shard, two hexadecimal digits."""
    return f"{crc32(room_id.encode()) % SHARDS:02x}"


class ShardKeys:
    """The keys that the rooms of one shard share."""

    __slots__ = ("ends", "ledger", "ledger_epoch", "looks", "rebuilding", "restored", "running")

    def __init__(self, name: str) -> None:
        shard_key = f"streamario:{{{name}}}"
        self.ledger = f"{shard_key}:ledger"
        self.ledger_epoch = f"{shard_key}:ledger:epoch"
        self.restored = f"{shard_key}:ledger:restored"  # shard.lua computes it from a room's key
        self.running = f"{shard_key}:running"
        self.looks = f"{shard_key}:looks"  # full_buttons.lua computes it from a room's key
        self.ends = f"{shard_key}:ends"  # round_clock.lua, likewise
        self.rebuilding = f"{shard_key}:rebuilding"


class RoomKeys:
    """The keys of one room; the keys of a round contain its number."""

    __slots__ = (
        "active",
        "blocked",
        "effects",
        "ends",
        "lasting",
        "ledger",
        "log",
        "rebuilding",
        "room",
        "running",
    )

    def __init__(self, room_id: str) -> None:
        name = shard(room_id)
        shard_keys = SHARD_KEYS[name]
        self.ledger = (shard_keys.ledger, shard_keys.ledger_epoch)
        self.running = shard_keys.running
        self.ends = shard_keys.ends
        self.rebuilding = shard_keys.rebuilding
        self.room = f"streamario:{{{name}}}:{room_id}"
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
        """Who pressed most: all buttons (`of` = "all") or a team's ("skill", "enemy")."""
        return f"{self.room}:{round_}:top:{of}"

    def tops(self, round_: int) -> list[str]:
        """The top list of each of `TEAMS`."""
        return [self.top(round_, team) for team in TEAMS]

    def button_top(self, round_: int, event_type: str) -> str:
        """Who pressed this button most."""
        return f"{self.room}:{round_}:top:button:{event_type}"


SHARD_KEYS = {name: ShardKeys(name) for name in map("{:02x}".format, range(SHARDS))}


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


# Of a room. Each change puts all settings into the ledger; games, REST and moderators share it.
CHANGES_LIMIT: Final = Limit("settings", 60, 60)
COMMANDS_LIMIT: Final = Limit("commands", 120, 120)


def address_rooms(address: str) -> str:
    """The places of rooms that an address opened and that may still be open."""
    return f"streamario:address:{address}:places"


class Rounds:
    """A cache of each room's current round, which the names of its keys need.

    A wrong guess changes nothing: the function refuses it and returns the right round, so that the
    first call of a new round costs a second round trip.
    """

    def __init__(self) -> None:
        self._rounds: dict[str, int] = {}

    def of(self, room_id: str) -> int:
        return self._rounds.get(room_id, 1)

    def remember(self, room_id: str, round_: int) -> None:
        if len(self._rounds) >= ROUNDS_REMEMBERED:
            self._rounds.clear()
        self._rounds[room_id] = round_

    async def call(self, room_id: str, call: Callable[[int], Awaitable[list[Any]]]) -> list[Any]:
        """Make the call with the cached round, again with the right one if that was wrong."""
        while (reply := await call(self.of(room_id)))[0] == "round_moved":
            self.remember(room_id, int(reply[1]))
        return reply
