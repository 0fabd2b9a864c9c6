"""The running rounds, as Prometheus and the log are told of them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from api_service.duties.check_conservation import Conservation
from api_service.metrics import RoundMetrics
from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from shared.wire.room_settings import DEFAULT_SETTINGS, RoomSettings
from tests.batches import batch_of, sent
from tests.room_keys import new_room_id, room_keys
from tests.shared.engine import rooms
from tests.shared.engine.rooms import own_server
from tests.waiting import until


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """A separate server, since the metrics are sums over all rooms."""
    async with (
        own_server(tmp_path) as server,
        open_store(server.url, client_name="tests", library=LIBRARY) as store,
    ):
        await store.inspect()
        yield Engine(store)


async def playing(engine: Engine, viewers: int, settings: RoomSettings = DEFAULT_SETTINGS) -> str:
    """A running round in which each of `viewers` pressed three times."""
    room_id = new_room_id()
    await engine.open(room_id, settings, keyed=False)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await engine.start(room_id, held.term)
    for n in range(viewers):
        await sent(engine, room_id, batch_of(f"v{n}", {"skill1": 3}))
    return room_id


async def test_a_round_that_cannot_be_read_ends_no_service(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """The error is logged, and the next check runs."""
    room_id = await playing(engine, 1)
    await engine.store.command("HSET", room_keys(room_id).counts(1), "skill1:accepted", "many")
    metrics = RoundMetrics(CollectorRegistry())
    looking = asyncio.create_task(Conservation(engine.store, metrics).run_forever())

    async def is_told() -> bool:
        return "running rounds not checked" in caplog.text

    await until(is_told)
    assert not looking.done()
    looking.cancel()
    await asyncio.wait([looking])


async def test_all_running_rounds_are_summed_up(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """A count that does not add up is logged as an error, with its room."""
    registry = CollectorRegistry()
    conservation = Conservation(engine.store, RoundMetrics(registry))

    def figure(name: str) -> float | None:
        return registry.get_sample_value(f"streamario_{name}")

    await playing(engine, 2)
    room_id = await playing(engine, 3)
    await conservation.check()
    assert (figure("rounds_running"), figure("conservation_difference")) == (2, 0)
    assert (figure("active_viewers"), figure("pressers")) == (5, 5)
    assert (figure("effective_pressers"), figure("effective_addresses")) == (5, 5)
    counts = room_keys(room_id).counts(1)
    await engine.store.command("HINCRBY", counts, "skill1:accepted", 7)
    with caplog.at_level(logging.ERROR, "api_service.duties.check_conservation"):
        await conservation.check()
    assert figure("conservation_difference") == 7
    (line,) = caplog.records
    assert (line.getMessage(), line.fields["room_id"]) == ("presses do not add up", room_id)  # type: ignore[attr-defined]


async def test_large_crowds_in_rooms_without_a_pace_are_told(engine: Engine) -> None:
    """From the 301st active viewer on; a room in which all buttons have a pace is not counted."""
    registry = CollectorRegistry()
    conservation = Conservation(engine.store, RoundMetrics(registry))
    paced = rooms.playing(rooms.button("skill1", pace_ms=1_000))

    async def rooms_without_pace() -> float | None:
        await conservation.check()
        return registry.get_sample_value("streamario_rooms_without_pace")

    await playing(engine, 301, paced)
    room_id = await playing(engine, 300)
    assert await rooms_without_pace() == 0
    await sent(engine, room_id, batch_of("last", {"skill1": 1}))
    assert await rooms_without_pace() == 1
