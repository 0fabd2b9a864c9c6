"""A client's connection to uvicorn's protocol, which records what the seam sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from api_service.http.buffered_request import BufferedRequest, Head
from api_service.http.uvicorn_seam import UvicornHttp
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

STANDING = (b"x-standing", b"yes")


class Noting(UvicornHttp):
    """A connection that records the seam's calls."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.moments: list[str] = []
        self.taken: list[BufferedRequest] = []
        self.head_lengths: list[int] = []
        self.body_lengths: list[int] = []
        self.trailer_lengths: list[int] = []
        self.unreadable: list[str] = []

    def on_message_begin(self) -> None:
        self.moments.append("head begins")
        super().on_message_begin()

    def head_ends(self) -> None:
        self.moments.append("head ends")
        self.head_lengths.append(self.head_length)

    def body_comes(self, length: int) -> None:
        self.body_lengths.append(length)

    def trailers_come(self, length: int) -> None:
        self.trailer_lengths.append(length)

    def body_ends(self) -> None:
        self.moments.append("body ends")
        if (scope := self.request_scope) is not None:
            scope["noted"] = True

    def data_received(self, data: bytes) -> None:
        if self.take_known_head(data):
            self.moments.append("known head")
        else:
            super().data_received(data)

    def head_of(self, method: bytes, url: bytes, scope: Any) -> Head | None:
        return Head(scope) if method == b"POST" and url == b"/press" else None

    def take(self, request: BufferedRequest) -> None:
        self.taken.append(request)
        self.answering = asyncio.create_task(self._answer(request))

    async def _answer(self, request: BufferedRequest) -> None:
        """Answer without ASGI, as soon as applications may."""
        await self.config.app.__self__.may_answer.wait()  # type: ignore[union-attr]
        request.send(201, b"content-length: 2\r\n", b"ok")

    def refuse_unreadable(self, sentence: str) -> None:
        self.unreadable.append(sentence)
        super().refuse_unreadable(sentence)


class Line:
    """A client, the connection that serves it, and an application that waits to answer."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.scopes: list[Scope] = []
        self.connection: Noting
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await receive()
        await self.may_answer.wait()
        length = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": b"ok"})

    async def answer(self) -> bytes:
        """The next answer's head; its body is read too."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert await self.reader.readexactly(2) == b"ok"
        return head


def config_of(app: ASGIApp) -> uvicorn.Config:
    """The configuration of uvicorn that the service has, for this application."""
    config = uvicorn.Config(
        app,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
    )
    config.load()
    return config


@asynccontextmanager
async def opened() -> AsyncIterator[Line]:
    line = Line()
    config = config_of(line.app)
    state = ServerState()
    state.default_headers = [STANDING]

    made: asyncio.Queue[Noting] = asyncio.Queue()

    def make() -> Noting:
        connection = Noting(config, state, {})
        made.put_nowait(connection)
        return connection

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    line.reader, line.writer = await asyncio.open_connection(host, port)
    line.connection = await made.get()
    yield line
    line.writer.close()
    server.close()
