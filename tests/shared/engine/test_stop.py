"""The owner runs the round beside its game: whoever said something last is right.

A stop pauses and discards what is in the bars in one step, so that nothing fires after it.
"""

import asyncio

import pytest

from shared.engine.engine import Engine
from shared.engine.ledger_entries import Reset
from shared.engine.refusals import GameNotStarted
from shared.wire.game_messages import GameEndSummary, GameEvent, Outcome
from shared.wire.refusal import Refused
from shared.wire.rest_bodies import DiscardedPresses
from tests.room_keys import room_keys
from tests.shared.engine.fired_trigger import entries
from tests.shared.engine.rooms import (
    Book,
    book,
    button,
    engine_at,
    play,
    playing,
    press,
    whole_log,
)

TWO = playing(button("skill1", 5), button("enemy1", 9))


async def stop(engine: Engine, room_id: str) -> dict[str, int]:
    discarded = await engine.pause(room_id, None, paused=True, discard=True)
    return {each.event_type: each.count for each in discarded}


async def resume(
    engine: Engine, room_id: str, term: int | None = None, *, discard: bool = False
) -> tuple[DiscardedPresses, ...]:
    return await engine.pause(room_id, term, paused=False, discard=discard)


async def is_stopped(engine: Engine, room_id: str) -> bool:
    """As the API tells it, and the gateways."""
    described = await engine.describe(room_id)
    shown = await engine.watch(room_id, "gateway", None)
    assert (shown.stopped, shown.paused) == (described.stopped, described.paused)
    return described.stopped


async def test_a_stop_pauses_and_says_how_much_of_what_it_threw_away(engine: Engine) -> None:
    room_id, _, _ = await play(engine, TWO)
    await press(engine, room_id, "ann", skill1=3, enemy1=2)
    before = await engine.watch(room_id, "gateway", None)
    assert await stop(engine, room_id) == {"skill1": 3, "enemy1": 2}
    shown = await engine.watch(room_id, "gateway", before)
    assert (shown.paused, shown.reset_at > before.reset_at) == (True, True)
    assert [stat.current_count for stat in shown.stats] == [0, 0]
    assert await book(engine, room_id, "skill1") == Book(accepted=3, discarded=3)


async def test_each_stop_throws_away_what_came_since_the_last_one(engine: Engine) -> None:
    """Also while the round is paused; what is said again changes nothing else."""
    room_id, _, _ = await play(engine, TWO)
    await press(engine, room_id, "ann", skill1=3)
    assert await stop(engine, room_id) == {"skill1": 3}
    await press(engine, room_id, "ann", skill1=4, enemy1=1)
    assert await stop(engine, room_id) == {"skill1": 4, "enemy1": 1}
    assert await stop(engine, room_id) == {}
    assert (await engine.describe(room_id)).paused
    assert await book(engine, room_id, "skill1") == Book(accepted=7, discarded=7)
    resets = [entry for entry in await entries(engine, room_id) if isinstance(entry, Reset)]
    assert [sum(each.total for each in entry.discarded) for entry in resets] == [3, 8, 0]


async def test_after_a_stop_the_round_goes_on_empty_whoever_resumes_it(engine: Engine) -> None:
    """The game, who knows nothing of it, or the owner; who says it again changes nothing."""
    room_id, term, _ = await play(engine, TWO)
    for by, discard in ((term, False), (None, False), (None, True)):
        await stop(engine, room_id)
        await press(engine, room_id, "ann", skill1=5)
        thrown = await resume(engine, room_id, by, discard=discard)
        assert thrown == (DiscardedPresses("skill1", 5),)
        assert not await is_stopped(engine, room_id)
        counting = await press(engine, room_id, "ann", skill1=1)
        assert counting.fired == ()
        assert await resume(engine, room_id, by, discard=discard) == ()  # it runs already
        await engine.reset(room_id)
    await press(engine, room_id, "ann", skill1=4)
    counting = await press(engine, room_id, "ann", skill1=1)
    assert [shot.threshold for shot in counting.fired] == [5]


async def test_a_round_stays_stopped_in_further_pauses_and_with_another_limit(
    engine: Engine,
) -> None:
    room_id, term, _ = await play(engine, TWO)
    await engine.pause(room_id, term, paused=True)
    assert not await is_stopped(engine, room_id)
    await stop(engine, room_id)
    await press(engine, room_id, skill1=2)
    assert await engine.pause(room_id, term, paused=True) == ()
    await engine.limit(room_id, 60)
    assert await is_stopped(engine, room_id)
    assert await resume(engine, room_id) == (DiscardedPresses("skill1", 2),)


