"""Writes the entries of calls as Redis does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from shared.engine.ledger_entries import BatchesCounted, CountedBatch, CountedButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.engine.ledger_entries import LedgerEntry, PressesCounted


def as_call(batches: Sequence[PressesCounted]) -> BatchesCounted:
    """One entry for batches that were counted in one call."""
    first = batches[0]
    last = {each.event_type: each for batch in batches for each in batch.counted}
    places = {event_type: place for place, event_type in enumerate(last)}
    return BatchesCounted(
        first.room_id,
        first.at,
        first.round,
        first.viewer_count,
        first.paused,
        first.free_log,
        first.log_epoch,
        buttons=tuple(CountedButton(name, each.total, each.count) for name, each in last.items()),
        batches=tuple(
            CountedBatch(
                batch.viewer_id,
                tuple((places[each.event_type], each.accepted) for each in batch.counted),
                batch.name,
                batch.fired,
            )
            for batch in batches
        ),
    )


def text_of(entry: LedgerEntry) -> str:
    """The entry's JSON, as Redis writes it: without nulls and empty lists at a batch's end."""
    if not isinstance(entry, BatchesCounted):
        return msgspec.json.encode(entry).decode()
    *values, batches = msgspec.json.decode(msgspec.json.encode(entry))
    for batch in batches:
        while batch[-1] in (None, []):
            batch.pop()
    return msgspec.json.encode([*values, batches]).decode()
