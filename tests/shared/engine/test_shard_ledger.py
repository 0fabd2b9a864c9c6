"""Positions in a shard's ledger."""

from __future__ import annotations

from shared.engine.shard_ledger import GREATEST_N, EntryId


def test_reading_after_the_position_before_an_entry_begins_with_it() -> None:
    """Also with an epoch's first entry, before which is the greatest of the epoch before."""
    assert EntryId(7, 3).before == EntryId(7, 2)
    assert EntryId(7, 0).before == EntryId(6, GREATEST_N)


def test_a_position_is_written_as_it_is_read() -> None:
    assert str(EntryId.parse("7-3")) == "7-3"
