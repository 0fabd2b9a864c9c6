"""What a game answers: the outcomes of its triggers, and the buttons that it cannot use."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from shared.engine.ledger_entries import TriggerOutcome, decode_entry
from shared.engine.moderation.pressers import fired_by, hidden
from shared.engine.refusals import GameNotStarted, SocketReplaced, UnknownEventType
from shared.wire.game_messages import Available, Outcome
from shared.wire.refusal import Refused
from shared.wire.viewer_messages import Effect
from tests.room_keys import room_keys
from tests.shared.engine.clocks import HOUR, clocked_server
from tests.shared.engine.rooms import (
    Book,
    book,
    button,
    engine_at,
    fire,
    own_server,
    play,
    playing,
    press,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from shared.engine.engine import Engine
    from shared.engine.ledger_entries import AnyEntry
    from shared.wire.parts import OutcomeStatus
    from tests.shared.engine.rooms import Played

pytestmark = pytest.mark.anyio

TEN_MINUTES = 600  # s
FIVE = playing(button("skill1", 5), button("enemy1", 5))


class Told(NamedTuple):
    """A room with one trigger of skill1, and what its game says of that."""

    engine: Engine
    room: Played
    seq: int

    async def say(self, status: OutcomeStatus, duration_ms: int = 0, reason: str = "") -> bool:
        told = Outcome(self.room.log_epoch, self.seq, status, duration_ms, reason)
        return await self.engine.outcome(self.room.room_id, self.room.term, told)

    async def effects(self) -> tuple[Effect, ...]:
        """What a gateway shows that begins to watch now."""
        return (await self.engine.watch(self.room.room_id, "gateway", None)).lasting


async def a_trigger(engine: Engine, name: str = "Aki", presses: int = 5) -> Told:
    room = await play(engine, FIVE)
    counting = await press(engine, room.room_id, "a", name=name, skill1=presses)
    return Told(engine, room, counting.fired[-1].seq)


async def entries(engine: Engine, room_id: str) -> Sequence[AnyEntry]:
    ledger, _ = room_keys(room_id).ledger
    found = await engine.store.command("XRANGE", ledger, "-", "+")
    decoded = [decode_entry(fields["e"]) for _, fields in found]
    return [entry for entry in decoded if entry.room_id == room_id]


async def test_a_failed_trigger_gives_its_presses_back_once(engine: Engine) -> None:
    """They are in the bar again, and fire with the next press."""
    told = await a_trigger(engine, presses=6)
    assert await told.say("failed", reason="no dragon")
    assert not await told.say("failed", reason="no dragon")
    assert not await told.say("done")
    kept = await book(engine, told.room.room_id, "skill1")
    assert kept == Book(count=6, accepted=6, consumed=5, fired=1, returned=5)
    assert kept.balanced
    counting = await press(engine, told.room.room_id, "another", skill1=1)
    assert [fired.threshold for fired in counting.fired] == [5]


async def test_what_is_done_gives_nothing_back_any_more(engine: Engine) -> None:
    """The first final word counts."""
    told = await a_trigger(engine)
    assert await told.say("started", 5_000)
    assert await told.say("done")
    assert not await told.say("failed")
    assert (await book(engine, told.room.room_id, "skill1")).returned == 0


async def test_a_trigger_begins_only_ten_times(engine: Engine) -> None:
    """A game that tells ever other durations fills no ledger. How it ends is always taken."""
    told = await a_trigger(engine)
    begun = [await told.say("started", 1_000 + n % 2) for n in range(30)]
    assert begun == [True] * 10 + [False] * 20
    found = await entries(engine, told.room.room_id)
    assert len([entry for entry in found if isinstance(entry, TriggerOutcome)]) == 10
    assert await told.say("failed")
    assert (await book(engine, told.room.room_id, "skill1")).returned == 5


async def test_a_room_knows_whose_press_fired_a_trigger(engine: Engine) -> None:
    """Not of a trigger that it does not have, nor of one that nobody's press fired."""
    told = await a_trigger(engine)
    room = told.room
    assert await fired_by(engine, room.room_id, room.log_epoch, told.seq) == "a"
    assert await fired_by(engine, room.room_id, room.log_epoch, told.seq + 1) == ""
    assert await fired_by(engine, room.room_id, room.log_epoch + 1, told.seq) == ""


