"""The streamer's own press: it fires a button at once, and the streamer is no viewer."""

import pytest

from shared.engine.engine import Engine
from shared.engine.ledger_entries import StreamerFired
from shared.engine.moderation import fired_by
from shared.engine.refusals import GameNotStarted, UnknownEventType
from shared.engine.replies import Fired
from shared.engine.tally import running_rounds
from shared.wire.game_messages import Available, GameEvent, Outcome
from shared.wire.refusal import Refused
from tests.batches import state_of
from tests.room_keys import room_keys
from tests.shared.engine.counting_rule import LOG_LIMIT
from tests.shared.engine.fired_trigger import entries
from tests.shared.engine.rooms import (
    Book,
    age_triggers,
    book,
    button,
    engine_at,
    let_run,
    open_room,
    play,
    playing,
    press,
    whole_log,
)

PACE = 60_000  # ms


@pytest.fixture(scope="module")
def redis_url(standing_url: str) -> str:
    return standing_url


async def refusal(engine: Engine, room_id: str, event_type: str = "skill1") -> str:
    with pytest.raises(Refused) as refused:
        await engine.fire(room_id, event_type)
    return refused.value.kind.code


async def test_the_streamer_fires_a_button_with_all_its_presses(engine: Engine) -> None:
    room_id, _, log_epoch = await play(engine, playing(button("skill1", 5)))
    await press(engine, room_id, "ann", name="Ann", skill1=2)
    await press(engine, room_id, "bob", skill1=1)
    shot = await engine.fire(room_id, "skill1")
    assert shot.fired == Fired("skill1", 4, 1)
    assert shot.state.viewer_count == 2
    (state,) = shot.state.stats
    assert (state.current_count, state.current_level, state.accepted) == (0, 1, 4)
    (event,) = await whole_log(engine, room_id)
    assert isinstance(event, GameEvent)
    assert (event.trigger_count, event.people, event.viewer_name) == (4, 2, None)
    assert event.by_streamer
    assert await book(engine, room_id, "skill1") == Book(accepted=4, consumed=4, fired=1)
    *_, entry = await entries(engine, room_id)
    assert isinstance(entry, StreamerFired)
    assert (entry.round, entry.viewer_count, entry.log_epoch) == (1, 2, log_epoch)
    assert (entry.event_type, entry.total, entry.threshold, entry.seq) == ("skill1", 4, 4, 1)


async def test_the_streamer_is_no_viewer(engine: Engine) -> None:
    """Nobody else pressed: no viewer is active, in a list, or in the trigger."""
    room_id, term, _ = await play(engine, playing(button("skill1", 5)))
    await engine.fire(room_id, "skill1")
    (running,) = [each for each in await running_rounds(engine.store) if each.room_id == room_id]
    assert (running.accepted, running.difference) == (1, 0)
    assert (running.active_viewers, running.pressers, running.effective_pressers) == (0, 0, 0)
    assert (await engine.top_viewers(room_id, limit=5)).viewers == ()
    (event,) = await whole_log(engine, room_id)
    assert isinstance(event, GameEvent)
    assert (event.viewer_count, event.people) == (0, 0)
    assert await fired_by(engine, room_id, event.epoch, event.seq) == ""
    await engine.finish(room_id, term)


async def test_the_streamers_presses_concentrate_no_round(engine: Engine) -> None:
    """The effective pressers are those of the viewers alone."""
    room_id, _, _ = await play(engine, playing(button("skill1", 50)))
    for viewer in ("ann", "bob"):
        await press(engine, room_id, viewer, skill1=3)
    await engine.fire(room_id, "skill1")
    (running,) = [each for each in await running_rounds(engine.store) if each.room_id == room_id]
    assert running.accepted == 7
    assert running.effective_pressers == pytest.approx(2)
    assert running.effective_sources == pytest.approx(2)


