"""The names of keys in Redis."""

from collections import Counter
from uuid import uuid4

from redis.crc import key_slot

from shared.engine import keys
from shared.engine.keys import shard
from tests.room_keys import RoomKeys, room_keys


def all_keys(room: RoomKeys) -> list[str]:
    """Every kind of key that a room has."""
    return [
        room.room,
        room.log,
        room.active,
        room.blocked,
        room.viewers(3),
        room.counts(3),
        room.top(3, "all"),
        room.top(4, "skill"),
        room.top(3, "button:skill1"),
    ]


def test_all_keys_of_a_room_live_in_one_slot() -> None:
    """So one function can access them together in a Redis Cluster."""
    for _ in range(50):
        slots = {key_slot(key.encode()) for key in all_keys(room_keys(uuid4().hex))}
        assert len(slots) == 1


def test_no_two_things_share_a_key() -> None:
    """No two keys are equal: of one room, of two rooms, or of no room."""
    names = [*all_keys(room_keys("a")), *all_keys(room_keys("b"))]
    names += [keys.viewer_name("a"), keys.gateway("a"), keys.address_rooms("a")]
    names += [keys.bucket("rooms", "a"), keys.bucket("viewers", "a")]
    names += [keys.code("a")]
    assert len(set(names)) == len(names)


def test_rooms_spread_over_all_shards() -> None:
    """64 of them, about evenly."""
    counts = Counter(shard(uuid4().hex) for _ in range(64 * 100))
    assert sorted(counts) == [f"{n:02x}" for n in range(64)]
    assert max(counts.values()) < 3 * min(counts.values())


def test_a_rooms_shard_never_changes() -> None:
    """Every later release must find what is stored under it."""
    assert shard("01ARZ3NDEKTSV4RRFFQ69G5FAV") == "0d"
    assert room_keys("x").room == f"streamario:{{{shard('x')}}}:x"


def test_every_gateway_has_an_inbox_of_its_own() -> None:
    """Beside the tap for people."""
    assert keys.inbox("a") == f"{keys.TAP_CHANNEL}:a" != keys.inbox("b")
