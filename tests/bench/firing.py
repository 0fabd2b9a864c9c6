"""A process that fires triggers by calls of the room engine, faster than presses over HTTP could.

    python -m tests.bench.firing REDIS_URL ROOMS BATCHES

Every batch comes from a new viewer and fires TRIGGERS triggers. The process takes the rooms in turn
and fires as fast as their games acknowledge. It ends after BATCHES batches or, if BATCHES is 0, at
the end of standard input. Then it prints how many triggers it fired.
"""

import asyncio
import sys
from collections.abc import Iterator
from itertools import count, takewhile
from typing import Final

import uvloop

from clients.python import BatchNumbers
from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.replies import RoundOver
from shared.redis_store.store import open_store
from tests.batches import batch_of, sent
from tests.bench.bench import BUTTON
from tests.room_keys import new_room_id

TRIGGERS: Final = 20  # per batch, in a room where every press fires
AT_ONCE: Final = 16  # concurrent batches
LOG_FULL: Final = 0.02  # s to wait for acknowledgements while the log is full


async def main(redis_url: str, room_ids: list[str], batches: int) -> None:
    """Fire the batches and print the number of triggers."""
    async with open_store(redis_url, client_name="bench", library=LIBRARY) as store:
        firing = Firing(Engine(store), room_ids)
        numbers = range(batches) if batches else _until_input_ends()
        await firing.fire(iter(numbers))
        print(firing.fired, flush=True)


def _until_input_ends() -> Iterator[int]:
    over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    return takewhile(lambda _: not over.done(), count())


class Firing:
    """Fires triggers in these rooms, and counts them in `fired`."""

    def __init__(self, engine: Engine, room_ids: list[str]) -> None:
        self.fired = 0
        self._engine = engine
        self._room_ids = room_ids

    async def fire(self, numbers: Iterator[int]) -> None:
        """Send a batch for each number."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._fire(numbers))

    async def _fire(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            named = BatchNumbers().next()._asdict()
            counting = await sent(
                self._engine,
                self._room_ids[number % len(self._room_ids)],
                # The engine accepts any ULID. A new viewer per batch never meets the rate limit.
                batch_of(new_room_id(), {BUTTON: TRIGGERS}, **named),
            )
            assert not isinstance(counting, RoundOver)
            self.fired += sum(result.triggers_fired for result in counting.results)
            if counting.rejected.paused:
                await asyncio.sleep(LOG_FULL)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2].split(","), int(sys.argv[3])))
