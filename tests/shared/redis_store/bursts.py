"""Viewers who continue to press while servers die, and the outcome of each press."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from shared.engine.engine import Engine
from shared.redis_store.store import StoreUnavailable
from tests.shared.engine.rooms import press
from tests.waiting import until

BETWEEN = 0.02  # s between a viewer's presses


@dataclass
class Burst:
    """The outcomes so far; any error other than an outage ends the burst."""

    answered: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    async def wait_answered(self, more: int = 50) -> None:
        """Wait until `more` presses were answered."""
        goal = self.answered + more

        async def reached() -> bool:
            return self.answered >= goal

        await until(reached)


@asynccontextmanager
async def pressing(engine: Engine, room_id: str, viewers: int = 20) -> AsyncIterator[Burst]:
    """Viewers press one after the other; the block ends when all have their outcomes."""
    burst, over = Burst(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(viewers):
            group.create_task(_press_until(over, engine, room_id, burst))
        try:
            await burst.wait_answered()
            yield burst
        finally:
            over.set()


async def _press_until(over: asyncio.Event, engine: Engine, room_id: str, burst: Burst) -> None:
    while not over.is_set():
        try:
            # Another viewer each time: none runs into its limit.
            await press(engine, room_id, uuid4().hex, skill1=1)
            burst.answered += 1
        except StoreUnavailable as refusal:
            burst.refusals[str(refusal)] += 1
        await asyncio.sleep(BETWEEN)
