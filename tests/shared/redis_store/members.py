"""A server of its own process on loopback, which a test may kill, freeze and heal."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import exceptions
from redis.asyncio import Redis

from deploy.embedded import programs
from shared.engine.functions import LIBRARY
from shared.process.redis_url import Node
from shared.redis_store.master import Master
from shared.redis_store.redis_py import connect
from tests.conftest import free_ports
from tests.waiting import until

HOST = "127.0.0.1"
# A replica starts at once, and a group that just began is ready for a failover.
QUICK = ("--save", "", "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")


@dataclass(eq=False)
class Member:
    """One server, or one sentinel."""

    folder: Path
    port: int
    arguments: tuple[str, ...]
    _process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}"

    @property
    def name(self) -> str:
        return f"{HOST}:{self.port}"

    async def start(self) -> None:
        """Start it on its folder's data, and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        where = ("--port", str(self.port), "--bind", HOST, "--dir", str(self.folder))
        self._process = await asyncio.create_subprocess_exec(
            str(programs.valkey()),
            *self.arguments,
            *where,
            *("--logfile", str(self.folder / "log")),
            stdout=asyncio.subprocess.DEVNULL,
        )
        await until(self._answers)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None and self.runs:
            self._process.kill()
            await self._process.wait()

    def pause(self) -> None:
        """Freeze it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    async def heal(self) -> None:
        """Let it continue, or start it if it is dead."""
        if self._process is not None and self.runs:
            self._process.send_signal(signal.SIGCONT)
        else:
            await self.start()

    async def command(self, *arguments: str | int) -> Any:
        """Send a command directly to this server. Returns the raw reply."""
        async with Redis(host=HOST, port=self.port, decode_responses=True, protocol=2) as client:
            name, *rest = arguments
            # In lower case, and in words: redis-py reshapes no reply to that.
            return await client.execute_command(str(name).lower(), *rest)  # type: ignore[no-untyped-call]

    async def wait_replicated(self) -> None:
        """Wait until its replicas have all data of this master, so that it may be killed."""
        _, goal, _ = await self.command("ROLE")

        async def replicated() -> bool:
            _, _, replicas = await self.command("ROLE")
            return bool(replicas) and all(int(offset) >= goal for _, _, offset in replicas)

        await until(replicated)

    async def _answers(self) -> bool:
        try:
            return bool(await self.command("PING"))
        except exceptions.ConnectionError:
            return False


@asynccontextmanager
async def single(folder: Path) -> AsyncIterator[Member]:
    """One server without replicas."""
    (port,) = free_ports(1)
    member = Member(folder / "single", port, QUICK)
    async with running([member]):
        yield member


@asynccontextmanager
async def running(*groups: list[Member]) -> AsyncIterator[None]:
    """The members of each group start together, one group after the other."""
    async with AsyncExitStack() as stack:
        for group in groups:
            for member in group:
                stack.push_async_callback(member.kill)
            await asyncio.gather(*(member.start() for member in group))
        yield


def master_of(url: str) -> Master:
    """What sends calls to this server; it is not looked for elsewhere if it fails."""

    def ignore(*_: object) -> None:
        """Take no notice."""

    client = connect(url, client_name="streamario-test")
    return Master(Node("", 0), client, LIBRARY, ignore, ignore)


@asynccontextmanager
async def master_at(url: str) -> AsyncIterator[Master]:
    """What sends calls to this server, connected."""
    async with aclosing(master_of(url)) as master:
        await master.send(("PING",))
        yield master
