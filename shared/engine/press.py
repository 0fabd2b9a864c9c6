"""Counts presses of one room that arrive together in one call to Redis; see `Batcher`.

So many presses share the cost of loading the room, and a lone one waits only while Redis is busy.
"""

import asyncio
from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any, Final, Protocol

import msgspec

from shared.engine import replies
from shared.identity.addresses import Address
from shared.redis_store.batcher import Batcher, Group
from shared.redis_store.store import Store

# Batches of one call. Redis runs nothing else while it counts them.
GROUP_LIMIT: Final = 128

Outcome = replies.Counting | replies.RoundOver


class SenderGone(Exception):
    """The client that sent the batch has hung up; the batch was dropped before it was counted."""


class PressBatch(Protocol):
    """The presses of one request: `presses` by event type; without any it only asks for the state.

    A repeated `batch_id` ("" for none) is not counted again. If `batch_no` is not 0, the id names
    the sender, whose batches count in the order of their numbers. `name` is the display name, ""
    for none.
    """

    viewer: str
    presses: Mapping[str, int]
    batch_id: str
    batch_no: int
    name: str
    address: Address

    def is_abandoned(self) -> bool:
        """Whether nobody waits for the outcome: then the batch is dropped when a call is sent."""

    def resolve(self, outcome: Outcome | Exception) -> None:
        """Take the outcome, or why there is none: Refused, StoreError or SenderGone."""


class Pressing(Batcher[PressBatch, Outcome]):
    """Counts batches through one store: `add(room_key(room_id), batch)` lets one join a call."""

    def __init__(
        self,
        store: Store,
        limits: tuple[int, int, str],  # viewers of an address, tap 1|0, of the ledger
    ) -> None:
        super().__init__(
            self._count,
            _resolve,
            parse=replies.outcomes_of,
            limit=GROUP_LIMIT,
            acquire_slot=store.acquire_slot,
        )
        self._store = store
        self._limits = limits
        self._process = token_urlsafe(9)

    def _count(self, group: Group[PressBatch]) -> asyncio.Future[list[Any]]:
        """Send a call, without the batches that are abandoned.

        Redis knows it by its number: so it counts once, even if it is sent again and both arrive.
        Raises SenderGone if no batch is left.
        """
        if not group.again:
            _drop_abandoned(group)
            if not group.items:
                raise SenderGone
        per_address, _, _ = self._limits
        items: list[str | int] = []
        for batch in group.items:
            items += (
                batch.viewer,
                batch.name,
                batch.batch_id,
                batch.batch_no,
                # The id may end with the number, to be unique for servers that know no numbers.
                batch.batch_id.removesuffix(f"#{batch.batch_no}"),
                batch.address.key if batch.address.limited and per_address else "",
                len(batch.presses),
            )
            for wish in batch.presses.items():
                items += wish
        encoded = msgspec.msgpack.encode(items)
        arguments = (*self._limits, encoded, self._process, group.number)
        return self._store.call("press", [group.key], arguments)


def _drop_abandoned(group: Group[PressBatch]) -> None:
    gone = [batch for batch in group.items if batch.is_abandoned()]
    if gone:
        group.items = [batch for batch in group.items if not batch.is_abandoned()]
        for batch in gone:
            batch.resolve(SenderGone())


def _resolve(group: Group[PressBatch], outcomes: Sequence[Outcome | Exception]) -> None:
    """Give each batch its outcome or refusal, or the error of its call."""
    for batch, outcome in zip(group.items, outcomes, strict=True):
        batch.resolve(outcome)
