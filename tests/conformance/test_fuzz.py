"""A short fuzz of the sockets, always the same; `python -m tests.conformance.fuzz` goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.fuzz import fuzz

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = 120


def test_whatever_a_visitor_sends_the_gateway_lives_and_the_game_beside_gets_its_triggers(
    tmp_path: Path, redis_url: str
) -> None:
    """Each message told is in the schema, each close code documented, the log without surprise."""
    found = fuzz(tmp_path, redis_url, examples=EXAMPLES)
    assert min(found.visits, found.asked) >= EXAMPLES, found.table()
    assert found.triggers > 1
    # It got behind the door, and to the limits.
    assert found.told["error bad_message"], found.table()
    assert found.told["error too_many_bad_messages"], found.table()
    assert found.answered[431], found.table()