async def test_each_outcome_is_booked_once(engine: Engine) -> None:
    told = await a_trigger(engine)
    for _ in range(2):
        await told.say("started", 5_000)
    for _ in range(2):
        await told.say("failed", reason="no dragon")
    started, failed = (
        entry
        for entry in await entries(engine, told.room.room_id)
        if isinstance(entry, TriggerOutcome)
    )
    assert (started.status, started.total, started.ends_at) == ("started", 0, started.at + 5_000)
    assert failed == TriggerOutcome(
        told.room.room_id,
        failed.at,
        round=1,
        event_type="skill1",
        log_epoch=told.room.log_epoch,
        seq=told.seq,
        status="failed",
        reason="no dragon",
        ends_at=0,
        total=5,
        count=5,
    )


async def test_viewers_see_what_lasts_and_then_how_it_ended(engine: Engine) -> None:
    told = await a_trigger(engine)
    before = await engine.watch(told.room.room_id, "gateway", None)
    assert await told.say("started", 60_000)
    shown = await engine.watch(told.room.room_id, "gateway", before)
    (effect,) = shown.effects
    assert effect == Effect(
        "skill1", told.room.log_epoch, told.seq, "Aki", "started", None, effect.ends_at
    )
    assert effect.ends_at is not None
    assert 59_000 < effect.ends_at - shown.now <= 60_000
    assert shown.lasting == await told.effects() == (effect,)
    assert await told.say("failed", reason="no dragon")
    after = await engine.watch(told.room.room_id, "gateway", shown)
    assert [(e.status, e.reason, e.ends_at, e.returned) for e in after.effects] == [
        ("failed", "no dragon", None, 5)
    ]
    assert after.lasting == await told.effects() == ()
    assert (await engine.watch(told.room.room_id, "gateway", after)).effects == ()


async def scans(engine: Engine) -> int:
    """How many hashes the server has read as a whole."""
    stats = await engine.store.command("INFO", "commandstats")
    return int(stats.get("cmdstat_hgetall", {"calls": 0})["calls"])


async def block(told: Told) -> None:
    await told.engine.block(told.room.room_id, "a")


async def hide_all_names(told: Told) -> None:
    hidden = msgspec.structs.replace(FIVE, show_names=False)
    await told.engine.change_settings(told.room.room_id, lambda _: hidden)


@pytest.mark.parametrize("hide", [block, hide_all_names])
async def test_a_name_that_is_hidden_leaves_the_effects_that_last(
    engine: Engine, hide: Callable[[Told], Awaitable[None]]
) -> None:
    """Pages that show it are told at once; what the game says later does not name it either."""
    told = await a_trigger(engine)
    await told.say("started", 60_000, 'a "dragon"')
    before = await engine.watch(told.room.room_id, "gateway", None)
    (named,) = before.lasting
    nameless = msgspec.structs.replace(named, viewer_name=None)
    await hide(told)
    after = await engine.watch(told.room.room_id, "gateway", before)
    assert named.viewer_name == "Aki"
    assert after.effects == after.lasting == await told.effects() == (nameless,)
    await told.say("done")
    last = await engine.watch(told.room.room_id, "gateway", after)
    assert [(effect.status, effect.viewer_name) for effect in last.effects] == [("done", None)]


async def test_a_block_hides_no_other_name(engine: Engine) -> None:
    told = await a_trigger(engine)
    await told.say("started", 60_000)
    await engine.block(told.room.room_id, "another")
    assert [effect.viewer_name for effect in await told.effects()] == ["Aki"]


