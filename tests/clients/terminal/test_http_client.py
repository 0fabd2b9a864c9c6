"""The small HTTP client, against slow, broken and ordinary servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from clients.terminal import http_client
from clients.terminal.http_client import (
    ApiAddress,
    HttpAnswer,
    HttpClient,
    HttpError,
    open_http_client,
)
from tests.conftest import free_ports

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"


class Script:
    """A server that sends these answers in order; an empty one closes the connection."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers
        self.requests: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while request := await self._request(reader):
                self.requests.append(request)
                answer = self.answers.pop(0)
                if not answer:
                    return
                for byte in answer:
                    writer.write(bytes([byte]))
                    await writer.drain()
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        return head + await reader.readexactly(length)


@asynccontextmanager
async def scripted(
    *answers: bytes, connections: int = 1
) -> AsyncIterator[tuple[Script, HttpClient]]:
    script = Script(list(answers))
    (port,) = free_ports(1)
    async with (
        await asyncio.start_server(script.serve, "127.0.0.1", port),
        open_http_client(ApiAddress.at(f"http://127.0.0.1:{port}/base/"), connections) as asked,
    ):
        yield script, asked


async def test_an_answer_has_status_retry_after_and_body() -> None:
    """Status, Retry-After and body are read from pieces of any size."""
    late = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 7\r\nContent-Length: 0\r\n\r\n"
    async with scripted(OK, late, CHUNKED) as (script, asked):
        assert await asked.post("/x", b"{}") == HttpAnswer(200, None, None, b"hi")
        assert await asked.post("/x", b"{}") == HttpAnswer(503, 7.0, None, b"")
        assert (await asked.get("/x")).body == b"abcde"
        assert script.requests[0].startswith(b"POST /base/x HTTP/1.1\r\nHost: 127.0.0.1:")
        assert script.requests[0].endswith(b"\r\n\r\n{}")
        assert script.connections == 1


async def test_more_requests_than_connections_wait_their_turn() -> None:
    """Requests wait for a free connection; each gets an answer."""
    async with scripted(*[OK] * 20, connections=3) as (script, asked):
        answers = await asyncio.gather(*(asked.get("/") for _ in range(20)))
        assert [answer.body for answer in answers] == [b"hi"] * 20
        assert script.connections <= 3


async def test_a_lost_connection_is_told_and_replaced() -> None:
    """A connection lost before the answer raises an error; the next request has a new one."""
    async with scripted(b"", OK) as (script, asked):
        with pytest.raises(HttpError, match="closed"):
            await asked.get("/")
        assert (await asked.get("/")).body == b"hi"
        assert script.connections == 2


async def test_a_server_that_wants_to_close_is_let_go() -> None:
    """After `Connection: close` the next request opens a connection."""
    last = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with scripted(last, OK) as (script, asked):
        await asked.get("/")
        assert (await asked.get("/")).body == b"hi"
        assert script.connections == 2


async def test_what_is_no_http_is_no_answer() -> None:
    """Bytes that are not HTTP end the connection, not the program."""
    async with scripted(b"SSH-2.0-x\r\n") as (_, asked):
        with pytest.raises(HttpError, match="no HTTP"):
            await asked.get("/")


async def test_silence_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent server is given up, and its late answer is not read as the next one."""
    async with scripted(b"HTTP/1.1 200 OK\r\n", OK) as (_, asked):
        with monkeypatch.context() as hasty:
            hasty.setattr(http_client, "ANSWER_DEADLINE", 0.05)
            with pytest.raises(HttpError, match="in time"):
                await asked.get("/")
        assert (await asked.get("/")).body == b"hi"


async def test_nobody_there_is_no_server() -> None:
    """A port on which nothing listens raises an error."""
    (port,) = free_ports(1)
    async with open_http_client(ApiAddress.at(f"http://127.0.0.1:{port}"), 1) as asked:
        with pytest.raises(HttpError, match="refused"):
            await asked.get("/")


@pytest.mark.parametrize("url", ["ws://x", "localhost:8888", "http://", "/x"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    """Only http:// and https:// with a host are servers."""
    with pytest.raises(ValueError, match="http"):
        ApiAddress.at(url)


def test_a_secure_server_has_its_own_default_port() -> None:
    """https:// means port 443 unless the URL says otherwise."""
    assert ApiAddress.at("https://example.com").port == 443
    assert ApiAddress.at("https://example.com:8443/api").authority == "example.com:8443"


def test_a_server_is_named_without_its_password() -> None:
    """The printed URL has no credentials and no slash at the end."""
    assert ApiAddress.at("https://me:secret@example.com/api/").url == "https://example.com/api"
