"""A PostgreSQL that can be killed, frozen, and restarted on its data."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy.embedded.servers import DATABASE, ROLE, embedded_servers


class Postgres:
    """The server with all its processes."""

    def __init__(self, folder: Path) -> None:
        self.url = ""
        self._folder = folder
        self._running = AsyncExitStack()
        self._postmaster = 0
        self._frozen: list[int] = []

    @property
    def socket(self) -> Path:
        """The unix socket that it listens on."""
        folder, port = (conninfo_to_dict(self.url)[name] for name in ("host", "port"))
        return Path(f"{folder}/.s.PGSQL.{port}")

    def url_by(self, port: int) -> str:
        """Return the URL for clients that connect by a port on loopback."""
        return f"postgresql://{ROLE}@127.0.0.1:{port}/{DATABASE}?sslmode=disable"

    async def start(self) -> None:
        """Start it on its folder's data, and wait until it answers."""
        servers = await self._running.enter_async_context(
            embedded_servers(self._folder, redis=False, database=True)
        )
        assert servers.postgres is not None
        self.url, self._postmaster = servers.database_url, servers.postgres.pid

    async def kill(self) -> None:
        """Kill all processes at once, as a power cut would."""
        await self.freeze()
        self._send(signal.SIGKILL)
        self._frozen.clear()
        await self._running.aclose()

    async def freeze(self) -> None:
        """Stop every process with SIGSTOP."""
        # Connect before the postmaster is stopped, since it then accepts no more connections.
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            os.kill(self._postmaster, signal.SIGSTOP)
            found = await connection.execute("SELECT pid FROM pg_stat_activity")
            self._frozen = [self._postmaster, *(pid for (pid,) in await found.fetchall())]
            asking = connection.info.backend_pid
        self._frozen.remove(asking)  # this backend has ended with its connection
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Continue the frozen processes."""
        self._send(signal.SIGCONT)
        self._frozen.clear()

    async def stop(self) -> None:
        """Shut it down gracefully, frozen or not."""
        self.go_on()
        await self._running.aclose()

    def _send(self, number: signal.Signals) -> None:
        for pid in self._frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@asynccontextmanager
async def own_postgres(folder: Path) -> AsyncIterator[Postgres]:
    """Run a server for one deployment."""
    postgres = Postgres(folder)
    try:
        await postgres.start()
        yield postgres
    finally:
        await postgres.stop()
