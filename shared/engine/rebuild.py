"""Rebuilds rooms that Redis lost: typed methods for `rebuild.lua`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from shared.engine import refusals
from shared.engine.keys import SHARD_KEYS, RoomKeys, room_keys
from shared.redis_store.store import StoreUnavailable
from shared.wire.parts import RoomStatus
from shared.wire.room_settings import RoomSettings, encode, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shared.redis_store.store import Store

ASKED_AT_ONCE = 1_000  # rooms
PIECE = 2_000  # arguments of one call, which blocks Redis while it runs


class LostRoom(msgspec.Struct, frozen=True):
    """A room to rebuild; times in ms since 1970.

    `event_types` are all that the room ever had. `bases` are its log epochs, oldest first: (epoch,
    number before its first message). `seq` is the room's last number.
    """

    room_id: str
    settings: RoomSettings
    event_types: tuple[str, ...]
    keyed: bool
    status: RoomStatus
    round: int
    paused: bool
    created_at: int
    started_at: int | None
    ended_at: int | None
    bases: tuple[tuple[int, int], ...]
    seq: int
    summary_seq: int | None


class LoggedText(NamedTuple):
    """A message of the room's log, as JSON text."""

    log_epoch: int
    seq: int
    text: str


class ButtonCounts(msgspec.Struct, frozen=True):
    """One button's account of the running or last round; `fired_at` in ms since 1970."""

    event_type: str
    accepted: int
    consumed: int
    count: int
    discarded: int
    fired: int
    fired_at: int


class ViewerPresses(NamedTuple):
    """What one viewer pressed in the round: `counts[i]` presses of `event_types[i]`."""

    viewer_id: str
    event_types: Sequence[str]
    counts: Sequence[int]


class Rebuilding:
    """One attempt to rebuild the lost rooms of shards: `clear` a room, `put_*`, then `rebuild`.

    Methods raise `store.StoreUnavailable`, also if a later attempt has begun or if the server may
    have forgotten what was put.
    """

    def __init__(self, store: Store, *shards: str) -> None:
        self._store = store
        self._shards = shards
        self._attempt = token_hex(8)

    async def lost(self, room_ids: Sequence[str]) -> list[str]:
        """Which of these rooms Redis does not have."""
        lost: list[str] = []
        for start in range(0, len(room_ids), ASKED_AT_ONCE):
            asked = room_ids[start : start + ASKED_AT_ONCE]
            exist = await asyncio.gather(*map(self._exists, asked))
            lost += [room_id for room_id, exists in zip(asked, exist, strict=True) if not exists]
        return lost

    async def begin(self) -> None:
        """Begin the attempt, and invalidate any earlier one."""
        await asyncio.gather(*map(self._begin, self._shards))

    async def clear(self, room: LostRoom) -> bool:
        """Delete what is left under the room's keys. Returns False if the room exists."""
        keys = room_keys(room.room_id)
        return await self._call("clear_lost", keys, [keys.room, *_filled(keys, room)], [])

    async def put_log(self, room: LostRoom, messages: Iterable[LoggedText]) -> None:
        """Add messages to the log, in this order."""
        keys = room_keys(room.room_id)
        words = [word for m in messages for word in (f"{m.log_epoch}-{m.seq}", m.text)]
        for piece in _pieces(words):
            await self._call("fill_lost_log", keys, [keys.log], piece)

    async def put_counts(self, room: LostRoom, counts: Iterable[ButtonCounts]) -> None:
        """Set buttons' counts in the round."""
        words: list[str | int] = []
        for button in counts:
            for name in ("accepted", "consumed", "count", "discarded", "fired", "fired_at"):
                words += (f"{button.event_type}:{name}", getattr(button, name))
        keys = room_keys(room.room_id)
        await self._fill("HSET", keys, keys.counts(room.round), words)

    async def put_presses(self, room: LostRoom, presses: Sequence[ViewerPresses]) -> None:
        """Add what viewers pressed to the top lists and to the sums of squares."""
        await asyncio.gather(self._put_tops(room, presses), self._put_squares(room, presses))

    async def _put_tops(self, room: LostRoom, presses: Sequence[ViewerPresses]) -> None:
        keys, tops = room_keys(room.room_id), _tops(room, presses)
        await asyncio.gather(*(self._fill("ZADD", keys, key, tops[key]) for key in tops))

    async def _put_squares(self, room: LostRoom, presses: Sequence[ViewerPresses]) -> None:
        keys = room_keys(room.room_id)
        squares = sum(sum(viewer.counts) ** 2 for viewer in presses)
        # PostgreSQL has no client addresses: each viewer counts as a separate source.
        for field in ("squares", "source_squares"):
            await self._fill("HINCRBY", keys, keys.counts(room.round), [field, squares])

    async def put_names(self, room: LostRoom, names: Iterable[tuple[str, str]]) -> None:
        """Set viewers' names in the round."""
        words = [word for viewer_and_name in names for word in viewer_and_name]
        keys = room_keys(room.room_id)
        await self._fill("HSET", keys, keys.names(room.round), words)

    async def put_blocked(self, room: LostRoom, viewers: Iterable[str]) -> None:
        """Block viewers in the room."""
        keys = room_keys(room.room_id)
        await self._fill("SADD", keys, keys.blocked, list(viewers))

    async def rebuild(self, room: LostRoom) -> bool:
        """Create the room from everything that was put. Returns False if the room exists."""
        keys = room_keys(room.room_id)
        key_list = [keys.room, keys.running, *_filled(keys, room)]
        return await self._call("rebuild", keys, key_list, _arguments(room))

    async def _exists(self, room_id: str) -> bool:
        return bool(await self._store.command("EXISTS", room_keys(room_id).room))

    async def _begin(self, shard: str) -> None:
        key_list = [SHARD_KEYS[shard].rebuilding]
        refusals.check(await self._store.call("begin_rebuild", key_list, [self._attempt]))

    async def _fill(
        self, command: str, room: RoomKeys, key: str, words: Sequence[str | int]
    ) -> None:
        for piece in _pieces(words):
            await self._call("fill_lost", room, [key], [command, *piece])

    async def _call(
        self,
        function: str,
        room: RoomKeys,
        keys: Sequence[str],
        arguments: Sequence[str | int],
    ) -> bool:
        key_list = [room.rebuilding, *keys]
        reply = await self._store.call(function, key_list, [self._attempt, *arguments])
        if reply[0] == "superseded":
            raise StoreUnavailable("this attempt at the shard's lost rooms is over")
        return bool(reply[0] == "ok")


