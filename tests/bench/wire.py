"""A minimal WebSocket client that spends only microseconds per message.

It implements only the part of RFC 6455 that the benchmarks need.
"""

import asyncio
import struct
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar, cast

from tests.bench.bench import Broken

WITHIN: Final = 15.0  # s
AT_ONCE: Final = 64  # concurrent handshakes
FINAL: Final = 0x80
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
MASKED: Final = 0x80
# A client must mask what it sends. A mask of zeros is enough, as no proxy is in between.
NO_MASK: Final = bytes(4)
LENGTH_16, LENGTH_64 = 126, 127
HANDSHAKE: Final = (
    "GET {target} HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: {protocols}\r\n"
    "\r\n"
)


def frame(opcode: int, payload: bytes) -> bytes:
    """Return a message of up to 64 KiB as a client's frame."""
    if len(payload) < LENGTH_16:
        return bytes([FINAL | opcode, MASKED | len(payload)]) + NO_MASK + payload
    head = struct.pack("!BBH", FINAL | opcode, MASKED | LENGTH_16, len(payload))
    return head + NO_MASK + payload


class End(asyncio.Protocol):
    """A client's socket. `trouble` holds the first error, a closed socket included.

    `opened` is set with the first message or the first error. Subclasses implement `hear`, which
    gets each text and the time of its arrival (s, perf_counter).
    """

    def __init__(self, handshake: bytes) -> None:
        self.opened = asyncio.Event()
        self.trouble: str | None = None
        self._handshake = handshake
        self._read = b""
        self._upgraded = False

    def hear(self, text: bytes, now: float) -> None:
        """Process a message."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods, but not the class.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._handshake)

    def connection_lost(self, exc: Exception | None) -> None:
        self.trouble = self.trouble or f"the socket was closed: {exc}"
        self.opened.set()

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._read += data
        if not self._upgraded and not self._take_head():
            return
        for opcode, payload in self._frames():
            self._take(opcode, payload, now)

    def close(self) -> None:
        """Abort the connection, as a crash would."""
        self._transport.abort()

    def _take_head(self) -> bool:
        head, end, rest = self._read.partition(b"\r\n\r\n")
        if not end:
            return False
        if b" 101 " not in head.partition(b"\r\n")[0]:
            self.trouble = self._read.decode(errors="replace")
            self._transport.abort()
            return False
        self._upgraded, self._read = True, rest
        return True

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        read, at = self._read, 0
        while (size := _size(read, at)) is not None:
            head, length = size
            if len(read) < at + head + length:
                break
            yield read[at] & 0xF, read[at + head : at + head + length]
            at += head + length
        self._read = read[at:]

    def _take(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == PING:
            self._transport.write(frame(PONG, payload))
        elif opcode == TEXT:
            self.opened.set()
            self.hear(payload, now)


def _size(read: bytes, at: int) -> tuple[int, int] | None:
    """Return the lengths of a frame's head and payload, or None if the head is incomplete."""
    left = len(read) - at
    if left < 2:
        return None
    length = read[at + 1]
    if length < LENGTH_16:
        return 2, length
    kind, head = ("!H", 4) if length == LENGTH_16 else ("!Q", 10)
    return (head, struct.unpack_from(kind, read, at + 2)[0]) if left >= head else None


async def connect(port: int, end: End) -> None:
    """Connect, and wait for the first message. Raises Broken if the gateway refuses."""
    await asyncio.get_running_loop().create_connection(lambda: end, "127.0.0.1", port)
    async with asyncio.timeout(WITHIN):
        await end.opened.wait()
    if end.trouble:
        raise Broken(end.trouble)


Kind = TypeVar("Kind", bound=End)


async def grow(port: int, ends: list[Kind], count: int, new: Callable[[], Kind]) -> float:
    """Connect new sockets until there are `count`; return how long it took, s."""
    began, free = time.perf_counter(), asyncio.Semaphore(AT_ONCE)

    async def open_one() -> None:
        async with free:
            end = new()
            await connect(port, end)
            ends.append(end)

    async with asyncio.TaskGroup() as group:
        for _ in range(count - len(ends)):
            group.create_task(open_one())
    return time.perf_counter() - began
