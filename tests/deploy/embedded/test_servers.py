"""The embedded servers: found, started, refused, and found again by a second terminal."""

import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from redis.asyncio import Redis

from clients.terminal.terminal_io import CommandError
from deploy.embedded import programs
from deploy.embedded.data_dir import LONGEST_SOCKET, load_or_make_secret, locked_data_dir
from deploy.embedded.servers import EmbeddedServers, embedded_servers, running_database


async def test_valkey_writes_every_change_to_its_file_and_evicts_nothing(tmp_path: Path) -> None:
    """Started as asked, on a unix socket alone."""
    async with embedded_servers(
        tmp_path, redis=True, database=False, appendfsync="always"
    ) as servers:
        assert servers.database_url == ""
        async with Redis.from_url(servers.redis_url, decode_responses=True) as redis:
            config = await redis.config_get()
    assert config["appendonly"] == "yes"
    assert config["appendfsync"] == "always"
    assert config["maxmemory-policy"] == "noeviction"
    assert config["port"] == "0"


async def test_postgres_speaks_utf8_and_listens_on_no_address(tmp_path: Path) -> None:
    """Names in any script; nothing on the network."""
    async with embedded_servers(tmp_path, redis=False, database=True) as servers:
        assert servers.redis_url == ""
        with closing(psycopg.connect(servers.database_url)) as connection:
            assert shown(connection, "server_encoding") == "UTF8"
            assert shown(connection, "listen_addresses") == ""
            assert connection.info.dbname == "streamario"


def shown(connection: psycopg.Connection, name: str) -> str:
    """A setting of the database server."""
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    assert row is not None
    return str(row[0])


