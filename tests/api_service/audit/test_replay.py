"""A journal is counted again by the pure rule, and where it tells something else, that is told."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from api_service.audit.differences import Place
from shared.engine.ledger_entries import RoundStarted
from tests.api_service.audit.falsified import FALSIFIED
from tests.api_service.audit.journals import (
    AT,
    EPOCH,
    FIVES,
    LATER,
    changed,
    finished,
    opened,
    paused,
    pressed,
    renewed,
    replayed,
    replayed_texts,
    reset,
    started,
)
from tests.api_service.audit.played_room import PlayedRoom
from tests.shared.engine.rooms import button, own_server, playing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.engine.ledger_entries import LedgerEntry
    from tests.shared.engine.rooms import OwnServer

THREES = playing(button("skill1", 3), button("enemy1", 3))
WHOLE: tuple[LedgerEntry, ...] = (
    opened(),
    started(),
    pressed(("skill1", 12, 12, 2), ("enemy1", 1, 1, 1), fired=[("skill1", 5, 1), ("skill1", 5, 2)]),
    paused(1),
    pressed(("skill1", 3, 15, 5), paused=1),
    paused(0, ("skill1", 5, 3, 0)),
    pressed(("skill1", 4, 19, 4)),
    reset(("skill1", 4, 4), ("enemy1", 1, 1)),
    pressed(("enemy1", 2, 3, 2)),
    finished(4, ("skill1", 19, 15, 0, 4, 3), ("enemy1", 3, 0, 2, 1, 0)),
    started(2),
    pressed(("skill1", 6, 6, 1), fired=[("skill1", 5, 5)], round_=2),
)


def test_a_journal_that_was_counted_by_the_rule_has_no_difference() -> None:
    replay, differences = replayed(*WHOLE)
    assert differences == ()
    assert replay.whole
    assert (replay.entries, replay.unchecked) == (12, 0)
    assert (replay.presses, replay.triggers) == (28, 4)
    assert replay.numbering.seq == 5
    assert {n: end[:2] for n, end in replay.ends.items()} == {1: (EPOCH, 4)}
    assert replay.account(2, "skill1").count == 1
    assert replay.account(1, "enemy1").discarded == 1


@pytest.mark.parametrize(
    ("at", "wrong", "kind"),
    [
        (2, pressed(("skill1", 12, 12, 2), fired=[("skill1", 5, 1)]), "triggers fired"),
        (2, pressed(("skill1", 12, 12, 7), fired=[("skill1", 5, 1)]), "count left"),
        (
            2,
            pressed(("skill1", 12, 12, 2), fired=[("skill1", 5, 1), ("skill1", 6, 2)]),
            "threshold",
        ),
        (2, pressed(("skill1", 12, 12, 2), fired=[("skill1", 5, 1), ("skill1", 5, 3)]), "numbers"),
        (2, pressed(("skill1", 12, 13, 2)), "missing entries"),
        (2, pressed(("skill1", 2, 2, 2), paused=1), "pause"),
        (2, pressed(("skill1", 2, 2, 2), free_log=0), "pause"),
        (2, pressed(("other", 2, 2, 2)), "presses accepted"),
        (2, pressed(("skill1", 2, 2, 2), round_=2), "round"),
        (4, pressed(("skill1", 3, 15, 0), fired=[("skill1", 5, 3)]), "pause"),
        (4, pressed(("skill1", 9, 21, 11), paused=1), "presses accepted"),
        (5, paused(0), "triggers fired"),
        (5, paused(0, ("skill1", 5, 3, 1)), "count left"),
        (7, reset(("skill1", 4, 4)), "reset"),
        (7, reset(("skill1", 4, 4), ("enemy1", 1, 2)), "reset"),
        (9, finished(4, ("skill1", 19, 15, 0, 4, 3)), "account"),
        (9, finished(4, ("skill1", 19, 15, 0, 4, 3), ("enemy1", 3, 0, 1, 2, 0)), "account"),
        (9, finished(6, ("skill1", 19, 15, 0, 4, 3), ("enemy1", 3, 0, 2, 1, 0)), "numbers"),
        (10, started(3), "round"),
    ],
)
def test_what_is_not_as_the_rule_has_it_is_told(at: int, wrong: LedgerEntry, kind: str) -> None:
    """The difference names the first wrong entry, even if it makes later entries wrong."""
    _, differences = replayed(*WHOLE[:at], wrong, *WHOLE[at + 1 :])
    by_kind = {found.kind: found for found in differences}
    # Of a start, only the press that follows tells that Redis forgot nothing.
    noticed = at + 2 if isinstance(wrong, RoundStarted) else at + 1
    assert by_kind[kind].place == Place(EPOCH, 0, noticed)


def test_a_summary_that_tells_other_totals_is_told() -> None:
    end = msgspec.structs.replace(
        finished(1, ("skill1", 2, 0, 2, 0, 0)), summary=msgspec.Raw(b'{"event_totals":[]}')
    )
    found = replayed(opened(), started(), pressed(("skill1", 2, 2, 2)), end)
    assert found.kinds == ["account"]


def test_the_first_difference_of_a_kind_is_kept_and_the_others_are_counted() -> None:
    wrong = [pressed(("skill1", 1, n, 2 * n)) for n in (1, 2)]
    (found,) = replayed(opened(), started(), *wrong).differences
    assert (found.kind, found.count, found.place) == ("count left", 2, Place(EPOCH, 0, 3))
    assert found.sentence == "skill1 is left with 2, 1 by rule"


def test_an_entry_that_cannot_be_read_is_told_and_passed_over() -> None:
    texts = [msgspec.json.encode(entry) for entry in WHOLE]
    bad_settings = b'["settings","room",1,{"title":1}]'
    nonsense = [b'["press"]', b'["dance","room",1]', b'{"a":1}', bad_settings]
    (found,) = replayed_texts([*texts, *nonsense]).differences
    assert (found.kind, found.count) == ("unreadable entry", 4)


# Cooling down, and a log that fills up.


def test_a_cooling_button_fills_and_fires_nothing() -> None:
    slow = playing(button("skill1", 5, cooldown_ms=1_000))
    fires = pressed(("skill1", 10, 10, 5), fired=[("skill1", 5, 1)])
    fills = pressed(("skill1", 0, 10, 5), at=AT + 999)
    again = pressed(("skill1", 1, 11, 1), fired=[("skill1", 5, 2)], at=AT + 1_000)
    early = msgspec.structs.replace(again, at=AT + 999)
    assert replayed(opened(slow), started(), fires, fills, again).kinds == []
    assert replayed(opened(slow), started(), fires, early).kinds[:1] == ["presses accepted"]


def test_a_cooldown_is_over_where_the_clock_was_set_back() -> None:
    slow = playing(button("skill1", 5, cooldown_ms=1_000))
    fires = pressed(("skill1", 5, 5, 0), fired=[("skill1", 5, 1)])
    again = pressed(("skill1", 5, 10, 0), fired=[("skill1", 5, 2)], at=AT - 3_600_000)
    assert replayed(opened(slow), started(), fires, again).kinds == []


def test_a_trigger_that_redis_forgot_cools_nothing_down() -> None:
    slow = playing(button("skill1", 5, cooldown_ms=1_000))
    fires = pressed(("skill1", 5, 5, 0), fired=[("skill1", 5, 1)])
    again = pressed(("skill1", 5, 5, 0), fired=[("skill1", 5, 1)], log_epoch=LATER)
    assert replayed(opened(slow), started(), fires, renewed(settings=slow), again).kinds == []
    remembered = renewed(("skill1", 5, 5, 0, 0, 1), base=1, settings=slow)
    more = pressed(("skill1", 5, 10, 0), fired=[("skill1", 5, 2)], log_epoch=LATER)
    assert "triggers fired" in replayed(opened(slow), started(), fires, remembered, more).kinds


def test_a_log_holds_no_more_triggers_than_it_has_room_for() -> None:
    one = pressed(("skill1", 10, 10, 5), fired=[("skill1", 5, 1)], free_log=1)
    assert replayed(opened(), started(), one).kinds == []
    more = pressed(("skill1", 11, 11, 6), fired=[("skill1", 5, 1)], free_log=1)
    assert replayed(opened(), started(), more).kinds == ["presses accepted"]
    both = pressed(("skill1", 5, 5, 0), ("enemy1", 5, 5, 5), fired=[("skill1", 5, 1)], free_log=1)
    assert replayed(opened(), started(), both).kinds == []


def test_going_on_fires_nothing_into_a_full_log_or_a_round_that_is_held() -> None:
    ones = playing(button("skill1", 1))
    fired = [("skill1", 1, seq) for seq in range(1, 10_001)]
    fill = pressed(("skill1", 10_000, 10_000, 0), fired=fired)
    full = pressed(("skill1", 1, 10_001, 1), paused=1, free_log=0)
    assert replayed(opened(ones), started(), fill, full, paused(0)).kinds == []
    held = playing(button("skill1", 1), on_disconnect="hold")
    some = pressed(("skill1", 1, 1, 1), paused=1)
    assert replayed(opened(held), started(), some, paused(0)).kinds == []
    assert replayed(opened(ones), started(), paused(1), some, paused(0)).kinds == ["triggers fired"]


# After Redis forgot.


def test_what_redis_forgot_is_counted_and_the_replay_goes_on_from_what_it_remembers() -> None:
    replay, differences = replayed(
        opened(),
        started(),
        pressed(("skill1", 7, 7, 2), fired=[("skill1", 5, 1)]),
        pressed(("skill1", 4, 11, 1), ("enemy1", 1, 1, 1), fired=[("skill1", 5, 2)]),
        renewed(("skill1", 7, 5, 2, 0, 1), base=1),
        pressed(("skill1", 3, 10, 0), fired=[("skill1", 5, 2)], log_epoch=LATER),
    )
    assert differences == ()
    assert replay.forgotten == {(1, "skill1"): 4, (1, "enemy1"): 1}
    assert replay.untold == {(1, "enemy1")}
    assert replay.numbering.forgotten == 1
    assert replay.numbering.log_epochs == [(EPOCH, 0), (LATER, 1)]


@pytest.mark.parametrize(
    ("remembered", "kind"),
    [
        (renewed(("skill1", 9, 5, 4, 0, 1), base=1), "missing entries"),
        (renewed(("skill1", 7, 5, 2, 0, 1), base=2), "missing entries"),
        (renewed(("skill1", 7, 5, 1, 0, 1), base=1), "account"),
        (msgspec.structs.replace(renewed(), log_epochs=()), "unreadable entry"),
    ],
)
def test_redis_cannot_remember_more_than_was_booked(remembered: LedgerEntry, kind: str) -> None:
    before = (opened(), started(), pressed(("skill1", 7, 7, 2), fired=[("skill1", 5, 1)]))
    assert replayed(*before, remembered).kinds == [kind]


def test_a_round_that_redis_forgot_is_forgotten_wholly() -> None:
    first = (
        opened(),
        started(),
        pressed(("skill1", 2, 2, 2)),
        finished(1, ("skill1", 2, 0, 2, 0, 0)),
    )
    second = (started(2), pressed(("skill1", 3, 3, 3), round_=2))
    replay, differences = replayed(*first, *second, renewed(("skill1", 2, 0, 2, 0, 0)))
    assert differences == ()
    assert (replay.forgotten, replay.untold) == ({(2, "skill1"): 3}, {(2, "skill1")})
    again = (started(2), renewed(base=1, round_=2), pressed(("skill1", 1, 1, 1), round_=2))
    replay, differences = replayed(*first, *second, *again)
    assert differences == ()
    assert (replay.forgotten, replay.untold) == ({(2, "skill1"): 3}, set())


def test_a_round_that_begins_twice_is_told_unless_redis_forgot() -> None:
    twice = (opened(), started(), pressed(("skill1", 2, 2, 2)), started())
    assert replayed(*twice).kinds == []
    assert replayed(*twice, renewed(), pressed(("skill1", 1, 1, 1))).kinds == []
    assert replayed(*twice, pressed(("skill1", 1, 1, 1))).kinds == ["round"]


def test_settings_that_redis_forgot_are_forgotten() -> None:
    before = (opened(), started(), pressed(("enemy1", 1, 1, 1)), changed(THREES))
    fives = pressed(("skill1", 6, 6, 1), fired=[("skill1", 5, 1)], log_epoch=LATER)
    threes = pressed(
        ("skill1", 6, 6, 0), fired=[("skill1", 3, 1), ("skill1", 3, 2)], log_epoch=LATER
    )
    for kept, right, wrong in ((FIVES, fives, threes), (THREES, threes, fives)):
        remembered = renewed(("enemy1", 1, 0, 1, 0, 0), settings=kept)
        assert replayed(*before, remembered, right).kinds == []
        assert replayed(*before, remembered, wrong).kinds == ["count left", "triggers fired"]


# A journal whose beginning is missing.


def test_a_journal_without_its_beginning_is_counted_from_the_first_round_and_settings() -> None:
    blind = pressed(("skill1", 1, 7, 9), round_=2)
    wrong = pressed(("skill1", 1, 8, 8), round_=2)
    replay, differences = replayed(*WHOLE[2:], blind, changed(FIVES), wrong)
    assert (replay.whole, replay.entries, replay.unchecked) == (False, 13, 10)
    assert [(found.kind, found.place) for found in differences] == [
        ("count left", Place(EPOCH, 0, 13)),
        ("triggers fired", Place(EPOCH, 0, 13)),
    ]


def test_a_journal_that_begins_with_what_redis_remembers_is_counted_from_there() -> None:
    replay, differences = replayed(
        renewed(("skill1", 7, 5, 2, 0, 1), base=1),
        changed(FIVES),
        pressed(("skill1", 3, 10, 0), fired=[("skill1", 5, 2)], log_epoch=LATER),
    )
    assert (replay.whole, replay.unchecked, differences) == (False, 0, ())
    assert replay.forgotten == {}


def test_a_room_opens_once() -> None:
    assert replayed(opened(), opened()).kinds == ["round"]


# Equal to the library.


@pytest.fixture
async def valkey(anyio_backend: object, tmp_path: Path) -> AsyncIterator[OwnServer]:
    """The suite's own service would fire what is full."""
    async with own_server(tmp_path) as server:
        yield server


