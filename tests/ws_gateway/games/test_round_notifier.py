"""What a game is told of its room's round, without a socket and without Redis."""

from shared.wire.game_messages import RoundUpdate
from ws_gateway.games.session import RoundNotifier

WAITS = RoundUpdate("active", 0, paused=False, stopped=False)
RUNS = RoundUpdate("in_game", 1, paused=False, stopped=False)
PAUSED = RoundUpdate("in_game", 1, paused=True, stopped=False)


def test_a_state_is_told_once() -> None:
    """The gateway hears of it by a nudge, and again whenever it compares."""
    told = RoundNotifier(wanted=True)
    assert told.next() is None
    told.learn(WAITS, None)
    assert told.next() == WAITS
    told.latest = RoundUpdate("active", 0, paused=False, stopped=False)
    assert told.next() is None
    told.latest = RUNS
    assert told.next() == RUNS


def test_an_answer_that_a_nudge_overtook_is_dropped() -> None:
    """It is of the time before the change."""
    told = RoundNotifier(wanted=True)
    told.learn(RUNS, None)
    before = told.latest
    told.latest = PAUSED
    told.learn(RUNS, before)
    assert told.next() == PAUSED


def test_a_game_that_did_not_ask_is_told_nothing() -> None:
    """Whatever happens to its round."""
    told = RoundNotifier(wanted=False)
    told.learn(RUNS, None)
    told.latest = PAUSED
    assert told.next() is None
