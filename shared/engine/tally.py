"""The figures of the running rounds, read from Redis; each round in one atomic step."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from shared.engine import refusals
from shared.engine.keys import SHARD_KEYS, room_key
from shared.engine.replies import values_by_name
from shared.redis_store.store import Store

AT_ONCE = 50  # rooms: presses use the same connection


class RunningRound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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


async def running_rounds(store: Store) -> list[RunningRound]:
    """All running rounds, shard after shard. Raises `store.StoreUnavailable`."""
    found: list[RunningRound | None] = []
    for shard in SHARD_KEYS.values():
        room_ids = await store.command("ZRANGE", shard.running, 0, -1)
        for start in range(0, len(room_ids), AT_ONCE):
            some = room_ids[start : start + AT_ONCE]
            found += await asyncio.gather(*(_running_round(store, room_id) for room_id in some))
    return [running for running in found if running is not None]


async def _running_round(store: Store, room_id: str) -> RunningRound | None:
    try:
        reply = refusals.check(await store.call("tally", [room_key(room_id)], []))
    except refusals.RoomNotFound:
        return None  # the sweep that ends abandoned rounds removes it
    return figures_of(reply)


def figures_of(reply: list[Any]) -> RunningRound:
    """Parse the reply of `tally`; fields of the round's hash that this release lacks are ignored.

    `functions/buttons.lua` lists the fields.
    """
    fields = values_by_name(reply)
    flat = fields.pop("counts")
    counts: dict[str, str] = dict(zip(flat[::2], flat[1::2], strict=True))
    event_types = {name.partition(":")[0] for name in counts if ":" in name}
    accepted = sum(int(counts.get(f"{event_type}:accepted", 0)) for event_type in event_types)
    by_viewers = accepted - int(counts.get("by_streamer", 0))
    fields |= {
        "accepted": accepted,
        "difference": sum(abs(_difference(counts, event_type)) for event_type in event_types),
        "pressers": counts.get("pressers", 0),
        "effective_pressers": _effective(by_viewers, counts.get("squares")),
        "effective_sources": _effective(by_viewers, counts.get("source_squares")),
    }
    return msgspec.convert(fields, RunningRound, strict=False)


def _difference(counts: Mapping[str, str], event_type: str) -> int:
    def value(field: str) -> int:
        return int(counts.get(f"{event_type}:{field}", 0))

    used = value("consumed") + value("count") + value("discarded")
    return value("accepted") + value("returned") - used


def _effective(presses: int, squares: str | None) -> float:
    """(Σp)²/Σp²; 0.0 without a press."""
    return presses**2 / int(squares) if presses and squares else 0.0
