"""A process that fires triggers faster than presses over HTTP could: it calls the room engine.

    python -m tests.bench.firing REDIS_URL ROOMS BATCHES

Every batch is a viewer's own and fires TRIGGERS triggers, the rooms in turn, as fast as their games
acknowledge. It ends after so many batches or, where that is 0, with its standard input, and prints
how many triggers it fired.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count, takewhile
from typing import TYPE_CHECKING, Final

import uvloop

from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.press import PressBatch
from shared.engine.replies import RoundOver
from shared.identity.addresses import UNIX_SOCKET
from shared.identity.tokens import new_room_id
from shared.redis_store.store import open_store
from tests.bench.bench import BUTTON

if TYPE_CHECKING:
    from collections.abc import Iterator

TRIGGERS: Final = 20  # of a batch, in a room where every press fires
AT_ONCE: Final = 16  # batches under way
LOG_FULL: Final = 0.02  # s to wait for acknowledgements


async def main(redis_url: str, room_ids: list[str], batches: int) -> None:
    """Fire until it is enough."""
    async with open_store(redis_url, client_name="bench", library=LIBRARY) as store:
        firing = Firing(Engine(store), room_ids)
        numbers = range(batches) if batches else _until_input_ends()
        await firing.fire(iter(numbers))
        print(firing.fired, flush=True)


def _until_input_ends() -> Iterator[int]:
    over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    return takewhile(lambda _: not over.done(), count())


class Firing:
    """Fires in these rooms; `fired` triggers there are."""

    def __init__(self, engine: Engine, room_ids: list[str]) -> None:
        self.fired = 0
        self._engine = engine
        self._room_ids = room_ids

    async def fire(self, numbers: Iterator[int]) -> None:
        """A batch for each number."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._fire(numbers))

    async def _fire(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            counting = await self._engine.press(
                self._room_ids[number % len(self._room_ids)],
                # Any ULID is a viewer here; a new one for each batch, whose bucket is full.
                PressBatch(
                    new_room_id(), {BUTTON: TRIGGERS}, batch_id=str(number), address=UNIX_SOCKET
                ),
            )
            assert not isinstance(counting, RoundOver)
            self.fired += sum(result.triggers for result in counting.results)
            if counting.rejected.paused:
                await asyncio.sleep(LOG_FULL)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2].split(","), int(sys.argv[3])))
