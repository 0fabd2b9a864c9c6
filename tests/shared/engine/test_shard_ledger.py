"""Positions in a shard's ledger."""

from shared.engine.shard_ledger import EntryId


def test_a_position_is_written_as_it_is_read() -> None:
    assert str(EntryId.parse("7-3")) == "7-3"
