"""A short, deterministic fuzz of the sockets; `python -m tests.conformance.fuzz` runs longer."""

from pathlib import Path

from tests.conformance.fuzz import fuzz

EXAMPLES = 120


def test_whatever_a_visitor_sends_the_gateway_lives_and_the_game_beside_gets_its_triggers(
    tmp_path: Path, redis_url: str
) -> None:
    """Each message matches the schema, each close code is documented, the log has no errors."""
    found = fuzz(tmp_path, redis_url, examples=EXAMPLES)
    assert min(found.visits, found.asked) >= EXAMPLES, found.table()
    assert found.triggers > 1
    # The fuzz got past the handshake, and reached the limits.
    assert found.told["error bad_message"], found.table()
    assert found.told["error too_many_bad_messages"], found.table()
    assert found.answered[431], found.table()
