"""Reads what Redis holds of a room, and its books must therefore hold as well.

Entries are trimmed from a ledger only after their commit. So whatever Redis has counted, and holds
no unread entry of, must be in the books from then on. If they lack it, PostgreSQL was restored from
an older backup. This module sends only read commands.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from shared.engine import ledger_entries
from shared.engine.keys import room_keys, shard
from shared.engine.shard_ledger import EntryId, Shards

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from shared.engine.ledger_entries import AnyEntry
    from shared.redis_store.store import Store

READ: Final = 1_000  # entries of one reply
BEGINNING: Final = EntryId(0, 0)
FIRING: Final = (ledger_entries.BatchesCounted, ledger_entries.Paused, ledger_entries.FullFired)


class Holding(NamedTuple):
    """The least that the books must hold of a room: its log's number, its current round's sums.

    `opened`: whether they must hold its opening.
    """

    opened: bool
    round: int
    seq: int
    accepted: Mapping[str, int]  # presses, by event type
    discarded: Mapping[str, int]
    returned: Mapping[str, int]


class _OnTheWay:
    """What the room's unread entries contribute to its sums."""

    def __init__(self, round_: int) -> None:
        self.round = round_
        self.opening = False
        self.messages = 0
        self.accepted: Counter[str] = Counter()
        self.discarded: Counter[str] = Counter()
        self.returned: Counter[str] = Counter()

    def add(self, entry: AnyEntry) -> None:
        self.opening |= isinstance(entry, ledger_entries.RoomOpening)
        self.messages += isinstance(entry, ledger_entries.RoundFinished)
        if isinstance(entry, FIRING):
            self.messages += len(entry.fired)
        if isinstance(entry, ledger_entries.BatchesCounted) and entry.round == self.round:
            for button, accepted in zip(entry.buttons, entry.accepted, strict=True):
                self.accepted[button.event_type] += accepted
        if isinstance(entry, ledger_entries.Reset) and entry.round == self.round:
            self.discarded.update({each.event_type: each.discarded for each in entry.discarded})
        if isinstance(entry, ledger_entries.TriggerOutcome) and entry.round == self.round:
            self.returned[entry.event_type] += entry.returned


async def holding(store: Store, room_id: str) -> Holding | None:
    """What the books must hold from now on; None if Redis does not know the room.

    Raises StoreError, or msgspec.DecodeError if another release wrote an entry.
    """
    keys = room_keys(room_id)
    round_, seq = await store.command("HMGET", keys.room, "round", "seq")
    if round_ is None:
        return None
    counts = await store.command("HGETALL", keys.counts(int(round_)))
    # Read after the counts: entries added in between only lower what the books must hold.
    unread = _OnTheWay(int(round_))
    async for entry in _unread(Shards(store), shard(room_id)):
        if entry.room_id == room_id:
            unread.add(entry)
    return Holding(
        opened=not unread.opening,
        round=int(round_),
        seq=int(seq) - unread.messages,
        accepted=_sums(counts, "accepted", unread.accepted),
        discarded=_sums(counts, "discarded", unread.discarded),
        returned=_sums(counts, "returned", unread.returned),
    )


async def _unread(shards: Shards, name: str) -> AsyncIterator[AnyEntry]:
    """The entries of a shard that are not trimmed yet."""
    start = BEGINNING
    while found := await shards.read(name, start, limit=READ):
        for _, text in found:
            yield ledger_entries.decode_entry(text)
        start = EntryId.parse(found[-1][0])


def _sums(counts: Mapping[str, str], field: str, unread: Counter[str]) -> dict[str, int]:
    """A field of each button, minus its unread part."""
    found = {name.partition(":")[0]: n for name, n in counts.items() if name.endswith(f":{field}")}
    return {event_type: int(n) - unread[event_type] for event_type, n in found.items()}
