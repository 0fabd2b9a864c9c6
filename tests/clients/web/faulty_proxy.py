"""A proxy in front of the API that loses answers, refuses or hangs up, and records requests."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import httpx
import msgspec

from shared.wire.rest_bodies import Batch

PassOn = Callable[[], Awaitable["Answer"]]
Fault = Callable[[PassOn], Awaitable["Answer | None"]]

ANSWER: Final = "HTTP/1.1 {} Said\r\nContent-Length: {}\r\nConnection: close\r\n"


@dataclass(frozen=True)
class Asked:
    """A request, and its time (s)."""

    method: str
    path: str
    body: bytes
    at: float

    @property
    def is_press(self) -> bool:
        return self.path.endswith("/events")

    @property
    def batch(self) -> Batch:
        return msgspec.json.decode(self.body, type=Batch)

    @property
    def presses(self) -> dict[str, int]:
        return {event.button_name: event.push_count for event in self.batch.push_events}


@dataclass(frozen=True)
class Answer:
    """An answer."""

    status: int
    body: bytes
    retry_after: str | None = None

    def encoded(self) -> bytes:
        head = ANSWER.format(self.status, len(self.body))
        if self.retry_after is not None:
            head += f"Retry-After: {self.retry_after}\r\n"
        return f"{head}\r\n".encode() + self.body


@dataclass
class FaultyProxy:
    """Each fault applies to one request with presses, in the order in which tests add them."""

    target: str
    http: httpx.AsyncClient
    url: str = ""
    is_away: bool = False
    send_every_ms: int | None = None  # what answers say instead of what the server says
    asked: list[Asked] = field(default_factory=list)
    _faults: deque[Fault] = field(default_factory=deque)

    @property
    def presses(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.is_press]

    def lose_answer(self) -> None:
        """Let the server count the next press, and close the connection before the answer."""

        async def lose(pass_on: PassOn) -> Answer | None:
            await pass_on()
            return None

        self._faults.append(lose)

    def hold_answer(self, *, is_lost: bool = False) -> asyncio.Event:
        """Let the server count the next press; once the event is set, send or lose the answer."""
        released = asyncio.Event()

        async def hold(pass_on: PassOn) -> Answer | None:
            answer = await pass_on()
            await released.wait()
            return None if is_lost else answer

        self._faults.append(hold)
        return released

    def refuse(self, status: int, code: str, retry_after: str | None = None) -> None:
        """Answer the next press in place of the server."""
        problem = msgspec.json.encode({"code": code, "error": "It is refused.", "status": status})

        async def refuse(_: PassOn) -> Answer | None:
            return Answer(status, problem, retry_after)

        self._faults.append(refuse)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection; with none where the server gives none."""
        with suppress(asyncio.IncompleteReadError, ConnectionError, httpx.TransportError):
            asked = await _read(reader)
            answer = None if self.is_away else await self._answer(asked)
            if answer is not None:
                writer.write(answer.encoded())
                await writer.drain()
        writer.close()

    async def _answer(self, asked: Asked) -> Answer | None:
        self.asked.append(asked)

        async def pass_on() -> Answer:
            url, body = self.target + asked.path, asked.body
            answer = await self.http.request(asked.method, url, content=body)
            retry_after = answer.headers.get("Retry-After")
            return Answer(answer.status_code, self._paced(answer.content), retry_after)

        if asked.is_press and self._faults:
            return await self._faults.popleft()(pass_on)
        return await pass_on()

    def _paced(self, body: bytes) -> bytes:
        told = msgspec.json.decode(body)
        if self.send_every_ms is None:
            return body
        for part in (told, told.get("stats")):
            if isinstance(part, dict) and "send_every_ms" in part:
                part["send_every_ms"] = self.send_every_ms
        return msgspec.json.encode(told)


async def _read(reader: asyncio.StreamReader) -> Asked:
    request, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    lengths = [line for line in headers if line.lower().startswith("content-length:")]
    body = await reader.readexactly(int(lengths[0].split(":")[1]) if lengths else 0)
    method, path, _ = request.split(" ")
    return Asked(method, path, body, time.monotonic())


@asynccontextmanager
async def faulty_proxy(target: str) -> AsyncIterator[FaultyProxy]:
    """A proxy on loopback."""
    # A pooled connection may be closed by the server just as a request is sent on it.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits) as http:
        proxy = FaultyProxy(target, http)
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        async with server:
            proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield proxy
