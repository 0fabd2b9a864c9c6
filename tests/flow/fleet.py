"""Starts API processes, gateways and ledgers for tests, on one Redis and one PostgreSQL."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conftest import free_ports
from tests.flow.forks import FORKS, Fork
from tests.patience import VARIABLE
from tests.waiting import until

SECRET = "a secret of the test suite"
PATIENTLY = "from tests.patience import be_patient; be_patient(); "
COMMAND = "import sys; from deploy.cli import main; sys.exit(main())"


@dataclass(eq=False)
class Member:
    """A service process, which can be started again on its port after its end."""

    service: str
    port: int
    environment: Mapping[str, str]
    log: Path
    release: Path | None = None  # the folder of the code that it runs; None for this one
    is_fork: bool = False
    _process: asyncio.subprocess.Process | Fork | None = None

    @property
    def process(self) -> asyncio.subprocess.Process | Fork:
        assert self._process is not None
        return self._process

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, append its output to its log, and wait until it is ready."""
        with self.log.open("ab") as output:
            if self.is_fork:
                self._process = await FORKS.start(self.service, self.environment, output)
            else:
                command = PATIENTLY * (VARIABLE in self.environment) + COMMAND
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-c", command, self.service),
                    env=self.environment,
                    cwd=self.release,
                    stdout=output,
                    stderr=output,
                )
        await self.ready()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def kill(self) -> None:
        """Kill it, as a crash would, and wait for its end."""
        if self._process is not None:
            if self._process.returncode is None:
                self.send(signal.SIGKILL)
            await self._process.wait()

    async def stopped(self) -> int:
        """Wait for its end and return the exit status."""
        return await self.process.wait()

    async def ready(self) -> None:
        """Wait until /readyz answers 200."""
        async with httpx.AsyncClient() as http:
            await until(lambda: self._says_ready(http))

    async def _says_ready(self, http: httpx.AsyncClient) -> bool:
        assert self.process.returncode is None, self.log.read_text()
        try:
            return (await http.get(f"{self.url}/readyz")).status_code == 200
        except (httpx.TransportError, AttributeError):
            # anyio 4.16 raises AttributeError if a connection is reset while it opens, on uvloop.
            return False


class Fleet:
    """Starts members; `open_fleet` kills those that still run at the end."""

    def __init__(
        self,
        folder: Path,
        redis_url: str,
        database_url: str,
        release: Path | None = None,
        *,
        are_forks: bool = True,
        patient: bool = False,
    ) -> None:
        self._folder = folder
        self._release = release
        self._are_forks = are_forks and release is None
        self.members: list[Member] = []
        self._environment = {
            **os.environ,
            "HOST": "127.0.0.1",
            "REDIS_URL": redis_url,
            "DATABASE_URL": database_url,
            "SECRET_KEYS": SECRET,
            "DRAIN_DELAY": "0.3",
        }
        if patient:
            self._environment[VARIABLE] = "1"

    async def api(self, **variables: str) -> Member:
        return await self._start("api", variables)

    async def gateway(self, **variables: str) -> Member:
        return await self._start("gateway", variables)

    async def ledger(self, **variables: str) -> Member:
        return await self._start("ledger", variables)

    async def pair_of_each(self) -> tuple[list[Member], list[Member]]:
        """Start two API processes and two gateways."""
        members = await asyncio.gather(self.api(), self.api(), self.gateway(), self.gateway())
        return list(members[:2]), list(members[2:])

    async def stop(self) -> None:
        for member in self.members:
            await member.kill()

    async def _start(self, service: str, variables: dict[str, str]) -> Member:
        port = int(variables.get("PORT") or free_ports(1)[0])
        log = self._folder / f"{service}-{port}.log"
        environment = {**self._environment, "PORT": str(port), **variables}
        is_fork = self._are_forks and FORKS.can_run(environment)
        member = Member(service, port, environment, log, self._release, is_fork)
        self.members.append(member)
        await member.start()
        return member


@asynccontextmanager
async def open_fleet(
    folder: Path,
    redis_url: str,
    database_url: str,
    release: Path | None = None,
    *,
    are_forks: bool = True,
    patient: bool = False,
) -> AsyncIterator[Fleet]:
    """A fleet that runs the code in the folder `release`, or else this one.

    Forks start sooner, but share memory: what is measured is no fork. Those of a `patient` fleet
    take no stall of the machine for an outage.
    """
    fleet = Fleet(folder, redis_url, database_url, release, are_forks=are_forks, patient=patient)
    try:
        yield fleet
    finally:
        await fleet.stop()
