"""A round with a limit ends by itself, once, and nothing counts after its time."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from shared.engine.engine import Engine
from shared.engine.refusals import GameNotStarted
from shared.engine.replies import RoundOver
from tests.room_keys import room_keys
from tests.shared.engine.clocks import HOUR, clocked_server
from tests.shared.engine.rooms import book, button, engine_at, let_run, play, playing, press
from tests.shared.engine.round_end import end_if_due, is_due, left, send, summaries

LIMIT = 300  # s
LIMITED = playing(button("skill1", 5), round_limit_s=LIMIT)
SHORT = playing(button("skill1", 5), round_limit_s=100)
UNLIMITED = playing(button("skill1", 5))


@pytest.fixture(scope="module")
def redis_url(standing_url: str) -> str:
    return standing_url


async def test_a_round_ends_after_its_limit_and_no_press_counts_from_then_on(
    engine: Engine,
) -> None:
    room_id, _, _ = await play(engine, LIMITED)
    assert not await end_if_due(engine, room_id)
    await press(engine, room_id, skill1=7)
    await let_run(engine, room_id, LIMIT)
    late = await send(engine, room_id)
    assert late == RoundOver(round=1, final=False)
    await engine.reset(room_id)
    assert (await book(engine, room_id, "skill1")).accepted == 7
    assert (await engine.describe(room_id)).status == "in_game"
    assert await is_due(engine, room_id)
    assert await end_if_due(engine, room_id)
    assert not await end_if_due(engine, room_id)
    assert (await engine.describe(room_id)).status == "ended"
    assert await summaries(engine, room_id) == [1]


async def test_a_round_is_over_from_the_very_end_of_its_time(engine: Engine) -> None:
    """For who reads its description, as for presses."""
    room_id, _, _ = await play(engine, LIMITED)
    described = await engine.describe(room_id)
    assert described.ends_at is not None
    at = [msgspec.structs.replace(described, now=described.ends_at + ms) for ms in (-1, 0, 1)]
    assert [each.is_round_over for each in at] == [False, True, True]


async def test_many_end_it_at_once_while_viewers_press_and_it_ends_once(engine: Engine) -> None:
    room_id, term, _ = await play(engine, LIMITED)
    await let_run(engine, room_id, LIMIT)
    others = [send(engine, room_id, f"v{n}") for n in range(20)]
    ended = await asyncio.gather(
        *(end_if_due(engine, room_id) for _ in range(5)), engine.start(room_id, term), *others
    )
    assert ended.count(True) <= 1  # or the game's start was first, and ended it
    assert ended[5] == 2
    assert await summaries(engine, room_id) == [1]
    assert (await book(engine, room_id, "skill1")).accepted == 0
    described = await engine.describe(room_id)
    assert (described.status, described.round) == ("in_game", 2)
    assert LIMIT - 60 < await left(engine, room_id) <= LIMIT


async def test_a_paused_round_waits(engine: Engine) -> None:
    room_id, term, _ = await play(engine, LIMITED)
    await let_run(engine, room_id, LIMIT - 60)
    running = await engine.describe(room_id)
    assert running.ends_at is not None
    assert 0 < running.ends_at - running.now <= 60_000
    await engine.pause(room_id, term, paused=True)
    room = room_keys(room_id)
    assert await engine.store.command("ZSCORE", room.ends, room_id) is None
    paused = await engine.describe(room_id)
    assert paused.ends_at is None
    assert paused.left_ms is not None
    assert 55_000 < paused.left_ms <= 60_000
    assert (await engine.describe(room_id)).left_ms == paused.left_ms
    await engine.pause(room_id, term, paused=True)  # a repeat
    assert (await engine.describe(room_id)).left_ms == paused.left_ms
    await engine.pause(room_id, term, paused=False)
    again = await engine.describe(room_id)
    assert again.ends_at is not None
    assert again.ends_at - again.now <= paused.left_ms
    await let_run(engine, room_id, 60)
    with pytest.raises(GameNotStarted):
        await engine.pause(room_id, term, paused=True)
    assert await end_if_due(engine, room_id)


async def test_a_limit_that_is_changed_in_a_round_counts_from_then_on(engine: Engine) -> None:
    """Other settings leave the round's end alone; the next round has the limit from its start."""
    room_id, term, _ = await play(engine, UNLIMITED)
    room = room_keys(room_id)
    assert await engine.store.command("ZSCORE", room.ends, room_id) is None
    await let_run(engine, room_id, 2 * LIMIT)
    await engine.change_settings(room_id, lambda _: LIMITED)
    assert LIMIT - 5 < await left(engine, room_id) <= LIMIT
    await let_run(engine, room_id, 200)
    titled = playing(button("skill1", 5), round_limit_s=LIMIT, title="Another")
    await engine.change_settings(room_id, lambda _: titled)
    assert LIMIT - 205 < await left(engine, room_id) <= LIMIT - 200
    await engine.change_settings(room_id, lambda _: SHORT)
    assert 95 < await left(engine, room_id) <= 100
    await engine.change_settings(room_id, lambda _: UNLIMITED)
    assert (await engine.describe(room_id)).ends_at is None
    assert await engine.store.command("ZSCORE", room.ends, room_id) is None
    await engine.change_settings(room_id, lambda _: SHORT)
    assert not await is_due(engine, room_id)
    await let_run(engine, room_id, 100)
    assert await is_due(engine, room_id)
    await engine.change_settings(room_id, lambda _: UNLIMITED)  # too late: its time was over
    assert (await engine.describe(room_id)).status == "ended"
    assert await summaries(engine, room_id) == [1]
    await engine.change_settings(room_id, lambda _: LIMITED)
    await engine.start(room_id, term)
    assert LIMIT - 5 < await left(engine, room_id) <= LIMIT


