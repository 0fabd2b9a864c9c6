"""A small HTTP/1.1 client (RFC 9112): persistent connections, one request at a time on each.

It is several times faster than a general client: a simulated crowd should measure the server, not
the client.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httptools

CONNECT_DEADLINE: Final = 5.0  # s
ANSWER_DEADLINE: Final = 15.0  # s
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class HttpError(Exception):
    """There is no whole answer, though the request may have counted; the text is the reason."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The server's answer; `retry_after` (s) and `location` (of a redirect) are None if absent."""

    status: int
    retry_after: float | None
    location: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class ApiAddress:
    """The server's host and port, and the prefix of every path."""

    host: str
    port: int
    secure: bool
    prefix: str
    authority: str

    @classmethod
    def at(cls, url: str) -> "ApiAddress":
        """The server of an http:// or https:// URL. Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError(f"{url!r} does not begin with http:// or https:// and a host")
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        authority = parts.netloc.rpartition("@")[2]
        return cls(parts.hostname, port, parts.scheme == "https", parts.path.rstrip("/"), authority)

    @property
    def url(self) -> str:
        """The server's URL, without user name and password."""
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.prefix}"


class HttpConnection(asyncio.Protocol):
    """One connection: opened at the first request, and reopened after a loss."""

    def __init__(self, server: ApiAddress) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._asked: asyncio.Future[HttpAnswer] | None = None

    async def ask(self, request: bytes) -> HttpAnswer:
        """Send a whole request and read its answer. Raises HttpError."""
        transport = self._transport or await self._open()
        asked: asyncio.Future[HttpAnswer] = self._loop.create_future()
        self._asked = asked
        self._body = b""
        self._retry_after: float | None = None
        self._location: str | None = None
        deadline = self._loop.call_later(ANSWER_DEADLINE, self._lose, "no answer in time")
        transport.write(request)
        try:
            return await asked
        finally:
            deadline.cancel()
            if self._asked is not None:
                # The caller gave up: the rest of this answer must not be read as the next one.
                self.close()

    def close(self) -> None:
        """Close the connection."""
        self._asked = None
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    async def _open(self) -> asyncio.Transport:
        server = self._server
        context = ssl.create_default_context() if server.secure else None
        try:
            async with asyncio.timeout(CONNECT_DEADLINE):
                transport, _ = await self._loop.create_connection(
                    lambda: self, server.host, server.port, ssl=context
                )
        except TimeoutError:
            raise HttpError("no connection in time") from None
        except OSError as error:
            raise HttpError(error.strerror or "lost") from None
        self._transport, self._parser = transport, httptools.HttpResponseParser(self)
        return transport

    # Callbacks of the event loop.

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._lose("the answer is no HTTP")

    def connection_lost(self, _: Exception | None) -> None:
        """Handle the loss of the connection; ignored if a new one has replaced it."""
        if self._transport is None or self._transport.is_closing():
            self._lose("the server closed the connection")

    def _lose(self, why: str) -> None:
        asked = self._asked
        self.close()
        if asked is not None and not asked.done():
            asked.set_exception(HttpError(why))

    # Callbacks of the parser.

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep `Location`, and `Retry-After` in s; our servers send no dates (RFC 9110)."""
        if name.lower() == b"retry-after" and value.isdigit():
            self._retry_after = float(value)
        elif name.lower() == b"location":
            self._location = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and not asked.done():
            status = self._parser.get_status_code()
            asked.set_result(HttpAnswer(status, self._retry_after, self._location, self._body))
        if asked is None or not self._parser.should_keep_alive():
            self.close()


class HttpClient:
    """A pool of `connections` connections to one server; a request waits for a free one."""

    def __init__(self, server: ApiAddress, connections: int) -> None:
        self.server = server
        self._all = [HttpConnection(server) for _ in range(connections)]
        # Last in, first out: a small crowd uses few connections.
        self._free: asyncio.LifoQueue[HttpConnection] = asyncio.LifoQueue()
        for connection in self._all:
            self._free.put_nowait(connection)

    async def get(self, path: str) -> HttpAnswer:
        """GET a path. Raises HttpError."""
        return await self._ask("GET", path, b"")

    async def post(self, path: str, body: bytes) -> HttpAnswer:
        """POST a JSON body. Raises HttpError."""
        return await self._ask("POST", path, body)

    def close(self) -> None:
        """Close all connections."""
        for connection in self._all:
            connection.close()

    async def _ask(self, method: str, path: str, body: bytes) -> HttpAnswer:
        head = (
            f"{method} {self.server.prefix}{path} HTTP/1.1\r\nHost: {self.server.authority}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection = await self._free.get()
        try:
            return await connection.ask(head.encode() + body)
        finally:
            self._free.put_nowait(connection)


@asynccontextmanager
async def open_http_client(server: ApiAddress, connections: int) -> AsyncIterator[HttpClient]:
    """A client whose connections are closed at the end of the block."""
    client = HttpClient(server, connections)
    try:
        yield client
    finally:
        client.close()
