"""Raw connections for tests: any bytes, and clients that are slow, silent or never read."""

import asyncio
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

PACE: Final = 0.02  # s between two bytes of a slow client
SMALL: Final = 4096  # bytes of the receive buffer of a client that does not read
KEY: Final = b64encode(b"sixteen bytes...").decode()


@dataclass(frozen=True)
class Wire:
    """Both directions of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def is_gone(self) -> bool:
        """Whether the connection has ended; a client that does not read notices it by writing."""
        return self.writer.is_closing()

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def head(self) -> bytes:
        """Return the head of the next answer."""
        return await self.reader.readuntil(b"\r\n\r\n")

    async def rest(self) -> bytes:
        """Return everything that arrives until the other side closes or resets the connection."""
        heard = b""
        with suppress(ConnectionError):
            while data := await self.reader.read(65536):
                heard += data
        return heard

    async def trickle(self, data: bytes) -> bool:
        """Send byte by byte until the other side closes; return whether it waited for all bytes."""
        with suppress(ConnectionError):
            for byte in data:
                if self.is_gone:
                    return False
                self.write(bytes([byte]))
                await self.writer.drain()
                await asyncio.sleep(PACE)
            return True
        return False

    async def trickled(self, data: bytes) -> bytes:
        """Send byte by byte; return the answer. The other side must close before the last byte."""
        sending = asyncio.create_task(self.trickle(data))
        heard = await self.rest()
        if sending.done():  # before the end was heard here
            assert not sending.result(), "the other side waited for all bytes"
        sending.cancel()
        return heard

    async def flood(self, data: bytes) -> None:
        """Send the same data repeatedly, without reading, until the other side closes."""
        with suppress(ConnectionError):
            while not self.is_gone:
                self.write(data)
                await self.writer.drain()
                await asyncio.sleep(0)


@asynccontextmanager
async def wired(port: int, *, deaf: bool = False, source: str = "") -> AsyncIterator[Wire]:
    """Open a connection on loopback, from the address `source`; if `deaf`, it reads nothing."""
    with socket.socket() as own:
        if deaf:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        if source:
            own.bind((source, 0))
        own.connect(("127.0.0.1", port))
        own.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=own)
        if deaf:
            writer.transport.pause_reading()  # type: ignore[attr-defined]
        try:
            yield Wire(reader, writer)
        finally:
            writer.transport.abort()


def get(path: str, *headers: str, length: int | None = None) -> bytes:
    """Return a request's head."""
    body = () if length is None else (f"Content-Length: {length}",)
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: x", *headers, *body, "", "")).encode()


def upgrade(path: str) -> bytes:
    """Return a WebSocket handshake (RFC 6455, section 4.1)."""
    version, key = "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}"
    return get(path, "Upgrade: websocket", "Connection: Upgrade", version, key)
