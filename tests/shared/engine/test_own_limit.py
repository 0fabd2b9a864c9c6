"""A limit of a round's own says how long the running round still goes on, and no later one."""

import pytest

from shared.engine.engine import Engine
from shared.engine.library_settings import library_arguments
from shared.engine.refusals import GameNotStarted
from shared.engine.replies import RoundOver
from shared.wire.room_settings import RoomSettings
from tests.room_keys import room_keys
from tests.shared.engine.rooms import button, let_run, open_room, play, playing
from tests.shared.engine.round_end import end_if_due, is_due, left, send, summaries

SETTING, OWN = 300, 100  # s
LIMITED = playing(button("skill1", 5), round_limit_s=SETTING)
UNLIMITED = playing(button("skill1", 5))


@pytest.fixture(scope="module")
def redis_url(standing_url: str) -> str:
    return standing_url


async def change_setting(engine: Engine, room_id: str, seconds: int, title: str = "") -> None:
    settings = playing(button("skill1", 5), round_limit_s=seconds, title=title)
    await engine.change_settings(room_id, lambda _: settings)


@pytest.mark.parametrize("settings", [LIMITED, UNLIMITED])
async def test_it_counts_from_now_on_and_only_in_this_round(
    engine: Engine, settings: RoomSettings
) -> None:
    room_id, term, _ = await play(engine, settings)
    await let_run(engine, room_id, SETTING - 20)
    await engine.limit(room_id, OWN)
    assert OWN - 5 < await left(engine, room_id) <= OWN
    await let_run(engine, room_id, OWN - 10)
    assert not await end_if_due(engine, room_id)
    assert not isinstance(await send(engine, room_id), RoundOver)
    await let_run(engine, room_id, 10)
    assert isinstance(await send(engine, room_id, "late"), RoundOver)
    assert await is_due(engine, room_id)
    assert await end_if_due(engine, room_id)
    assert await summaries(engine, room_id) == [1]
    await engine.start(room_id, term)
    described = await engine.describe(room_id)
    if settings is UNLIMITED:
        assert described.ends_at is None
    else:
        assert SETTING - 5 < await left(engine, room_id) <= SETTING


async def test_a_longer_one_outlasts_the_setting(engine: Engine) -> None:
    room_id, _, _ = await play(engine, LIMITED)
    await engine.limit(room_id, 2 * SETTING)
    await let_run(engine, room_id, SETTING + 10)
    assert not await end_if_due(engine, room_id)
    assert not isinstance(await send(engine, room_id), RoundOver)
    await let_run(engine, room_id, SETTING - 10)
    assert await end_if_due(engine, room_id)


async def test_with_0_the_round_goes_on_without_end(engine: Engine) -> None:
    room_id, term, _ = await play(engine, LIMITED)
    await engine.limit(room_id, 0)
    described = await engine.describe(room_id)
    assert (described.ends_at, described.left_ms) == (None, None)
    assert await engine.store.command("ZSCORE", room_keys(room_id).ends, room_id) is None
    await let_run(engine, room_id, 2 * SETTING)
    assert not await end_if_due(engine, room_id)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert SETTING - 5 < await left(engine, room_id) <= SETTING


async def test_in_a_pause_it_waits(engine: Engine) -> None:
    room_id, term, _ = await play(engine, LIMITED)
    await let_run(engine, room_id, SETTING - 1)
    await engine.pause(room_id, term, paused=True)
    await engine.limit(room_id, OWN)
    described = await engine.describe(room_id)
    assert (described.ends_at, described.left_ms) == (None, OWN * 1_000)
    assert not await is_due(engine, room_id)
    await engine.pause(room_id, term, paused=False)
    assert OWN - 5 < await left(engine, room_id) <= OWN
    await let_run(engine, room_id, OWN)
    assert await end_if_due(engine, room_id)


async def test_the_last_one_counts(engine: Engine) -> None:
    room_id, _, _ = await play(engine, UNLIMITED)
    for seconds in (OWN, 2 * OWN, 2 * OWN):
        await engine.limit(room_id, seconds)
        assert seconds - 5 < await left(engine, room_id) <= seconds
        await let_run(engine, room_id, 50)


async def test_a_change_of_the_setting_ends_it_and_no_other_change_does(engine: Engine) -> None:
    """Nor does it come back with the setting that it was set beside."""
    room_id, _, _ = await play(engine, LIMITED)
    await engine.limit(room_id, OWN)
    await change_setting(engine, room_id, SETTING, "Another")
    assert OWN - 5 < await left(engine, room_id) <= OWN
    for setting in (2 * SETTING, SETTING):
        await change_setting(engine, room_id, setting)
        assert setting - 5 < await left(engine, room_id) <= setting


async def test_only_a_running_round_has_one(engine: Engine) -> None:
    room_id = await open_room(engine, LIMITED)
    with pytest.raises(GameNotStarted):
        await engine.limit(room_id, OWN)
    room_id, term, _ = await play(engine, LIMITED)
    await let_run(engine, room_id, SETTING)  # its time is over, and nobody has ended it yet
    with pytest.raises(GameNotStarted):
        await engine.limit(room_id, OWN)
    await engine.finish(room_id, term)
    with pytest.raises(GameNotStarted):
        await engine.limit(room_id, OWN)
    await engine.start(room_id, term)
    assert SETTING - 5 < await left(engine, room_id) <= SETTING


async def test_a_gateway_hears_of_it_at_once(engine: Engine) -> None:
    room_id, _, _ = await play(engine, LIMITED)
    before = await engine.watch(room_id, "gateway", None)
    await engine.limit(room_id, OWN)
    watchers = await engine.store.command("HGET", room_keys(room_id).room, "watchers")
    assert watchers.endswith(":1,")  # the gateway has its nudge
    after = await engine.watch(room_id, "gateway", before)
    assert after.ends_at is not None
    assert OWN - 5 < (after.ends_at - after.now) / 1_000 <= OWN


async def test_an_older_release_reads_the_clock_and_leaves_the_limit_alone(engine: Engine) -> None:
    """It may pause and resume the round, and change the setting, which it does not note."""
    room_id, term, _ = await play(engine, LIMITED)
    room = room_keys(room_id).room
    await engine.limit(room_id, OWN)
    clock = await engine.store.command("HGET", room, "clock")
    assert len(clock.split()) == 3
    assert all(part.isdigit() for part in clock.split())
    round_, _, at = clock.split()
    await engine.store.command("HSET", room, "clock", f"{round_} 60000 {at}")  # as it stores it
    assert OWN - 65 < await left(engine, room_id) <= OWN - 60
    _, rules, _, _ = library_arguments(playing(button("skill1", 5), round_limit_s=200))
    await engine.store.command("HSET", room, "rules", rules, "clock", f"{round_} 0 {at}")
    assert 195 < await left(engine, room_id) <= 200
    await engine.pause(room_id, term, paused=True)
    assert (await engine.describe(room_id)).left_ms is not None


async def test_a_round_that_an_older_release_began_has_the_setting(engine: Engine) -> None:
    """Also if the round before it had a limit of its own: that names its round."""
    room_id, term, _ = await play(engine, LIMITED)
    room = room_keys(room_id).room
    await engine.limit(room_id, OWN)
    own_limit = await engine.store.command("HGET", room, "own_limit")
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await engine.store.command("HSET", room, "own_limit", own_limit)
    assert SETTING - 5 < await left(engine, room_id) <= SETTING
    await engine.store.command("HDEL", room, "own_limit")
    assert SETTING - 5 < await left(engine, room_id) <= SETTING
