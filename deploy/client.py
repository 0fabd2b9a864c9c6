"""A small HTTP/1.1 client (RFC 9112): kept connections, one request at a time on each.

It is here because it is several times faster than a general one: a crowd's machine should measure
the server, not itself.

ClientError
 +-- NoServer    nothing accepts connections there
 +-- NoAnswer    the connection was lost before the answer was whole: it may have counted
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httptools

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHUNK: Final = 1 << 16
CONNECT_DEADLINE: Final = 5.0  # s
ANSWER_DEADLINE: Final = 15.0  # s
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class ClientError(Exception):
    """There is no answer; the text says why in a few words."""


class NoServer(ClientError):
    """Nothing accepts connections there."""


class NoAnswer(ClientError):
    """The connection was lost before the answer was whole: the request may have counted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said; `retry_after` is s, None where it names none."""

    status: int
    retry_after: float | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens, and the path before every path."""

    host: str
    port: int
    secure: bool
    prefix: str
    authority: str

    @classmethod
    def at(cls, url: str) -> Server:
        """The server of an http:// or https:// URL. Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError(f"{url!r} does not begin with http:// or https:// and a host")
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        authority = parts.netloc.rpartition("@")[2]
        return cls(parts.hostname, port, parts.scheme == "https", parts.path.rstrip("/"), authority)


class Reading:
    """One answer while it arrives: httptools calls this with its parts."""

    def __init__(self) -> None:
        self.complete = False
        self.retry_after: float | None = None
        self.body = b""

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep what we ask of the headers; Retry-After as a date (RFC 9110) is not ours."""
        if name.lower() == b"retry-after" and value.isdigit():
            self.retry_after = float(value)

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        self.body += part

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self.complete = True


class Connection:
    """One connection: opened at the first request, and again after it was lost."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a whole request and read its answer. Raises ClientError."""
        reader, writer = self._streams or await self._open()
        done = False
        try:
            async with asyncio.timeout(ANSWER_DEADLINE):
                writer.write(request)
                answer, keep = await _read(reader)
            done = keep
        except (OSError, httptools.HttpParserError) as error:
            raise NoAnswer(_reason(error)) from None
        finally:
            # What is left of a broken or given-up answer must not become the next one's.
            if not done:
                self.close()
        return answer

    def close(self) -> None:
        """Let the connection go."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        server = self._server
        context = ssl.create_default_context() if server.secure else None
        try:
            async with asyncio.timeout(CONNECT_DEADLINE):
                self._streams = await asyncio.open_connection(
                    server.host, server.port, ssl=context, limit=CHUNK
                )
        except OSError as error:
            raise NoServer(_reason(error)) from None
        return self._streams


async def _read(reader: asyncio.StreamReader) -> tuple[Answer, bool]:
    """One answer, and whether the connection may be kept."""
    reading = Reading()
    parser = httptools.HttpResponseParser(reading)
    while not reading.complete:
        data = await reader.read(CHUNK)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        parser.feed_data(data)
    answer = Answer(parser.get_status_code(), reading.retry_after, reading.body)
    return answer, parser.should_keep_alive()


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class Client:
    """So many connections to one server, each request on the first that is free."""

    def __init__(self, server: Server, connections: int) -> None:
        self._server = server
        self._all = [Connection(server) for _ in range(connections)]
        # Last in, first out: a small crowd keeps few connections busy.
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for connection in self._all:
            self._free.put_nowait(connection)

    async def get(self, path: str) -> Answer:
        """GET a path. Raises ClientError."""
        return await self._ask("GET", path, b"")

    async def post(self, path: str, body: bytes) -> Answer:
        """POST a JSON body. Raises ClientError."""
        return await self._ask("POST", path, body)

    def close(self) -> None:
        """Let all connections go."""
        for connection in self._all:
            connection.close()

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        head = (
            f"{method} {self._server.prefix}{path} HTTP/1.1\r\nHost: {self._server.authority}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection = await self._free.get()
        try:
            return await connection.ask(head.encode() + body)
        finally:
            self._free.put_nowait(connection)


@asynccontextmanager
async def open_client(server: Server, connections: int) -> AsyncIterator[Client]:
    """A client whose connections are closed at the end of the block."""
    client = Client(server, connections)
    try:
        yield client
    finally:
        client.close()
