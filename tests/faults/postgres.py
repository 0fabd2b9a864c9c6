"""A PostgreSQL that may be killed, frozen and started again on its data."""

from __future__ import annotations

import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy.embedded.servers import DATABASE, ROLE, embedded_servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Postgres:
    """The server, all its processes taken as one."""

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
        """The address for those who come by a port on loopback."""
        return f"postgresql://{ROLE}@127.0.0.1:{port}/{DATABASE}?sslmode=disable"

    async def start(self) -> None:
        """Run it on what its folder holds, and wait until it answers."""
        servers = await self._running.enter_async_context(
            embedded_servers(self._folder, redis=False, database=True)
        )
        assert servers.postgres is not None
        self.url, self._postmaster = servers.database_url, servers.postgres.pid

    async def kill(self) -> None:
        """As a power cut would."""
        await self.freeze()
        self._send(signal.SIGKILL)
        self._frozen.clear()
        await self._running.aclose()

    async def freeze(self) -> None:
        """Stop every process of it where it stands."""
        # Whoever asks must be connected before the postmaster stands still: it starts no more.
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            os.kill(self._postmaster, signal.SIGSTOP)
            found = await connection.execute("SELECT pid FROM pg_stat_activity")
            self._frozen = [self._postmaster, *(pid for (pid,) in await found.fetchall())]
            asking = connection.info.backend_pid
        self._frozen.remove(asking)  # it ends by itself
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let them go on."""
        self._send(signal.SIGCONT)
        self._frozen.clear()

    async def stop(self) -> None:
        """End it in good order, frozen or not."""
        self.go_on()
        await self._running.aclose()

    def _send(self, number: signal.Signals) -> None:
        for pid in self._frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@asynccontextmanager
async def own_postgres(folder: Path) -> AsyncIterator[Postgres]:
    """A server of one stage's own."""
    postgres = Postgres(folder)
    try:
        await postgres.start()
        yield postgres
    finally:
        await postgres.stop()
