"""The deployment: two API processes and two gateways with their own Redis and PostgreSQL.

Every connection that a fault can cut is a separate link: from each service to its servers, and from
games to each gateway.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from api_service.books.migrate import upgrade
from tests.faults.postgres import Postgres, own_postgres
from tests.faults.services import Way
from tests.flow.fleet import Fleet, Member, open_fleet
from tests.ws_gateway.faults import Link, Valkey, link_to, own_valkey


@dataclass(frozen=True, eq=False)
class Api(Way):
    """An API process with LEDGER=on, and its links to both servers."""

    redis: Link
    postgres: Link


@dataclass(frozen=True, eq=False)
class Gate(Way):
    """A gateway, its link to Redis, and the link from games to it."""

    redis: Link
    door: Link


class Deployment:
    """The target of faults. `apis` and `gates` are the processes that a balancer would use."""

    def __init__(
        self, valkey: Valkey, postgres: Postgres, fleet: Fleet, links: AsyncExitStack
    ) -> None:
        self.valkey = valkey
        self.postgres = postgres
        self.apis: list[Api] = []
        self.gates: list[Gate] = []
        self._fleet = fleet
        self._links = links

    @property
    def redis_url(self) -> str:
        """The URL of the server itself, without a link."""
        return self.valkey.url

    @property
    def database_url(self) -> str:
        """The URL of the server itself, without a link."""
        return self.postgres.url

    @property
    def members(self) -> list[Member]:
        """Every service process that was started on this deployment."""
        return self._fleet.members

    async def open_api(self) -> None:
        """Start another API process."""
        redis = await self._link(self.valkey.port)
        postgres = await self._link(self.postgres.socket)
        variables = {"REDIS_URL": redis.url, "DATABASE_URL": self.postgres.url_by(postgres.port)}
        member = await self._fleet.api(**variables)
        self.apis.append(Api(member, member.url, redis, postgres))

    async def open_gate(self) -> None:
        """Start another gateway."""
        redis = await self._link(self.valkey.port)
        member = await self._fleet.gateway(REDIS_URL=redis.url)
        door = await self._link(member.port)
        url = f"ws://127.0.0.1:{door.port}/ws-unity"
        self.gates.append(Gate(member, url, redis, door))

    async def _link(self, target: int | Path) -> Link:
        return await self._links.enter_async_context(link_to(target))


@asynccontextmanager
async def open_deployment(folder: Path) -> AsyncIterator[Deployment]:
    """Start a new deployment. Takes a few seconds."""
    async with (
        own_valkey(folder / "valkey") as valkey,
        own_postgres(folder / "postgres") as postgres,
        AsyncExitStack() as links,
    ):
        upgrade(postgres.url)
        async with open_fleet(folder, valkey.url, postgres.url) as fleet:
            deployment = Deployment(valkey, postgres, fleet, links)
            async with asyncio.TaskGroup() as group:
                for opens in (deployment.open_api, deployment.open_gate) * 2:
                    group.create_task(opens())
            yield deployment
