"""The schema of PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, func, insert, inspect, select, text
from sqlalchemy.exc import OperationalError

from api_service.books import migrate
from api_service.books.revisions import head, known
from api_service.books.tables import (
    accounts,
    media,
    metadata,
    rounds,
    setups,
    studio_rooms,
    triggers,
    viewers,
)
from tests.api_service.routes.test_health import _other_database

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Table
    from sqlalchemy.types import TypeEngine

BEFORE = "0002"  # the schema of the release before
WITH_NEW_COLUMNS = ("accounts", "rounds", "triggers")


def test_migrations_make_the_tables_that_the_code_uses(database_url: str) -> None:
    with migrate._connected(database_url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_database_goes_from_nothing_to_the_head_and_stays_there(database_url: str) -> None:
    url = _other_database(database_url, "fresh")
    assert migrate.current(url) is None
    for _ in range(2):
        migrate.upgrade(url)
        assert migrate.current(url) == head()


def test_a_schema_of_a_newer_release_is_left_as_it_is(database_url: str) -> None:
    """A rollback starts the previous release, whose `migrate` runs first as always."""
    url = _other_database(database_url, "newer")
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    migrate.upgrade(url)
    assert migrate.current(url) == "9999"


def test_the_release_before_books_on_in_the_new_schema(database_url: str) -> None:
    """What it writes leaves the new columns as they are."""
    url = _other_database(database_url, "added_to")
    with migrate._connected(url) as connection, migrate._configured() as config:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        before = MetaData()
        before.reflect(connection)
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        for table in before.sorted_tables:
            if table.name in WITH_NEW_COLUMNS:
                connection.execute(insert(table).values(**_a_row(table)))
                assert len(_columns(table.name, connection)) > len(table.c)


def test_studios_are_added_to_a_database_that_has_rooms(database_url: str) -> None:
    """What is there stays; the release before goes on beside the new tables."""
    url = _other_database(database_url, "with_rooms")
    with migrate._connected(url) as connection, migrate._configured() as config:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(insert(viewers).values(viewer_id="V", name="Ann"))
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        assert connection.scalars(select(viewers.c.name)).all() == ["Ann"]
        for table in (media, setups, studio_rooms):
            assert connection.scalars(select(func.count()).select_from(table)).one() == 0


def test_rounds_that_are_booked_get_their_sums(database_url: str) -> None:
    """Each its own; a round that nobody pressed in has none."""
    url = _other_database(database_url, "with_rounds")
    with migrate._connected(url) as connection, migrate._configured() as config:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for round_, pressed, fired in ((1, (3, 4), 2), (2, (5,), 0), (3, (), 0)):
            key = {"room_id": "R", "round": round_}
            values = {**key, "started_at": func.now()}
            connection.execute(insert(rounds).values(**values))
            for n, booked in enumerate(pressed):
                row = _a_row(accounts) | key | {"event_type": f"b{n}", "booked": booked}
                connection.execute(insert(accounts).values(**row))
            for seq in range(fired):
                row = _a_row(triggers) | key | {"seq": seq, "epoch": round_}
                connection.execute(insert(triggers).values(**row))
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        sums = select(rounds.c.round, rounds.c.presses, rounds.c.triggers).order_by(rounds.c.round)
        assert [tuple(row) for row in connection.execute(sums)] == [(1, 7, 2), (2, 5, 0), (3, 0, 0)]


def test_a_backup_that_runs_is_not_waited_for_long(database_url: str) -> None:
    """Whoever waits for an exclusive lock holds up all bookings behind it."""
    url = _other_database(database_url, "backed_up")
    with migrate._connected(url) as connection, migrate._configured() as config:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    with migrate._connected(url) as backup:
        backup.execute(text("LOCK TABLE accounts IN ACCESS SHARE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.upgrade(url)
        assert migrate.current(url) == BEFORE
    migrate.upgrade(url)
    assert migrate.current(url) == head()


def _a_row(table: Table) -> dict[str, object]:
    return {column.name: _something(column.type) for column in table.c}


def _something(of: TypeEngine[object]) -> object:
    some: dict[type, object] = {str: "x", int: 1, bool: False, object: {}}
    return some.get(of.python_type, datetime(2026, 1, 1, tzinfo=UTC))


def _columns(table: str, connection: Connection) -> list[object]:
    return [*inspect(connection).get_columns(table)]


def test_alembic_knows_the_same_revisions() -> None:
    """The services read revisions from file names; they match those inside the files."""
    with as_file(files("api_service.books") / "migrations") as folder:
        scripts = ScriptDirectory(str(folder))
        assert scripts.get_current_head() == head()
        assert {script.revision for script in scripts.walk_revisions()} == known()


def test_several_at_once_wait_for_each_other(database_url: str) -> None:
    url = _other_database(database_url, "busy")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate.upgrade, [url] * 4))
    assert migrate.current(url) == head()


def test_a_server_that_is_away_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        migrate.upgrade(f"postgresql:///x?host={tmp_path}")
