"""An overloaded process refuses excess requests at once, and recovers by itself."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api_service.http import middleware
from shared.process.settings import Settings
from tests.api_service.conftest import SIGNER
from tests.api_service.room_requests import batch
from tests.api_service.running import ready_client
from tests.ws_gateway.faults import own_valkey

LIMIT, TOO_MANY = 20, 5


async def test_what_is_too_much_is_refused_while_the_rest_waits_and_is_answered(
    settings: Settings, own_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis is slow and requests pile up: pages can read the refusal, and probes are answered."""
    monkeypatch.setattr(middleware, "IN_FLIGHT_LIMIT", LIMIT)
    async with own_valkey(tmp_path / "valkey") as valkey:
        own = replace(settings, redis_url=valkey.url, database_url=own_database_url, ledger=False)
        async with ready_client(own) as api:
            room = (await api.post("/api/rooms", json={})).json()
            path = f"/api/rooms/{room['room_id']}/events"
            valkey.pause()
            presses = [asyncio.create_task(_press(api, path)) for _ in range(LIMIT + TOO_MANY)]
            first, _ = await asyncio.wait(presses, return_when=asyncio.FIRST_COMPLETED)
            refused = first.pop().result()
            assert refused.json()["code"] == "overloaded"
            assert refused.headers["Retry-After"] == "1"
            assert refused.headers["Access-Control-Allow-Origin"] == "*"
            assert (await api.get("/healthz")).status_code == 200
            assert (await api.get("/readyz")).status_code == 200
            valkey.resume()
            codes = Counter(answer.json()["code"] for answer in await asyncio.gather(*presses))
            assert codes == {"game_not_started": LIMIT, "overloaded": TOO_MANY}
            assert (await _press(api, path)).status_code == 409
            metrics = (await api.get("/metrics")).text
            assert f"streamario_requests_overloaded_total {TOO_MANY}.0" in metrics
            assert 'streamario_requests_refused_total{code="overloaded"}' not in metrics


async def _press(api: httpx.AsyncClient, path: str) -> httpx.Response:
    headers = {"Origin": "https://page.example"}
    return await api.post(path, json=batch(SIGNER.new_viewer_id(), skill1=1), headers=headers)
