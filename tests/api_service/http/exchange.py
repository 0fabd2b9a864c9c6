"""Sends bytes to the API, and tells what a client sees."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import Final, NamedTuple

from tests.api_service.conftest import SIGNER
from tests.room_keys import new_room_id
from tests.wire import get

ALIVE: Final = get("/healthz")
BUTTON: Final = "skill1"
# A room and a viewer as the requests below name them: `filled` puts real ones in their place.
ROOM: Final = new_room_id()
VIEWER: Final = SIGNER.new_viewer_id()
PATH: Final = f"/api/rooms/{ROOM}/events"
LINE: Final = f"POST {PATH} HTTP/1.1"
# As Java's HTTP client asks for HTTP/2 at each request, if it is not told otherwise.
H2C: Final = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
LENGTH: Final = re.compile(rb"content-length: (\d+)")


class Step(Enum):
    """What a client does between two pieces of what it sends."""

    READ = auto()  # the next answer
    END = auto()  # its own side of the connection


def body_of(count: int = 1) -> bytes:
    """A press of one button so many times; all bodies below 10 are of one length."""
    press = {"button_name": BUTTON, "push_count": count}
    return json.dumps({"viewer_id": VIEWER, "push_events": [press]}).encode()


def head(*fields: str, line: str = LINE) -> bytes:
    """A request's head."""
    return "\r\n".join((line, "Host: x", *fields, "", "")).encode("latin-1")


def press(*fields: str, line: str = LINE, count: int = 1, more: bytes = b"") -> bytes:
    """A request with a body, behind which there may be more."""
    body = body_of(count) + more
    return head(*fields, f"Content-Length: {len(body)}", line=line) + body


def in_chunks(*chunks: bytes, fields: Sequence[str] = (), trailers: bytes = b"") -> bytes:
    """A request whose body is in the chunks, each with its own first line."""
    start = head("Transfer-Encoding: chunked", *fields)
    return start + b"".join(chunks) + b"0\r\n" + trailers + b"\r\n"


def chunk(data: bytes, size: str = "{:x}", extension: str = "") -> bytes:
    """A chunk, with its size written in a certain way."""
    return f"{size.format(len(data))}{extension}\r\n".encode() + data + b"\r\n"


def filled(data: bytes, room_id: str, viewer: str | None = None) -> bytes:
    """The bytes with a room that exists, and a viewer, or one whom nobody has seen before."""
    viewer = viewer or SIGNER.new_viewer_id()
    assert len(viewer) == len(VIEWER)
    return data.replace(ROOM.encode(), room_id.encode()).replace(VIEWER.encode(), viewer.encode())


class Seen(NamedTuple):
    """The answers in their order, and whether the connection is still open behind them.

    An answer is written "200 3 close": its status, the presses that it says were accepted, and
    whether it says that the connection closes.
    """

    answers: tuple[str, ...]
    is_open: bool

    @classmethod
    def of(cls, text: str) -> "Seen":
        """Read "200 1, 400 close"; "closed" at the end: the connection ends without a word."""
        *answers, last = text.split(", ")
        if last == "closed":
            return cls(tuple(answers), is_open=False)
        return cls((*answers, last), is_open=not last.endswith(" close"))


class Client:
    """A raw connection, beside one that shows when the server has read what was sent."""

    def __init__(self, *ends: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        (self.reader, self.writer), (self._other_reader, self._other_writer) = ends

    async def send(self, *pieces: bytes) -> None:
        """Send pieces, each of which the server reads by itself."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await self.has_read()

    async def has_read(self) -> None:
        """Wait until the server has read what was sent."""
        self._other_writer.write(ALIVE)
        assert await answer_on(self._other_reader) == "200 alive"

    async def answer(self, *, of_head: bool = False) -> str | None:
        """The next answer, as `Seen` writes it; None if the connection has ended."""
        try:
            return await answer_on(self.reader, of_head=of_head)
        except (asyncio.IncompleteReadError, OSError):
            return None

    async def is_open(self) -> bool:
        """Whether the server answers another request, and has nothing to say before."""
        with suppress(OSError):
            self.writer.write(ALIVE)
        answer = await self.answer()
        assert answer in (None, "200 alive"), answer
        return answer is not None

    async def rest(self) -> list[str]:
        """All answers until the connection ends."""
        answers = []
        while (answer := await self.answer()) is not None:
            answers.append(answer)
        return answers


@asynccontextmanager
async def client_of(port: int) -> AsyncIterator[Client]:
    """Connect to a server on loopback."""
    ends = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    try:
        yield Client(*ends)
    finally:
        for _, writer in ends:
            writer.transport.abort()


async def seen(
    port: int, steps: Sequence[bytes | Step], expected: Seen, *, of_head: bool = False
) -> Seen:
    """What a client sees of its steps; it waits for as many answers as are expected."""
    answers: list[str | None] = []
    async with client_of(port) as client:
        with suppress(OSError):
            for step in steps:
                if step is Step.READ:
                    answers.append(await client.answer(of_head=of_head))
                elif step is Step.END:
                    client.writer.write_eof()
                else:
                    await client.send(step)
        while None not in answers and len(answers) < len(expected.answers):
            answers.append(await client.answer(of_head=of_head))
        is_open = None not in answers and expected.is_open and await client.is_open()
        if not is_open:
            answers += await client.rest()
    return Seen(tuple(answer for answer in answers if answer is not None), is_open)


async def answer_on(reader: asyncio.StreamReader, *, of_head: bool = False) -> str:
    """The next answer, as `Seen` writes it."""
    found = await reader.readuntil(b"\r\n\r\n")
    version, status = found.split(b" ", 2)[:2]
    assert version == b"HTTP/1.1", found
    words = [status.decode()]
    if (length := LENGTH.search(found)) and not of_head:
        words += _facts(await reader.readexactly(int(length[1])))
    if b"\r\nconnection: close\r\n" in found:
        words.append("close")
    return " ".join(words)


def _facts(body: bytes) -> list[str]:
    if not body.startswith(b"{"):
        return []
    facts = json.loads(body)
    if facts.get("status") == "ok":
        return ["alive"]
    return [str(facts["accepted"])] if "accepted" in facts else []
