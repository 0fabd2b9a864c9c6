"""Fixtures of the tunnel's tests: a front before stand-ins, and one before real services."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.tunnel import front as front_module
from deploy.tunnel.front import TunnelFront
from shared.process.settings import Settings
from tests.api_service.running import running
from tests.attacks.attackers import stranger
from tests.tunnel.fronts import PROVIDERS, StandIn, client_of, front_of, stand_in, through_tunnel
from tests.ws_gateway.gateways import SECRET, Crowd, gathered_crowd, running_gateway


@dataclass
class Before:
    """A front, and the stand-ins before which it is."""

    front: TunnelFront
    api: StandIn
    gateway: StandIn
    http: httpx.AsyncClient


@pytest.fixture(params=PROVIDERS, ids=["named visitors", "unnamed visitors"])
def client_header(request: pytest.FixtureRequest) -> str | None:
    """The header in which the provider names visitors."""
    header: str | None = request.param
    return header


@pytest.fixture
async def before(tmp_path: Path, client_header: str | None) -> AsyncIterator[Before]:
    """A front before stand-ins."""
    async with AsyncExitStack() as stack:
        api, gateway = [await stack.enter_async_context(stand_in()) for _ in range(2)]
        ports = Settings(port=api.port, unity_ws_port=gateway.port)
        opened = await stack.enter_async_context(front_of(ports, tmp_path, client_header))
        yield Before(opened, api, gateway, await stack.enter_async_context(client_of(opened)))


@pytest.fixture
async def crowd(redis_url: str) -> AsyncIterator[Crowd]:
    """Viewers, and the room engine they press through."""
    async with gathered_crowd(redis_url) as gathered:
        yield gathered


@pytest.fixture
def reached(settings: Settings) -> Settings:
    """The settings of the real services; a test may change their tunnel."""
    return through_tunnel(settings, secret_keys=(SECRET,), ledger=False)


@pytest.fixture
async def front(
    reached: Settings, tmp_path: Path, client_header: str | None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TunnelFront]:
    """A front before real services, which have not met its one address."""
    monkeypatch.setattr(front_module, "ONE_ADDRESS", stranger())
    async with (
        running(reached),
        running_gateway(reached),
        front_of(reached, tmp_path, client_header) as opened,
    ):
        yield opened


@pytest.fixture
async def phone(front: TunnelFront) -> AsyncIterator[httpx.AsyncClient]:
    """A phone that comes by the front."""
    async with client_of(front) as http:
        yield http