async def test_neither_pace_nor_cooldown_holds_the_streamer_back(engine: Engine) -> None:
    """Both begin anew, and the record of a pace stays."""
    paced, cooled = button("skill1", 3, pace_ms=PACE), button("enemy1", 3, cooldown_ms=PACE)
    room_id, _, _ = await play(engine, playing(paced, cooled))
    await age_triggers(engine, room_id, 1, 2 * PACE)
    await press(engine, room_id, "ann", skill1=8, enemy1=3)
    shot = await engine.fire(room_id, "skill1")
    assert shot.fired.threshold == 1
    assert state_of("skill1", shot.state).required_count == 16  # four times what came in a pace
    shot = await engine.fire(room_id, "enemy1")
    for state, wait in zip(shot.state.stats, (PACE / 4, PACE), strict=True):
        assert wait - 5_000 < state.ready_in_ms <= wait
    counting = await press(engine, room_id, "bob", skill1=9, enemy1=3)
    assert counting.fired == ()


async def test_a_bar_of_the_viewers_begins_after_the_streamers_trigger(engine: Engine) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1", 3)))
    await press(engine, room_id, "ann", skill1=1)
    await engine.fire(room_id, "skill1")
    await press(engine, room_id, "ann", skill1=1)
    await press(engine, room_id, "bob", skill1=2)
    events = await whole_log(engine, room_id)
    assert [event.people for event in events if isinstance(event, GameEvent)] == [1, 2]


async def test_a_failed_trigger_of_the_streamer_gives_its_presses_back(engine: Engine) -> None:
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 9)))
    await press(engine, room_id, "ann", skill1=2)
    await engine.fire(room_id, "skill1")
    assert await engine.outcome(room_id, term, Outcome(log_epoch, 1, "failed"))
    kept = await book(engine, room_id, "skill1")
    assert kept == Book(count=3, accepted=3, consumed=3, fired=1, returned=3)
    assert kept.balanced


async def test_what_cannot_fire_is_refused_with_its_code(engine: Engine) -> None:
    """And changes nothing."""
    off = button("off", enabled=False)
    room_id, term, _ = await play(engine, playing(button("skill1"), off, on_disconnect="hold"))
    assert await refusal(engine, room_id, "off") == "disabled"
    await engine.available(room_id, term, Available("skill1", available=False, reason="busy"))
    assert await refusal(engine, room_id) == "unavailable"
    await engine.available(room_id, term, Available("skill1", available=True))
    await engine.pause(room_id, term, paused=True)
    assert await refusal(engine, room_id) == "paused"
    await engine.pause(room_id, term, paused=False)
    await engine.detach(room_id, term, written=0, clean=False)
    assert await refusal(engine, room_id) == "paused"
    with pytest.raises(UnknownEventType):
        await engine.fire(room_id, "nonsense")
    assert await book(engine, room_id, "skill1") == Book()
    assert await whole_log(engine, room_id) == ()


async def test_without_a_round_nothing_fires(engine: Engine) -> None:
    """The streamer's press opens no round, and counts in none whose time is over."""
    settings = playing(button("skill1"), starts="press", round_limit_s=60)
    room_id = await open_room(engine, settings)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    with pytest.raises(GameNotStarted):
        await engine.fire(room_id, "skill1")
    await engine.start(room_id, held.term)
    await let_run(engine, room_id, 61)
    assert await refusal(engine, room_id) == "game_not_started"
    await engine.finish(room_id, held.term)
    assert await refusal(engine, room_id) == "game_not_started"


async def test_a_full_log_takes_no_trigger_of_the_streamer(engine: Engine) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1")))
    await engine.store.command("HSET", room_keys(room_id).room, "seq", LOG_LIMIT)
    assert await refusal(engine, room_id) == "log_full"


async def test_a_full_ledger_takes_no_press_of_the_streamer(engine: Engine, redis_url: str) -> None:
    room_id, _, _ = await play(engine, playing(button("skill1")))
    async with engine_at(redis_url) as full:
        full.ledger_limits = "0 0"
        assert await refusal(full, room_id) == "ledger_full"
    assert await book(engine, room_id, "skill1") == Book()
