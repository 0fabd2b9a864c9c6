"""The Prometheus metrics of a process."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import httpx

from api_service.app import serve_ledger
from shared.process.settings import Settings
from tests.api_service.running import ready_client, running
from tests.conftest import free_ports


async def figures(api: httpx.AsyncClient) -> list[str]:
    return (await api.get("/metrics")).text.splitlines()


async def test_error_answers_are_counted_by_their_code(settings: Settings) -> None:
    """There are few codes, and those with alerts exist from the start."""
    async with ready_client(settings) as api:
        for series in ('{code="store_unavailable"} 0.0', '{code="rate_limited"} 0.0'):
            assert f"streamario_requests_refused_total{series}" in await figures(api)
        for _ in range(2):
            await api.get("/nope")
        await api.post("/api/viewers", content=b"no JSON")
        found = await figures(api)
    assert 'streamario_requests_refused_total{code="not_found"} 2.0' in found
    assert 'streamario_requests_refused_total{code="invalid_body"} 1.0' in found


async def test_a_store_that_is_away_is_counted_by_its_name(
    settings: Settings, tmp_path: Path
) -> None:
    away = replace(settings, redis_url=f"unix://{tmp_path}/nobody.sock")
    url = f"http://{away.host}:{away.port}"
    async with running(away), httpx.AsyncClient(base_url=url) as api:
        await api.get("/api/rooms/01ARZ3NDEKTSV4RRFFQ69G5FAV")
        found = await figures(api)
    assert 'streamario_store_errors_total{store="redis"} 1.0' in found
    assert 'streamario_store_errors_total{store="postgresql"} 0.0' in found
    assert {"streamario_ready 0.0", "streamario_redis_reachable 0.0"} <= set(found)


async def test_each_service_tells_which_it_is(settings: Settings) -> None:
    """An API process without background tasks exports no ledger metrics: zeros would mislead."""
    ledger = replace(settings, port=free_ports(1)[0])
    async with (
        ready_client(replace(settings, ledger=False)) as api,
        running(ledger, serve_ledger),
        httpx.AsyncClient(base_url=f"http://{ledger.host}:{ledger.port}") as booking,
    ):
        of_api, of_ledger = await figures(api), await figures(booking)
    for service, lines in ("api", of_api), ("ledger", of_ledger):
        build = f'{{service="{service}",version="{version("streamario")}"}}'
        assert f"streamario_build_info{build} 1.0" in lines
        assert any(line.startswith("process_open_fds ") for line in lines)
    for name in ("streamario_ledger_gaps_total 0.0", "streamario_conservation_difference 0.0"):
        assert name in of_ledger
        assert name not in of_api
