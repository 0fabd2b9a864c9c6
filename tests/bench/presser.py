"""Sends presses at fixed times, however long the answers take (an open loop)."""

import asyncio
import random
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final, cast

from tests.bench.bench import Broken
from tests.bench.crowd import ViewersPage
from tests.waiting import until

CONNECTIONS: Final = 128  # to each API process
OK: Final = b"HTTP/1.1 200"
LENGTH: Final = b"content-length: "
PROBE: Final = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEAD_START: Final = 0.2  # s before the first press
ANSWERED_WITHIN: Final = 15.0  # s
# The timing thread must not wait up to the default 5 ms for the interpreter lock.
SWITCH_INTERVAL: Final = 0.0002  # s
SEED: Final = 20


def schedule(rate: float, seconds: float) -> list[float]:
    """Return when presses are due, s from the start: a Poisson process with a fixed seed."""
    gaps = random.Random(SEED)
    times: list[float] = []
    now = gaps.expovariate(rate)
    while now < seconds:
        times.append(now)
        now += gaps.expovariate(rate)
    return times


@dataclass
class Pressed:
    """The result of a schedule; times are s on `time.perf_counter`.

    `due` is when each press should be sent, `late` how much later it was sent, `answered` the time
    from due to the answer.
    """

    due: list[float]
    late: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """A persistent connection with one request at a time."""

    def __init__(self, presser: "Presser") -> None:
        self._presser = presser
        self._read = b""
        self._due: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods, but not the class.
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._presser.lost(f"a connection was closed: {exc}")

    def send(self, due: float | None, data: bytes) -> None:
        self._due = due
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        if not end:
            return
        _, _, length = head.lower().partition(LENGTH)
        if len(body) < int(length.partition(b"\r\n")[0]):
            return
        self._read = b""
        if not head.startswith(OK):
            self._presser.lost(f"{head.decode()}\n{body.decode()}")
        self._presser.answered(self, self._due)


class Presser:
    """Sends on idle connections; a press that finds none waits, and this time counts."""

    def __init__(self) -> None:
        self.idle: deque[Connection] = deque()
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._pressed = Pressed([])
        self._all_answered = asyncio.Event()
        self._trouble: str | None = None

    async def run(
        self,
        times: Sequence[float],
        pages: Sequence[ViewersPage],
        answered_within: float = ANSWERED_WITHIN,
    ) -> Pressed:
        """Send a request of each page in turn at the given times, and wait for the last answer.

        Raises Broken if an answer is not a success, TimeoutError if the last one takes too long.
        """
        loop = asyncio.get_running_loop()
        start = time.perf_counter() + HEAD_START
        self._pressed = Pressed([start + at for at in times])
        self._all_answered.clear()

        over = threading.Event()

        def keep_time() -> None:
            for due, page in zip(self._pressed.due, cycle(pages), strict=False):
                data = page.next()
                if over.wait(max(0.0, due - time.perf_counter())):
                    return
                loop.call_soon_threadsafe(self._send, due, data)

        thread = threading.Thread(target=keep_time)
        thread.start()
        try:
            async with asyncio.timeout(HEAD_START + times[-1] + answered_within):
                await self._all_answered.wait()
        finally:
            over.set()
            thread.join()
        if self._trouble:
            raise Broken(self._trouble)
        return self._pressed

    def answered(self, connection: Connection, due: float | None) -> None:
        """Note an answer, unless nothing was due, and reuse its connection."""
        if due is None:
            self.idle.append(connection)
            return
        self._pressed.answered.append(time.perf_counter() - due)
        if len(self._pressed.answered) == len(self._pressed.due):
            self._all_answered.set()
        if self._waiting:
            connection.send(*self._waiting.popleft())
        else:
            self.idle.append(connection)

    def lost(self, trouble: str) -> None:
        """Note a failure, which ends the run."""
        self._trouble = self._trouble or trouble
        self._all_answered.set()

    def _send(self, due: float, data: bytes) -> None:
        self._pressed.late.append(time.perf_counter() - due)
        if self.idle:
            self.idle.popleft().send(due, data)
        else:
            self._waiting.append((due, data))


@asynccontextmanager
async def open_presser(ports: Sequence[int]) -> AsyncIterator[Presser]:
    """Open connections to each of these API processes, to be used in turn."""
    presser = Presser()
    loop = asyncio.get_running_loop()
    opened: list[Connection] = []
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        for n in range(CONNECTIONS * len(ports)):
            port = ports[n % len(ports)]
            _, connection = await loop.create_connection(
                lambda: Connection(presser), "127.0.0.1", port
            )
            opened.append(connection)
            # One without a request would be closed after a while.
            connection.send(None, PROBE)
        await until(lambda: asyncio.sleep(0, len(presser.idle) == len(opened)))
        yield presser
    finally:
        sys.setswitchinterval(usual)
        presser.idle.clear()  # after an interruption nothing more is sent
        for connection in opened:
            connection.transport.abort()
