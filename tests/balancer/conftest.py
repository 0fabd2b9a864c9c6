"""Fixtures of the balancer's tests: a name server, and services with separate IP addresses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.balancer.members import Neighbours, Upstreams
from tests.balancer.name_server import NameServer, open_name_server
from tests.balancer.running import Balancer, open_balancer, variables
from tests.conftest import own_database
from tests.shared.engine.rooms import own_server


@pytest.fixture(scope="package")
async def name_server(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[NameServer]:
    async with open_name_server(tmp_path_factory.mktemp("dns")) as opened:
        yield opened


@pytest.fixture(scope="package")
async def upstreams(
    name_server: NameServer, tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> AsyncIterator[Upstreams]:
    """Two of each service, known to the name server, with their own Redis and database."""
    folder = tmp_path_factory.mktemp("upstreams")
    async with own_server(folder) as valkey:
        with own_database(database_url) as books:
            async with open_upstreams(
                Neighbours(folder, valkey.url, books), name_server
            ) as upstreams:
                yield upstreams


@asynccontextmanager
async def open_upstreams(
    neighbours: Neighbours, name_server: NameServer
) -> AsyncIterator[Upstreams]:
    """Start the services, and publish their addresses in DNS."""
    places = [("api", 1), ("api", 2), ("gateway", 1), ("gateway", 2)]
    try:
        started = await asyncio.gather(*(neighbours.start(*place) for place in places))
        upstreams = Upstreams(neighbours, started[:2], started[2:])
        name_server.say(
            api=[member.host for member in upstreams.apis],
            gateway=[member.host for member in upstreams.gateways],
        )
        yield upstreams
    finally:
        await neighbours.stop()


@pytest.fixture
async def balancer(
    name_server: NameServer, upstreams: Upstreams, tmp_path: Path
) -> AsyncIterator[Balancer]:
    """A balancer in front of all of them."""
    async with open_balancer(tmp_path, variables(name_server, upstreams.neighbours)) as opened:
        await opened.has(api=len(upstreams.apis), gateways=len(upstreams.gateways))
        yield opened
