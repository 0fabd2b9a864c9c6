"""A process of pages that watch one room, each with a socket of its own.

    python -m tests.bench.pages PORT ROOM

For a number on standard input, the process opens pages up to that number and prints how many
seconds it took. For `report` it prints JSON: every count of the button that pages received since
the last report, when the first, the median and the last page received it (s, `time.perf_counter`),
and how many pages did. The pages end at the end of the input.
"""

import asyncio
import re
import sys
from collections import defaultdict
from typing import Final

import msgspec
import uvloop

from tests.bench.bench import BUTTON
from tests.bench.wire import HANDSHAKE, End, grow

COUNT: Final = re.compile(rb'"event_type":"%s","current_count":(\d+)' % BUTTON.encode())


class Wave(msgspec.Struct, frozen=True):
    """One count: when the first, the median and the last page received it."""

    count: int
    pages: int
    first: float
    middle: float
    last: float


class Pages:
    """The pages, and when they received each count."""

    def __init__(self, port: int, room_id: str) -> None:
        self.pages: list[Page] = []
        self._port = port
        target = f"/ws-viewer?room_id={room_id}"
        # The gateway does not select an unknown subprotocol.
        self._handshake = HANDSHAKE.format(target=target, protocols="none").encode()
        self._shown: defaultdict[int, list[float]] = defaultdict(list)

    def shown(self, count: int, now: float) -> None:
        """Note that a page received this count."""
        self._shown[count].append(now)

    async def grow(self, count: int) -> float:
        """Open pages until there are `count`; return how long it took, s."""
        return await grow(self._port, self.pages, count, lambda: Page(self._handshake, self))

    def report(self) -> list[Wave]:
        """Return what pages received since the last report, in the order of counts."""
        waves = [
            Wave(count, len(times), times[0], times[len(times) // 2], times[-1])
            for count, times in sorted(self._shown.items())
        ]
        self._shown.clear()
        return waves


class Page(End):
    """One page's socket."""

    def __init__(self, handshake: bytes, pages: Pages) -> None:
        super().__init__(handshake)
        self._pages = pages

    def hear(self, text: bytes, now: float) -> None:
        if found := COUNT.search(text):
            self._pages.shown(int(found[1]), now)


async def main(port: int, room_id: str) -> None:
    """Execute the commands on standard input."""
    pages = Pages(port, room_id)
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        if line == "report":
            print(msgspec.json.encode(pages.report()).decode(), flush=True)
        else:
            print(await pages.grow(int(line)), flush=True)
    if broken := [page.trouble for page in pages.pages if page.trouble]:
        sys.exit(f"{len(broken)} pages were lost, for example: {broken[0]}")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2]))
