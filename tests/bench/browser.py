"""What a browser does on the wire, for a few hundred microseconds a page: connections and requests.

Under HTTP/1.1 a browser opens up to six connections to a host, and uses an idle one first.
"""

import asyncio
import gzip
from collections import deque
from typing import Final, NamedTuple, cast

from tests.bench.bench import Broken

MOST_CONNECTIONS: Final = 6
# What Chromium on a phone sends with each request: a server reads all of it.
HEADERS: Final = (
    b"Host: 127.0.0.1\r\nConnection: keep-alive\r\n"
    b'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"\r\nsec-ch-ua-mobile: ?1\r\n'
    b'sec-ch-ua-platform: "Android"\r\n'
    b"User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    b" Chrome/140.0.0.0 Mobile Safari/537.36\r\n"
    b"Accept: */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"
    b"Sec-Fetch-Dest: empty\r\nAccept-Encoding: gzip, deflate\r\n"
    b"Accept-Language: ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7\r\n"
)
LENGTH: Final = b"content-length: "
GZIP: Final = b"\x1f\x8b"  # how everything that gzip compressed begins


def get(path: str) -> bytes:
    """Return a browser's GET request."""
    return b"GET %s HTTP/1.1\r\n%s\r\n" % (path.encode(), HEADERS)


def post(path: str, body: bytes) -> bytes:
    """Return a page's POST request with a JSON body."""
    more = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    return b"POST %s HTTP/1.1\r\n%s%s\r\n%s" % (path.encode(), HEADERS, more, body)


def unpacked(body: bytes) -> bytes:
    """Return a body without its compression."""
    return gzip.decompress(body) if body.startswith(GZIP) else body


class Browser:
    """The connections of one browser to one server, and what came over them.

    `requests` are the methods and paths of all that was answered; `bytes` counts the answers'
    bodies as sent: compressed, without heads.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._connections: list[Connection] = []
        self._idle: list[Connection] = []
        self._waiting: deque[Request] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self.requests: list[str] = []
        self.bytes = 0

    async def fetch(self, request: bytes) -> bytes:
        """Return the body of the answer, as sent. Raises Broken if it is no success."""
        answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting.append(Request(request, answered))
        if self._idle:
            self.free(self._idle.pop())
        elif len(self._connections) + len(self._opening) < MOST_CONNECTIONS:
            opening = asyncio.create_task(self._open())
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)
        body = await answered
        self.requests.append(request[: request.index(b" HTTP")].decode())
        self.bytes += len(body)
        return body

    def free(self, connection: "Connection") -> None:
        """Use a connection for the next request that waits."""
        if self._waiting:
            connection.send(self._waiting.popleft())
        else:
            self._idle.append(connection)

    def lost(self, connection: "Connection") -> None:
        """Forget a connection that the server closed."""
        self._connections.remove(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    def close(self) -> None:
        """Close all connections, as when the page is closed."""
        for connection in tuple(self._connections):
            connection.transport.abort()

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                lambda: Connection(self), "127.0.0.1", self._port
            )
        except OSError as error:
            while self._waiting:
                self._waiting.popleft().fail(f"no connection: {error}")
            return
        self._connections.append(connection)
        self.free(connection)


class Request(NamedTuple):
    """A request, and who waits for its answer."""

    data: bytes
    answered: asyncio.Future[bytes]

    def fail(self, why: str) -> None:
        """Say that there will be no answer."""
        if not self.answered.done():
            self.answered.set_exception(Broken(why))


class Connection(asyncio.Protocol):
    """A connection with one request at a time."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._request: Request | None = None
        self._read = b""

    def send(self, request: Request) -> None:
        self._request = request
        self.transport.write(request.data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods, but not the class.
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._browser.lost(self)
        if self._request:
            self._request.fail(f"a connection was closed: {exc}")

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        request, self._request, self._read = self._request, None, b""
        if request is None:
            return  # a server that hangs up says so without being asked
        if b" 200 " in head[:13]:
            if not request.answered.done():
                request.answered.set_result(body)
        else:
            asked, status = request.data.partition(b" HTTP")[0], head.partition(b"\r")[0]
            request.fail(f"{asked.decode()} is answered {status.decode()}")
        self._browser.free(self)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(LENGTH)
    return int(rest.partition(b"\r")[0]) if found else 0
