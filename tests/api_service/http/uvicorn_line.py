"""A client's connection to the API's HTTP server, which records what comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from api_service.http.middleware import RequestMiddleware
from api_service.http.request_kinds import AnsweringConnection, HttpRequest, MakePress
from api_service.http.server import ApiConnection
from shared.wire.refusal import Refused
from tests.waiting import until

STANDING = (b"x-standing", b"yes")


class Gathered(HttpRequest):
    """A request that is answered without ASGI, as soon as applications may."""

    def __init__(self, scope: Scope, connection: AnsweringConnection) -> None:
        self.scope = scope
        self.connection = connection

    def take(self) -> None:
        line: Line = self.connection.app
        line.taken.append(self)
        self._answering = asyncio.create_task(self._answer(line))

    async def _answer(self, line: "Line") -> None:
        await line.may_answer.wait()
        self.connection.answer(self, 201, b"content-length: 2\r\n", b"ok")

    def refuse(self, refusal: Refused) -> None:
        raise refusal


class Noting(ApiConnection):
    """A connection that counts what the parser reads."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parsed_heads = 0
        self.parsed_bodies = 0

    def on_message_begin(self) -> None:
        self.parsed_heads += 1
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        self.parsed_bodies += len(body)
        super().on_body(body)


class Line(RequestMiddleware):
    """A client, the connection that serves it, and an application that waits to answer."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.scopes: list[Scope] = []
        self.taken: list[Gathered] = []
        self.heard: list[str] = []
        self.connection: Noting
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    def press_maker(self, method: bytes, url: bytes, scope: Scope) -> MakePress | None:
        if (method, url) != (b"POST", b"/press"):
            return None
        return partial(Gathered, scope)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        self.heard.append((await receive())["type"])
        await self.may_answer.wait()
        length = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": b"ok"})

    async def answer(self) -> bytes:
        """The next answer's head; its body is read too."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert await self.reader.readexactly(2) == b"ok"
        return head

    async def has(self, count: int) -> None:
        """Wait until so many requests have no answer."""
        await until(lambda: asyncio.sleep(0, len(self.connection.requests) == count))

    async def runs(self) -> None:
        """Wait until the application has a request."""
        await until(lambda: asyncio.sleep(0, bool(self.heard)))


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
async def opened(line: Line | None = None) -> AsyncIterator[Line]:
    line = line or Line()
    config = config_of(line)
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
    try:
        yield line
    finally:
        line.may_answer.set()
        line.writer.close()
        server.close()
