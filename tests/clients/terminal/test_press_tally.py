"""The simulated crowd's presses, and its totals."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.terminal.press_tally import (
    ButtonOutcome,
    Finger,
    Latencies,
    PressAnswer,
    PressTally,
    next_due,
    popularity,
)


def test_a_finger_presses_at_its_rate_whoever_asks_when() -> None:
    """A viewer presses at its rate, however often it is polled."""
    often, seldom = (Finger(Random(7), 5.0, {"a": 1, "b": 1}, start=100.0) for _ in range(2))
    total = sum(often.presses_until(100 + tick / 10).total() for tick in range(10_001))
    presses = seldom.presses_until(1100.0)
    assert total == presses.total()
    assert 4700 < total < 5300
    assert set(presses) == {"a", "b"}


def test_a_finger_presses_buttons_by_their_weights() -> None:
    finger = Finger(Random(7), 10.0, {"a": 10, "b": 4, "c": 1}, start=0.0)
    presses = finger.presses_until(1_500.0)
    shares = [presses[button] / presses.total() * 15 for button in "abc"]
    assert shares == pytest.approx([10, 4, 1], rel=0.1)


def test_a_room_s_crowds_agree_on_what_is_popular() -> None:
    """The weights fall evenly from 10 to 1; a button alone has all presses."""
    buttons = ("a", "b", "c", "d")
    weights = popularity(buttons, "room")
    assert sorted(weights.values()) == [1, 4, 7, 10]
    assert popularity(buttons, "room") == weights
    orders = {tuple(popularity(buttons, f"room {number}")) for number in range(200)}
    assert len(orders) == 24
    assert popularity(("a",), "room") == {"a": 10}


@given(st.floats(0, 100), st.floats(0.05, 5))
def test_the_next_batch_is_due_at_the_first_moment_that_is_left(late: float, step: float) -> None:
    """The next time keeps the rhythm, is after the last, and less than one interval ago."""
    due = next_due(10.0, 10.0 + late, step)
    assert due > 10.0 + late - step - 1e-6
    assert due >= min(10.0 + step, 10.0 + late - step) - 1e-6
    assert (due - 10.0) / step == pytest.approx(round((due - 10.0) / step), abs=1e-6)


@given(st.lists(st.floats(0.01, 60_000), min_size=1), st.floats(0.01, 1))
def test_percentiles_are_at_most_one_percent_too_long(times: list[float], share: float) -> None:
    """A percentile is exact or up to one percent too long."""
    latencies = Latencies()
    for time in times:
        latencies.add(time)
    exact = sorted(times)[max(0, -int(-share * len(times) // 1) - 1)]
    assert exact * 0.9999 <= latencies.percentile(share) <= exact * 1.0101


def test_without_answers_every_percentile_is_zero() -> None:
    """Without answers there are no latencies."""
    assert Latencies().percentile(0.99) == 0


def test_who_waits_for_viewers_is_told_what_holds_them_back() -> None:
    """A crowd from one IP address meets the limit against one person posing as many."""
    tally = PressTally()
    tally.viewers = 1
    assert tally.gathering().en == "1 viewer has joined"
    tally.viewers = 1_300
    assert tally.gathering().en == "1,300 viewers have joined"
    assert (
        tally.gathering(complete=True)
        .spoken("ja")
        .startswith("視聴者 1,300 人が参加しました。ラウンドの開始を待っています。")
    )
    tally.errors["429"] += 1
    assert tally.gathering().en.endswith("limits new ones of one address (VIEWERS_PER_ADDRESS)")


def test_every_press_is_on_one_account() -> None:
    """Presses are accepted, rejected, refused, too late or unanswered, and nothing else."""
    tally = PressTally()
    tally.sent = 30
    outcome = ButtonOutcome("skill1", triggers_fired=2)
    tally.answered(
        10, PressAnswer(8, {"rate": 2, "clamp": 0}, duplicate=True, event_results=(outcome,)), 3
    )
    tally.answered(7, PressAnswer(game_over=True), 3)
    tally.refused += 3
    assert (tally.accepted, tally.rejected.total(), tally.too_late) == (8, 2, 7)
    assert tally.unanswered == 10
    assert tally.triggers == {"skill1": 2}


def test_the_report_names_what_happened_and_leaves_out_what_did_not() -> None:
    """The report names each account that is not empty, with its reasons."""
    tally = PressTally()
    tally.sent, tally.viewers, tally.errors["503"] = 10, 2, 3
    tally.answered(10, PressAnswer(8, {"rate": 2, "clamp": 0}), ms=12.0)
    report = "\n".join(tally.report(seconds=2.0))
    assert "10 by 2 viewers in 2.0 s" in report
    assert "2   rate 2" in report
    assert "3   503 3" in report
    assert "p50 12.0 ms" in report
    assert "after the end" not in report
    assert "clamp" not in report
    assert "latency" not in "".join(PressTally().report(seconds=0.0))


def test_the_report_is_told_in_japanese() -> None:
    """Reasons for missing answers are translated too; the API's names stay."""
    tally = PressTally()
    tally.sent, tally.viewers, tally.errors["no answer in time"] = 10, 2, 1
    tally.answered(10, PressAnswer(8, {"rate": 2}), ms=12.0)
    report = tally.report(2.0, "ja")
    assert "  送信した回数   10（視聴者 2 人、2.0 秒）" in report
    assert "  拒否           2   rate 2" in report
    assert "  エラー         1   時間内に応答なし 1" in report
