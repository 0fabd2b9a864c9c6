"""One person with many ids, or a script, counts for no more than its address may."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from shared.engine.engine import Engine
from shared.engine.tally import RunningRound, running_rounds
from shared.identity.addresses import Address, client_address
from tests.press_limits import PRESS_BURST
from tests.shared.engine.rooms import (
    ELSEWHERE,
    LOCAL,
    PUBLIC,
    book,
    button,
    engine_at,
    play,
    playing,
    press,
)

SHARE = 3  # viewers that an address counts for here
never_fires = playing(button("skill1", 100_000), button("enemy1", 100_000))


@pytest.fixture(scope="module")
def redis_url(standing_url: str) -> str:
    return standing_url


@pytest.fixture
async def engine(redis_url: str) -> AsyncIterator[Engine]:
    async with engine_at(redis_url, active_per_address=SHARE) as engine:
        yield engine


async def press_all(engine: Engine, room_id: str, viewers: int, address: Address) -> int:
    """Make new viewers press as often as their buckets allow, at once. Returns how many counted."""
    crowd = [f"{uuid4()}" for _ in range(viewers)]
    batches = [
        press(engine, room_id, viewer, address=address, skill1=20)
        for viewer in crowd
        for _ in range(PRESS_BURST // 20)
    ]
    countings = await asyncio.gather(*batches)
    return sum(result.accepted for counting in countings for result in counting.results)


async def found(engine: Engine, room_id: str) -> RunningRound:
    rounds = await running_rounds(engine.store)
    return next(running for running in rounds if running.room_id == room_id)


async def test_many_ids_at_one_address_press_no_more_than_its_share(engine: Engine) -> None:
    """Attack: fetch hundreds of viewer ids, and press with each as fast as allowed."""
    room_id, _, _ = await play(engine, never_fires)
    counted = await press_all(engine, room_id, 5 * SHARE, PUBLIC)
    most = SHARE * PRESS_BURST
    assert most <= counted < most + SHARE * 20 * 5  # what the buckets gained meanwhile
    assert (await book(engine, room_id, "skill1")).accepted == counted


async def test_what_is_too_much_is_told_as_rate(engine: Engine) -> None:
    """The response is the same as for one viewer who presses too fast."""
    room_id, _, _ = await play(engine, never_fires)
    await press_all(engine, room_id, SHARE, PUBLIC)
    counting = await press(engine, room_id, "one more", address=PUBLIC, skill1=20, enemy1=1)
    accepted = sum(result.accepted for result in counting.results)
    assert counting.rejected.rate == 21 - accepted > 0


async def test_one_address_takes_nothing_from_the_others(engine: Engine) -> None:
    """Viewers at other addresses, and private peers, keep their full limits."""
    room_id, _, _ = await play(engine, never_fires)
    await press_all(engine, room_id, 2 * SHARE, PUBLIC)
    assert await press_all(engine, room_id, 1, ELSEWHERE) == PRESS_BURST
    assert await press_all(engine, room_id, 5 * SHARE, LOCAL) == 5 * SHARE * PRESS_BURST


async def test_an_address_has_a_share_in_each_room(engine: Engine) -> None:
    room_id, _, _ = await play(engine, never_fires)
    await press_all(engine, room_id, 2 * SHARE, PUBLIC)
    other, _, _ = await play(engine, never_fires)
    assert await press_all(engine, other, 1, PUBLIC) == PRESS_BURST


async def test_one_viewer_gains_nothing_by_many_addresses(engine: Engine) -> None:
    """Attack: press with one id from a hundred proxies. The bucket belongs to the viewer."""
    room_id, _, _ = await play(engine, never_fires)
    proxies = [Address(f"203.0.113.{n}", f"203.0.113.{n}", limited=True) for n in range(100)]
    countings = await asyncio.gather(
        *(press(engine, room_id, "ann", address=proxy, skill1=20) for proxy in proxies)
    )
    counted = sum(result.accepted for counting in countings for result in counting.results)
    assert counted < 2 * PRESS_BURST
    assert (await engine.stats(room_id)).viewer_count == 1


async def test_many_ids_at_one_address_do_not_raise_thresholds(engine: Engine) -> None:
    """Attack: join and press with many ids, to raise the threshold beyond the others' reach."""
    room_id, _, _ = await play(engine)
    before = (await engine.stats(room_id)).stats
    for n in range(30):
        await engine.join(room_id, f"joined{n}", PUBLIC)
        await press(engine, room_id, f"pressed{n}", address=PUBLIC, skill1=1)
    after = await engine.stats(room_id)
    assert after.viewer_count == SHARE
    needed = [stat.required_count for stat in before]
    assert [stat.required_count for stat in after.stats] == needed


async def test_addresses_of_one_ipv6_site_are_one(engine: Engine) -> None:
    """Attack: use a different one of a household's 2^64 addresses for each id."""
    room_id, _, _ = await play(engine, never_fires)
    site = [client_address(f"2001:db8::{n:x}", (), ()) for n in range(5 * SHARE)]
    counted = [await press_all(engine, room_id, 1, address) for address in site]
    assert sum(counted) < SHARE * (PRESS_BURST + 20 * 5)
    assert (await engine.stats(room_id)).viewer_count == SHARE


async def test_the_effective_number_of_pressers_tells_a_script_from_a_crowd(
    engine: Engine,
) -> None:
    """Ten who press equally count as ten; one who presses as much as nine others makes it fewer."""
    room_id, _, _ = await play(engine, never_fires)
    for n in range(10):
        await press(engine, room_id, f"v{n}", skill1=5)
    fair = await found(engine, room_id)
    assert (fair.pressers, fair.effective_pressers, fair.effective_sources) == (10, 10, 10)
    for _ in range(3):
        await press(engine, room_id, "script", skill1=15)
    unfair = await found(engine, room_id)
    assert unfair.pressers == 11
    assert unfair.effective_pressers == pytest.approx(95**2 / (10 * 25 + 45**2))


async def test_many_ids_at_one_address_are_one_effective_source(engine: Engine) -> None:
    """The ids count as many pressers, but their address as one source."""
    room_id, _, _ = await play(engine, never_fires)
    for n in range(10):
        await press(engine, room_id, f"sybil{n}", address=PUBLIC, skill1=5, enemy1=1)
    await press(engine, room_id, "ann", address=ELSEWHERE, skill1=4)
    running = await found(engine, room_id)
    assert running.effective_pressers == pytest.approx(64**2 / (10 * 36 + 16))
    assert running.effective_sources == pytest.approx(64**2 / (60**2 + 4**2))


async def test_a_new_round_begins_the_shares_anew(engine: Engine) -> None:
    room_id, term, _ = await play(engine, never_fires)
    await press(engine, room_id, "ann", address=PUBLIC, skill1=20)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "ann", address=PUBLIC, skill1=2)
    await press(engine, room_id, "bob", address=ELSEWHERE, skill1=2)
    running = await found(engine, room_id)
    assert (running.accepted, running.pressers) == (4, 2)
    assert (running.effective_pressers, running.effective_sources) == (2, 2)
