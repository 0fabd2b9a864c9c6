"""Runs a real Valkey and a real PostgreSQL whose data is in one folder.

Each server runs under `guard.py` and listens on a unix socket only. The next start on the same
folder finds the data again.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from clients.terminal.terminal_io import CommandError
from deploy import texts
from deploy.embedded import programs
from deploy.embedded.data_dir import DataDir, locked_data_dir
from deploy.embedded.guarded import (
    Server,
    answers_with,
    guarded,
    is_running,
    kept,
    last_lines,
    until,
)
from deploy.embedded.programs import PostgresAccount

AppendFsync = Literal["always", "everysec", "no"]

DATABASE: Final = "streamario"
ROLE: Final = "streamario"
LOCALES: Final = ("C.UTF-8", "C")
SOCKETS_LINE: Final = 4  # index of the line in postmaster.pid that names PostgreSQL's socket folder


@dataclass(frozen=True, slots=True)
class EmbeddedServers:
    """The running servers; None for one that was not requested. `folder` holds their files."""

    valkey: Server | None = None
    postgres: Server | None = None
    folder: DataDir | None = None

    @property
    def redis_url(self) -> str:
        """Valkey's URL for redis-py; empty if Valkey was not requested."""
        return self.valkey.url if self.valkey else ""

    @property
    def database_url(self) -> str:
        """PostgreSQL's URL for libpq; empty if PostgreSQL was not requested."""
        return self.postgres.url if self.postgres else ""


@asynccontextmanager
async def embedded_servers(
    data_dir: Path,
    *,
    redis: bool,
    database: bool,
    appendfsync: AppendFsync = "everysec",
    keeping: asyncio.TaskGroup | None = None,
) -> AsyncIterator[EmbeddedServers]:
    """Run the requested servers while the block runs, with all their files under `data_dir`.

    With `keeping`, one of its tasks starts a server again that ends unexpectedly. Raises
    CommandError.
    """
    async with locked_data_dir(data_dir) as folder, AsyncExitStack() as stack:

        async def run(server: Callable[[], AbstractAsyncContextManager[Server]]) -> Server:
            running = kept(server, keeping) if keeping else server()
            return await stack.enter_async_context(running)

        valkey = await run(lambda: valkey_server(folder, appendfsync)) if redis else None
        postgres = await run(lambda: postgres_server(folder)) if database else None
        yield EmbeddedServers(valkey, postgres, folder)


@asynccontextmanager
async def valkey_server(folder: DataDir, appendfsync: AppendFsync) -> AsyncIterator[Server]:
    """Run Valkey on a unix socket, with an append-only file."""
    data = folder.path / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    socket = folder.sockets / "valkey.sock"
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "save": "",
        "appendonly": "yes",
        "appendfsync": appendfsync,
        "maxmemory-policy": "noeviction",
    }
    command = [str(programs.valkey())]
    for name, value in options.items():
        command += [f"--{name}", value]
    url = f"unix://{quote(str(socket))}"
    async with guarded(folder, "valkey", url, command, stop="SIGTERM") as server:
        # While it still loads its data, it answers PING with an error.
        ping = b"PING\r\nQUIT\r\n"
        await until(
            server, lambda: answers_with(asyncio.open_unix_connection(socket), ping, b"+PONG")
        )
        yield server


@asynccontextmanager
async def postgres_server(folder: DataDir) -> AsyncIterator[Server]:
    """Run PostgreSQL on a unix socket; create its data and the database if they are missing."""
    data = folder.path / "postgres"
    account = programs.postgres_account(data)
    if not data.exists():
        await _make_cluster(folder, data, account)
    sockets = folder.sockets / "pg"
    sockets.mkdir(mode=0o700, exist_ok=True)
    account.takes(sockets)
    _forget_dead_postmaster(data, sockets)
    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
    }
    command = [*account.prefix, str(programs.postgres_folder() / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    url = _database_at(str(sockets))
    async with guarded(folder, "postgres", url, command, stop="SIGINT") as server:
        await until(server, lambda: _database_answers(url))
        yield server


def running_database(data_dir: Path) -> str:
    """Return the libpq URL of the PostgreSQL that another process runs on this folder.

    "" if none runs. A PostgreSQL that was killed may still be returned.
    """
    try:
        lines = (data_dir / "postgres" / "postmaster.pid").read_bytes().split(b"\n")
    except OSError:
        return ""
    sockets = lines[SOCKETS_LINE] if len(lines) > SOCKETS_LINE else b""
    return _database_at(os.fsdecode(sockets)) if sockets else ""


def _database_at(sockets: str) -> str:
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(sockets, safe='')}&port=5432"


async def _make_cluster(folder: DataDir, data: Path, account: PostgresAccount) -> None:
    # initdb writes to another folder, which is renamed when complete: an interrupted start leaves
    # no half-made cluster.
    unfinished = folder.path / "postgres.new"
    initdb = str(programs.postgres_folder() / "initdb")
    options = ("--auth=trust", f"--username={ROLE}", "--encoding=UTF8", f"--pgdata={unfinished}")
    for locale in LOCALES:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account.takes(unfinished)
        command = [*account.prefix, initdb, *options, f"--locale={locale}"]
        async with guarded(folder, "initdb", "", command, stop="SIGTERM") as server:
            if await server.guard.wait() == 0:
                unfinished.rename(data)
                return
    log = last_lines(folder.path / "initdb.log")
    raise CommandError(texts.INITDB_FAILED.about(log=log))


def _forget_dead_postmaster(data: Path, sockets: Path) -> None:
    """Remove the lock files of a killed PostgreSQL whose process id is still, or again, in use.

    PostgreSQL removes a lock file whose process is gone. But if a process of the same user has
    reused the id, or its parent has not taken note of its end, PostgreSQL takes it for a running
    server and refuses to start.
    """
    leftover = data / "postmaster.pid"
    if not leftover.exists() or not Path("/proc/self/comm").exists():
        return
    pid = leftover.read_text().partition("\n")[0].strip()
    process = Path("/proc", pid, "comm")
    if process.exists() and (process.read_text().strip() != "postgres" or not is_running(int(pid))):
        leftover.unlink()
        (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


async def _database_answers(url: str) -> bool:
    """Return whether PostgreSQL answers; create the database if it does and has none."""
    target = make_conninfo(url, dbname="postgres", connect_timeout="5")
    present = "SELECT FROM pg_database WHERE datname = %s"
    try:
        async with await psycopg.AsyncConnection.connect(target, autocommit=True) as connection:
            if (await connection.execute(present, (DATABASE,))).rowcount == 0:
                await connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True
