"""Backups of PostgreSQL as the documents take and restore them, with PostgreSQL's own programs."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from deploy.embedded import programs
from deploy.embedded.servers import DATABASE, ROLE
from tests.waiting import until

DUMP: Final = ("--format=custom", "--no-owner")
RESTORE: Final = ("--single-transaction", "--exit-on-error", "--no-owner")


async def dump(database_url: str, file: Path) -> None:
    """Dump a database into a file."""
    await run("pg_dump", *DUMP, f"--file={file}", database_url)


async def restore(file: Path, database_url: str) -> None:
    """Fill an empty database from a dump: all of it, or nothing."""
    await run("pg_restore", *RESTORE, f"--dbname={database_url}", str(file))


async def base_backup(database_url: str, folder: Path) -> None:
    """Copy a whole server's data, for another server that follows this one as its standby."""
    folder.parent.mkdir()
    account = programs.postgres_account(folder)
    account.takes(folder.parent)
    with psycopg.connect(database_url, autocommit=True) as connection:
        # The standby inherits this: by default it waits five seconds when there is nothing new.
        connection.execute("ALTER SYSTEM SET wal_retrieve_retry_interval = '100ms'")
    options = (f"--pgdata={folder}", "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
    await run("pg_basebackup", *options, f"--dbname={database_url}", prefix=account.prefix)


def either(*database_urls: str) -> str:
    """Return a URL that leads to the one of these servers that accepts writes."""
    hosts = ",".join(str(conninfo_to_dict(url)["host"]) for url in database_urls)
    query = f"host={quote(hosts, safe=',')}&target_session_attrs=read-write"
    return f"postgresql://{ROLE}@/{DATABASE}?{query}"


async def replicated(primary_url: str) -> None:
    """Wait until the standby has received everything that the primary has written."""
    query = "SELECT bool_and(replay_lsn >= pg_current_wal_lsn()) FROM pg_stat_replication"

    async def has_all() -> bool:
        with psycopg.connect(primary_url) as connection:
            return connection.execute(query).fetchone() == (True,)

    await until(has_all)


def promote(standby_url: str) -> None:
    """Promote a standby, so that it accepts writes."""
    with psycopg.connect(standby_url, autocommit=True) as connection:
        assert connection.execute("SELECT pg_promote()").fetchone() == (True,)


def make_empty(database_url: str) -> None:
    """Replace a database by an empty one, even while clients are connected."""
    url = make_url(database_url)
    name = sql.Identifier(str(url.database))
    maintenance = url.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


async def run(program: str, *arguments: str, prefix: Sequence[str] = ()) -> None:
    """Run one of PostgreSQL's programs to its end; `prefix` comes before its command line."""
    process = await asyncio.create_subprocess_exec(
        *prefix,
        str(programs.postgres_folder() / program),
        *arguments,
        env={"PATH": os.environ["PATH"]},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()
