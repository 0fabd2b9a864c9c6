"""What a game answers: the outcomes of its triggers, and the buttons that it cannot use."""

from pathlib import Path

import pytest

from shared.engine.engine import Engine
from shared.engine.ledger_entries import TriggerOutcome
from shared.engine.moderation import fired_by, hidden
from shared.engine.refusals import GameNotStarted, SocketReplaced, UnknownEventType
from shared.wire.game_messages import Available
from shared.wire.refusal import Refused
from tests.batches import state_of
from tests.room_keys import room_keys
from tests.shared.engine.clocks import clocked_server
from tests.shared.engine.fired_trigger import FIVE, a_trigger, block, entries
from tests.shared.engine.rooms import (
    Book,
    book,
    engine_at,
    own_server,
    play,
    press,
)

TEN_MINUTES = 600  # s


async def test_a_failed_trigger_gives_its_presses_back_once(engine: Engine) -> None:
    """They are in the bar again, and fire with the next press."""
    fired = await a_trigger(engine, presses=6)
    assert await fired.say("failed", reason="no dragon")
    assert not await fired.say("failed", reason="no dragon")
    assert not await fired.say("done")
    kept = await book(engine, fired.room.room_id, "skill1")
    assert kept == Book(count=6, accepted=6, consumed=5, fired=1, returned=5)
    assert kept.balanced
    counting = await press(engine, fired.room.room_id, "another", skill1=1)
    assert [fired.threshold for fired in counting.fired] == [5]


async def test_what_is_done_gives_nothing_back_any_more(engine: Engine) -> None:
    """The first final word counts."""
    fired = await a_trigger(engine)
    assert await fired.say("started", 5_000)
    assert await fired.say("done")
    assert not await fired.say("failed")
    assert (await book(engine, fired.room.room_id, "skill1")).returned == 0


async def test_a_trigger_begins_only_ten_times(engine: Engine) -> None:
    """A game that tells ever other durations fills no ledger. How it ends is always taken."""
    fired = await a_trigger(engine)
    begun = [await fired.say("started", 1_000 + n % 2) for n in range(30)]
    assert begun == [True] * 10 + [False] * 20
    found = await entries(engine, fired.room.room_id)
    assert len([entry for entry in found if isinstance(entry, TriggerOutcome)]) == 10
    assert await fired.say("failed")
    assert (await book(engine, fired.room.room_id, "skill1")).returned == 5


async def test_a_room_knows_whose_press_fired_a_trigger(engine: Engine) -> None:
    """Not of a trigger that it does not have, nor of one that nobody's press fired."""
    fired = await a_trigger(engine)
    room = fired.room
    assert await fired_by(engine, room.room_id, room.log_epoch, fired.seq) == "a"
    assert await fired_by(engine, room.room_id, room.log_epoch, fired.seq + 1) == ""
    assert await fired_by(engine, room.room_id, room.log_epoch + 1, fired.seq) == ""


async def test_each_outcome_is_booked_once(engine: Engine) -> None:
    fired = await a_trigger(engine)
    for _ in range(2):
        await fired.say("started", 5_000)
    for _ in range(2):
        await fired.say("failed", reason="no dragon")
    started, failed = (
        entry
        for entry in await entries(engine, fired.room.room_id)
        if isinstance(entry, TriggerOutcome)
    )
    assert (started.status, started.ends_at) == ("started", started.at + 5_000)
    assert (started.total, started.count) == (0, 0)
    assert failed == TriggerOutcome(
        fired.room.room_id,
        failed.at,
        round=1,
        event_type="skill1",
        log_epoch=fired.room.log_epoch,
        seq=fired.seq,
        status="failed",
        reason="no dragon",
        ends_at=0,
        total=5,
        count=5,
    )


async def test_a_trigger_may_be_answered_for_ten_minutes(tmp_path: Path) -> None:
    """Also once it is acknowledged and trimmed from the log."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        old, older = await a_trigger(engine), await a_trigger(engine)
        room = old.room
        for _ in range(3):
            await engine.ack(room.room_id, room.term, room.log_epoch, old.seq)
            clock.step(TEN_MINUTES / 3 - 1)
        assert (await engine.read(room.room_id, room.log_epoch, 0, limit=10)).messages == ()
        assert await old.say("failed")
        clock.step(4)
        with pytest.raises(Refused, match="bad_outcome"):
            await older.say("failed")


async def test_a_trigger_may_be_answered_though_the_clock_was_set_back(tmp_path: Path) -> None:
    """Also where the hash that records it has not begun yet."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        now = (await engine.watch((await play(engine)).room_id, "gateway", None)).now
        clock.step(TEN_MINUTES - now / 1000 % TEN_MINUTES + 2)
        fired = await a_trigger(engine)
        clock.step(-30)
        assert await fired.say("failed")


