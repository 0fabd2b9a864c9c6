"""Counts presses of one room that arrive together in one call to Redis; see `Batcher`.

So many presses share the cost of loading the room, and a lone one waits only while Redis is busy.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from secrets import token_urlsafe
from typing import Any, Final, Protocol

import msgspec

from shared.engine import replies
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
    for none; `source` is the address that sends it, "" for one without a limit.
    """

    viewer: str
    presses: Mapping[str, int]
    batch_id: str
    batch_no: int
    name: str
    source: str

    def is_abandoned(self) -> bool:
        """Whether nobody waits for the outcome: then the batch is dropped when a call is sent."""

    def resolve(self, outcome: Outcome | Exception) -> None:
        """Take the outcome, or why there is none: Refused, StoreError or SenderGone."""


def press_batcher(
    store: Store,
    limits: tuple[int, int, str],  # viewers of an address, tap 1|0, of the ledger
) -> Batcher[PressBatch, Outcome]:
    """Counts batches through one store: `add(room_key(room_id), batch)` lets one join a call."""
    return Batcher(
        partial(_count, store, limits, token_urlsafe(9)),
        _resolve,
        parse=replies.outcomes_of,
        limit=GROUP_LIMIT,
        acquire_slot=store.acquire_slot,
    )


def _count(
    store: Store, limits: tuple[int, int, str], process: str, group: Group[PressBatch]
) -> asyncio.Future[list[Any]]:
    """Send a call, without the batches that are abandoned.

    Redis knows it by its number: so it counts once, even if it is sent again and both arrive.
    Raises SenderGone if no batch is left.
    """
    if not group.again:
        _drop_abandoned(group)
        if not group.items:
            raise SenderGone
    per_address, _, _ = limits
    items: list[str | int] = []
    for batch in group.items:
        items += (
            batch.viewer,
            batch.name,
            batch.batch_id,
            batch.batch_no,
            # The id may end with the number, to be unique for servers that know no numbers.
            batch.batch_id.removesuffix(f"#{batch.batch_no}"),
            batch.source if per_address else "",
            len(batch.presses),
        )
        for wish in batch.presses.items():
            items += wish
    encoded = msgspec.msgpack.encode(items)
    return store.call("press", [group.key], (*limits, encoded, process, group.number))


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