class ReplayedRoom(PlayedRoom):
    """Replays what was played, then replays it with one alteration."""

    def teardown(self) -> None:
        try:
            journal = self.entries()
            replay, differences = replayed_texts(text.encode() for text in journal)
            assert differences == ()
            assert (replay.whole, replay.unchecked) == (True, 0)
            if altered := _altered(journal, Random(len(journal))):
                assert replayed_texts(altered).differences != ()
        finally:
            super().teardown()


def _altered(journal: list[str], random: Random) -> list[bytes]:
    """The journal with one falsification of presses; empty if Redis lost data in it."""
    decoded: list[list[Any]] = [msgspec.json.decode(text) for text in journal]
    if any(entry[0] == "renew" for entry in decoded):
        return []
    # A room that is held while its game is away may pause at any time.
    falsification = FALSIFIED[random.choice([name for name in FALSIFIED if name != "paused"])]
    fit = [entry for entry in decoded if falsification.fits(entry)]
    if not fit:
        return []
    falsification.apply(random.choice(fit))
    return [msgspec.json.encode(entry) for entry in decoded]


@pytest.mark.timeout(500)
def test_whatever_the_library_writes_is_counted_again_alike(valkey: OwnServer) -> None:
    """Random rooms, also on servers that lose data; and any alteration is found."""
    ReplayedRoom.url = valkey.url
    run_state_machine_as_test(
        ReplayedRoom,
        settings=settings(
            max_examples=50,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # to shrink a failure takes minutes
        ),
    )