async def test_a_room_that_fires_thousands_a_second_does_not_fill_redis(engine: Engine) -> None:
    """Of the triggers beyond 100,000 in ten minutes its game can tell no outcome."""
    trigger = await a_trigger(engine)
    room_id = trigger.room.room_id
    now = (await engine.watch(room_id, "gateway", None)).now
    full = [word for n in range(100_000) for word in (f"other{n}", "")]
    for period in (now // 600_000, now // 600_000 + 1):
        await engine.store.command("HSET", f"{room_keys(room_id).room}:triggers:{period}", *full)
    (fired,) = (await press(engine, room_id, "a", skill1=5)).fired
    with pytest.raises(Refused, match="bad_outcome"):
        await trigger._replace(seq=fired.seq).say("failed")
    assert await trigger.say("failed")
    assert (await book(engine, room_id, "skill1")).balanced


@pytest.mark.parametrize(("epochs", "numbers"), [(0, 1), (1, 0), (0, -1)])
async def test_what_never_fired_has_no_outcome(engine: Engine, epochs: int, numbers: int) -> None:
    fired = await a_trigger(engine)
    room = fired.room._replace(log_epoch=fired.room.log_epoch + epochs)
    with pytest.raises(Refused, match="bad_outcome"):
        await fired._replace(room=room, seq=fired.seq + numbers).say("done")


async def test_a_round_that_is_over_gets_no_presses_back(engine: Engine) -> None:
    """The outcome is kept all the same."""
    fired = await a_trigger(engine)
    room_id, term = fired.room.room_id, fired.room.term
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert await fired.say("failed")
    assert (await book(engine, room_id, "skill1", 1)).returned == 0
    assert (await book(engine, room_id, "skill1", 2)).count == 0
    *_, entry = await entries(engine, room_id)
    assert isinstance(entry, TriggerOutcome)
    assert (entry.round, entry.status, entry.total) == (1, "failed", 0)


async def test_a_replaced_game_answers_nothing(engine: Engine) -> None:
    fired = await a_trigger(engine)
    await engine.attach(fired.room.room_id, "other", log_epoch=None, last_seq=None, skip=False)
    with pytest.raises(SocketReplaced):
        await fired.say("failed")
    away = Available("skill1", available=False)
    with pytest.raises(SocketReplaced):
        await engine.available(fired.room.room_id, fired.room.term, away)


async def test_an_outcome_survives_the_server(tmp_path: Path) -> None:
    """A kill of Redis: told again, it changes nothing; what was not told yet counts once."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            fired, other = await a_trigger(engine), await a_trigger(engine)
            assert await fired.say("failed")
        await server.kill()
        await server.start()
        async with engine_at(server.url) as engine:
            assert not await fired._replace(engine=engine).say("failed")
            assert await other._replace(engine=engine).say("failed")
            for each in (fired, other):
                kept = await book(engine, each.room.room_id, "skill1")
                assert (kept.returned, kept.balanced) == (5, True)


async def test_names_of_many_viewers_are_asked_for_at_once(engine: Engine) -> None:
    """As many as a long round's triggers may have."""
    fired = await a_trigger(engine)
    await block(fired)
    viewers = ["a", *(f"v{number}" for number in range(9_000))]
    assert await hidden(engine, fired.room.room_id, viewers) == {"a"}


async def test_a_button_that_the_game_cannot_use_counts_nothing(engine: Engine) -> None:
    """Its presses are refused with a reason of their own; others count."""
    room_id, term, _ = await play(engine, FIVE)
    await press(engine, room_id, skill1=3)
    await engine.available(room_id, term, Available("skill1", available=False, reason="in a shop"))
    counting = await press(engine, room_id, skill1=4, enemy1=1)
    assert (counting.accepted, counting.rejected.unavailable) == (1, 4)
    stat = state_of("skill1", counting.state)
    assert (stat.available, stat.reason, stat.current_count) == (False, "in a shop", 3)
    assert state_of("enemy1", counting.state).available
    await engine.available(room_id, term, Available("skill1", available=True))
    counting = await press(engine, room_id, skill1=2)
    assert len(counting.fired) == 1
    assert state_of("skill1", counting.state).reason is None


async def test_it_lasts_for_the_round_and_across_sockets(engine: Engine) -> None:
    room_id, term, _ = await play(engine, FIVE)
    await engine.available(room_id, term, Available("skill1", available=False))
    held = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    assert not state_of("skill1", await engine.stats(room_id)).available
    await engine.finish(room_id, held.term)
    assert state_of("skill1", await engine.stats(room_id)).available
    await engine.start(room_id, held.term)
    assert state_of("skill1", await engine.stats(room_id)).available


async def test_only_buttons_of_a_running_round_can_be_unavailable(engine: Engine) -> None:
    room_id, term, _ = await play(engine, FIVE)
    with pytest.raises(UnknownEventType):
        await engine.available(room_id, term, Available("dragon", available=False))
    await engine.finish(room_id, term)
    with pytest.raises(GameNotStarted):
        await engine.available(room_id, term, Available("skill1", available=False))


async def test_a_resume_may_throw_everything_away(engine: Engine) -> None:
    """Nothing fires, and the presses are booked as discarded."""
    room_id, term, _ = await play(engine, FIVE)
    await engine.pause(room_id, term, paused=True)
    await press(engine, room_id, skill1=9, enemy1=2)
    await engine.pause(room_id, term, paused=False, discard=True)
    assert await book(engine, room_id, "skill1") == Book(accepted=5, discarded=5)
    assert await book(engine, room_id, "enemy1") == Book(accepted=2, discarded=2)
    assert not (await engine.describe(room_id)).paused
    await press(engine, room_id, skill1=3)
    await engine.pause(room_id, term, paused=False, discard=True)  # again: its answer was lost
    assert (await press(engine, room_id, skill1=2)).fired
