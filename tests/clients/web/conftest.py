"""What tests of the web client share: a pair of services, a room with big buttons, a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import conftest as pages
from tests.browser.conftest import Pair
from tests.clients.web.faulty_proxy import faulty_proxy
from tests.clients.web.rooms import opened_room
from tests.conftest import free_ports
from tests.flow.fleet import open_fleet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.clients.web.faulty_proxy import FaultyProxy
    from tests.clients.web.rooms import WebRoom

browser = pages.browser


@pytest.fixture(scope="package")
async def pair(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, database_url: str
) -> AsyncIterator[Pair]:
    """The pair of services that these tests share; each test has a room of its own."""
    port, ws_port = free_ports(2)
    public = {
        "PUBLIC_API_URL": f"http://127.0.0.1:{port}",
        "PUBLIC_WS_URL": f"ws://127.0.0.1:{ws_port}",
    }
    async with open_fleet(tmp_path_factory.mktemp("pair"), redis_url, database_url) as fleet:
        api = await fleet.api(PORT=str(port), **public)
        gateway = await fleet.gateway(PORT=str(ws_port), **public)
        yield Pair(api, gateway)


@pytest.fixture
async def room(pair: Pair) -> AsyncIterator[WebRoom]:
    """A room in its first round."""
    async with opened_room(pair) as room:
        yield room


@pytest.fixture
async def proxy(pair: Pair) -> AsyncIterator[FaultyProxy]:
    """A proxy in front of the API."""
    async with faulty_proxy(pair.api.url) as proxy:
        yield proxy
