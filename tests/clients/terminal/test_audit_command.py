"""`streamario audit` as a process, on the tables of a real ledger."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec
import psycopg
import pytest

from api_service.audit import Audit
from deploy.embedded.servers import EmbeddedServers
from tests.api_service.audit.audits import played
from tests.api_service.ledger.books import open_books
from tests.clients.terminal.audit_command import run
from tests.clients.terminal.programs import COMMAND, ROOT


@pytest.fixture
async def room_id(redis_url: str, database_url: str) -> str:
    """A room whose ledger balances."""
    async with open_books(redis_url, database_url) as books:
        return await played(books)


async def test_books_that_balance_are_printed(
    tmp_path: Path, database_url: str, room_id: str
) -> None:
    """Status 0; plain text of at most 100 columns, the verdict in the last line."""
    ran = await run(tmp_path, room_id, DATABASE_URL=database_url)
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == f"Books of room {room_id}"
    assert lines[-1] == "The books balance."
    assert [line for line in lines if line.startswith("Round ")][1].endswith("still open, 1 viewer")
    assert max(map(len, lines)) <= 100
    assert ran.out.isascii()
    assert "\x1b" not in ran.out


async def test_books_that_do_not_balance_end_with_status_1(
    tmp_path: Path, database_url: str, room_id: str
) -> None:
    with psycopg.connect(database_url) as connection:
        change = "UPDATE triggers SET threshold = 4 WHERE room_id = %s AND seq = 1"
        connection.execute(change, (room_id,))
    ran = await run(tmp_path, room_id, DATABASE_URL=database_url)
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.splitlines()[-1] == "The books do not balance: balance."
    as_json = await run(tmp_path, room_id, "--json", DATABASE_URL=database_url)
    assert as_json.status == 1


async def test_programs_get_json(tmp_path: Path, database_url: str, room_id: str) -> None:
    ran = await run(tmp_path, room_id, "--json", "--round", "2", DATABASE_URL=database_url)
    audit = msgspec.json.decode(ran.out, type=Audit)
    assert (ran.status, audit.balanced, audit.room_id) == (0, True, room_id)
    assert [round_.round for round_ in audit.rounds] == [2]


async def test_a_second_terminal_needs_no_configuration(
    tmp_path: Path, servers: EmbeddedServers, room_id: str
) -> None:
    """It finds the PostgreSQL in DATA_DIR, and the game's room there."""
    assert servers.postgres is not None
    data_dir = servers.postgres.log.parent
    ran = await run(tmp_path, room_id, DATA_DIR=str(data_dir))
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "The books balance.")
    game = {"room_id": room_id, "room_token": "", "web_url": "", "epoch": 1, "last_seq": 0}
    (tmp_path / "postgres").symlink_to(data_dir / "postgres")
    (tmp_path / "game.json").write_bytes(msgspec.json.encode(game))
    ran = await run(tmp_path, DATA_DIR=str(tmp_path))
    assert ran.out.splitlines()[0] == f"Books of room {room_id}"


async def test_whoever_reads_may_stop_reading(
    tmp_path: Path, database_url: str, room_id: str
) -> None:
    """As with `| head -1`."""
    piped = f'"{sys.executable}" -c "{COMMAND}" audit {room_id} | true'
    process = await asyncio.create_subprocess_shell(
        piped,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATABASE_URL": database_url},
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert err == b""


NOWHERE = "postgresql://streamario:hush-hush@127.0.0.1:1/streamario"


@pytest.mark.parametrize(
    ("arguments", "variables", "line"),
    [
        (("nowhere",), {}, "the ledger has no room nowhere; check the id, or try again"),
        ((), {}, "no room in .streamario/game.json: name the room, as in: streamario audit ROOM"),
        (
            ("room",),
            {"DATABASE_URL": ""},
            "no PostgreSQL runs on .streamario; start `streamario up`, or set DATABASE_URL",
        ),
        (("room",), {"DATABASE_URL": NOWHERE}, "PostgreSQL: connection failed"),
        (("room",), {"DATABASE_URL": "mysql://"}, "DATABASE_URL: not a URL that begins with"),
    ],
)
async def test_where_there_is_nothing_to_audit_one_line_says_why(
    tmp_path: Path,
    database_url: str,
    arguments: tuple[str, ...],
    variables: dict[str, str],
    line: str,
) -> None:
    """Status 2, and no password."""
    ran = await run(tmp_path, *arguments, **{"DATABASE_URL": database_url, **variables})
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"streamario: {line}")
    assert ran.err.count("\n") == 1
    assert "hush-hush" not in ran.err


async def test_a_round_that_there_is_not_is_named(
    tmp_path: Path, database_url: str, room_id: str
) -> None:
    ran = await run(tmp_path, room_id, "--round", "7", DATABASE_URL=database_url)
    assert (ran.status, ran.err) == (2, "streamario: the room has no round 7; it has 2\n")


async def test_a_schema_that_is_behind_is_told(tmp_path: Path, own_database_url: str) -> None:
    with psycopg.connect(own_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    ran = await run(tmp_path, "room", DATABASE_URL=own_database_url)
    assert ran.status == 2
    assert ran.err.endswith("run: streamario migrate\n")
