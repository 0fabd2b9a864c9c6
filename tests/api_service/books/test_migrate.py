"""The schema of PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from api_service.books import migrate
from api_service.books.errors import DatabaseUnfit
from api_service.books.revisions import head, known
from api_service.books.tables import (
    metadata,
)
from tests.api_service.running import empty_database


def current(database_url: str) -> str | None:
    """The revision of the database's schema, None if it has none."""
    with migrate._connected(database_url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def test_migrations_make_the_tables_that_the_code_uses(database_url: str) -> None:
    with migrate._connected(database_url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_database_goes_from_nothing_to_the_head_and_stays_there(database_url: str) -> None:
    url = empty_database(database_url, "fresh")
    assert current(url) is None
    for _ in range(2):
        migrate.upgrade(url)
        assert current(url) == head()


def test_rooms_that_are_listed_already_stay_their_studios(database_url: str) -> None:
    """Of two that list the same room, one and the same is the first from then on."""
    url = empty_database(database_url, "listed")
    with migrate._connected(url) as connection, migrate._configured() as config:
        config.attributes["connection"] = connection
        command.upgrade(config, "1001")
        connection.execute(text("INSERT INTO studio_rooms VALUES ('b', 'room'), ('a', 'room')"))
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        # As the release before writes.
        connection.execute(
            text("INSERT INTO studio_rooms (studio_id, room_id) VALUES ('0', 'room')")
        )
        found = connection.execute(
            text("SELECT studio_id FROM studio_rooms ORDER BY added_at, studio_id")
        )
        assert [*found.scalars()] == ["a", "b", "0"]


def test_a_schema_of_a_newer_release_is_left_as_it_is(database_url: str) -> None:
    """A rollback starts the previous release, whose `migrate` runs first as always."""
    url = empty_database(database_url, "newer")
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    migrate.upgrade(url)
    assert current(url) == "9999"


def test_a_schema_of_no_release_is_left_as_it_is_and_named(database_url: str) -> None:
    """Nothing reads what was written before the first release."""
    url = empty_database(database_url, "older")
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    with pytest.raises(DatabaseUnfit, match=r"^DATABASE_URL: .* before release 1\.0\.0"):
        migrate.upgrade(url)
    assert current(url) == "0005"


def test_alembic_knows_the_same_revisions() -> None:
    """The services read revisions from file names; they match those inside the files."""
    with as_file(files("api_service.books") / "migrations") as folder:
        scripts = ScriptDirectory(str(folder))
        assert scripts.get_current_head() == head()
        assert {script.revision for script in scripts.walk_revisions()} == known()


def test_several_at_once_wait_for_each_other(database_url: str) -> None:
    url = empty_database(database_url, "busy")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate.upgrade, [url] * 4))
    assert current(url) == head()


def test_a_server_that_is_away_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        migrate.upgrade(f"postgresql:///x?host={tmp_path}")
