"""What holds of any order of sockets and of chance."""

from hypothesis import given
from hypothesis import strategies as st

from clients.python import Backoff
from clients.python.delivery import Delivery, GameCursor, Verdict
from shared.wire.game_messages import GameEvent


def trigger(seq: int) -> GameEvent:
    return GameEvent("room", "skill1", 5, 1, None, 1, seq, fired_at=0)


@given(st.lists(st.integers(0, 12), max_size=40), st.integers(1, 12))
def test_whatever_is_repeated_each_number_is_applied_once_in_order(
    drops: list[int], total: int
) -> None:
    """Whatever range sockets repeat, each number is applied once."""
    delivery = Delivery(GameCursor(1, 0))
    applied: list[int] = []
    for back in [*drops, 0]:
        start = max(0, delivery.cursor.seq - back)
        reach = total if back == 0 else min(total, start + back)
        brought = range(start + 1, reach + 1)
        applied += [seq for seq in brought if delivery.take(trigger(seq)) is not Verdict.DUPLICATE]
    assert applied == list(range(1, total + 1))


@given(st.lists(st.floats(0, 1), min_size=8, max_size=20))
def test_waits_double_up_to_five_seconds_and_begin_anew_after_success(jitter: list[float]) -> None:
    """The bound doubles from 0.2 s to 5 s, waits are half of it or more, and success resets it."""
    backoff, whole = Backoff(), 0.2
    for draw in jitter:
        assert whole / 2 <= backoff.delay(draw) <= whole
        whole = min(5.0, whole * 2)
    backoff.reset()
    assert backoff.delay(1.0) == 0.2
