"""The attacked services, which run in the test's process, so that timeouts can be shortened."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from api_service.http import requests
from api_service.http import server as api_server
from shared.process.settings import Settings
from tests.api_service.running import api_settings, running
from tests.patience import HOUR
from tests.ws_gateway import conftest as gateways
from tests.ws_gateway.gateways import Running, gateway_settings, running_gateway
from ws_gateway import server as gateway_server

crowd = gateways.crowd
patience = gateways.patience

HASTE = 0.3  # s instead of ten


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings without a drain delay and without a ledger, which other tests would see."""
    return replace(settings, drain_delay=0, ledger=False)


@pytest.fixture(scope="package")
def short_timeouts() -> Iterator[None]:
    """Shorten the API's timeouts of several seconds to a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api_server, "HEAD_WITHIN", HASTE)
        patch.setattr(api_server, "TAKEN_WITHIN", HASTE)
        for module in (requests, api_server):
            patch.setattr(module, "BODY_WITHIN", HASTE)
        yield


@pytest.fixture
def long_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API waits for whoever comes from now on."""
    monkeypatch.setattr(api_server, "HEAD_WITHIN", HOUR)
    for module in (requests, api_server):
        monkeypatch.setattr(module, "BODY_WITHIN", HOUR)


@pytest.fixture(scope="package")
async def api(short_timeouts: None, redis_url: str, database_url: str) -> AsyncIterator[int]:
    """The port of an API service with short timeouts."""
    settings = api_settings(redis_url, database_url, ledger=False)
    async with running(settings):
        yield settings.port


@pytest.fixture(scope="package")
async def gateway(redis_url: str) -> AsyncIterator[Running]:
    """A gateway."""
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        yield gateway


@pytest.fixture(scope="package")
async def impatient_gateway(redis_url: str) -> AsyncIterator[Running]:
    """A gateway that waits a moment for a handshake."""
    async with hasty_gateway(redis_url, "open_timeout") as gateway:
        yield gateway


@pytest.fixture(scope="package")
async def parting_gateway(redis_url: str) -> AsyncIterator[Running]:
    """A gateway that waits a moment for a page that it lets go."""
    async with hasty_gateway(redis_url, "close_timeout") as gateway:
        yield gateway


@asynccontextmanager
async def hasty_gateway(redis_url: str, timeout: str) -> AsyncIterator[Running]:
    """A gateway of which one timeout is short."""
    serve = gateway_server.serve_websockets  # type: ignore[attr-defined]

    def serve_hastily(*arguments: Any, **options: Any) -> Any:
        assert options["open_timeout"] == 10
        return serve(*arguments, **{**options, timeout: HASTE})

    async with AsyncExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gateway_server, "serve_websockets", serve_hastily)
            running = running_gateway(gateway_settings(redis_url))
            gateway = await stack.enter_async_context(running)
        yield gateway
