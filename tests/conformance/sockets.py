"""A raw client socket, which can also send invalid frames."""

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.conformance.frames import CLOSE, TEXT, Frame, FrameReader, frame
from tests.wire import Wire, upgrade, wired


class Socket:
    """One upgraded socket; `frames` are the received frames."""

    def __init__(self, wire: Wire) -> None:
        self.frames: list[Frame] = []
        self._wire = wire
        self._parser = FrameReader()

    async def send(self, data: bytes, *, chop: int = 0) -> None:
        """Send data; with `chop`, in pieces of this many bytes."""
        size = chop or len(data) or 1
        for at in range(0, len(data), size):
            self._wire.write(data[at : at + size])
            await self._wire.writer.drain()

    async def until(self, opcode: int, payload: bytes = b"") -> Frame:
        """Read until a frame with this opcode contains `payload`, and return it."""
        while True:
            for found in self.frames:
                if found.opcode == opcode and payload in found.payload:
                    return found
            await self._read()

    async def until_told(self, *payloads: bytes) -> None:
        """Read until a text contains one of these, or the server closes the socket."""
        with suppress(EOFError, ConnectionError):
            while not self._was_told(payloads):
                await self._read()

    def _was_told(self, payloads: tuple[bytes, ...]) -> bool:
        return any(
            found.opcode == CLOSE
            or (found.opcode == TEXT and any(payload in found.payload for payload in payloads))
            for found in self.frames
        )

    async def close_code(self) -> int:
        """Read until the server sends a close, answer it, await the end; return the code."""
        payload = (await self.until(CLOSE)).payload
        with suppress(ConnectionError):
            await self.send(frame(CLOSE, payload))
        await self.ended()
        return int(struct.unpack_from("!H", payload)[0]) if payload else 1005

    async def ended(self) -> None:
        """Read until the connection ends."""
        with suppress(EOFError, ConnectionError):
            while True:
                await self._read()

    def end_output(self) -> None:
        """Send a FIN, and keep reading."""
        self._wire.writer.write_eof()

    def reset(self) -> None:
        """Abort the connection: an RST if unread data is left."""
        self._wire.writer.transport.abort()

    async def _read(self) -> None:
        data = await self._wire.reader.read(65536)
        if not data:
            raise EOFError
        self.frames.extend(self._parser.feed(data))


@asynccontextmanager
async def upgraded(port: int, path: str) -> AsyncIterator[Socket]:
    """Open a socket at this path."""
    async with wired(port) as wire:
        wire.write(upgrade(path))
        head = await wire.head()
        assert head.startswith(b"HTTP/1.1 101 "), head
        yield Socket(wire)
