"""The messages that take a page from one state of a room to the next."""

import msgspec
import pytest

from shared.engine.room_snapshot import RoomSnapshot
from shared.wire.game_messages import GameEndSummary, GameEvent, TeamTops
from shared.wire.room_settings import DEFAULT_SETTINGS, encode
from shared.wire.viewer_messages import (
    Effect,
    GameOver,
    RankCount,
    RanksShown,
    RoomShown,
    SettingsUpdate,
    StatsUpdate,
    StatusUpdate,
    Trigger,
)
from tests.ws_gateway.viewers.states import RUNNING, becoming, stat
from ws_gateway.viewers.changes import aged, changes, steadied, whole

ROOM = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
NOW = "2026-09-21T14:13:20.000Z"
BEGAN = "2026-09-21T14:13:10.000Z"  # the round


def trigger(seq: int) -> GameEvent:
    return GameEvent(
        room_id=ROOM,
        event_type="skill1",
        trigger_count=5,
        viewer_count=1,
        viewer_name="Mika",
        epoch=7,
        seq=seq,
        fired_at=1,
        people=3,
    )


SUMMARY = GameEndSummary(
    room_id=ROOM,
    round=1,
    team_tops=TeamTops(all=None, skill=None, enemy=None),
    top_by_button=(),
    top_overall=None,
    event_totals=(),
    epoch=7,
    seq=2,
)


def room(now: RoomSnapshot) -> RoomShown:
    """The first message to a new page."""
    first, _ = whole(ROOM, now)
    assert isinstance(first, RoomShown)
    return first


def status_update(*status: object, **fields: object) -> StatusUpdate:
    """The status of a running round, told now."""
    return msgspec.convert(
        {
            **dict(zip(("status", "round"), status, strict=True)),
            "type": "status",
            "started_at": BEGAN,
            "time": NOW,
            **fields,
        },
        StatusUpdate,
    )


def test_the_whole_is_what_the_api_answers_how_the_round_is_and_the_settings() -> None:
    shown = RoomShown(
        room_id=ROOM,
        stats=RUNNING.stats,
        viewer_count=1,
        send_every_ms=300,
        time=NOW,
        status="in_game",
        round=1,
        paused=False,
        started_at=BEGAN,
    )
    assert list(whole(ROOM, RUNNING)) == [shown, SettingsUpdate(DEFAULT_SETTINGS)]


def test_a_page_that_comes_later_gets_the_time_as_it_is_then() -> None:
    """And what is left of cooldowns and paces by then."""
    waits = stat("skill1", cooldown_left_ms=900, ready_in_ms=4_000)
    later = aged(becoming(stats=(waits, stat("enemy1"))), 1_000)
    shown = room(later)
    assert shown.time == "2026-09-21T14:13:21.000Z"
    assert shown.stats == (stat("skill1", ready_in_ms=3_000), stat("enemy1"))


def test_only_the_buttons_that_changed_are_told() -> None:
    now = becoming(stats=(stat("skill1"), stat("enemy1", 2)))
    assert list(changes(ROOM, RUNNING, now)) == [StatsUpdate((stat("enemy1", 2),), 1, 300)]


def test_nothing_is_told_where_nothing_changed() -> None:
    assert list(changes(ROOM, RUNNING, becoming(now=RUNNING.now + 5_000))) == []


def test_a_changed_number_of_viewers_alone_changes_no_button() -> None:
    more = tuple(msgspec.structs.replace(each, viewer_count=2) for each in RUNNING.stats)
    now = becoming(stats=more, viewer_count=2)
    assert list(changes(ROOM, RUNNING, now)) == [StatsUpdate((), 2, 300)]


@pytest.mark.parametrize("wait", ["cooldown_left_ms", "ready_in_ms"])
def test_a_wait_is_told_when_it_begins_changes_or_ends_not_as_it_passes(wait: str) -> None:
    """A cooldown, a pace or another button's trigger holds the button."""

    def waits(left: int, *, later: int = 0) -> RoomSnapshot:
        held = stat("skill1", **{wait: left})
        return becoming(now=RUNNING.now + later, stats=(held, stat("enemy1")))

    def told(before: RoomSnapshot, now: RoomSnapshot) -> int:
        return len(list(changes(ROOM, before, now)))

    began = waits(900)
    assert told(RUNNING, began) == 1
    assert told(began, waits(600, later=300)) == 0
    assert told(began, waits(1_600, later=300)) == 1
    assert told(waits(600, later=300), waits(0, later=900)) == 1


