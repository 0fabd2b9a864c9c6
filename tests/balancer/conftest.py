"""Fixtures of the balancer's tests: a name server, and services with separate IP addresses."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.balancer.members import Neighbours, Town
from tests.balancer.running import Balancer, open_balancer, variables
from tests.balancer.zone import Zone, open_zone
from tests.conftest import own_database
from tests.shared.engine.rooms import own_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(scope="package")
async def zone(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Zone]:
    async with open_zone(tmp_path_factory.mktemp("zone")) as opened:
        yield opened


@pytest.fixture(scope="package")
async def town(
    zone: Zone, tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> AsyncIterator[Town]:
    """Two of each service, known to the name server, with their own Redis and database."""
    folder = tmp_path_factory.mktemp("town")
    async with own_server(folder) as valkey:
        with own_database(database_url) as books:
            async with open_town(Neighbours(folder, valkey.url, books), zone) as town:
                yield town


@asynccontextmanager
async def open_town(neighbours: Neighbours, zone: Zone) -> AsyncIterator[Town]:
    """Start the services, and publish their addresses in DNS."""
    places = [("api", 1), ("api", 2), ("gateway", 1), ("gateway", 2)]
    try:
        started = await asyncio.gather(*(neighbours.start(*place) for place in places))
        town = Town(neighbours, started[:2], started[2:])
        zone.say(
            api=[member.host for member in town.apis],
            gateway=[member.host for member in town.gateways],
        )
        yield town
    finally:
        await neighbours.stop()


@pytest.fixture
async def balancer(zone: Zone, town: Town, tmp_path: Path) -> AsyncIterator[Balancer]:
    """A balancer in front of all of them."""
    async with open_balancer(tmp_path, variables(zone, town.neighbours)) as opened:
        await opened.has(api=len(town.apis), gateways=len(town.gateways))
        yield opened