async def test_a_limit_that_is_set_in_a_pause_counts_from_its_end(engine: Engine) -> None:
    room_id, term, _ = await play(engine, UNLIMITED)
    await let_run(engine, room_id, 2 * LIMIT)
    await engine.pause(room_id, term, paused=True)
    await engine.change_settings(room_id, lambda _: LIMITED)
    assert (await engine.describe(room_id)).left_ms == LIMIT * 1_000
    assert not await is_due(engine, room_id)
    await engine.pause(room_id, term, paused=False)
    assert LIMIT - 5 < await left(engine, room_id) <= LIMIT
    await let_run(engine, room_id, LIMIT)
    assert await end_if_due(engine, room_id)


async def test_a_due_room_is_given_to_one_and_again_if_that_one_dies(engine: Engine) -> None:
    room_id, _, _ = await play(engine, LIMITED)
    assert not await is_due(engine, room_id)
    await let_run(engine, room_id, LIMIT)
    assert await is_due(engine, room_id)
    assert not await is_due(engine, room_id)
    due_again = await engine.store.command("ZSCORE", room_keys(room_id).ends, room_id)
    now = (await engine.describe(room_id)).now
    assert 0 < due_again - now <= 500
    assert await end_if_due(engine, room_id)
    assert await engine.store.command("ZSCORE", room_keys(room_id).ends, room_id) is None


async def test_a_clock_that_is_set_back_neither_ends_a_round_early_nor_keeps_it_for_hours(
    tmp_path: Path,
) -> None:
    async with clocked_server(tmp_path) as server, engine_at(server.url) as engine:
        room_id, _, _ = await play(engine, LIMITED)
        server.step(-HOUR)
        assert await is_due(engine, room_id)  # further ahead than any look is scheduled
        assert not await end_if_due(engine, room_id)
        described = await engine.describe(room_id)
        assert described.ends_at is not None
        assert 0 < described.ends_at - described.now <= LIMIT * 1_000
        server.step(LIMIT)
        assert await is_due(engine, room_id)
        assert await end_if_due(engine, room_id)
        server.step(-HOUR)
        assert not await end_if_due(engine, room_id)
        assert await summaries(engine, room_id) == [1]
