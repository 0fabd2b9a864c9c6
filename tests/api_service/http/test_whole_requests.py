"""Presses bypass ASGI, however they arrive, and have the manners of all requests."""

import json
import logging
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest

from api_service.http import middleware
from api_service.http.middleware import RequestMiddleware
from api_service.http.requests import BODY_LIMIT
from api_service.routes.presses import Press
from shared.process.settings import Settings
from shared.redis_store.batcher import Batcher
from tests.api_service.conftest import GameRoom
from tests.api_service.http.held_presses import hold_presses
from tests.api_service.http.raw_connection import pressed, request, wire
from tests.api_service.http.request_log import BALANCER
from tests.api_service.running import ready_client


@pytest.fixture
def taken_presses(monkeypatch: pytest.MonkeyPatch) -> list[Press]:
    """The presses that have arrived whole."""
    seen: list[Press] = []
    take = Press.take

    def noting(request: Press) -> None:
        seen.append(request)
        take(request)

    monkeypatch.setattr(Press, "take", noting)
    return seen


async def test_however_a_press_is_written_it_goes_one_way(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, taken_presses: list[Press]
) -> None:
    """`100 Continue`, chunks, a query, an escape, an absolute URL, an upgrade, HTTP/1.0."""
    body = pressed(viewer_id, skill1=1)
    plain = request(game.path, body)
    host = f"http://{api.base_url.host}".encode()
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    head = plain.partition(b"Content-Length")[0]
    async with wire(api) as line:
        line.writer.write(request(game.path, body, "Expect: 100-continue"))
        assert (await line.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
        for written in (
            head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk,
            plain.replace(b"/events ", b"/events?x=1 "),
            plain.replace(b"/events ", b"/%65vents "),
            plain.replace(b"POST ", b"POST " + host),
            request(game.path, body, version="1.0"),
        ):
            line.writer.write(written)
            assert (await line.answer())[0].startswith(b"HTTP/1.1 200 "), written
        assert await line.rest() == b""
    assert len(taken_presses) == 6


@pytest.mark.parametrize("missing", [0, 1])
async def test_a_press_that_is_too_long_is_refused(
    api: httpx.AsyncClient,
    game: GameRoom,
    viewer_id: str,
    taken_presses: list[Press],
    missing: int,
) -> None:
    """Before its end, too; the connection goes on behind it."""
    body = pressed(viewer_id, skill1=1)
    async with wire(api) as line:
        long = request(game.path, body + b" " * (BODY_LIMIT + 1))
        line.writer.write(long[: len(long) - missing])
        head, refusal = await line.answer()
        assert head.startswith(b"HTTP/1.1 413 ")
        assert json.loads(refusal)["code"] == "body_too_large"
        assert taken_presses == []
        line.writer.write(b" " * missing + request(game.path, body))
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")


async def test_a_press_that_is_too_long_is_refused_in_its_turn(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """Whatever comes with it, in one piece, gets its own answer."""
    body = pressed(viewer_id, skill1=1)
    short, long = request(game.path, body), request(game.path, body + b" " * BODY_LIMIT)
    async with wire(api) as line:
        line.writer.write(short + long + short + long)
        statuses = [(await line.answer())[0].split()[1] for _ in range(4)]
    assert statuses == [b"200", b"413", b"200", b"413"]


@pytest.mark.parametrize("first", [b"CONNECT h:443", b"GET http://h:abc/", b"GET http://h"])
async def test_an_unreadable_url_is_refused_and_no_earlier_request(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, first: bytes
) -> None:
    """On a new connection, behind an answer, and behind a press without one."""
    unreadable = first + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    press = request(game.path, pressed(viewer_id, skill1=1))
    async with wire(api) as line:
        line.writer.write(unreadable)
        assert (await line.rest()).startswith(b"HTTP/1.1 400 ")
    async with wire(api) as line:
        line.writer.write(press)
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
        line.writer.write(unreadable)
        assert (await line.rest()).startswith(b"HTTP/1.1 400 ")
    async with wire(api) as line:
        line.writer.write(press + unreadable)
        with suppress(ConnectionResetError):
            assert await line.rest() == b""


async def test_a_line_feed_behind_the_path_leads_no_other_way(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, taken_presses: list[Press]
) -> None:
    """Starlette's routes match it."""
    press = request(game.path, pressed(viewer_id, skill1=1))
    async with wire(api) as line:
        line.writer.write(press.replace(b"/events ", b"/events%0A "))
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
    assert len(taken_presses) == 1


async def test_a_client_that_hangs_up_before_its_answer_disturbs_nobody(
    api: httpx.AsyncClient,
    game: GameRoom,
    viewer_id: str,
    taken_presses: list[Press],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        held = hold_presses(patch, game.room_id)
        async with wire(api) as line:
            line.writer.write(request(game.path, pressed(viewer_id, skill1=1)))
            assert (await api.get("/healthz")).status_code == 200
        while not held or not taken_presses[0].is_gone:
            assert (await api.get("/healthz")).status_code == 200
    for one in held:
        Batcher.add(*one)
    assert (await api.get(f"{game.path}/stats")).json()["stats"][0]["current_count"] == 0


async def test_a_fault_of_ours_is_answered_and_logged_once(
    api: httpx.AsyncClient,
    game: GameRoom,
    viewer_id: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def crash(*_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(Batcher, "add", crash)
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

    def crash(*_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(Batcher, "add", crash)
    monkeypatch.setattr(RequestMiddleware, "handler_of", crash)
    async with wire(api) as line:
        line.writer.write(request(game.path, pressed(viewer_id, skill1=1)))
        head, body = await line.answer()
        assert (head.split()[1], body) == (b"500", b"Internal Server Error")
        assert await line.rest() == b""
    monkeypatch.undo()
    monkeypatch.setattr(middleware, "IN_FLIGHT_LIMIT", 1)
    async with wire(api) as line:
        line.writer.write(request(game.path, pressed(viewer_id, skill1=1)))
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")


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
