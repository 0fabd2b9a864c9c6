"""A master under sentinels: calls go to the current master."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.engine.engine import Engine
from shared.redis_store.store import StoreUnavailable, StoreUnfit
from tests.patience import be_patient
from tests.shared.engine.counting_rule import LOG_LIMIT
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    Played,
    book,
    engine_at,
    fire,
    numbers,
    play,
    whole_log,
)
from tests.shared.redis_store.bursts import Burst, pressing
from tests.shared.redis_store.clusters import SentinelGroup, sentinel_group
from tests.waiting import until


@pytest.fixture(scope="module")
async def sentinels(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SentinelGroup]:
    async with sentinel_group(tmp_path_factory.mktemp("sentinels")) as group:
        yield group


@pytest.fixture
async def group(sentinels: SentinelGroup) -> SentinelGroup:
    """The group with all members running, whatever happened before."""
    await sentinels.heal()
    return sentinels


async def test_the_engine_plays_on_the_master(group: SentinelGroup) -> None:
    """One sentinel that answers is enough."""
    dead, alive = "127.0.0.1:1", group.sentinels[1].name
    async with engine_at(f"redis+sentinel://{dead},{alive}/rooms") as engine:
        room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
        await fire(engine, room_id, 3)
        assert await numbers(engine, room_id) == [1, 2, 3]
        await engine.store.ping()


async def test_a_service_that_no_sentinel_knows_is_away(group: SentinelGroup) -> None:
    """The sentinel may get the service's configuration soon."""
    with pytest.raises(StoreUnavailable, match="No such master"):
        async with engine_at(group.url.replace("/rooms", "/other")):
            pass


async def test_servers_and_sentinels_are_not_taken_for_one_another(group: SentinelGroup) -> None:
    """The refusal says what is wrong with the address."""
    with pytest.raises(StoreUnfit, match=r"^REDIS_URL: .* is not a sentinel$"):
        async with engine_at(f"redis+sentinel://{group.servers[0].name}/rooms"):
            pass
    with pytest.raises(StoreUnfit, match=r"^REDIS_URL: .*redis\+sentinel://$"):
        async with engine_at(group.sentinels[0].url):
            pass


async def test_presses_go_on_when_the_master_dies(group: SentinelGroup) -> None:
    """In a new epoch, without gaps; a press is either counted or refused."""
    async with engine_at(group.url) as engine, pressed_room(group, engine) as (_, burst):
        await group.kill_master()
        await group.wait_promoted()
        await burst.wait_answered()
    assert burst.refusals


@pytest.mark.usefixtures("real_limits")
async def test_presses_go_on_when_the_master_freezes(group: SentinelGroup) -> None:
    """No call waits for it for ever, and the old master becomes a replica."""
    async with engine_at(group.url) as engine, pressed_room(group, engine) as (_, burst):
        await group.pause_master()
        await burst.wait_answered()
        await group.heal()
        await burst.wait_answered()


async def test_a_living_master_that_is_deposed_is_left(group: SentinelGroup) -> None:
    """Until it learns of the failover it accepts writes that will be lost; calls leave before."""
    async with engine_at(group.url) as engine, pressed_room(group, engine) as (played, _):
        await group.depose_master()
        await group.wait_promoted()
        await until(lambda: in_a_new_epoch(engine, played))


@asynccontextmanager
async def pressed_room(group: SentinelGroup, engine: Engine) -> AsyncIterator[tuple[Played, Burst]]:
    """A room that is pressed while something happens to its master; its counts then balance."""
    played = await play(engine, ONE_PRESS_FIRES)
    await (await group.master()).wait_replicated()
    async with pressing(engine, played.room_id) as burst:
        yield played, burst
    be_patient()  # with the questions of the test itself
    assert await in_a_new_epoch(engine, played)
    known = await book(engine, played.room_id, "skill1")
    assert known.balanced
    fired = min(known.accepted, LOG_LIMIT)  # a room whose log is full fires no more
    assert await numbers(engine, played.room_id) == list(range(1, fired + 1))


async def in_a_new_epoch(engine: Engine, played: Played) -> bool:
    try:
        return (await whole_log(engine, played.room_id))[-1].epoch > played.log_epoch
    except StoreUnavailable:
        return False
