"""A process of games that only hold their sockets, each in a new room of its own.

    python -m tests.bench.idle PORT

Each line on standard input is how many sockets there are to be; once there are, how many seconds it
took is printed. They answer pings, and end with the input.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Final

import uvloop

from tests.bench.game import CountingGame
from tests.bench.wire import connect

AT_ONCE: Final = 64  # handshakes under way


async def main(port: int) -> None:
    """Open what is asked for, until nothing more is."""
    games: list[CountingGame] = []
    free = asyncio.Semaphore(AT_ONCE)

    async def open_one() -> None:
        async with free:
            game = CountingGame()
            await connect(port, game)
            games.append(game)

    while line := await asyncio.to_thread(sys.stdin.readline):
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(int(line) - len(games)):
                group.create_task(open_one())
        print(time.perf_counter() - began, flush=True)
    if broken := [game.trouble for game in games if game.trouble]:
        sys.exit(f"{len(broken)} sockets were lost, for example: {broken[0]}")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