def test_triggers_are_told_before_the_counts_that_they_left() -> None:
    now = becoming(
        messages=(trigger(1), SUMMARY), stats=(stat("skill1", 0, current_level=1), stat("enemy1"))
    )
    fired, update = changes(ROOM, RUNNING, now)
    assert fired == Trigger("skill1", "Mika", epoch=7, seq=1, trigger_count=5, people=3, round=1)
    assert isinstance(update, StatsUpdate)


def test_a_trigger_has_the_round_that_it_fired_in() -> None:
    """A page may know already, from the API, that the next one has begun."""
    later = msgspec.structs.replace(SUMMARY, round=2, seq=4)
    messages = (trigger(1), SUMMARY, trigger(3), later, trigger(5), trigger(6))
    now = becoming(round=3, messages=messages)
    told = [each for each in changes(ROOM, RUNNING, now) if isinstance(each, Trigger)]
    assert [(each.seq, each.round) for each in told] == [(1, 1), (3, 2), (5, 3), (6, 3)]


def test_changed_settings_come_first_and_with_all_buttons() -> None:
    fewer = msgspec.structs.replace(DEFAULT_SETTINGS, buttons=DEFAULT_SETTINGS.buttons[:1])
    now = becoming(settings=encode(fewer), settings_version=2, stats=(stat("skill1"),))
    assert list(changes(ROOM, RUNNING, now)) == [SettingsUpdate(fewer), room(now)]


def test_viewers_do_not_learn_which_words_the_owner_masks() -> None:
    """They may be the streamer's own name, or address."""
    settings = msgspec.structs.replace(DEFAULT_SETTINGS, mask_names=True, masked_words=("Main St",))
    now = becoming(settings=encode(settings), settings_version=2)
    for message in (*changes(ROOM, RUNNING, now), *whole(ROOM, now)):
        assert b"Main St" not in msgspec.json.encode(message)


def test_settings_that_keep_the_buttons_need_no_counts_again() -> None:
    titled = msgspec.structs.replace(DEFAULT_SETTINGS, title="Quiz")
    now = becoming(settings=encode(titled), settings_version=2)
    assert list(changes(ROOM, RUNNING, now)) == [SettingsUpdate(titled)]


def test_after_a_reset_everything_is_told_though_nothing_else_changed() -> None:
    """A press that counted and was reset between two refreshes: its page knows the count."""
    now = becoming(reset_at=1_790_000_000_000)
    assert list(changes(ROOM, RUNNING, now)) == [room(now)]


def test_a_pause_is_a_status() -> None:
    told = list(changes(ROOM, RUNNING, becoming(paused=True)))
    assert told == [status_update("in_game", 1, paused=True)]


def test_a_stop_is_a_status_also_of_a_round_that_was_paused() -> None:
    stopped = becoming(paused=True, stopped=True)
    expected = status_update("in_game", 1, paused=True, stopped=True)
    for before in (RUNNING, becoming(paused=True)):
        assert list(changes(ROOM, before, stopped)) == [expected]
    shown, *_ = whole(ROOM, stopped)
    assert isinstance(shown, RoomShown)
    assert (shown.paused, shown.stopped) == (True, True)


def test_when_the_round_ends_is_a_status_too() -> None:
    limited = becoming(ends_at=RUNNING.now + 60_000)
    assert list(changes(ROOM, RUNNING, limited)) == [
        status_update("in_game", 1, paused=False, round_ends_at=RUNNING.now + 60_000)
    ]
    waiting = becoming(paused=True, left_ms=59_000)
    assert list(changes(ROOM, limited, waiting)) == [
        status_update("in_game", 1, paused=True, round_left_ms=59_000)
    ]
    shown, *_ = whole(ROOM, waiting)
    assert isinstance(shown, RoomShown)
    assert (shown.round_ends_at, shown.round_left_ms) == (None, 59_000)