async def test_a_gateway_that_misses_effects_gets_the_newest_and_what_lasts(
    engine: Engine,
) -> None:
    """More came than are kept for it, and the first of them ended one that it shows."""
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 1)))
    await fire(engine, room_id, 110)
    await engine.outcome(room_id, term, Outcome(log_epoch, 1, "started", 60_000))
    before = await engine.watch(room_id, "gateway", None)
    for seq in range(1, 110):
        await engine.outcome(room_id, term, Outcome(log_epoch, seq, "done"))
    await engine.outcome(room_id, term, Outcome(log_epoch, 110, "started", 60_000))
    after = await engine.watch(room_id, "gateway", before)
    assert [effect.seq for effect in before.lasting] == [1]
    assert [effect.seq for effect in after.lasting] == [110]
    assert after.has_missed_effects
    assert [effect.seq for effect in after.effects] == list(range(11, 111))
    next_ = await engine.watch(room_id, "gateway", after)
    assert (next_.has_missed_effects, next_.lasting) == (False, after.lasting)


async def test_a_gateway_skips_effects_that_it_cannot_read(engine: Engine) -> None:
    """They come from a later release, during an upgrade; what follows is shown."""
    told = await a_trigger(engine)
    before = await engine.watch(told.room.room_id, "gateway", None)
    stream, _ = room_keys(told.room.room_id).effects
    await engine.store.command("XADD", stream, "*", "m", '{"type":"effect","status":"paused"}')
    await told.say("done")
    after = await engine.watch(told.room.room_id, "gateway", before)
    assert [effect.status for effect in after.effects] == ["done"]


async def test_the_end_of_an_effect_needs_no_word(tmp_path: Path) -> None:
    """A game that says nothing more lets it end by the clock."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        told = await a_trigger(engine)
        await told.say("started", 5_000)
        clock.step(4)
        assert len(await told.effects()) == 1
        clock.step(1)
        assert await told.effects() == ()


async def test_an_effect_that_is_told_again_does_not_last_longer(tmp_path: Path) -> None:
    """As after a reconnect; another duration begins anew."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        told = await a_trigger(engine)
        await told.say("started", 5_000)
        (first,) = await told.effects()
        clock.step(2)
        assert not await told.say("started", 5_000)
        assert await told.effects() == (first,)
        assert await told.say("started", 6_000)
        (longer,) = await told.effects()
        assert longer.ends_at is not None
        assert first.ends_at is not None
        assert longer.ends_at >= first.ends_at + 3_000


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
        told = await a_trigger(engine)
        clock.step(-30)
        assert await told.say("failed")


