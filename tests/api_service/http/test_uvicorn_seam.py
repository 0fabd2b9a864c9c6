"""uvicorn is as our connection and our server expect; a failing test names what has changed."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from uvicorn.server import ServerState

from api_service.http import server
from api_service.http.server import ApiConnection, ApiServer
from tests.api_service.http.uvicorn_line import Line
from tests.waiting import until

REQUEST = b"GET /here HTTP/1.1\r\nhost: a\r\n\r\n"
PRESS = b"POST /press HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody"


@dataclass
class Served:
    """A server that runs, and a client's connection to it."""

    server: ApiServer
    serving: asyncio.Task[None]
    line: Line

    @property
    def state(self) -> ServerState:
        return self.server.server_state

    async def sends(self, data: bytes) -> None:
        """Send it, and wait until a request is under way."""
        self.line.writer.write(data)
        await until(lambda: asyncio.sleep(0, bool(self.line.heard or self.line.taken)))

    async def stops(self) -> None:
        """Begin the graceful stop, and wait until connections have heard of it."""
        self.server.should_exit = True
        await until(lambda: asyncio.sleep(0, not self.server.servers[0].is_serving()))


@asynccontextmanager
async def served() -> AsyncIterator[Served]:
    ready, line = asyncio.Event(), Line()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        api = ApiServer(line, ready)
        serving = asyncio.create_task(api.serve([listener]))
        await ready.wait()
        line.reader, line.writer = await asyncio.open_connection(*address)
        try:
            yield Served(api, serving, line)
        finally:
            line.may_answer.set()
            line.writer.close()
            api.should_exit = True
            await serving


async def test_config_http_may_be_a_class_that_gets_the_servers_state() -> None:
    """`server_state` knows each connection until it is closed, and each task until it ends."""
    async with served() as one:
        await until(lambda: asyncio.sleep(0, bool(one.state.connections)))
        (connection,) = one.state.connections
        assert isinstance(connection, ApiConnection)
        assert (connection.app, connection.state) == (one.line, one.state)
        one.line.may_answer.clear()
        await one.sends(REQUEST)
        assert len(one.state.tasks) == 1
        one.line.may_answer.set()
        await one.line.answer()
        await until(lambda: asyncio.sleep(0, not one.state.tasks))
        one.line.writer.close()
        await until(lambda: asyncio.sleep(0, not one.state.connections))


async def test_server_state_counts_each_answer() -> None:
    async with served() as one:
        for request in (REQUEST, PRESS, PRESS):
            one.line.writer.write(request)
            await one.line.answer()
        assert one.state.total_requests == 3


async def test_server_state_default_headers_have_the_date() -> None:
    """uvicorn makes another list once a second, and no header tells of it."""
    async with served() as one:
        await until(lambda: asyncio.sleep(0, bool(one.state.default_headers)))
        assert [name for name, _ in one.state.default_headers] == [b"date"]
        first = one.state.default_headers
        await until(lambda: asyncio.sleep(0.01, one.state.default_headers is not first))
        one.line.writer.write(PRESS)
        _, date = one.state.default_headers[0]
        assert b"\r\ndate: " + date[:16] in await one.line.answer()


async def test_server_shutdown_closes_connections_that_are_idle() -> None:
    async with served() as one:
        one.line.writer.write(PRESS)
        await one.line.answer()
        await one.stops()
        assert await one.line.reader.read() == b""
        await one.serving


@pytest.mark.parametrize("request_", [REQUEST, PRESS])
async def test_server_shutdown_waits_for_the_last_answer_of_a_connection(request_: bytes) -> None:
    """Of those that have come; it says that the connection closes."""
    async with served() as one:
        one.line.may_answer.clear()
        await one.sends(request_ * 2)
        await one.stops()
        await until(
            lambda: asyncio.sleep(0, not one.server.server_state.connections or closes(one))
        )
        one.line.may_answer.set()
        assert b"\r\nconnection: close\r\n" not in await one.line.answer()
        assert b"\r\nconnection: close\r\n" in await one.line.answer()
        assert await one.line.reader.read() == b""
        await one.serving


def closes(one: Served) -> bool:
    """Whether the connection has heard of the stop."""
    (connection,) = one.state.connections
    assert isinstance(connection, ApiConnection)
    return not connection.requests[-1].keep_alive


async def test_config_timeout_graceful_shutdown_ends_the_wait(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is under way then is cancelled, logged, and answered 500."""
    monkeypatch.setattr(server, "FINISH_TIMEOUT", 0.1)
    async with served() as one:
        one.line.may_answer.clear()
        await one.sends(REQUEST)
        with caplog.at_level(logging.ERROR, "uvicorn.error"):
            await one.stops()
            await one.serving
            answer = await one.line.reader.read()
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert any(each.exc_info for each in caplog.records)


async def test_server_capture_signals_is_left_out_and_servers_close() -> None:
    """The process keeps its signals, learns when the server listens, and finds it closed."""
    before = signal.getsignal(signal.SIGTERM)
    async with served() as one:
        assert signal.getsignal(signal.SIGTERM) is before
        one.server.should_exit = True
        with suppress(ConnectionError):
            await one.line.reader.read()
        await one.serving
        assert not [each for each in one.server.servers if each.is_serving()]
