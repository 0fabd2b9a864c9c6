"""Manners that all routes share: errors, methods, other sites' pages, endless headers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from api_service.http import server
from shared.engine.engine import Engine
from shared.engine.replies import Description
from shared.process.settings import Settings
from shared.redis_store.batcher import Batcher
from tests.api_service.conftest import GameRoom
from tests.api_service.running import ready_client

PAGE = "https://pages.example"
HERE = {"Origin": PAGE}


@pytest.mark.parametrize("path", ["/nope", "/api", "/api/rooms/", "/healthz/", "/%00"])
async def test_an_unknown_address_is_a_problem(api: httpx.AsyncClient, path: str) -> None:
    answer = await api.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["type"], body["title"], body["status"]) == ("about:blank", "Not Found", 404)
    assert (body["code"], body["error"]) == ("not_found", body["detail"])


async def test_head_is_get_without_a_body_and_options_tells_the_methods(
    api: httpx.AsyncClient, waiting: GameRoom
) -> None:
    for path in ("/healthz", waiting.path, f"{waiting.path}/stats", "/openapi.json"):
        head, get = await api.head(path), await api.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == str(len(get.content))
        options = await api.options(path)
        assert options.status_code == 204
        assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD"}


async def test_answers_are_kept_by_nobody_and_read_as_what_they_are(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", game.path, "/nope"):
        answer = await api.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Server" not in answer.headers


async def test_pages_of_any_site_may_call_without_credentials_by_default(
    api: httpx.AsyncClient,
) -> None:
    for path in ("/healthz", "/nope"):
        answer = await api.get(path, headers=HERE)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Access-Control-Expose-Headers"] == "Link, Retry-After"
        assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_listed_sites_may_call_with_credentials_and_others_may_not(
    settings: Settings,
) -> None:
    async with ready_client(replace(settings, frontend_url=(PAGE,))) as api:
        for path in ("/get_viewer_id", "/nope"):
            answer = await api.get(path, headers=HERE)
            assert answer.headers["Access-Control-Allow-Origin"] == PAGE
            assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        answer = await api.get("/healthz", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_preflight_is_kept_two_hours_and_refused_as_a_problem(settings: Settings) -> None:
    ask = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    path = "/api/rooms/01ARZ3NDEKTSV4RRFFQ69G5FAV/settings"
    async with ready_client(replace(settings, frontend_url=(PAGE,))) as api:
        answer = await api.options(path, headers={**HERE, **ask})
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Max-Age"] == "7200"
        allowed = answer.headers["Access-Control-Allow-Headers"]
        assert {"Authorization", "Content-Type"} <= set(allowed.split(", "))
        assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
        answer = await api.options(path, headers={"Origin": "https://evil.example", **ask})
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused")


async def test_a_page_of_the_older_system_may_send_the_header_that_it_sends(
    settings: Settings,
) -> None:
    """Its tunnel, ngrok, required that header."""
    ask = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,ngrok-skip-browser-warning",
    }
    async with ready_client(settings) as api:
        answer = await api.options("/api/viewers/set_name", headers={**HERE, **ask})
        assert answer.status_code == 200
        allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert "ngrok-skip-browser-warning" in allowed


async def test_a_fault_of_ours_is_a_500_that_says_nothing_of_our_insides_and_pages_can_read(
    settings: Settings, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "postgresql://user:password@host"

    async def fails(*_: object) -> None:
        raise RuntimeError(secret)

    async with ready_client(settings) as api:
        monkeypatch.setattr("shared.engine.engine.Engine.describe", fails)
        answer = await api.get(game.path, headers=HERE)
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert secret not in answer.text
        assert "Traceback" not in answer.text


ENDLESS_FIELDS = b"GET /healthz HTTP/1.1\r\n" + b"X: yyyyyyyyyyyyyy\r\n" * 5_000


async def test_an_endless_head_is_hung_up_on(api: httpx.AsyncClient) -> None:
    async with connected(api) as (reader, writer):
        writer.write(ENDLESS_FIELDS)
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "head",
    [
        ENDLESS_FIELDS + b"Host: x\r\n\r\n",
        b"GET /healthz?" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["fields", "address"],
)
async def test_a_head_that_is_too_long_is_refused_though_it_is_whole(
    api: httpx.AsyncClient, head: bytes
) -> None:
    """Here one read of the server has the whole head, after an accepted request."""
    longest = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 32_000 + b"\r\n\r\n"
    async with connected(api) as (reader, writer):
        writer.write(longest)
        assert (await reader.readuntil(b'{"status":"ok"}')).startswith(b"HTTP/1.1 200 ")
        writer.write(head)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.count(b"HTTP/1.1 ") == 1


async def test_pipelined_requests_are_all_answered(api: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection(api.base_url.host, api.base_url.port)
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 1_000 + b"\r\n\r\n"
    writer.write(request * 60 + request[:500])
    for _ in range(60):
        assert (await reader.readuntil(b'{"status":"ok"}')).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_a_press_has_the_manners_of_all_routes(
    settings: Settings, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Presses bypass Starlette, but errors, crashes and CORS work the same."""

    def crash(*_: object) -> None:
        raise ValueError("a fault of ours")

    async with ready_client(replace(settings, frontend_url=(PAGE,))) as api:
        press = f"{game.path}/events"
        for path in (press, f"{game.path}/stats"):
            answer = await api.request("POST", path, headers=HERE)
            assert answer.headers["Access-Control-Allow-Origin"] == PAGE
            assert answer.headers["Vary"] == "Accept-Language, Origin"
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert (await api.post(press, json={})).json()["code"] == "invalid_body"
        assert (await api.get(press)).status_code == 405
        assert (await api.options(press)).headers["Allow"] == "POST"
        for odd in (f"{press}/", f"/api/rooms/a/b{press[len(game.path) :]}", "/api/rooms//events"):
            assert (await api.post(odd, json={})).status_code == 404
        viewer = (await api.post("/api/viewers")).json()["viewer_id"]
        monkeypatch.setattr(Batcher, "add", crash)
        one = {"viewer_id": viewer, "event_type": "skill1"}
        answer = await api.post(press, json=one, headers=HERE)
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "fault of ours" not in answer.text


