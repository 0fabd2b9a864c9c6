"""The comparison of top lists finds what is wrong in them."""

from collections import Counter

from shared.wire.game_messages import ButtonTop, EventTotal, GameEndSummary, TeamTops
from shared.wire.moderation_bodies import RoomViewer, RoomViewers
from shared.wire.parts import Top
from tests.faults.doubting_crowd import Doubter
from tests.faults.release import EARLIER, THIS
from tests.faults.top_lists import wrong_list, wrong_tops

ANN = Doubter("A.signature", "Ann", None, Counter(skill1=3, enemy1=1))
BOB = Doubter("B.signature", None, None, Counter(skill1=1, enemy1=2))
TEAMS = TeamTops(Top("A", "Ann", 4), Top("A", "Ann", 3), Top("B", None, 2))
BUTTONS = (
    ButtonTop("A", "Ann", 3, event_type="skill1"),
    ButtonTop("B", None, 2, event_type="enemy1"),
)
TOTALS = (EventTotal("skill1", 4), EventTotal("enemy1", 3))


def summary(teams: TeamTops = TEAMS, buttons: tuple[ButtonTop, ...] = BUTTONS) -> GameEndSummary:
    return GameEndSummary("room", 1, teams, buttons, teams.all, TOTALS, 1, 1)


def listed(*viewers: tuple[str, str | None, int]) -> RoomViewers:
    return RoomViewers(
        "room", 1, tuple(RoomViewer(*viewer, blocked=False) for viewer in viewers), False
    )


def test_right_tops_have_no_problem() -> None:
    assert wrong_tops(summary(), [ANN, BOB], THIS) == []


def test_of_two_who_pressed_as_much_either_is_right() -> None:
    as_much = Doubter("C.signature", "Cem", None, Counter(skill1=3, enemy1=1))
    assert wrong_tops(summary(), [ANN, BOB, as_much], THIS) == []


def test_each_wrong_top_is_a_problem() -> None:
    another, missing = Top("B", None, 3), BUTTONS[:1]
    assert (
        len(wrong_tops(summary(TeamTops(another, TEAMS.skill, TEAMS.enemy)), [ANN, BOB], THIS)) == 2
    )
    assert len(wrong_tops(summary(buttons=missing), [ANN, BOB], THIS)) == 1
    assert len(wrong_tops(summary(TeamTops(TEAMS.all, None, TEAMS.enemy)), [ANN, BOB], THIS)) == 1


def test_the_owners_list_has_every_presser_in_order() -> None:
    assert wrong_list(listed(("A", "Ann", 4), ("B", None, 3)), [ANN, BOB], THIS) == []
    assert len(wrong_list(listed(("A", "Ann", 4)), [ANN, BOB], THIS)) == 1
    assert len(wrong_list(listed(("B", None, 3), ("A", "Ann", 4)), [ANN, BOB], THIS)) == 1


def test_the_earlier_release_has_no_names_of_those_whom_only_this_one_counted() -> None:
    nameless = listed(("A", None, 4), ("B", None, 3))
    assert wrong_list(nameless, [ANN, BOB], EARLIER) == []
    assert len(wrong_list(nameless, [ANN, BOB], THIS)) == 1
