"""What a game answers: repeated on each socket until it is confirmed."""

import pytest

from clients.python.answers import (
    MOST_STORED,
    OUTCOME_AFTER,
    Answers,
    done,
    failed,
    lasting,
    unavailable,
)
from shared.wire.game_messages import Available, GameEvent, Outcome, Ping, Pong


def trigger(seq: int) -> GameEvent:
    return GameEvent("room", "skill1", 5, 1, None, 1, seq, fired_at=0)


def sent(answers: Answers) -> list[Outcome | Available | Ping]:
    """Send all that is due."""
    messages = []
    while (message := answers.next()) is not None:
        messages.append(message)
        answers.sent(message)
    return messages


def sent_again(answers: Answers, now: float = 0) -> list[object]:
    """What a new socket gets, without the ping after it."""
    answers.attached(now, in_round=True)
    return [message for message in sent(answers) if not isinstance(message, Ping)]


def test_the_first_answer_in_a_new_room_is_confirmed_by_the_answer_to_our_ping() -> None:
    answers = Answers()
    answers.add(done(trigger(1)), now=0)
    assert sent(answers) == [done(trigger(1)), Ping(t="streamario answer 1")]
    assert answers.confirm(Pong(t="streamario answer 1"))
    assert sent_again(answers) == []


def test_answers_to_the_games_own_pings_confirm_nothing() -> None:
    answers = Answers()
    answers.add(done(trigger(1)), now=0)
    sent(answers)
    assert not any(answers.confirm(Pong(t=t)) for t in (None, 7, "", "answer 1"))
    assert sent_again(answers) == [done(trigger(1))]


def test_an_answer_that_changes_while_it_is_being_sent_is_sent_too() -> None:
    answers = Answers()
    answers.add(lasting(trigger(1), 1), now=0)
    being_sent = answers.next()
    answers.add(done(trigger(1)), now=0)
    assert isinstance(being_sent, Outcome)
    answers.sent(being_sent)
    assert sent(answers)[0] == done(trigger(1))


def test_a_trigger_that_ends_after_another_has_begun_is_answered_after_it() -> None:
    answers = Answers()
    for answer in (lasting(trigger(1), 1), lasting(trigger(2), 1), done(trigger(1))):
        answers.add(answer, now=0)
    assert sent(answers)[:2] == [lasting(trigger(2), 1), done(trigger(1))]


def test_an_outcome_is_not_repeated_after_ten_minutes() -> None:
    answers = Answers()
    answers.add(done(trigger(1)), now=0)
    answers.add(done(trigger(2)), now=1)
    assert sent_again(answers, now=OUTCOME_AFTER) == [done(trigger(2))]


def test_a_thousand_answers_wait() -> None:
    answers = Answers()
    for seq in range(1, MOST_STORED + 6):
        answers.add(done(trigger(seq)), now=0)
    again = sent_again(answers)
    assert (len(again), again[0]) == (MOST_STORED, done(trigger(6)))


def test_a_duration_out_of_bounds_is_an_error_of_the_caller() -> None:
    for seconds in (0.09, 3600.1, float("nan")):
        with pytest.raises(ValueError, match=r"0\.1 to 3,600 s"):
            lasting(trigger(1), seconds)


def test_a_long_reason_is_cut_after_eighty_characters() -> None:
    assert failed(trigger(1), "🎆" * 81).reason == "🎆" * 80
    assert unavailable("skill1", "x" * 81).reason == "x" * 80
