"""The figures that are computed from a round's hash in Redis."""

from collections.abc import Iterable
from typing import Any

from shared.engine.engine import Engine
from shared.engine.tally import figures_of, running_rounds
from tests.room_keys import room_keys
from tests.shared.engine.rooms import ONE_PRESS_FIRES, button, open_room, play, playing, press


def test_the_difference_is_what_neither_triggers_nor_buttons_nor_a_reset_account_for() -> None:
    """The absolute difference of each button is added, so that two errors cannot cancel out."""
    skill1 = {"accepted": 12, "consumed": 10, "count": 4, "discarded": 3, "returned": 5}
    skill2 = {"accepted": 7, "consumed": 5, "count": 1}
    enemy1 = {"accepted": 7, "consumed": 5, "count": 3}
    counts = {"squares": f"{26 * 26}", "of another release": "0.5"}
    for event_type, figures in ("skill1", skill1), ("skill2", skill2), ("enemy1", enemy1):
        counts |= {f"{event_type}:{field}": f"{value}" for field, value in figures.items()}
    found = figures_of(tallied(part for field in counts.items() for part in field))
    assert (found.accepted, found.difference, found.effective_pressers) == (26, 2, 1)


def test_a_round_without_presses_has_no_pressers() -> None:
    found = figures_of(tallied(()))
    assert (found.difference, found.effective_pressers, found.effective_sources) == (0, 0, 0)


def tallied(counts: Iterable[str]) -> list[Any]:
    """A reply of `tally`."""
    return [["room_id", "room", "round", 1, "active_viewers", 0, "counts", [*counts]]]


async def test_running_rounds_are_found_and_others_are_not(engine: Engine) -> None:
    """In their current round, whichever number it has."""
    waiting = await open_room(engine)
    ended, term, _ = await play(engine)
    await engine.finish(ended, term)
    again, term, _ = await play(engine, ONE_PRESS_FIRES)
    await engine.finish(again, term)
    await engine.start(again, term)
    await press(engine, again, skill1=3)
    found = {running.room_id: running for running in await running_rounds(engine.store)}
    assert not {waiting, ended} & set(found)
    running = found[again]
    assert (running.round, running.accepted, running.difference) == (2, 3, 0)
    assert (running.active_viewers, running.pressers) == (1, 1)


async def test_counts_that_somebody_meddled_with_are_seen(engine: Engine) -> None:
    room_id, _, _ = await play(engine)
    await press(engine, room_id, skill1=4)
    counts = room_keys(room_id).counts(1)
    await engine.store.command("HINCRBY", counts, "skill1:count", -1)
    rounds = {running.room_id: running for running in await running_rounds(engine.store)}
    await engine.store.command("HINCRBY", counts, "skill1:count", 1)  # others look here too
    assert rounds[room_id].difference == 1


async def test_a_round_lacks_a_pace_if_a_button_that_can_be_pressed_has_none(
    engine: Engine,
) -> None:
    paced, off = button("skill1", 5, pace_ms=1_000), button("enemy1", 5, enabled=False)
    rooms = [await play(engine, playing(paced, *more)) for more in ((), (off,), (button("x"),))]
    found = {running.room_id: running for running in await running_rounds(engine.store)}
    assert [found[room.room_id].lacks_pace for room in rooms] == [False, False, True]


async def test_a_round_whose_room_is_gone_is_passed_over(engine: Engine) -> None:
    room_id, _, _ = await play(engine)
    await engine.store.command("UNLINK", room_keys(room_id).room)
    found = {running.room_id for running in await running_rounds(engine.store)}
    assert room_id not in found
