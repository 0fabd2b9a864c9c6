"""The shards, for the API service's duties: typed methods for `shard_ledger.lua`.

A shard is the rooms under one hash tag. Its ledger is a stream of entries
(`shared/engine/ledger_entries.py`) with ids `<ledger epoch>-<n>`, n without gaps within an epoch.
"""

from typing import NamedTuple

import msgspec

from shared.engine import refusals
from shared.engine.keys import SHARD_KEYS, room_key
from shared.engine.replies import parse
from shared.redis_store.store import Store


class EntryId(NamedTuple):
    """An entry's position in its shard's ledger."""

    ledger_epoch: int
    n: int

    @classmethod
    def parse(cls, text: str) -> "EntryId":
        ledger_epoch, n = text.split("-")
        return cls(int(ledger_epoch), int(n))

    def __str__(self) -> str:
        return f"{self.ledger_epoch}-{self.n}"


class Tail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many entries of a shard's ledger are not trimmed, and the last entry ever appended.

    `unread_bytes` is how long they are together.

    `restored` is true if the shard's lost rooms were rebuilt since the server may last have
    forgotten rooms.
    """

    unread: int
    unread_bytes: int
    last: EntryId
    restored: bool = False


class Shards:
    """The 64 shards, through one store. Methods raise `store.StoreUnavailable`."""

    names = tuple(SHARD_KEYS)

    def __init__(self, store: Store) -> None:
        self.store = store

    async def tail(self, shard: str) -> Tail:
        """The end of the shard's ledger."""
        keys = SHARD_KEYS[shard]
        reply = await self.store.call("tail", [keys.ledger, keys.restored], [])
        return parse(refusals.check(reply), Tail)

    async def read(self, shard: str, after: EntryId, *, limit: int) -> list[tuple[str, str]]:
        """Up to `limit` entries after `after`, oldest first: (Redis's id, JSON text)."""
        found = await self.store.command(
            "XRANGE", SHARD_KEYS[shard].ledger, f"({after}", "+", "COUNT", limit
        )
        return [(entry_id, fields["e"]) for entry_id, fields in found]

    async def trim(self, shard: str, read: EntryId) -> None:
        """Delete everything up to and including an entry that PostgreSQL has committed.

        Does nothing if the ledger does not hold that entry: then it is trimmed already, or an older
        copy of Redis came back, whose entries may not be booked.
        """
        following = EntryId(read.ledger_epoch, read.n + 1)
        key_list = [SHARD_KEYS[shard].ledger]
        refusals.check(await self.store.call("trim", key_list, [str(read), str(following)]))

    async def advance(self, shard: str, entry: EntryId) -> int:
        """Make the ledger continue after an entry that Redis may have forgotten.

        Returns the ledger epoch.
        """
        keys = SHARD_KEYS[shard]
        reply = await self.store.call("advance", [keys.ledger, keys.ledger_epoch], [*entry])
        return int(refusals.check(reply)[0])

    async def absent(self, shard: str) -> list[str]:
        """The running rooms whose game counts as gone now."""
        reply = await self.store.call("absent", [SHARD_KEYS[shard].running], [])
        room_ids: list[str] = refusals.check(reply)[0]
        return room_ids

    async def due(self, shard: str) -> list[str]:
        """The rooms whose round's time may be over; nobody else gets them for 0.5 s."""
        reply = await self.store.call("due", [SHARD_KEYS[shard].ends], [])
        room_ids: list[str] = refusals.check(reply)[0]
        return room_ids

    async def departure(self, room_id: str) -> tuple[int, bool]:
        """The term of the room's last socket, and whether its game closed it with 1000."""
        room = room_key(room_id)
        term, left_clean = await self.store.command("HMGET", room, "term", "left_clean")
        return int(term or 0), left_clean == "1"

    async def forget_running(self, shard: str, room_id: str) -> None:
        """Remove a room that no longer exists from the running rooms."""
        await self.store.free("ZREM", SHARD_KEYS[shard].running, room_id)

    async def forget_end(self, shard: str, room_id: str) -> None:
        """Remove a room that no longer exists from those whose round has a limit."""
        await self.store.free("ZREM", SHARD_KEYS[shard].ends, room_id)

    async def memory(self, shard: str) -> str:
        """The id of the shard's memory: a restart, a failover and a flush change it.

        After a change, rooms may be missing.
        """
        return (await self._restored(shard, ""))[0]

    async def mark_restored(self, shard: str, memory: str) -> bool:
        """Mark the shard's lost rooms as rebuilt. Returns False if `memory` has changed since."""
        return (await self._restored(shard, memory))[1]

    async def _restored(self, shard: str, memory: str) -> tuple[str, bool]:
        reply = await self.store.call("restored", [SHARD_KEYS[shard].restored], [memory])
        now, marked = refusals.check(reply)
        return now, marked == 1
