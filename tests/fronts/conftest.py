"""Fixtures: each front before its services, and each before nobody."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.balancer import conftest as balancers
from tests.balancer.name_server import NameServer
from tests.conftest import free_ports
from tests.fronts.table import FRONTS, Behind, Front
from tests.tunnel.fronts import StandIn, stand_in

name_server = balancers.name_server


@pytest.fixture(scope="package", params=FRONTS)
async def front(
    request: pytest.FixtureRequest,
    name_server: NameServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Front]:
    """Started once, for all tests of it."""
    async with AsyncExitStack() as stack:
        api, gateway = [await stack.enter_async_context(stand_in()) for _ in range(2)]
        behind = Behind(api, gateway, name_server, tmp_path_factory.mktemp("front"))
        yield await stack.enter_async_context(FRONTS[request.param](behind))


@pytest.fixture(params=FRONTS)
async def lonely_front(
    request: pytest.FixtureRequest,
    name_server: NameServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Front]:
    """Nobody listens behind it."""
    api, gateway = [StandIn(port, is_up=False) for port in free_ports(2)]
    behind = Behind(api, gateway, name_server, tmp_path_factory.mktemp("front"))
    async with FRONTS[request.param](behind) as opened:
        yield opened
