"""Counts the presses of one room that arrive together in one call to Redis.

Batches join a room's call until it is sent, which is when the previous round trip has returned.
So many presses share the cost of loading the room, and a single press is sent without delay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from shared.engine import refusals, replies
from shared.engine.keys import room_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shared.identity.addresses import Address
    from shared.redis_store.grouping import Group
    from shared.redis_store.store import KeysAndArguments, Store
    from shared.wire.refusal import Refused

# Batches of one call. Redis runs nothing else while it counts them; and the batches of a busy room
# must be several calls, so that the batcher can send half of them. Viewers who join, likewise.
GROUP_LIMIT = 32

Outcome = replies.Counting | replies.RoundOver


class SenderGone(Exception):
    """The client that sent the batch has hung up; the batch was dropped before it was counted."""


def never() -> bool:
    """The default of `PressBatch.is_unwanted`: always False."""
    return False


class PressBatch(NamedTuple):
    """The presses of one request: `presses` by event type; without any it only asks for the state.

    A repeated `batch_id` is not counted again. If `batch_no` is not 0, the id names the sender,
    whose batches count in the order of their numbers. `name` is the display name, "" for none. If
    `is_unwanted` returns True when the call is sent to Redis, the batch is dropped.
    """

    viewer: str
    presses: Mapping[str, int]
    batch_id: str
    address: Address
    name: str = ""
    is_unwanted: Callable[[], bool] = never
    batch_no: int = 0

    @property
    def sender(self) -> str:
        """The sender of a numbered batch.

        An id may end with the number, to be unique also for a server that knows no numbers.
        """
        return self.batch_id.removesuffix(f"#{self.batch_no}")


class Pressing:
    """Counts groups of batches through one store."""

    def __init__(
        self,
        store: Store,
        limits: tuple[int, int, str],  # viewers of an address, tap 1|0, of the ledger
    ) -> None:
        self._store = store
        self._limits = limits

    async def count(self, group: Group[PressBatch, Outcome]) -> Sequence[Outcome | Refused]:
        """Count a room's batches. Returns each one's outcome or refusal.

        Raises Refused, StoreError or SenderGone if that is the outcome of all of them.
        """
        key = room_key(group.key)

        def arguments() -> KeysAndArguments:
            batches = group.close()
            for index in reversed(range(len(batches))):
                if batches[index].is_unwanted():
                    group.drop(index, SenderGone())
            if not batches:
                raise SenderGone  # the call is not sent: nobody waits for it
            return [key], self._arguments(batches)

        reply = await self._store.call_when_sent("press", key, arguments)
        return _outcomes(reply, len(group.items))

    def _arguments(self, batches: list[PressBatch]) -> list[str | int | bytes]:
        per_address, tap, ledger_limits = self._limits
        items: list[str | int] = []
        for batch in batches:
            items += (
                batch.viewer,
                batch.name,
                batch.batch_id,
                batch.batch_no,
                batch.sender,
                batch.address.key if batch.address.limited and per_address else "",
                len(batch.presses),
                *(word for wish in batch.presses.items() for word in wish),
            )
        return [per_address, tap, ledger_limits, msgspec.msgpack.encode(items)]


def _outcomes(reply: list[Any], batches: int) -> Sequence[Outcome | Refused]:
    if reply[0] == "game_over":
        return [replies.RoundOver(round=int(reply[1]), final=reply[2] == 1)] * batches
    return replies.countings_of(refusals.check(reply))
