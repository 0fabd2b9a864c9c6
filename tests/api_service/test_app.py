"""The service's start and its end."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from api_service.app import serve, serve_ledger
from deploy.embedded.servers import embedded_servers
from shared.process.settings import Settings
from shared.redis_store.store import StoreUnfit
from tests.api_service.running import client_of, running
from tests.waiting import until


async def test_a_taken_port_is_an_os_error(settings: Settings) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    with socket.create_server((settings.host, settings.port)), pytest.raises(OSError, match="use"):
        await serve(settings, stop=stop, ready=ready)
    assert not ready.is_set()


async def test_a_redis_that_would_throw_presses_away_ends_the_service(
    settings: Settings, tmp_path: Path
) -> None:
    async with embedded_servers(tmp_path, redis=True, database=False) as servers:
        async with Redis.from_url(servers.redis_url) as redis:
            await redis.config_set("maxmemory-policy", "allkeys-lru")
        unfit = replace(settings, redis_url=servers.redis_url)
        with pytest.raises(StoreUnfit, match="maxmemory-policy"):
            await serve(unfit, stop=asyncio.Event(), ready=asyncio.Event())
    with socket.create_server((settings.host, settings.port)):
        pass  # nobody listens there any more


async def test_it_starts_with_both_servers_away(settings: Settings, tmp_path: Path) -> None:
    away = replace(
        settings,
        redis_url=f"unix://{tmp_path}/nobody.sock",
        database_url=f"postgresql:///x?host={tmp_path}",
    )
    async with running(away), client_of(away) as api:
        assert (await api.get("/healthz")).status_code == 200
        assert (await api.get("/readyz")).status_code == 503
        assert (await api.post("/api/viewers")).status_code == 200


async def test_who_only_books_takes_no_presses(settings: Settings) -> None:
    """`streamario ledger` serves only probes and metrics."""
    async with running(settings, serve_ledger), client_of(settings) as api:
        assert (await api.get("/healthz")).status_code == 200
        for path in ("/api/rooms/x/events", "/api/viewers"):
            assert (await api.post(path, json={})).status_code == 404


async def test_when_it_stops_requests_under_way_are_finished(settings: Settings) -> None:
    async with running(settings) as stop:
        reader, writer = await asyncio.open_connection(settings.host, settings.port)
        head = b"POST /api/viewers HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{"
        writer.write(head)
        await writer.drain()
        async with httpx.AsyncClient() as http:
            await http.get(f"http://{settings.host}:{settings.port}/healthz")
        stop.set()

        async def refuses() -> bool:
            return not await _accepts(settings)

        await until(refuses)
        writer.write(b"}")
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
        writer.close()


async def test_while_it_drains_it_serves_on_and_says_that_it_is_not_ready(
    settings: Settings,
) -> None:
    settings = replace(settings, drain_delay=1.0)
    async with running(settings) as stop, client_of(settings) as api:
        stop.set()

        async def drains() -> bool:
            return bool((await api.get("/readyz")).json()["draining"])

        await until(drains)
        assert (await api.get("/readyz")).status_code == 503
        assert (await api.post("/api/viewers")).status_code == 200


async def _accepts(settings: Settings) -> bool:
    try:
        _, writer = await asyncio.open_connection(settings.host, settings.port)
    except (ConnectionRefusedError, ConnectionResetError):
        return False  # reset: it was in the queue of a listener that closed
    writer.close()
    return True