def test_when_the_round_began_is_a_status_only_while_it_runs() -> None:
    opened = becoming(status="active", round=0, started_at=None)
    pressed = becoming(opened_by_press=True)
    first, *_ = changes(ROOM, opened, pressed)
    assert first == status_update("in_game", 1, paused=False, opened_by_press=True)
    ended = becoming(status="ended", started_at=None, opened_by_press=True)
    *_, last = changes(ROOM, pressed, ended)
    assert last == StatusUpdate("ended", 1, paused=False, time=NOW)


def test_places_are_told_where_they_changed_and_with_the_whole() -> None:
    placed = becoming(ranks=(RankCount(1, 7), RankCount(2, 3)))
    told = RanksShown(1, (RankCount(1, 7), RankCount(2, 3)))
    assert list(changes(ROOM, RUNNING, placed)) == [told]
    assert list(changes(ROOM, placed, placed)) == []
    assert list(whole(ROOM, placed))[-1] == told
    assert RanksShown not in map(type, whole(ROOM, RUNNING))


@pytest.mark.parametrize(
    ("before", "now", "over"),
    [
        (("in_game", 1), ("ended", 1), 1),
        (("ended", 1), ("ended", 1), None),
        (("ended", 1), ("in_game", 2), None),
        (("ended", 1), ("ended", 2), 2),
        (("in_game", 1), ("in_game", 2), 1),
        (("in_game", 1), ("ended", 2), 2),
        (("active", 0), ("ended", 1), 1),
        (("active", 0), ("in_game", 1), None),
    ],
)
def test_a_round_is_over_once(
    before: tuple[str, int], now: tuple[str, int], over: int | None
) -> None:
    """However much happened between two refreshes."""
    first, second = (becoming(status=status, round=round_) for status, round_ in (before, now))
    told = [m.round for m in changes(ROOM, first, second) if isinstance(m, GameOver)]
    assert told == ([over] if over else [])


def test_a_new_round_begins_with_everything() -> None:
    """The status comes before the counts."""
    ended = becoming(status="ended")
    begun = becoming(round=2)
    told = list(changes(ROOM, ended, begun))
    assert told == [status_update("in_game", 2, paused=False), room(begun)]


def test_a_page_that_may_have_missed_effects_gets_the_whole_room() -> None:
    """It is told the newest, forgets what it showed, and is told what lasts."""
    lasts = Effect("skill1", 7, 1, "Aki", "started", None, RUNNING.now + 1_000)
    done = Effect("skill1", 7, 2, "Ben", "done", None, None)
    missed = becoming(has_missed_effects=True, effects=(done,), lasting=(lasts,))
    newest, shown, again = changes(ROOM, RUNNING, missed)
    assert newest == done
    assert isinstance(shown, RoomShown)
    assert again == lasts


def needing(need: int, **fields: int) -> RoomSnapshot:
    """The room with a button that has 50 presses, and needs so many."""
    told = {"required_count": need, "next_threshold": need, "remaining_count": need - 50}
    shown = msgspec.structs.replace(stat("skill1", 50, **(told | fields)), progress=50 / need)
    return becoming(stats=(shown, stat("enemy1")))


def test_a_need_that_falls_is_told_from_three_parts_in_a_hundred_on() -> None:
    """So that a page of a quiet room is not told of it four times a second."""
    before = needing(100)
    for need in (99, 98):
        now = steadied(before, needing(need))
        assert list(changes(ROOM, before, now)) == []
        assert now.stats[0].required_count == 100
    told = needing(97)
    assert steadied(before, told) == told
    assert list(changes(ROOM, before, told)) == [StatsUpdate((told.stats[0],), 1, 300)]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (needing(100), needing(99, current_count=51)),
        (needing(100), needing(99, current_level=1)),
        (needing(51), needing(50)),  # it is full
    ],
)
def test_a_small_change_of_a_need_is_told_with_another(
    before: RoomSnapshot, now: RoomSnapshot
) -> None:
    assert steadied(before, now) == now
