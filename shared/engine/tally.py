"""The figures of the running rounds, read from Redis; each round in one atomic step."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from shared.engine import refusals
from shared.engine.keys import SHARD_KEYS, room_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.redis_store.store import Store

AT_ONCE = 50  # rooms: presses use the same connection


class RunningRound(msgspec.Struct, frozen=True):
    """A running round's figures.

    `difference` is |accepted + returned - (thresholds of fired triggers + count + discarded)|,
    summed over the buttons; it must be 0. `lacks_pace`: whether a button that can be pressed has no
    pace. `effective_pressers` and `effective_sources` are (Σp)²/Σp², where p
    is what each viewer, or each source, pressed: the inverse Simpson index, which is the number of
    equal pressers with the same concentration. A source is a limited client address, or else the
    viewer itself.
    """

    room_id: str
    round: int
    accepted: int
    difference: int
    active_viewers: int
    pressers: int
    effective_pressers: float
    effective_sources: float
    lacks_pace: bool = False


class RunningRounds:
    """Reads the running rounds through one store. Raises `store.StoreUnavailable`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self) -> list[RunningRound]:
        """All running rounds, shard after shard."""
        found: list[RunningRound] = []
        for shard in SHARD_KEYS.values():
            room_ids = await self._store.command("ZRANGE", shard.running, 0, -1)
            for start in range(0, len(room_ids), AT_ONCE):
                found += await self._figures_of_rooms(room_ids[start : start + AT_ONCE])
        return found

    async def _figures_of_rooms(self, room_ids: Sequence[str]) -> list[RunningRound]:
        figures = await asyncio.gather(*map(self._figures_of, room_ids))
        return [running for running in figures if running is not None]

    async def _figures_of(self, room_id: str) -> RunningRound | None:
        try:
            reply = refusals.check(await self._store.call("tally", [room_key(room_id)], []))
        except refusals.RoomNotFound:
            return None  # the sweep that ends abandoned rounds removes it
        round_, active_viewers, pressers, lacks_pace, flat = reply
        counts = dict(zip(flat[::2], flat[1::2], strict=True))
        running = running_round(room_id, round_, active_viewers, pressers, counts)
        return msgspec.structs.replace(running, lacks_pace=lacks_pace == 1)


def running_round(
    room_id: str, round_: int, active_viewers: int, pressers: int, counts: Mapping[str, str]
) -> RunningRound:
    """The round whose hash has these fields (see `functions/buttons.lua`); others are ignored."""
    event_types = {name.partition(":")[0] for name in counts if ":" in name}
    accepted = sum(int(counts.get(f"{event_type}:accepted", 0)) for event_type in event_types)
    return RunningRound(
        room_id=room_id,
        round=round_,
        accepted=accepted,
        difference=sum(abs(_difference(counts, event_type)) for event_type in event_types),
        active_viewers=active_viewers,
        pressers=pressers,
        effective_pressers=_effective(accepted, counts.get("squares")),
        effective_sources=_effective(accepted, counts.get("source_squares")),
    )


def _difference(counts: Mapping[str, str], event_type: str) -> int:
    def value(field: str) -> int:
        return int(counts.get(f"{event_type}:{field}", 0))

    used = value("consumed") + value("count") + value("discarded")
    return value("accepted") + value("returned") - used


def _effective(presses: int, squares: str | None) -> float:
    """(Σp)²/Σp²; 0.0 without a press."""
    return presses**2 / int(squares) if squares else 0.0
