"""Rebuilds rooms that Redis lost: typed methods for `rebuild.lua`."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from itertools import chain
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from shared.engine import refusals
from shared.engine.keys import SHARD_KEYS, RoomKeys, room_keys
from shared.redis_store.store import StoreUnavailable
from shared.wire.parts import RoomStatus
from shared.wire.room_settings import RoomSettings, encode, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shared.redis_store.store import Store

ASKED_AT_ONCE = 1_000  # rooms
VIEWERS_AT_ONCE = 100
TRIGGERS_AT_ONCE = 100
PIECE = 2_000  # arguments of one call, which blocks Redis while it runs

COUNTS = ("accepted", "consumed", "count", "discarded", "returned", "fired", "fired_at")

# The keys of a viewer's presses, as in viewer.lua; 1… are the places of event types in
# `LostRoom.event_types`.
ALL = 0
TEAM_KEYS = {"skill": -1, "enemy": -2}


class LostRoom(msgspec.Struct, frozen=True):
    """A room to rebuild; times in ms since 1970.

    `event_types` are all that the room ever had. `bases` are its log epochs, oldest first: (epoch,
    number before its first message). `seq` is the room's last number. `clock`: how long the round
    had run at a time (ms, ms since 1970).
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
    clock: tuple[int, int] | None = None


class LoggedText(NamedTuple):
    """A message of the room's log, as JSON text."""

    log_epoch: int
    seq: int
    text: str


class ButtonCounts(msgspec.Struct, frozen=True):
    """One button's account of the running or last round; `fired_at` in ms since 1970.

    `returned`, `waiting` and `unavailable`: see `ledger_entries.RoundAccount`.
    """

    event_type: str
    accepted: int
    consumed: int
    count: int
    discarded: int
    fired: int
    fired_at: int
    returned: int = 0
    waiting: bool = False
    unavailable: str | None = None

    @property
    def answers(self) -> Iterator[tuple[str, str, str]]:
        """What the game said of the button: kind, event type, reason."""
        if self.waiting:
            yield "waiting", self.event_type, ""
        if self.unavailable is not None:
            yield "unavailable", self.event_type, self.unavailable


class LostTrigger(NamedTuple):
    """A trigger of which the game may still tell the outcome; times in ms since 1970.

    `name` is the viewer's as JSON, null if it is hidden; `viewer` is "" if nobody's press fired it.
    `status` is "" if nothing was told yet, `ends_at` 0 unless it has started.
    """

    seq: int
    log_epoch: int
    at: int
    round: int
    event_type: str
    threshold: int
    name: str
    status: str
    reason: str
    ends_at: int
    viewer: str


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
        filled = [*_filled(keys, room), keys.lasting]
        return await self._call("clear_lost", keys, [keys.room, *filled], [])

    async def put_log(self, room: LostRoom, messages: Iterable[LoggedText]) -> None:
        """Add messages to the log, in this order."""
        keys = room_keys(room.room_id)
        words = [word for m in messages for word in (f"{m.log_epoch}-{m.seq}", m.text)]
        for piece in _pieces(words):
            await self._call("fill_lost_log", keys, [keys.log], piece)

    async def put_counts(self, room: LostRoom, counts: Iterable[ButtonCounts]) -> None:
        """Set buttons' counts in the round, and what the game said of the buttons."""
        words: list[str | int] = []
        answers: list[str] = []
        for button in counts:
            for name in COUNTS:
                words += (f"{button.event_type}:{name}", getattr(button, name))
            answers += chain.from_iterable(button.answers)
        keys = room_keys(room.room_id)
        counts_key = keys.counts(room.round)
        await self._fill("HSET", keys, counts_key, words)
        if answers:
            await self._call("fill_lost_answers", keys, [counts_key], answers)

    async def put_triggers(self, room: LostRoom, triggers: Sequence[LostTrigger]) -> None:
        """Add triggers with their outcomes, and the effects that last."""
        keys = room_keys(room.room_id)
        for start in range(0, len(triggers), TRIGGERS_AT_ONCE):
            words: list[str | int] = []
            for trigger in triggers[start : start + TRIGGERS_AT_ONCE]:
                words += trigger
            await self._call("fill_lost_triggers", keys, [keys.room], words)

    async def put_presses(self, room: LostRoom, presses: Sequence[ViewerPresses]) -> None:
        """Add what viewers pressed: to themselves, the top lists and the sums of squares."""
        by_key = {viewer.viewer_id: _by_key(room, viewer) for viewer in presses}
        await asyncio.gather(
            self._put_viewers(room, [(viewer, "", keys) for viewer, keys in by_key.items()]),
            self._put_tops(room, by_key),
            self._put_sums(room, [keys[ALL] for keys in by_key.values()]),
        )

    async def put_names(self, room: LostRoom, names: Iterable[tuple[str, str]]) -> None:
        """Set viewers' names in the round."""
        await self._put_viewers(room, [(viewer, name, {}) for viewer, name in names])

    async def _put_viewers(
        self, room: LostRoom, viewers: Sequence[tuple[str, str, Mapping[int, int]]]
    ) -> None:
        """Add to viewers: the id, the name or "", and the presses by key."""
        keys = room_keys(room.room_id)
        for start in range(0, len(viewers), VIEWERS_AT_ONCE):
            words: list[str | int] = [room.round]
            for viewer, name, presses in viewers[start : start + VIEWERS_AT_ONCE]:
                words += (viewer, name, len(presses), *chain.from_iterable(presses.items()))
            await self._call("fill_lost_viewers", keys, [keys.room], words)

    async def _put_tops(self, room: LostRoom, by_key: Mapping[str, Mapping[int, int]]) -> None:
        keys = room_keys(room.room_id)
        tops: defaultdict[str, list[str | int]] = defaultdict(list)
        for viewer, presses in by_key.items():
            for key, count in presses.items():
                tops[_list_of(room, key)] += (count, viewer)
        for top, words in tops.items():
            for piece in _pieces(words):
                await self._call("fill_lost_top", keys, [top], piece)

    async def _put_sums(self, room: LostRoom, totals: Sequence[int]) -> None:
        # PostgreSQL has no client addresses: each viewer counts as a separate source.
        squares = sum(total**2 for total in totals)
        sums = dict.fromkeys(("squares", "source_squares"), squares)
        sums["pressers"] = len(totals)
        keys = room_keys(room.room_id)
        for field, value in sums.items():
            await self._fill("HINCRBY", keys, keys.counts(room.round), [field, value])

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
        keys.viewers(room.round),
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
        "" if room.clock is None else f"{room.round} {room.clock[0]} {room.clock[1]}",
    ]


def _by_key(room: LostRoom, viewer: ViewerPresses) -> dict[int, int]:
    """What a viewer pressed, by key: of all buttons, of each button, and of each team."""
    teams = {button.event_type: button.team for button in room.settings.buttons}
    presses: Counter[int] = Counter()
    for event_type, count in zip(viewer.event_types, viewer.counts, strict=True):
        presses[ALL] += count
        presses[room.event_types.index(event_type) + 1] += count
        if team := teams.get(event_type):
            presses[TEAM_KEYS[team]] += count
    return presses


def _list_of(room: LostRoom, key: int) -> str:
    """The top list of a key of `presses`."""
    keys = room_keys(room.room_id)
    if key > ALL:
        return keys.button_top(room.round, room.event_types[key - 1])
    return keys.top(room.round, next((t for t, k in TEAM_KEYS.items() if k == key), "all"))


def _pieces(words: Sequence[str | int]) -> Iterator[Sequence[str | int]]:
    for start in range(0, len(words), PIECE):
        yield words[start : start + PIECE]