async def test_a_long_folder_name_moves_the_sockets_to_the_temporary_folder(tmp_path: Path) -> None:
    """A socket's path must be short; the data stays in the given folder."""
    deep = tmp_path / ("d" * LONGEST_SOCKET) / "with 'quotes' and , commas"
    async with embedded_servers(deep, redis=True, database=True) as servers:
        async with Redis.from_url(servers.redis_url) as redis:
            assert await redis.ping()
        with closing(psycopg.connect(servers.database_url)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert str(deep) not in servers.redis_url
        socket = Path(servers.redis_url.removeprefix("unix://"))
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert not socket.parent.exists()
    assert (deep / "valkey" / "appendonlydir").is_dir()


async def test_a_folder_name_may_hold_anything(tmp_path: Path) -> None:
    """Quotes, commas, spaces, percent signs and other scripts."""
    odd = tmp_path / "o'%20 \",花"
    async with embedded_servers(odd, redis=True, database=True) as servers:
        async with Redis.from_url(servers.redis_url) as redis:
            assert await redis.ping()
        with closing(psycopg.connect(servers.database_url)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


async def test_a_dead_postmasters_number_taken_by_another_process_is_no_obstacle(
    tmp_path: Path,
) -> None:
    """After a power cut the file's process id may belong to another program of the same user."""
    async with embedded_servers(tmp_path, redis=False, database=True):
        leftover = (tmp_path / "postgres" / "postmaster.pid").read_text()
    own = "\n".join([str(os.getpid()), *leftover.split("\n")[1:]])
    (tmp_path / "postgres" / "postmaster.pid").write_text(own)
    async with embedded_servers(tmp_path, redis=False, database=True) as servers:
        assert servers.database_url


@contextmanager
def zombie(data: Path) -> Iterator[int]:
    """A process by the name of postgres, of its user, that has ended and waits for its parent."""
    as_user = programs.postgres_account(data).prefix
    process = subprocess.Popen([*as_user, "sh", "-c", "echo postgres > /proc/$$/comm"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    yield process.pid
    process.wait()


async def test_a_dead_postmaster_that_nobody_has_taken_note_of_is_no_obstacle(
    tmp_path: Path,
) -> None:
    """Its process id is still in use, by itself."""
    async with embedded_servers(tmp_path, redis=False, database=True):
        leftover = (tmp_path / "postgres" / "postmaster.pid").read_text()
    with zombie(tmp_path / "postgres") as dead:
        own = "\n".join([str(dead), *leftover.split("\n")[1:]])
        (tmp_path / "postgres" / "postmaster.pid").write_text(own)
        async with embedded_servers(tmp_path, redis=False, database=True) as servers:
            assert servers.database_url


async def test_a_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """The message contains the reason and the path of the log."""
    (tmp_path / "valkey" / "appendonlydir").mkdir(parents=True)
    (tmp_path / "valkey" / "appendonlydir" / "appendonly.aof.manifest").write_text("rubbish\n")
    with pytest.raises(CommandError, match=r"manifest.*\(log: .*valkey.log\)"):
        async with embedded_servers(tmp_path, redis=True, database=False):
            pass


async def test_a_held_folder_is_refused(tmp_path: Path) -> None:
    """The line names the folder and the process."""
    async with locked_data_dir(tmp_path):
        with pytest.raises(CommandError, match=f"{tmp_path} is in use by process {os.getpid()}"):
            async with locked_data_dir(tmp_path):
                pass


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """One line with the folder and the reason."""
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot use this data folder: Not a directory"):
        async with locked_data_dir(tmp_path / "file" / "data"):
            pass


async def test_the_folder_is_private_and_ignored_by_git(tmp_path: Path) -> None:
    """What is above it stays as it was, as does a folder that was there before."""
    above = stat.S_IMODE(tmp_path.stat().st_mode)
    async with locked_data_dir(tmp_path / "data"):
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        assert (tmp_path / "data" / ".gitignore").read_text() == "*\n"
        (tmp_path / "data" / ".gitignore").write_text("mine\n")
        (tmp_path / "data").chmod(0o755)
    async with locked_data_dir(tmp_path / "data"):
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o755
        assert (tmp_path / "data" / ".gitignore").read_text() == "mine\n"
    assert stat.S_IMODE(tmp_path.stat().st_mode) == above


def test_the_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """Viewers keep their identity over a restart; a creation cut off by a crash is repeated."""
    (tmp_path / "secret.new").write_text("half")
    (tmp_path / "secret").touch()
    secret = load_or_make_secret(tmp_path)
    assert len(secret) >= 32
    assert load_or_make_secret(tmp_path) == secret
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_missing_programs_are_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a wheel nor anything on PATH."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(CommandError, match=r"no Valkey or Redis.*pip install"):
        programs.valkey()
    with pytest.raises(CommandError, match=r"no PostgreSQL server.*pip install"):
        programs.postgres_folder()


def test_an_old_redis_on_path_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room engine needs 7.2."""
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    found = tmp_path / "redis-server"
    found.write_text("#!/bin/sh\necho Redis server v=7.0.15 sha=0\n")
    found.chmod(0o755)
    with pytest.raises(CommandError, match="no Valkey or Redis"):
        programs.valkey()
    found.write_text("#!/bin/sh\necho Redis server v=7.2.5 sha=0\n")
    assert programs.valkey() == found


@pytest.mark.usefixtures("database_url")
async def test_a_running_database_is_found_by_its_folder(servers: EmbeddedServers) -> None:
    assert servers.postgres is not None
    assert running_database(servers.postgres.log.parent) == servers.database_url


def test_where_no_server_runs_none_is_found(tmp_path: Path) -> None:
    assert running_database(tmp_path) == ""


@pytest.mark.parametrize("facts", ["", "17\n", "17\n/data\n1790000000\n5432\n\n"])
def test_a_server_that_has_not_said_where_it_listens_is_not_found(
    tmp_path: Path, facts: str
) -> None:
    leave(tmp_path, facts)
    assert running_database(tmp_path) == ""


def test_a_server_is_found_in_a_folder_of_any_name(tmp_path: Path) -> None:
    """Spaces, quotes, percent signs and other scripts."""
    leave(tmp_path, "17\n/data\n1790000000\n5432\n/tmp/o'%20 \"花 \n\n 5 0\nready   \n")
    host = conninfo_to_dict(running_database(tmp_path))["host"]
    assert host == "/tmp/o'%20 \"花 "


def leave(folder: Path, facts: str) -> None:
    """Write the file that PostgreSQL writes at its start."""
    (folder / "postgres").mkdir()
    (folder / "postgres" / "postmaster.pid").write_text(facts, encoding="utf-8")
