"""Raw requests through the balancer, from any client address."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.balancer.running import PROXIED_FROM, Balancer


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def answer(self) -> bytes:
        """Return the head of an answer, or b"" if there is none."""
        try:
            return await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""


@asynccontextmanager
async def wire(balancer: Balancer, client: str = "", first: bytes = b"") -> AsyncIterator[Wire]:
    """Connect to the API's port; with `client`, as a TCP balancer would for this client.

    `first` is sent at once: a balancer that is reloaded closes connections that say nothing yet.
    """
    with socket.socket() as own:
        if client:
            own.bind((PROXIED_FROM, 0))
            first = f"PROXY TCP4 {client} 127.0.0.1 4000 8888\r\n".encode() + first
        own.connect(("127.0.0.1", balancer.port))
        own.sendall(first)
        own.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=own)
        try:
            yield Wire(reader, writer)
        finally:
            writer.close()


def request(line: str, *headers: str, body: str = "") -> bytes:
    """Return a request with `Connection: close`."""
    head = (f"{line} HTTP/1.1", "Host: test", "Connection: close", f"Content-Length: {len(body)}")
    return "\r\n".join((*head, *headers, "", body)).encode()
