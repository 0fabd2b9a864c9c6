"""Rooms whose first press opens the round, for games that never send `game_start`."""

import asyncio
import time

import pytest

from shared.engine.engine import Engine
from shared.engine.keys import SHARD_KEYS
from shared.engine.refusals import Conflict, GameNotStarted, UnknownEventType
from shared.engine.replies import Counting, Fired, RoundOver
from shared.engine.shard_ledger import Shards
from shared.wire.game_messages import GameEndSummary
from shared.wire.refusal import Refused
from shared.wire.room_settings import RoomSettings
from tests.batches import Counted, batch_of, counted, sent
from tests.shared.engine.rooms import (
    Book,
    book,
    button,
    engine_at,
    open_room,
    playing,
    press,
    whole_log,
)

THREE = playing(button("skill1", 3), starts="press")


async def attached(engine: Engine, settings: RoomSettings = THREE) -> tuple[str, int]:
    """A new room and its game's term: connected, no round begun."""
    room_id = await open_room(engine, settings)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    return room_id, held.term


async def test_the_first_press_opens_the_round_and_counts_in_it(engine: Engine) -> None:
    """In one atomic step, which may also fire a trigger."""
    room_id, _ = await attached(engine)
    counting = await press(engine, room_id, skill1=4)
    assert counting.state.round == 1
    assert counted(counting) == (Counted("skill1", 4, 1),)
    assert counting.fired == (Fired("skill1", 3, 1),)
    room = await engine.describe(room_id)
    assert (room.status, room.round) == ("in_game", 1)
    assert room.started_at is not None


async def test_a_crowd_opens_one_round(engine: Engine, redis_url: str) -> None:
    """If many viewers press first, through several processes, all presses count in that round."""
    room_id, _ = await attached(engine, playing(button("skill1", 100_000), starts="press"))
    async with engine_at(redis_url) as another:
        found = await asyncio.gather(
            *(
                press(each, room_id, f"v{n}", skill1=2)
                for n in range(30)
                for each in (engine, another)
            )
        )
    assert {counting.state.round for counting in found} == {1}
    assert await book(engine, room_id, "skill1") == Book(count=120, accepted=120)
    assert (await engine.describe(room_id)).round == 1


async def test_without_its_game_the_room_waits(engine: Engine) -> None:
    """No game is connected to play the round."""
    room_id = await open_room(engine, THREE)
    with pytest.raises(GameNotStarted):
        await press(engine, room_id, skill1=1)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await engine.detach(room_id, held.term, written=0, clean=False)
    with pytest.raises(GameNotStarted):
        await press(engine, room_id, skill1=1)
    assert (await engine.describe(room_id)).status == "active"


async def test_where_the_game_starts_a_press_opens_nothing(engine: Engine) -> None:
    """As in every room opened with the subprotocol, by REST or from the console."""
    room_id, _ = await attached(engine, playing(button("skill1", 3)))
    with pytest.raises(GameNotStarted):
        await press(engine, room_id, skill1=1)


async def test_the_setting_can_be_changed_before_the_round(engine: Engine) -> None:
    room_id, _ = await attached(engine, playing(button("skill1", 3)))
    await engine.change_settings(room_id, lambda _: THREE)
    assert (await press(engine, room_id, skill1=1)).state.round == 1


async def test_a_heartbeat_is_answered_and_opens_nothing(engine: Engine) -> None:
    """A page that requests the state first may press afterwards."""
    room_id, _ = await attached(engine)
    counting = await press(engine, room_id)
    assert (counting.results, counting.state.stats[0].current_count) == ((), 0)
    assert (await engine.describe(room_id)).status == "active"
    # One that travels with a press sees the round that this opens.
    heartbeat, pressed = await asyncio.gather(
        press(engine, room_id, "watcher"), press(engine, room_id, skill1=1)
    )
    assert heartbeat.state == pressed.state
    assert pressed.state.round == 1


