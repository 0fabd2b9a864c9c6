"""Brings the PostgreSQL schema up to date."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from api_service.books.database import CONNECT_TIMEOUT, is_current, readable_url
from api_service.books.errors import DatabaseUnfit

# Any number that no other program on the same database locks.
ADVISORY_LOCK = 0x5354_5245_414D
# Whoever waits for a table, such as for a backup's end, keeps all others from it.
LOCKED_WITHIN = "SET LOCAL lock_timeout = '3s'"
# The last state before release 1.0.0 had its progress in two tables, and is taken over. An epoch
# whose last booked entry it did not note counts as booked to its end.
LAST_BEFORE = "1003"
TAKEN_OVER = """
    LOCK TABLE ledger_bookmarks, ledger_epochs;
    CREATE TABLE ledger_progress (
        shard CHAR(2), epoch BIGINT, n BIGINT NOT NULL, PRIMARY KEY (shard, epoch)
    );
    INSERT INTO ledger_progress
        SELECT shard, epoch, coalesce(n, 9223372036854775807) FROM ledger_epochs;
    INSERT INTO ledger_progress SELECT shard, 0, 0 FROM ledger_bookmarks ON CONFLICT DO NOTHING;
    INSERT INTO ledger_progress SELECT shard, epoch, n FROM ledger_bookmarks
        ON CONFLICT (shard, epoch) DO UPDATE SET n = excluded.n;
    DROP TABLE ledger_bookmarks, ledger_epochs;
    UPDATE alembic_version SET version_num = '1004'
"""
OF_NO_RELEASE = (
    "DATABASE_URL: the tables are of an early state before release 1.0.0, which no release reads;"
    " use an empty database (for `streamario up`: another DATA_DIR)"
)


def upgrade(database_url: str) -> None:
    """Run the missing migrations; concurrent calls wait for each other.

    A newer release's schema is left as it is: to roll back, start the previous release. Raises
    `sqlalchemy.exc.OperationalError` if the server cannot be reached, or others hold a table for
    long, and DatabaseUnfit if the URL cannot be read, or the schema is of no release.
    """
    with _connected(database_url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.execute(text(LOCKED_WITHIN))
        revision = MigrationContext.configure(connection).get_current_revision()
        if is_current(revision):
            return
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "api_service.books:migrations")
        if revision == LAST_BEFORE:
            connection.exec_driver_sql(TAKEN_OVER)
        elif revision is not None:
            known = ScriptDirectory.from_config(config).walk_revisions()
            if revision not in {script.revision for script in known}:
                raise DatabaseUnfit(OF_NO_RELEASE)
        command.upgrade(config, "head")


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    """A connection in one transaction, committed at the end of the block."""

    def connect() -> psycopg.Connection:
        with readable_url():
            return psycopg.connect(database_url, connect_timeout=CONNECT_TIMEOUT)

    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
