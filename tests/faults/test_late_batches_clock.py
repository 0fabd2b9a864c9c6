"""Every numbered press counts once, although the clock of Redis is set."""

import asyncio
from pathlib import Path
from typing import Final

from tests.faults.late_batches import BETWEEN, DROPS, PACE, Pressed, carries_again, open_run
from tests.shared.engine.clocks import clocked_server

STEPS: Final = (30, -30, -30, 30)  # s
HELD_FOR: Final = 2.0  # s after each step


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
                await carries_again(run.link)
            while not run.crowd.pressed.duplicates:  # none was on its way yet
                for _ in range(DROPS):  # the service sends a call again only once
                    run.link.drop()
                    await asyncio.sleep(PACE)
                await carries_again(run.link)
            run.link.flows.clear()
            server.step(seconds)
            await asyncio.sleep(HELD_FOR)
            run.link.flows.set()
            await asyncio.sleep(BETWEEN)
        return await run.end(pressing)
