"""A process of idle games, each with a socket and a new room of its own.

    python -m tests.bench.idle PORT

Each line on standard input is a number of sockets: the process opens sockets up to that number and
prints how many seconds it took. The games answer pings, and end at the end of the input.
"""

import asyncio
import sys

import uvloop

from tests.bench.game import CountingGame
from tests.bench.wire import grow


async def main(port: int) -> None:
    """Open the requested number of sockets for each line of input."""
    games: list[CountingGame] = []
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(await grow(port, games, int(line), CountingGame), flush=True)
    if broken := [game.trouble for game in games if game.trouble]:
        sys.exit(f"{len(broken)} sockets were lost, for example: {broken[0]}")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
