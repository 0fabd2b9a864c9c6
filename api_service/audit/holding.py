"""What Redis itself holds of a room, which its books must have as well.

What Redis has trimmed from a ledger is committed: whatever is counted, and is not on its way as an
unread entry, must be in the books of any later moment. They lack it where PostgreSQL was put back
to an earlier one. Only read commands are sent.
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


class Holding(NamedTuple):
    """At least this much of a room is booked: numbers of its log, and sums of its running round.

    `opened` tells that its opening is.
    """

    opened: bool
    round: int
    seq: int
    accepted: Mapping[str, int]  # presses, by event type
    discarded: Mapping[str, int]


class _OnTheWay:
    """What the room's unread entries add to its sums."""

    def __init__(self, round_: int) -> None:
        self.round = round_
        self.opening = False
        self.messages = 0
        self.accepted: Counter[str] = Counter()
        self.discarded: Counter[str] = Counter()

    def add(self, entry: AnyEntry) -> None:
        self.opening |= isinstance(entry, ledger_entries.RoomOpening)
        self.messages += isinstance(entry, ledger_entries.RoundFinished)
        if isinstance(entry, ledger_entries.PressesCounted | ledger_entries.Paused):
            self.messages += len(entry.fired)
        if isinstance(entry, ledger_entries.PressesCounted) and entry.round == self.round:
            self.accepted.update({each.event_type: each.accepted for each in entry.counted})
        if isinstance(entry, ledger_entries.Reset) and entry.round == self.round:
            self.discarded.update({each.event_type: each.discarded for each in entry.discarded})


async def holding(store: Store, room_id: str) -> Holding | None:
    """What the books of a later moment must have; None where Redis does not know the room.

    Raises StoreError, msgspec.DecodeError where another release wrote an entry.
    """
    keys = room_keys(room_id)
    round_, seq = await store.command("HMGET", keys.room, "round", "seq")
    if round_ is None:
        return None
    counts = await store.command("HGETALL", keys.counts(int(round_)))
    # Read after the counts: entries added in between only lower what is asked of the books.
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
    )


async def _unread(shards: Shards, name: str) -> AsyncIterator[AnyEntry]:
    """The entries of a shard that are not trimmed yet."""
    start = BEGINNING
    while found := await shards.read(name, start, limit=READ):
        for _, text in found:
            yield ledger_entries.decode_entry(text)
        start = EntryId.parse(found[-1][0])


def _sums(counts: Mapping[str, str], field: str, unread: Counter[str]) -> dict[str, int]:
    """A field of each button, less what is unread of it."""
    found = {name.partition(":")[0]: n for name, n in counts.items() if name.endswith(f":{field}")}
    return {event_type: int(n) - unread[event_type] for event_type, n in found.items()}