@asynccontextmanager
async def connected(
    api: httpx.AsyncClient,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A raw connection."""
    reader, writer = await asyncio.open_connection(api.base_url.host, api.base_url.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_body_that_trickles_in_gives_its_place_up(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is a problem document that pages can read."""
    monkeypatch.setattr(server, "BODY_WITHIN", 0.1)
    head = f"POST {game.path}/events HTTP/1.1\r\nHost: x\r\nOrigin: {PAGE}\r\n"
    async with connected(api) as (reader, writer):
        writer.write(f"{head}Content-Length: 500\r\n\r\n{{".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readuntil(b"}")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"access-control-allow-origin: *" in answer
    assert b"did not come in time" in body


async def test_whose_answer_is_under_way_gets_it_whatever_trickles_in_behind(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A counted press is never answered 408; the connection closes after its answer."""
    monkeypatch.setattr(server, "HEAD_WITHIN", 0.1)
    gave_up, give_up = asyncio.Event(), server.ApiConnection._miss_head
    describe = Engine.describe

    def noted(connection: server.ApiConnection) -> None:
        give_up(connection)
        gave_up.set()

    async def slow(engine: Engine, room_id: str) -> Description:
        await gave_up.wait()
        return await describe(engine, room_id)

    monkeypatch.setattr(server.ApiConnection, "_miss_head", noted)
    monkeypatch.setattr(Engine, "describe", slow)
    async with connected(api) as (reader, writer):
        whole = f"GET {game.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        writer.write(whole + b"GET /healthz HT")
        answers = await reader.read()
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert answers.count(b"HTTP/1.1 ") == 1
