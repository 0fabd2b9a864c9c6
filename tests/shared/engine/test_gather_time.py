"""How long pages gather presses, and what one request may hold then."""

import pytest

from shared.engine.engine import Engine
from tests.room_keys import room_keys
from tests.shared.engine.rooms import button, play, playing, press

SLOW = playing(button("skill1", 100_000))
TEN_SECONDS, FIVE_MINUTES = 10_000, 300_000  # ms


@pytest.fixture(scope="module")
def redis_url(standing_url: str) -> str:
    return standing_url


async def make_active(engine: Engine, room_id: str, viewers: int) -> None:
    """Let exactly so many viewers be active."""
    now, key = (await engine.describe(room_id)).now, room_keys(room_id).active
    await engine.store.command("DEL", key)
    words = [word for n in range(viewers) for word in (now, f"v{n}")]
    for start in range(0, len(words), 4_000):
        await engine.store.command("ZADD", key, *words[start : start + 4_000])


@pytest.mark.parametrize(
    ("viewers", "gather"), [(1, 300), (6_000, 300), (6_001, 400), (20_000, 1_000), (110_000, 5_000)]
)
async def test_the_more_viewers_the_longer_pages_gather(
    engine: Engine, viewers: int, gather: int
) -> None:
    """So a large room sends no more requests than one server can count."""
    room_id, _, _ = await play(engine, SLOW)
    await make_active(engine, room_id, viewers)
    counting = await press(engine, room_id, "v0", skill1=1)
    watched = await engine.watch(room_id, "gateway", None)
    stats = await engine.stats(room_id)
    told = {counting.state.send_every_ms, watched.send_every_ms, stats.send_every_ms}
    assert told == {gather}


@pytest.mark.parametrize(
    ("viewers", "allowed"), [(1, 20), (20_000, 20), (40_000, 40), (110_000, 100)]
)
async def test_a_request_may_hold_what_a_page_gathers(
    engine: Engine, viewers: int, allowed: int
) -> None:
    """20 presses a second of each button, and the viewer's bucket has as many."""
    room_id, _, _ = await play(engine, SLOW)
    await make_active(engine, room_id, viewers)
    counting = await press(engine, room_id, "v0", skill1=500)
    assert counting.results[0].accepted == allowed
    assert counting.rejected.clamp == 500 - allowed


async def test_nobody_is_cut_for_having_obeyed(engine: Engine) -> None:
    """When most viewers leave, what pages were told before holds for ten seconds more."""
    room_id, _, _ = await play(engine, SLOW)
    await make_active(engine, room_id, 110_000)
    assert (await press(engine, room_id, "v0", skill1=1)).state.send_every_ms == 5_000
    await make_active(engine, room_id, 1)
    counting = await press(engine, room_id, "v1", skill1=100)
    assert (counting.results[0].accepted, counting.state.send_every_ms) == (100, 5_000)
    room = room_keys(room_id).room
    for ago, gather in ((TEN_SECONDS // 2 + 1_000, 5_000), (TEN_SECONDS, 300)):
        at = (await engine.describe(room_id)).now - ago
        await engine.store.command("HSET", room, "gather_at", at)
        counting = await press(engine, room_id, f"v{gather}", skill1=100)
        assert counting.state.send_every_ms == gather
        assert counting.results[0].accepted == 100  # it may repeat what it gathered before
    at = (await engine.describe(room_id)).now - FIVE_MINUTES
    await engine.store.command("HSET", room, "gather_at", at)
    assert (await press(engine, room_id, "w", skill1=100)).results[0].accepted == 20


async def test_a_room_that_grew_a_moment_ago_remembers_its_longest_time(engine: Engine) -> None:
    room_id, _, _ = await play(engine, SLOW)
    for viewers in (40_000, 110_000):
        await make_active(engine, room_id, viewers)
        await press(engine, room_id, f"v{viewers}", skill1=1)
    await make_active(engine, room_id, 1)
    assert (await press(engine, room_id, "v", skill1=1)).state.send_every_ms == 5_000


async def test_a_smaller_room_counts_what_was_gathered_in_a_larger_one(engine: Engine) -> None:
    """A page may repeat a batch of then, also where pages were told another shorter time since."""
    room_id, _, _ = await play(engine, SLOW)
    await make_active(engine, room_id, 110_000)
    await press(engine, room_id, "v0", skill1=1)
    await make_active(engine, room_id, 40_000)
    at = (await engine.describe(room_id)).now - TEN_SECONDS
    await engine.store.command("HSET", room_keys(room_id).room, "gather_at", at)
    for viewer in ("v1", "v2"):
        counting = await press(engine, room_id, viewer, skill1=100)
        assert counting.state.send_every_ms == 2_000
        assert counting.results[0].accepted == 100
