"""A process of idle games, each with a socket and a new room of its own.

    python -m tests.bench.idle PORT

Each line on standard input is a number of sockets: the process opens sockets up to that number and
prints how many seconds it took. The games answer pings, and end at the end of the input.
"""

import asyncio
import sys
import time
from typing import Final

import uvloop

from tests.bench.game import CountingGame
from tests.bench.wire import connect

AT_ONCE: Final = 64  # concurrent handshakes


async def main(port: int) -> None:
    """Open the requested number of sockets for each line of input."""
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
