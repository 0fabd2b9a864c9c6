"""The verdict detects losses and double counts: a check that cannot fail proves nothing."""

from dataclasses import replace
from typing import Final

from shared.wire.game_messages import GameEvent
from tests.faults.books import Booked, Books, Numbered
from tests.faults.game import Applied, Record
from tests.faults.verdict import Verdict, judge
from tests.flow.books import Account

ANSWERED: Final = {"skill1": 7}
REDIS: Final = {"skill1": Account(accepted=7, consumed=4, count=2, discarded=1, returned=0)}
BOOKED: Final = Booked(
    event_type="skill1",
    accepted=7,
    count=2,
    discarded=1,
    returned=0,
    booked=7,
    presses=7,
    consumed=4,
)
NUMBERS: Final = (Numbered(1, 1, "skill1", 2), Numbered(1, 2, "skill1", 2))


def verdict_on(
    *seqs: int, booked: Booked = BOOKED, numbers: tuple[Numbered, ...] = NUMBERS
) -> Verdict:
    """Return the verdict on a room whose game applied these numbers."""
    game = Record(applied=[Applied(event(seq), float(seq)) for seq in seqs])
    return judge(ANSWERED, REDIS, Books({"skill1": booked}, list(numbers)), [game])


def event(seq: int) -> GameEvent:
    return GameEvent(
        room_id="room",
        event_type="skill1",
        trigger_count=2,
        viewer_count=1,
        viewer_name=None,
        epoch=1,
        seq=seq,
        fired_at=0,
    )


def counts(verdict: Verdict) -> tuple[int, int, bool]:
    return verdict.lost, verdict.doubled, bool(verdict.problems)


def test_a_room_in_which_all_is_well_has_no_problems() -> None:
    assert verdict_on(1, 2) == Verdict(accepted=7, triggers=2)


def test_a_number_that_never_came_is_lost() -> None:
    assert counts(verdict_on(2)) == (1, 0, True)


def test_a_number_that_was_applied_twice_is_doubled() -> None:
    assert counts(verdict_on(1, 2, 2)) == (0, 1, True)


def test_numbers_out_of_order_are_a_problem() -> None:
    assert counts(verdict_on(2, 1)) == (0, 0, True)


def test_a_press_that_was_answered_and_not_booked_is_lost() -> None:
    short = replace(BOOKED, booked=4, presses=4)
    assert counts(verdict_on(1, 2, booked=short)) == (3, 0, True)


def test_a_press_that_was_booked_twice_is_doubled() -> None:
    twice = replace(BOOKED, booked=9, presses=9)
    assert counts(verdict_on(1, 2, booked=twice)) == (0, 2, True)


def test_a_trigger_that_nobody_booked_is_a_problem() -> None:
    assert counts(verdict_on(1, 2, numbers=NUMBERS[:1])) == (0, 0, True)


def test_books_that_do_not_balance_are_a_problem() -> None:
    assert counts(verdict_on(1, 2, booked=replace(BOOKED, count=3))) == (0, 0, True)
