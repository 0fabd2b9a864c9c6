"""deploy/compose/backup takes dumps of a real PostgreSQL, and restores them."""

import asyncio
import os
import signal
import stat
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from deploy.embedded import programs
from tests.faults.postgres import own_postgres

BACKUP: Final = Path(__file__).parents[2] / "deploy" / "compose" / "backup"
HOUR: Final = 3600  # s


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    status: int
    out: bytes
    errors: str


@dataclass
class Backups:
    """The script with its folder, and the database that it dumps."""

    folder: Path
    database_url: str

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    async def start(
        self, *arguments: str, stdin: int = asyncio.subprocess.DEVNULL, **variables: str
    ) -> asyncio.subprocess.Process:
        named = conninfo_to_dict(self.database_url)
        environment = {
            "PATH": f"{programs.postgres_folder()}{os.pathsep}{os.environ['PATH']}",
            "PGHOST": str(named["host"]),
            "PGPORT": str(named.get("port", 5432)),
            "PGUSER": str(named["user"]),
            "PGDATABASE": str(named["dbname"]),
            "BACKUPS": str(self.folder),
            "BACKUP_HOUR": "19",
            "BACKUP_DAYS": "14",
        }
        return await asyncio.create_subprocess_exec(
            *(str(BACKUP), *arguments),
            env=environment | variables,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    async def run(self, *arguments: str, given: bytes = b"", **variables: str) -> Ran:
        # One that reads nothing may have ended before it is given anything.
        stdin = asyncio.subprocess.PIPE if given else asyncio.subprocess.DEVNULL
        process = await self.start(*arguments, stdin=stdin, **variables)
        out, errors = await process.communicate(given or None)
        assert process.returncode is not None
        return Ran(process.returncode, out, errors.decode())

    def count(self, database: str = "") -> int:
        """Return the number of rows in this database, or in another one of the server."""
        named = make_url(self.database_url)
        url = named.set(database=database or named.database)
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            found = connection.execute("SELECT count(*) FROM pressed").fetchone()
        assert found is not None
        return int(found[0])

    def press(self) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("INSERT INTO pressed DEFAULT VALUES")


@pytest.fixture
async def backups(tmp_path: Path) -> AsyncIterator[Backups]:
    """A server of its own, since a restore changes its databases, with a table of one row."""
    folder = tmp_path / "backups"
    folder.mkdir()
    async with own_postgres(tmp_path / "server") as server:
        made = Backups(folder, server.url)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE pressed (n serial PRIMARY KEY)")
        made.press()
        yield made


def replaced(folder: Path, program: str, lines: str) -> str:
    """Return a PATH on which a program of the script's is replaced by these lines."""
    path = folder / program
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    others = (str(folder), str(programs.postgres_folder()), os.environ["PATH"])
    return os.pathsep.join(others)


def age(path: Path, hours: float) -> None:
    """Make a file look this old."""
    then = time.time() - hours * HOUR
    os.utime(path, (then, then))


async def test_a_backup_is_one_whole_file_that_only_its_owner_reads(backups: Backups) -> None:
    assert (await backups.run("check")).status == 1
    ran = await backups.run("newest")
    assert (ran.status, ran.out) == (1, b"")
    assert "there is no backup" in ran.errors
    ran = await backups.run("now")
    assert (ran.status, ran.errors) == (0, "")
    (name,) = backups.names
    assert name.startswith("streamario-")
    assert name.encode() in ran.out
    assert stat.S_IMODE((backups.folder / name).stat().st_mode) == 0o600
    assert (await backups.run("check")).status == 0
    assert (await backups.run("list")).out.decode() == f"{name}\n"


async def test_a_backup_that_fails_says_so_and_leaves_the_others(backups: Backups) -> None:
    """The container is unhealthy once the newest is older than 26 hours."""
    old = backups.folder / "streamario-2026-01-01T190000Z.dump"
    old.write_bytes(b"an old one")
    age(old, 400)
    ran = await backups.run("now", PGDATABASE="nowhere")
    assert (ran.status, backups.names) == (1, [old.name])
    assert "FAILED" in ran.errors
    age(old, 25)
    assert (await backups.run("check")).status == 0
    age(old, 27)
    ran = await backups.run("check")
    assert ran.status == 1
    assert "no backup of the last 26 hours" in ran.errors


async def test_old_backups_are_deleted_once_there_is_a_new_one(backups: Backups) -> None:
    ages = {"streamario-1.dump": 24 * 13, "streamario-2.dump": 24 * 16}
    for name, hours in ages.items():
        (backups.folder / name).write_bytes(b"an old one")
        age(backups.folder / name, hours)
    assert (await backups.run("now")).status == 0
    assert len(backups.names) == 2
    assert "streamario-1.dump" in backups.names


async def test_the_first_night_need_not_be_waited_for(backups: Backups) -> None:
    """The container takes a backup when it starts, and none if there is one of today."""
    process = await backups.start("nightly")
    try:
        assert process.stdout is not None
        assert b"wrote streamario-" in await process.stdout.readline()
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # its `sleep` too
        await process.communicate()
    assert len(backups.names) == 1


async def test_the_hour_may_be_written_with_a_zero(backups: Backups, tmp_path: Path) -> None:
    """What is no hour is refused: else there would be no backups, and no error for a day."""
    ran = await backups.run("nightly", BACKUP_HOUR="3:30")
    assert (ran.status, backups.names) == (1, [])
    assert "BACKUP_HOUR: 3:30 is not an hour" in ran.errors
    (backups.folder / "streamario-1.dump").touch()
    path = replaced(tmp_path, "sleep", 'echo "$1"; exit 1')  # ends the loop
    for hours in (("08", "8"), ("00", "24")):
        ran_at = [await backups.run("nightly", PATH=path, BACKUP_HOUR=hour) for hour in hours]
        waits = [int(ran.out) for ran in ran_at]
        assert 0 < waits[0] <= 24 * HOUR
        assert abs(waits[0] - waits[1]) < 60 or max(waits) > 24 * HOUR - 60


@pytest.mark.parametrize("given", ["by name", "on the standard input"])
async def test_a_restore_replaces_the_database_under_running_services(
    backups: Backups, given: str
) -> None:
    """Whoever is connected is sent away; the database of before stays beside it."""
    await backups.run("now")
    newest = (await backups.run("newest")).out
    assert newest == (backups.folder / backups.names[0]).read_bytes()
    backups.press()
    with closing(psycopg.connect(backups.database_url)):
        by_name = given == "by name"
        arguments = ("restore", backups.names[0]) if by_name else ("restore",)
        ran = await backups.run(*arguments, given=b"" if by_name else newest)
    assert (ran.status, ran.errors) == (0, "")
    before = ran.out.decode().split()[-1]
    assert (backups.count(), backups.count(before)) == (1, 2)
    assert len(backups.names) == 1
    backups.press()
    assert (await backups.run("now")).status == 0


async def test_two_restores_within_a_second_keep_both_databases_of_before(
    backups: Backups, tmp_path: Path
) -> None:
    await backups.run("now")
    path = replaced(tmp_path, "date", "echo 20260131t190000z")
    before = []
    for _ in range(2):
        backups.press()
        ran = await backups.run("restore", backups.names[0], PATH=path)
        assert (ran.status, ran.errors) == (0, "")
        before.append(ran.out.decode().split()[-1])
    assert [backups.count(name) for name in (*before, "")] == [2, 2, 1]


async def test_a_restore_that_fails_changes_nothing(backups: Backups) -> None:
    backups.press()
    for dump in (b"", b"this is no dump"):
        ran = await backups.run("restore", given=dump)
        assert ran.status == 1
        assert (backups.count(), backups.names) == (2, [])


async def test_a_restore_that_is_interrupted_lets_clients_in_again(
    backups: Backups, tmp_path: Path
) -> None:
    """While the names are exchanged nobody may connect."""
    await backups.run("now")
    real = programs.postgres_folder() / "psql"
    slow = f'case $* in *pg_terminate*) echo slow >&2; sleep 1000 ;; esac; exec {real} "$@"'
    path = replaced(tmp_path, "psql", slow)
    process = await backups.start("restore", backups.names[0], PATH=path)
    assert process.stderr is not None
    assert await process.stderr.readline() == b"slow\n"
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        backups.count()
    os.killpg(process.pid, signal.SIGINT)
    await process.communicate()
    assert process.returncode == 1
    assert backups.count() == 1
