"""A press that arrives whole bypasses ASGI, and nobody can tell by its answer, log or limits."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from api_service.http import middleware
from api_service.http.middleware import FrontController
from api_service.http.requests import BODY_LIMIT
from shared.engine.engine import Engine
from tests.api_service.conftest import SIGNER
from tests.api_service.http.test_request_log import BALANCER
from tests.api_service.routes.test_presses import batch
from tests.api_service.running import ready_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from api_service.http.uvicorn_seam import WholeRequest
    from shared.process.settings import Settings
    from tests.api_service.conftest import GameRoom

pytestmark = pytest.mark.anyio

CHANGES: Final = re.compile(rb"(x-request-id|date): [^\r]*")
PAGE: Final = "https://pages.example"
NOWHERE: Final = "/api/rooms/01ARZ3NDEKTSV4RRFFQ69G5FAV"


class Wire:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.reader = reader

    async def answer(self) -> tuple[bytes, bytes]:
        """The next answer's head, without what differs in each, and its body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        return CHANGES.sub(rb"\1", head), await self.reader.readexactly(int(length[1]))

    async def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        return await self.reader.read()


@asynccontextmanager
async def wire(api: httpx.AsyncClient) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection(api.base_url.host, api.base_url.port)
    try:
        async with asyncio.timeout(5):
            yield Wire(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


def request(path: str, body: bytes, *headers: str, version: str = "1.1") -> bytes:
    lines = [f"POST {path}/events HTTP/{version}", "Host: x", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def pressed(viewer_id: str, **presses: int) -> bytes:
    return json.dumps(batch(viewer_id, "same", **presses)).encode()


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> list[WholeRequest]:
    """The requests that are answered without ASGI."""
    seen: list[WholeRequest] = []
    answer = FrontController.answer_press

    async def noting(front: FrontController, room_id: str, whole: WholeRequest) -> None:
        seen.append(whole)
        await answer(front, room_id, whole)

    monkeypatch.setattr(FrontController, "answer_press", noting)
    return seen


async def both_ways(
    api: httpx.AsyncClient, whole: bytes, direct: list[WholeRequest]
) -> list[tuple[bytes, bytes]]:
    """The answers to a request that arrives whole, and then in two pieces."""
    answers = []
    for pieces in ((whole,), (whole[:-1], whole[-1:])):
        async with wire(api) as line:
            for piece in pieces:
                line.writer.write(piece)
                assert (await api.get("/healthz")).status_code == 200  # the piece has come
            answers.append(await line.answer())
    assert len(direct) == 1
    return answers


async def test_an_answer_is_the_same_header_by_header(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, direct: list[WholeRequest]
) -> None:
    """For a page of another site, and for clients without an Origin."""
    await api.post(f"{game.path}/events", content=pressed(viewer_id, skill1=1))
    for headers in ((), (f"Origin: {PAGE}",), ("Connection: close",)):
        direct.clear()
        one, other = await both_ways(
            api, request(game.path, pressed(viewer_id, skill1=1), *headers), direct
        )
        assert one == other
        assert one[0].startswith(b"HTTP/1.1 200 OK\r\ndate")
        assert json.loads(one[1])["duplicate"]


async def test_an_error_is_the_same_header_by_header(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, direct: list[WholeRequest]
) -> None:
    stranger = f"{SIGNER.new_viewer_id()[:-1]}."
    for path, body, status in (
        (game.path, b"{nonsense}", 400),
        (game.path, pressed(viewer_id, nothing=1), 400),
        (game.path, pressed(stranger, skill1=1), 401),
        (NOWHERE, pressed(viewer_id, skill1=1), 404),
    ):
        for language in ("ja", "en"):
            direct.clear()
            headers = (f"Origin: {PAGE}", f"Accept-Language: {language}")
            one, other = await both_ways(api, request(path, body, *headers), direct)
            assert one == other
            assert one[0].startswith(b"HTTP/1.1 %d " % status)


async def test_what_needs_more_than_one_answer_goes_through_asgi(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, direct: list[WholeRequest]
) -> None:
    """`100 Continue`, HTTP/1.0, a query, an upgrade, and a body that is too long."""
    body = pressed(viewer_id, skill1=1)
    async with wire(api) as line:
        line.writer.write(request(game.path, body, "Expect: 100-continue"))
        assert (await line.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
        line.writer.write(request(game.path, body).replace(b"/events ", b"/events?x=1 "))
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
        line.writer.write(request(game.path, body + b" " * BODY_LIMIT))
        assert (await line.answer())[0].startswith(b"HTTP/1.1 413 ")
        line.writer.write(request(game.path, body, version="1.0"))
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
        assert await line.rest() == b""
    assert direct == []


async def test_what_is_pipelined_behind_it_waits_for_its_answer(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, direct: list[WholeRequest]
) -> None:
    """The first press is answered without ASGI, the others in turn with it."""
    async with wire(api) as line:
        presses = [request(game.path, pressed(viewer_id, skill1=1)) for _ in range(5)]
        line.writer.write(b"".join(presses) + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        answers = [json.loads((await line.answer())[1]) for _ in range(6)]
        assert [answer.get("duplicate") for answer in answers] == [False, *[True] * 4, None]
        assert len(direct) == 1
        line.writer.write(presses[0])
        await line.answer()
    assert len(direct) == 2


async def test_a_connection_that_shall_close_is_closed_after_the_answer(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, direct: list[WholeRequest]
) -> None:
    async with wire(api) as line:
        line.writer.write(request(game.path, pressed(viewer_id, skill1=1), "Connection: close"))
        head, _ = await line.answer()
        assert b"\r\nconnection: close\r\n" in head
        assert await line.rest() == b""
    assert len(direct) == 1


async def test_a_client_that_hangs_up_before_its_answer_disturbs_nobody(
    api: httpx.AsyncClient,
    game: GameRoom,
    viewer_id: str,
    direct: list[WholeRequest],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_count, press = asyncio.Event(), Engine.press

    async def slow(engine: Engine, room_id: str, one: Any) -> object:
        await may_count.wait()
        return await press(engine, room_id, one)

    monkeypatch.setattr(Engine, "press", slow)
    async with wire(api) as line:
        line.writer.write(request(game.path, pressed(viewer_id, skill1=1)))
        assert (await api.get("/healthz")).status_code == 200
    while not direct[0].disconnected:
        assert (await api.get("/healthz")).status_code == 200
    may_count.set()
    assert (await api.get(f"{game.path}/stats")).json()["stats"][0]["current_count"] == 0


async def test_a_fault_of_ours_is_answered_and_logged_once(
    api: httpx.AsyncClient,
    game: GameRoom,
    viewer_id: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def crash(*_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(Engine, "press", crash)
    async with wire(api) as line:
        line.writer.write(request(game.path, pressed(viewer_id, skill1=1)))
        head, body = await line.answer()
    assert head.startswith(b"HTTP/1.1 500 ")
    assert json.loads(body)["code"] == "internal_error"
    (crashed,) = (each for each in caplog.records if each.exc_info)
    assert (crashed.name, crashed.levelno) == ("uvicorn.error", logging.ERROR)


async def test_an_answer_that_fails_is_a_plain_500_and_ends_the_connection(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As uvicorn's own, where even the problem document cannot be made."""

    async def crash(*_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(FrontController, "answer_press", crash)
    async with wire(api) as line:
        line.writer.write(request(game.path, pressed(viewer_id, skill1=1)))
        head, body = await line.answer()
        assert (head.split()[1], body) == (b"500", b"Internal Server Error")
        assert await line.rest() == b""


async def test_it_counts_towards_the_limit_and_is_logged(
    settings: Settings,
    game: GameRoom,
    viewer_id: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A trusted proxy names the request."""
    monkeypatch.setattr(middleware, "IN_FLIGHT_LIMIT", 0)
    trusted = replace(settings, trusted_proxies=BALANCER)
    async with ready_client(trusted) as api, wire(api) as line:
        with caplog.at_level(logging.INFO, "api_service.http.middleware"):
            line.writer.write(
                request(game.path, pressed(viewer_id, skill1=1), "X-Request-Id: mine")
            )
            head = await line.reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nx-request-id: mine\r\n" in head
    (logged,) = (
        vars(each)["fields"] for each in caplog.records if each.name == middleware.__name__
    )
    assert (logged["method"], logged["path"]) == ("POST", f"{game.path}/events")
    assert logged["status"] == 503
