"""The schema of PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from api_service.books import migrate
from api_service.books.errors import DatabaseUnfit
from api_service.books.tables import REVISION, metadata
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
        assert current(url) == REVISION


# What the last state before release 1.0.0 had in place of `ledger_progress`.
TWO_TABLES = """
    DROP TABLE ledger_progress;
    CREATE TABLE ledger_bookmarks (
        shard CHAR(2) PRIMARY KEY, epoch BIGINT NOT NULL, n BIGINT NOT NULL
    );
    CREATE TABLE ledger_epochs (
        shard CHAR(2), epoch BIGINT, n BIGINT, PRIMARY KEY (shard, epoch)
    );
    INSERT INTO ledger_bookmarks VALUES ('00', 0, 0), ('01', 9, 5), ('02', 7, 3);
    INSERT INTO ledger_epochs VALUES
        ('01', 0, 0), ('01', 7, NULL), ('01', 8, 2), ('01', 9, NULL), ('02', 7, 1), ('02', 9, 4);
    INSERT INTO handles VALUES ('luna', 'a studio');
    UPDATE alembic_version SET version_num = '1003'
"""


def test_the_last_state_before_the_first_release_is_taken_over(database_url: str) -> None:
    """An epoch of which it did not note how far it was booked counts as booked to its end."""
    url = empty_database(database_url, "before")
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        connection.exec_driver_sql(TWO_TABLES)
    migrate.upgrade(url)
    assert current(url) == REVISION
    with migrate._connected(url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        found = connection.execute(text("SELECT * FROM ledger_progress ORDER BY shard, epoch"))
        assert [tuple(row) for row in found] == [
            ("00", 0, 0),
            ("01", 0, 0),
            ("01", 7, 2**63 - 1),
            ("01", 8, 2),
            ("01", 9, 5),
            ("02", 0, 0),
            ("02", 7, 3),
            ("02", 9, 4),
        ]
        assert connection.scalar(text("SELECT handle FROM handles")) == "luna"


def test_a_table_that_others_hold_is_not_waited_for(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever presses would wait behind it; nothing changes."""
    monkeypatch.setattr(migrate, "LOCKED_WITHIN", "SET LOCAL lock_timeout = '10ms'")
    url = empty_database(database_url, "held")
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        connection.exec_driver_sql(TWO_TABLES)
    with migrate._connected(url) as backup:
        backup.execute(text("LOCK TABLE ledger_epochs IN ACCESS SHARE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.upgrade(url)
        assert current(url) == "1003"
    migrate.upgrade(url)
    assert current(url) == REVISION


def test_a_schema_of_a_newer_release_is_left_as_it_is(database_url: str) -> None:
    """A rollback starts the previous release, whose `migrate` runs first as always."""
    url = empty_database(database_url, "newer")
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    migrate.upgrade(url)
    assert current(url) == "9999"


@pytest.mark.parametrize("revision", ["0005", "1002"])
def test_a_schema_of_no_release_is_left_as_it_is_and_named(
    database_url: str, revision: str
) -> None:
    """Nothing reads what earlier states before the first release wrote."""
    url = empty_database(database_url, f"older_{revision}")
    migrate.upgrade(url)
    with migrate._connected(url) as connection:
        changed = text("UPDATE alembic_version SET version_num = :revision")
        connection.execute(changed, {"revision": revision})
    with pytest.raises(DatabaseUnfit, match=r"^DATABASE_URL: .* before release 1\.0\.0"):
        migrate.upgrade(url)
    assert current(url) == revision


def test_the_tables_are_those_of_the_last_migration() -> None:
    """The services need not load Alembic to know its revision."""
    with as_file(files("api_service.books") / "migrations") as folder:
        assert ScriptDirectory(str(folder)).get_current_head() == REVISION


def test_several_at_once_wait_for_each_other(database_url: str) -> None:
    url = empty_database(database_url, "busy")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate.upgrade, [url] * 4))
    assert current(url) == REVISION


def test_a_server_that_is_away_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        migrate.upgrade(f"postgresql:///x?host={tmp_path}")
