"""The test stand: the run's own embedded servers, as in `streamario up`, and service processes."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis.asyncio

from api_service.books.migrate import upgrade
from deploy.embedded.guarded import Server
from deploy.embedded.servers import embedded_servers
from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.keys import SHARD_KEYS
from shared.redis_store.store import open_store
from tests.flow.fleet import Fleet, Member, open_fleet
from tests.waiting import until

# These override .env: no keys and limits that would stop a benchmark on one address, and no round
# that ends because no game is connected.
VARIABLES: Final = {
    "GAME_KEYS": "",
    "ADMIN_TOKEN": "",
    "LEDGER": "on",
    "MAX_SOCKETS": "20000",
    "MAX_VIEWER_SOCKETS": "20000",
    "RECONNECT_GRACE": "82800",
}
BOOKED_WITHIN: Final = 120.0  # s


@dataclass(frozen=True)
class Stand:
    """Both servers, a fleet of services, and a client of Valkey."""

    valkey: Server
    postgres: Server
    redis: redis.asyncio.Redis
    fleet: Fleet
    folder: Path

    async def gateway(self) -> Member:
        """Start another gateway."""
        return await self.fleet.gateway(**VARIABLES)

    @asynccontextmanager
    async def apis(self, count: int, **variables: str) -> AsyncIterator[list[Member]]:
        """Run API processes, which are stopped at the end of the block."""
        members = [await self.fleet.api(**{**VARIABLES, **variables}) for _ in range(count)]
        try:
            yield members
            for member in members:
                member.send(signal.SIGTERM)
            for member in members:
                assert await member.stopped() == 0, member.log.read_text()[-2000:]
        finally:
            for member in members:
                await member.kill()

    def groups(self, apis: Sequence[Member], gateway: Member) -> dict[str, list[int]]:
        """Return the process ids of each group whose CPU time is measured."""
        return {
            "API": [api.process.pid for api in apis],
            "Valkey": [self.valkey.pid],
            "gateway": [gateway.process.pid],
            "PostgreSQL": [self.postgres.pid],
        }

    async def unbooked(self) -> int:
        """Return the number of ledger entries in Redis; written ones are trimmed."""
        pipeline = self.redis.pipeline(transaction=False)
        for shard_keys in SHARD_KEYS.values():
            pipeline.xlen(shard_keys.ledger)
        return sum(await pipeline.execute())

    async def ledger_bytes(self) -> int:
        """Return how much memory of Redis the ledger entries take."""
        pipeline = self.redis.pipeline(transaction=False)
        for shard_keys in SHARD_KEYS.values():
            pipeline.memory_usage(shard_keys.ledger, samples=0)
        return sum(used or 0 for used in await pipeline.execute())

    async def booked(self) -> None:
        """Wait until all entries are written to PostgreSQL."""

        async def all_booked() -> bool:
            return await self.unbooked() == 0

        async with asyncio.timeout(BOOKED_WITHIN):
            await until(all_booked)

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[Engine]:
        """Open the room engine, for preparations that are not measured."""
        async with open_store(self.valkey.url, client_name="bench", library=LIBRARY) as store:
            await store.inspect()
            yield Engine(store)


@asynccontextmanager
async def open_stand(folder: Path) -> AsyncIterator[Stand]:
    """Start servers and a fleet, which end with the block. Takes some seconds."""
    async with embedded_servers(folder / "servers", redis=True, database=True) as servers:
        assert servers.valkey is not None
        assert servers.postgres is not None
        await asyncio.to_thread(upgrade, servers.database_url)
        async with (
            redis.asyncio.Redis.from_url(servers.redis_url, decode_responses=True) as client,
            open_fleet(folder, servers.redis_url, servers.database_url, are_forks=False) as fleet,
        ):
            yield Stand(servers.valkey, servers.postgres, client, fleet, folder)


class Metrics:
    """The metrics of several processes, summed."""

    def __init__(self, samples: Mapping[str, float]) -> None:
        self._samples = samples

    def __getitem__(self, name: str) -> float:
        """The sum over all processes and labels; 0 if there is none."""
        return self._samples.get(name, 0.0)


SAMPLE: Final = re.compile(r"^(\w+)(?:\{.*\})? (\S+)$", re.MULTILINE)


async def metrics(members: Sequence[Member]) -> Metrics:
    """Read /metrics of each member."""
    samples: dict[str, float] = {}
    for member in members:
        for name, value in SAMPLE.findall((await fetch(member.port, "/metrics")).decode()):
            samples[name] = samples.get(name, 0.0) + float(value)
    return Metrics(samples)


async def fetch(port: int, path: str) -> bytes:
    """Return the body at a path. Without an HTTP library, to cost little during a measurement.

    Raises RuntimeError if the status is not 200.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path.encode())
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise RuntimeError(f"{path} answers {answer.decode(errors='replace')}")
    return body