async def test_no_effect_lasts_longer_than_effects_can(tmp_path: Path) -> None:
    """The clock was set back."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        told = await a_trigger(engine)
        await told.say("started", 60_000)
        clock.step(-2 * HOUR)
        assert await told.effects() == ()


async def test_a_game_with_many_lasting_effects_is_cheap(engine: Engine) -> None:
    """What has ended is removed from a full list once a second, however many effects start."""
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 1)))
    await fire(engine, room_id, 220)
    before = await scans(engine)
    for seq in range(1, 221):
        await engine.outcome(room_id, term, Outcome(log_epoch, seq, "started", 60_000))
    assert len((await engine.watch(room_id, "gateway", None)).lasting) == 200
    assert await scans(engine) - before < 10


async def test_a_room_that_fires_thousands_a_second_does_not_fill_redis(engine: Engine) -> None:
    """Of the triggers beyond 100,000 in ten minutes its game can tell no outcome."""
    told = await a_trigger(engine)
    room_id = told.room.room_id
    now = (await engine.watch(room_id, "gateway", None)).now
    full = [word for n in range(100_000) for word in (f"other{n}", "")]
    for period in (now // 600_000, now // 600_000 + 1):
        await engine.store.command("HSET", f"{room_keys(room_id).room}:triggers:{period}", *full)
    (fired,) = (await press(engine, room_id, "a", skill1=5)).fired
    with pytest.raises(Refused, match="bad_outcome"):
        await told._replace(seq=fired.seq).say("failed")
    assert await told.say("failed")
    assert (await book(engine, room_id, "skill1")).balanced


@pytest.mark.parametrize(("epochs", "numbers"), [(0, 1), (1, 0), (0, -1)])
async def test_what_never_fired_has_no_outcome(engine: Engine, epochs: int, numbers: int) -> None:
    told = await a_trigger(engine)
    room = told.room._replace(log_epoch=told.room.log_epoch + epochs)
    with pytest.raises(Refused, match="bad_outcome"):
        await told._replace(room=room, seq=told.seq + numbers).say("done")


async def test_a_round_that_is_over_gets_no_presses_back(engine: Engine) -> None:
    """The outcome is kept all the same."""
    told = await a_trigger(engine)
    room_id, term = told.room.room_id, told.room.term
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert await told.say("failed")
    assert (await book(engine, room_id, "skill1", 1)).returned == 0
    assert (await book(engine, room_id, "skill1", 2)).count == 0
    *_, entry = await entries(engine, room_id)
    assert isinstance(entry, TriggerOutcome)
    assert (entry.round, entry.status, entry.total) == (1, "failed", 0)


async def test_a_replaced_game_answers_nothing(engine: Engine) -> None:
    told = await a_trigger(engine)
    await engine.attach(told.room.room_id, "other", log_epoch=None, last_seq=None, skip=False)
    with pytest.raises(SocketReplaced):
        await told.say("failed")
    away = Available("skill1", available=False)
    with pytest.raises(SocketReplaced):
        await engine.available(told.room.room_id, told.room.term, away)


async def test_an_outcome_survives_the_server(tmp_path: Path) -> None:
    """A kill of Redis: told again, it changes nothing; what was not told yet counts once."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            told, other = await a_trigger(engine), await a_trigger(engine)
            assert await told.say("failed")
        await server.kill()
        await server.start()
        async with engine_at(server.url) as engine:
            assert not await told._replace(engine=engine).say("failed")
            assert await other._replace(engine=engine).say("failed")
            for each in (told, other):
                kept = await book(engine, each.room.room_id, "skill1")
                assert (kept.returned, kept.balanced) == (5, True)


# Availability.


async def test_names_of_many_viewers_are_asked_for_at_once(engine: Engine) -> None:
    """As many as a long round's triggers may have."""
    told = await a_trigger(engine)
    await block(told)
    viewers = ["a", *(f"v{number}" for number in range(9_000))]
    assert await hidden(engine, told.room.room_id, viewers) == {"a"}


async def test_a_button_that_the_game_cannot_use_counts_nothing(engine: Engine) -> None:
    """Its presses are refused with a reason of their own; others count."""
    room_id, term, _ = await play(engine, FIVE)
    await press(engine, room_id, skill1=3)
    await engine.available(room_id, term, Available("skill1", available=False, reason="in a shop"))
    counting = await press(engine, room_id, skill1=4, enemy1=1)
    assert (counting.accepted, counting.rejected.unavailable) == (1, 4)
    stat = counting.state.by_type["skill1"]
    assert (stat.available, stat.reason, stat.current_count) == (False, "in a shop", 3)
    assert counting.state.by_type["enemy1"].available
    await engine.available(room_id, term, Available("skill1", available=True))
    counting = await press(engine, room_id, skill1=2)
    assert len(counting.fired) == 1
    assert counting.state.by_type["skill1"].reason is None


async def test_it_lasts_for_the_round_and_across_sockets(engine: Engine) -> None:
    room_id, term, _ = await play(engine, FIVE)
    await engine.available(room_id, term, Available("skill1", available=False))
    held = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    assert not (await engine.stats(room_id)).by_type["skill1"].available
    await engine.finish(room_id, held.term)
    assert (await engine.stats(room_id)).by_type["skill1"].available
    await engine.start(room_id, held.term)
    assert (await engine.stats(room_id)).by_type["skill1"].available


async def test_only_buttons_of_a_running_round_can_be_unavailable(engine: Engine) -> None:
    room_id, term, _ = await play(engine, FIVE)
    with pytest.raises(UnknownEventType):
        await engine.available(room_id, term, Available("dragon", available=False))
    await engine.finish(room_id, term)
    with pytest.raises(GameNotStarted):
        await engine.available(room_id, term, Available("skill1", available=False))


# Pause, and what is thrown away.


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
