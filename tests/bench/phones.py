"""A process of phones: each opens a room's page, loads everything and presses once.

    python -m tests.bench.phones PORT GATEWAY_PORT ROOM

For a line `COUNT SECONDS` on standard input, so many phones arrive, evenly spread over the seconds,
and stay until the last has pressed. Then the process prints an `Arrived` as JSON.
"""

import asyncio
import sys
import time
from collections import Counter
from typing import Final

import msgspec
import uvloop

from tests.bench.bench import Broken
from tests.bench.browser import Browser, post
from tests.bench.crowd import ViewersPage, path_of
from tests.bench.page_load import PageLoad
from tests.bench.wire import HANDSHAKE, End, connect

WITHIN: Final = 90.0  # s


class Arrived(msgspec.Struct, frozen=True):
    """What became of phones that arrived.

    Times are s from the click on the link: until buttons could be pressed (`ready`), and until the
    first press was answered. `requests` and `bytes` are of all phones, with the press. `failures`
    counts the failed phones by reason; `cpu` is the processor time that they took here, s.
    """

    ready: list[float]
    answered: list[float]
    requests: int
    bytes: int
    failures: dict[str, int]
    cpu: float


class Socket(End):
    """A page's socket, which reads and does nothing."""

    def hear(self, text: bytes, now: float) -> None:
        """Do nothing."""


class Phone:
    """A phone that opens a room's page and presses once, and how long that took."""

    def __init__(self, port: int, gateway_port: int, room_id: str) -> None:
        target = f"/ws-viewer?room_id={room_id}"
        self.browser = Browser(port)
        self.ready = self.answered = 0.0  # s from the click on the link
        self.failure: str | None = None
        self._load = PageLoad(self.browser, room_id)
        self._path = path_of(room_id)
        self._gateway_port = gateway_port
        self._socket = Socket(HANDSHAKE.format(target=target, protocols="none").encode())

    async def arrive(self, clicked: float) -> None:
        """Load the page, press, and load the rest; `clicked` is s on `time.perf_counter`."""
        try:
            async with asyncio.timeout(WITHIN):
                viewer_id = await self._load.until_ready()
                self.ready = time.perf_counter() - clicked
                await asyncio.gather(
                    connect(self._gateway_port, self._socket), self._press(viewer_id, clicked)
                )
                await self._load.after_press()
        except (Broken, OSError, TimeoutError) as failed:
            self.failure = f"{type(failed).__name__}: {failed}"

    def leave(self) -> None:
        """Close the page."""
        self.browser.close()
        if self._socket.opened.is_set():
            self._socket.close()

    async def _press(self, viewer_id: str, clicked: float) -> None:
        body = ViewersPage(self._path, viewer_id).next_body()
        await self.browser.fetch(post(self._path, body))
        self.answered = time.perf_counter() - clicked


async def arrive(count: int, seconds: float, port: int, gateway_port: int, room_id: str) -> Arrived:
    """Have so many phones arrive within these seconds, and wait until all have pressed."""
    phones = [Phone(port, gateway_port, room_id) for _ in range(count)]
    began, cpu = time.perf_counter(), time.process_time()

    async def arrive_at(phone: Phone, due: float) -> None:
        await asyncio.sleep(due - time.perf_counter())
        await phone.arrive(due)

    async with asyncio.TaskGroup() as group:
        for n, phone in enumerate(phones):
            group.create_task(arrive_at(phone, began + n * seconds / count))
    for phone in phones:
        phone.leave()
    there = [phone for phone in phones if not phone.failure]
    return Arrived(
        ready=[phone.ready for phone in there],
        answered=[phone.answered for phone in there],
        requests=sum(len(phone.browser.requests) for phone in phones),
        bytes=sum(phone.browser.bytes for phone in phones),
        failures=Counter(phone.failure for phone in phones if phone.failure),
        cpu=time.process_time() - cpu,
    )


async def main(port: int, gateway_port: int, room_id: str) -> None:
    """Execute the commands on standard input."""
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        count, seconds = line.split()
        arrived = await arrive(int(count), float(seconds), port, gateway_port, room_id)
        print(msgspec.json.encode(arrived).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