async def test_neither_a_round_that_has_ended_nor_the_next_one_is_stopped(engine: Engine) -> None:
    room_id, term, _ = await play(engine, TWO)
    await stop(engine, room_id)
    await engine.finish(room_id, term)
    assert not await is_stopped(engine, room_id)
    await engine.start(room_id, term)
    await engine.store.write("HSET", room_keys(room_id).room, "paused", 1)  # an older release
    assert not await is_stopped(engine, room_id)
    await engine.pause(room_id, term, paused=True)
    assert not await is_stopped(engine, room_id)
    await press(engine, room_id, skill1=5)
    assert await resume(engine, room_id) == ()


async def test_an_older_release_may_pause_and_resume_between(engine: Engine) -> None:
    """It stores `paused` alone: a stop of its own is a pause, and it ends a stop unawares."""
    room_id, _, _ = await play(engine, TWO)
    room = room_keys(room_id).room
    await engine.store.write("HSET", room, "paused", 1)
    await press(engine, room_id, skill1=3)
    assert not await is_stopped(engine, room_id)
    assert await resume(engine, room_id) == ()
    assert await stop(engine, room_id) == {"skill1": 3}
    await resume(engine, room_id)
    await engine.store.write("HSET", room, "paused", 1)
    assert not await is_stopped(engine, room_id)
    await stop(engine, room_id)
    await engine.store.write("HSET", room, "paused", 0)
    assert not await is_stopped(engine, room_id)
    await engine.pause(room_id, None, paused=True)
    assert not await is_stopped(engine, room_id)
    await press(engine, room_id, skill1=3)
    assert await resume(engine, room_id) == ()


async def test_nothing_fires_after_a_stop_in_a_storm_of_presses(
    engine: Engine, redis_url: str
) -> None:
    """Of several processes, and with triggers that failed; every press is accounted for."""
    room_id, term, log_epoch = await play(engine, playing(button("skill1", 3)))
    async with engine_at(redis_url) as other:
        storm = [
            asyncio.ensure_future(press(each, room_id, f"v{n}", skill1=2))
            for n in range(150)
            for each in (engine, other)
        ]
        await storm[20]
        events = [each for each in await whole_log(engine, room_id) if isinstance(each, GameEvent)]
        failed = Outcome(log_epoch, events[0].seq, "failed")
        stopping = [asyncio.ensure_future(stop(each, room_id)) for each in (other, engine)]
        await engine.outcome(room_id, term, failed)
        thrown = [await each for each in stopping]
        fired = len(await whole_log(engine, room_id))
        await asyncio.gather(*storm)
    assert len(await whole_log(engine, room_id)) == fired
    kept = await book(engine, room_id, "skill1")
    assert kept.balanced
    assert (kept.fired, kept.returned) == (fired, 3)
    assert kept.discarded == sum(each.get("skill1", 0) for each in thrown)
    assert kept.count <= 3


async def test_the_last_word_wins_between_a_game_and_the_owner(engine: Engine) -> None:
    """The owner needs no term, and takes none: the game's commands still count."""
    room_id, term, _ = await play(engine, TWO)
    await engine.pause(room_id, term, paused=True)
    await resume(engine, room_id, discard=False)
    assert not (await engine.describe(room_id)).paused
    await engine.pause(room_id, None, paused=True)
    await engine.pause(room_id, term, paused=False)
    assert not (await engine.describe(room_id)).paused
    assert (await engine.check(room_id, term)) is not None


async def test_the_owner_starts_and_ends_rounds_and_the_game_gets_the_summary(
    engine: Engine,
) -> None:
    room_id, term, _ = await play(engine, TWO)
    assert await engine.start(room_id, None) == 1
    await engine.finish(room_id, None)
    with pytest.raises(GameNotStarted):
        await engine.finish(room_id, None)
    (summary,) = await whole_log(engine, room_id)
    assert isinstance(summary, GameEndSummary)
    assert await engine.start(room_id, None) == 2
    await engine.finish(room_id, term)


async def test_a_room_that_is_over_takes_no_round_without_its_game(engine: Engine) -> None:
    """Its address may have opened another in its place; a game that is there may go on."""
    room_id, term, log_epoch = await play(engine, TWO)
    seq = await engine.finish(room_id, term)
    await engine.ack(room_id, term, log_epoch, seq)
    assert await engine.start(room_id, None) == 2
    seq = await engine.finish(room_id, None)
    await engine.ack(room_id, term, log_epoch, seq)
    await engine.detach(room_id, term, written=seq, clean=True)
    with pytest.raises(Refused, match="room_over"):
        await engine.start(room_id, None)
    assert (await engine.describe(room_id)).status == "ended"
