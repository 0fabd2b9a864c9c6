"""The order of a game's messages, and their acknowledgement."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clients.python.backoff import Backoff
from clients.python.delivery import ACK_INTERVAL, Delivery, GameCursor, Verdict
from shared.wire.game_messages import (
    Ack,
    GameEndSummary,
    GameEvent,
    Gap,
    NumberedMessage,
    RoomReady,
    TeamTops,
)


def trigger(seq: int, epoch: int = 1) -> GameEvent:
    return GameEvent("room", "skill1", 5, 1, None, epoch, seq, fired_at=0)


def summary(seq: int) -> GameEndSummary:
    return GameEndSummary("room", 1, TeamTops(None, None, None), (), None, (), 1, seq)


def ready(seq: int, epoch: int = 1) -> RoomReady:
    return RoomReady("room", "", "", epoch, seq, "in_game", 1, recovered=True, replayed=0)


def fresh(*taken: NumberedMessage) -> Delivery:
    """A delivery from number 0 of epoch 1 that has taken these."""
    delivery = Delivery(GameCursor(1, 0))
    for message in taken:
        delivery.take(message)
    return delivery


def test_the_next_number_is_applied_and_moves_the_cursor() -> None:
    """The next number is applied and moves the cursor."""
    delivery = fresh()
    assert delivery.take(trigger(1)) is Verdict.NEXT
    assert delivery.cursor == GameCursor(1, 1)


def test_a_number_already_applied_in_its_epoch_is_a_duplicate() -> None:
    """A number already applied in its epoch is a duplicate, and moves nothing."""
    delivery = fresh(trigger(1), trigger(2))
    assert delivery.take(trigger(1)) is Verdict.DUPLICATE
    assert delivery.cursor == GameCursor(1, 2)


def test_a_skipped_number_is_noticed() -> None:
    """A message whose predecessor is missing is applied, and reported as AHEAD."""
    assert fresh(trigger(1)).take(trigger(3)) is Verdict.AHEAD


def test_numbers_of_a_new_epoch_are_new_even_if_they_were_rolled_back() -> None:
    """Numbers of a new epoch are new, even those that an older epoch had used."""
    delivery = fresh(trigger(1), trigger(2), trigger(3))
    delivery.jump(Gap(epoch=2, last_seq=1))
    assert delivery.take(trigger(2, epoch=2)) is Verdict.NEXT
    assert delivery.take(trigger(2, epoch=2)) is Verdict.DUPLICATE
    assert delivery.cursor == GameCursor(2, 2)


def test_after_a_gap_the_log_goes_on_behind_it() -> None:
    """After a gap the next number is `last_seq` + 1."""
    delivery = fresh(trigger(1))
    delivery.jump(Gap(epoch=1, last_seq=40))
    assert delivery.take(trigger(41)) is Verdict.NEXT


def test_what_was_fired_before_the_socket_is_caught_up_with() -> None:
    """A game is caught up when it has applied all messages from before its socket attached."""
    delivery = fresh(trigger(1))
    delivery.attached(ready(seq=3))
    delivery.take(trigger(2))
    assert not delivery.caught_up
    delivery.take(trigger(3))
    assert delivery.caught_up


def test_an_acknowledgement_covers_all_that_was_applied() -> None:
    """One acknowledgement covers all applied messages, and is sent once."""
    delivery = fresh(trigger(1), trigger(2))
    assert delivery.ack(now=0) == Ack(epoch=1, seq=2)
    assert delivery.ack(now=9) is None
    assert delivery.ack_in(now=9) is None


def test_acknowledgements_keep_their_distance() -> None:
    """A second acknowledgement waits for its interval, unless the game leaves."""
    delivery = fresh(trigger(1))
    delivery.ack(now=0)
    delivery.take(trigger(2))
    assert delivery.ack_in(now=0) == ACK_INTERVAL
    assert delivery.ack(now=ACK_INTERVAL / 2) is None
    assert delivery.ack(now=ACK_INTERVAL / 2, leaving=True) == Ack(epoch=1, seq=2)


def test_a_duplicate_is_acknowledged_for_what_it_is() -> None:
    """A duplicate on a new socket is acknowledged, but only up to the numbers of this socket."""
    delivery = fresh(trigger(1), trigger(2), trigger(3))
    delivery.attached(ready(seq=3))
    assert delivery.ack(now=0) is None
    delivery.take(trigger(2))
    assert delivery.ack(now=0) == Ack(epoch=1, seq=2)


def test_a_summary_is_acknowledged_when_the_next_round_begins() -> None:
    """A summary is not acknowledged before the next round begins, not even on leaving."""
    delivery = fresh(trigger(1))
    delivery.ack(now=0)
    delivery.take(summary(2))
    assert delivery.ack(now=9, leaving=True) is None
    delivery.round_begins()
    assert delivery.ack(now=9) == Ack(epoch=1, seq=2)


def test_a_resume_between_rounds_asks_for_the_summary_again() -> None:
    """A resume between rounds starts before the summary, which then arrives as a duplicate."""
    delivery = fresh(trigger(1), summary(2))
    assert delivery.resume_from == GameCursor(1, 1)
    delivery.attached(ready(seq=2))
    assert delivery.take(summary(2)) is Verdict.DUPLICATE
    assert delivery.ack(now=9) is None


@given(st.lists(st.integers(0, 12), max_size=40), st.integers(1, 12))
def test_whatever_is_repeated_each_number_is_applied_once_in_order(
    drops: list[int], total: int
) -> None:
    """Whatever range sockets repeat, each number is applied once."""
    delivery = fresh()
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
