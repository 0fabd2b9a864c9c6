"""Every press counts once, although newer batches are counted while an older one is repeated."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.late_batches import (
    BETWEEN,
    DROPS,
    RECONNECTED,
    broken,
    frozen,
    held_back,
    lost_packets,
    open_run,
    press_through,
)
from tests.shared.engine.clocks import clocked_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.late_batches import Outage, Pressed

pytestmark = pytest.mark.anyio

# s of each outage: 20 in all. A service waits 3 s for Redis, a client 3.5 s for an answer.
CUTS: Final[dict[Outage, tuple[float, ...]]] = {
    lost_packets: (1.0, 4.0, 2.0, 6.0, 3.2),
    held_back: (2.0, 4.0, 1.0, 8.0, 3.2),
    frozen: (3.2, 1.0, 6.0, 2.0, 4.0),
    broken: (1.0, 3.2, 6.0, 2.0, 4.0),
}
STEPS: Final = (30, -30, -30, 30)  # s
HELD_FOR: Final = 2.0  # s after each step


@pytest.mark.parametrize("outage", CUTS, ids=lambda outage: outage.__name__)
async def test_every_press_counts_once(
    tmp_path: Path, own_database_url: str, outage: Outage
) -> None:
    """With a number, and without one within the time for which Redis knows every batch."""
    cuts = [(outage, seconds) for seconds in CUTS[outage]]
    pressed = await press_through(tmp_path, own_database_url, cuts)
    assert pressed.is_exact, pressed
    assert pressed.repeats > 0


async def test_a_numbered_press_counts_once_though_the_clock_of_redis_is_set(
    tmp_path: Path, own_database_url: str
) -> None:
    """By half a minute forward and back, while connections break and data is held back."""
    pressed = await press_while_clock_is_set(tmp_path, own_database_url)
    assert pressed.is_exact, pressed
    assert pressed.duplicates > 0


async def press_while_clock_is_set(folder: Path, database_url: str) -> Pressed:
    redis = folder / "valkey"
    redis.mkdir()
    async with (
        clocked_server(redis) as server,
        open_run(folder, server.socket, server.url, database_url) as run,
        asyncio.TaskGroup() as group,
    ):
        pressing = group.create_task(run.crowd.press(unnumbered=False))
        for seconds in STEPS:
            for _ in range(DROPS):
                run.link.drop()  # answers on their way are lost
                await asyncio.sleep(RECONNECTED)
            while not run.crowd.pressed.duplicates:  # none was on its way yet
                for _ in range(DROPS):  # the service sends a call again only once
                    run.link.drop()
                    await asyncio.sleep(RECONNECTED / 4)
                await asyncio.sleep(RECONNECTED)
            run.link.flows.clear()
            server.step(seconds)
            await asyncio.sleep(HELD_FOR)
            run.link.flows.set()
            await asyncio.sleep(BETWEEN)
        return await run.end(pressing)
