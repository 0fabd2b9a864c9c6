"""A cheap game: one socket to a gateway that counts its triggers, acknowledges, and answers pings.

It speaks only as much of RFC 6455 as it needs, so that a trigger costs this end microseconds.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, cast

from deploy.terminal.delivery import ACK_INTERVAL
from shared.messages import SUBPROTOCOL, Ack, GameEvent, GameStart, Message, decode_server, encode
from tests.bench.bench import Broken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

WITHIN: Final = 15.0  # s
FINAL: Final = 0x80
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
MASKED: Final = 0x80
# A client masks what it sends; by nothing, since nobody here caches what looks like HTTP.
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
NEW_ROOM: Final = HANDSHAKE.format(target="/ws-unity", protocols=SUBPROTOCOL).encode()

Heard = Callable[[GameEvent, float], None]


def frame(opcode: int, payload: bytes) -> bytes:
    """A whole message as a client sends it; up to 64 KiB."""
    if len(payload) < LENGTH_16:
        return bytes([FINAL | opcode, MASKED | len(payload)]) + NO_MASK + payload
    head = struct.pack("!BBH", FINAL | opcode, MASKED | LENGTH_16, len(payload))
    return head + NO_MASK + payload


class Game(asyncio.Protocol):
    """The socket. `triggers` have come, which took `presses` together; `heard` is told of each.

    `trouble` says what went wrong, a number that is missing or repeats too.
    """

    def __init__(self, handshake: bytes = NEW_ROOM, heard: Heard | None = None) -> None:
        self.attached = asyncio.Event()
        self.triggers = 0
        self.presses = 0
        self.trouble: str | None = None
        self._heard = heard
        self._handshake = handshake
        self._read = b""
        self._upgraded = False
        self._last: GameEvent | None = None
        self._ack_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's have the methods, not the class.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._handshake)

    def connection_lost(self, exc: Exception | None) -> None:
        self.trouble = self.trouble or f"the socket was closed: {exc}"
        self.attached.set()
        if self._ack_due is not None:
            self._ack_due.cancel()

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._read += data
        if not self._upgraded and not self._take_head():
            return
        for opcode, payload in self._frames():
            self._take(opcode, payload, now)

    def send(self, message: Message) -> None:
        """Send a message as a game does."""
        self._transport.write(frame(TEXT, encode(message).encode()))

    def close(self) -> None:
        """Let go, as one that crashes: its round goes on."""
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
            self._hear(decode_server(payload), now)

    def _hear(self, message: Message, now: float) -> None:
        self.attached.set()
        if not isinstance(message, GameEvent):
            return
        if self._last is not None and message.seq != self._last.seq + 1:
            self.trouble = f"after trigger {self._last.seq} came {message.seq}"
        self._last = message
        self.triggers += 1
        self.presses += message.trigger_count
        if self._heard is not None:
            self._heard(message, now)
        # Not more often than a game that saves what it has applied.
        if self._ack_due is None:
            self._ack_due = asyncio.get_running_loop().call_later(ACK_INTERVAL, self._ack)

    def _ack(self) -> None:
        assert self._last is not None
        self._ack_due = None
        self.send(Ack(epoch=self._last.epoch, seq=self._last.seq))


def _size(read: bytes, at: int) -> tuple[int, int] | None:
    """Bytes of a frame's head and of its payload; None where the head is not all there."""
    left = len(read) - at
    if left < 2:
        return None
    length = read[at + 1]
    if length < LENGTH_16:
        return 2, length
    kind, head = ("!H", 4) if length == LENGTH_16 else ("!Q", 10)
    return (head, struct.unpack_from(kind, read, at + 2)[0]) if left >= head else None


def resuming(room_id: str, token: str) -> bytes:
    """The handshake by which a game comes to a room that is open already."""
    protocols = f"{SUBPROTOCOL}, token.{token}"
    return HANDSHAKE.format(target=f"/ws-unity?room_id={room_id}", protocols=protocols).encode()


async def attach(port: int, game: Game) -> None:
    """Connect it, and wait until its room is its own. Raises Broken where the gateway refuses."""
    await asyncio.get_running_loop().create_connection(lambda: game, "127.0.0.1", port)
    async with asyncio.timeout(WITHIN):
        await game.attached.wait()
    if game.trouble:
        raise Broken(game.trouble)


@asynccontextmanager
async def attached(
    room_id: str, port: int, token: str, heard: Heard | None = None
) -> AsyncIterator[Game]:
    """A game in its room, the round begun. Raises Broken where the gateway refuses it."""
    game = Game(resuming(room_id, token), heard)
    await attach(port, game)
    try:
        game.send(GameStart())
        yield game
    finally:
        game.close()