def _filled(keys: RoomKeys, room: LostRoom) -> list[str]:
    """The keys that an attempt fills before it creates the room itself."""
    return [
        keys.log,
        keys.blocked,
        keys.names(room.round),
        keys.counts(room.round),
        *keys.tops(room.round),
        *(keys.button_top(room.round, event_type) for event_type in room.event_types),
    ]


def _arguments(room: LostRoom) -> list[str | int]:
    return [
        room.room_id,
        encode(room.settings),
        rules(room.settings),
        ",".join(room.event_types),
        int(room.settings.show_names),
        int(room.keyed),
        room.status,
        room.round,
        int(room.paused),
        room.created_at,
        "" if room.started_at is None else room.started_at,
        "" if room.ended_at is None else room.ended_at,
        room.bases[-1][0],
        ",".join(f"{log_epoch}:{base}" for log_epoch, base in room.bases),
        room.seq,
        "" if room.summary_seq is None else room.summary_seq,
    ]


def _tops(room: LostRoom, presses: Iterable[ViewerPresses]) -> dict[str, list[str | int]]:
    """The arguments of ZADD for each sorted set, by its key: count, viewer, count, viewer…"""
    sets = {event_type: _sets_of(room, event_type) for event_type in room.event_types}
    tops: defaultdict[str, list[str | int]] = defaultdict(list)
    for viewer in presses:
        counts: defaultdict[str, int] = defaultdict(int)
        for event_type, count in zip(viewer.event_types, viewer.counts, strict=True):
            for key in sets[event_type]:
                counts[key] += count
        for key, count in counts.items():
            tops[key] += (count, viewer.viewer_id)
    return tops


def _sets_of(room: LostRoom, event_type: str) -> list[str]:
    """The sorted sets that a press of the button counts in."""
    keys = room_keys(room.room_id)
    teams = [b.team for b in room.settings.buttons if b.event_type == event_type and b.team]
    return [
        keys.button_top(room.round, event_type),
        *(keys.top(room.round, team) for team in ("all", *teams)),
    ]


def _pieces(words: Sequence[str | int]) -> Iterator[Sequence[str | int]]:
    for start in range(0, len(words), PIECE):
        yield words[start : start + PIECE]