async def test_what_cannot_count_opens_nothing(engine: Engine) -> None:
    """For example of an unknown button, by a blocked viewer, or with a full ledger."""
    room_id, _ = await attached(engine)
    with pytest.raises(UnknownEventType):
        await press(engine, room_id, nonsense=1)
    await engine.block(room_id, "blocked")
    assert (await press(engine, room_id, "blocked", skill1=2)).rejected.blocked == 2
    full = type(engine)(engine.store, ledger_backlog=0)
    with pytest.raises(Refused, match="ledger_full"):
        await press(full, room_id, skill1=1)
    assert (await engine.describe(room_id)).status == "active"
    assert (await press(engine, room_id, skill1=1)).state.round == 1


async def test_game_start_after_the_first_press_changes_nothing(engine: Engine) -> None:
    """A game may send it only when it leaves its lobby."""
    room_id, term = await attached(engine)
    await press(engine, room_id, skill1=2)
    assert await engine.start(room_id, term) == 1
    assert await book(engine, room_id, "skill1") == Book(count=2, accepted=2)


async def test_after_a_round_has_ended_a_press_opens_none(engine: Engine) -> None:
    """The page shows the results; only `game_start` opens the next round."""
    room_id, term = await attached(engine)
    await press(engine, room_id, skill1=2)
    await engine.finish(room_id, term)
    over = await sent(engine, room_id, batch_of("viewer", {"skill1": 1}))
    assert isinstance(over, RoundOver)
    assert await engine.start(room_id, term) == 2
    assert isinstance(await press(engine, room_id, skill1=1), Counting)


async def test_a_game_that_ends_without_a_press_ends_an_empty_round(engine: Engine) -> None:
    """It still gets its summary."""
    room_id, term = await attached(engine)
    assert await engine.finish(room_id, term) == 1
    (summary,) = await whole_log(engine, room_id)
    assert isinstance(summary, GameEndSummary)
    assert (summary.round, summary.top_overall) == (1, None)
    assert [total.count for total in summary.event_totals] == [0]
    room = await engine.describe(room_id)
    assert (room.status, room.round) == ("ended", 1)
    with pytest.raises(GameNotStarted):
        await engine.finish(room_id, term)


async def test_nobody_else_ends_a_round_that_never_began(engine: Engine) -> None:
    """Not the owner, nor the duty that ends abandoned rounds, nor a game that starts its rounds."""
    room_id, term = await attached(engine)
    with pytest.raises(GameNotStarted):
        await engine.finish(room_id, None)
    with pytest.raises(Conflict, match="game_present"):
        await engine.finish(room_id, term, only_if="absent")
    await engine.detach(room_id, term, written=0, clean=False)
    with pytest.raises(GameNotStarted):
        await engine.finish(room_id, term, only_if="absent")
    room_id, term = await attached(engine, playing(button("skill1", 3)))
    with pytest.raises(GameNotStarted):
        await engine.finish(room_id, term)


async def test_a_round_that_a_press_opened_is_looked_after(engine: Engine) -> None:
    """It is listed with the running rounds, which are checked for a missing game."""
    room_id, term = await attached(engine)
    await press(engine, room_id, skill1=1)
    await engine.detach(room_id, term, written=0, clean=False)
    shards = Shards(engine.store)
    absent = [each for shard in shards.names for each in await shards.absent(shard)]
    assert room_id in absent


@pytest.mark.parametrize("clean", [True, False])
async def test_a_room_knows_whether_its_last_game_said_goodbye(engine: Engine, clean: bool) -> None:
    """The round of one that did is ended sooner."""
    room_id, term = await attached(engine)
    await engine.detach(room_id, term, written=0, clean=clean)
    assert await Shards(engine.store).departure(room_id) == (term, clean)


async def test_a_room_that_no_game_ever_had_has_no_departure(engine: Engine) -> None:
    assert await Shards(engine.store).departure("nowhere") == (0, False)


async def test_every_room_that_was_seen_in_the_future_counts_as_absent(engine: Engine) -> None:
    """The clock was set back since: their gateways say again that they are there."""
    running, rooms = SHARD_KEYS["00"].running, ("one room", "another", "a third")
    later = int((time.time() + 3_600) * 1_000)
    for room_id in rooms:
        await engine.store.command("ZADD", running, later, room_id)
    absent = await Shards(engine.store).absent("00")
    await engine.store.command("ZREM", running, *rooms)
    assert set(rooms) <= set(absent)
