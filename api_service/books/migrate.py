"""Brings the PostgreSQL schema up to date."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from api_service.books.database import CONNECT_TIMEOUT, readable_url
from api_service.books.errors import DatabaseUnfit
from api_service.books.revisions import is_current, known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

# Any number that no other program on the same database locks.
ADVISORY_LOCK = 0x5354_5245_414D
OF_NO_RELEASE = (
    "DATABASE_URL: the tables are of a state before release 1.0.0, which no release reads;"
    " use an empty database (for `streamario up`: another DATA_DIR)"
)


def upgrade(database_url: str) -> None:
    """Run the missing migrations; concurrent calls wait for each other.

    A newer release's schema is left as it is: to roll back, start the previous release. Raises
    `sqlalchemy.exc.OperationalError` if the server cannot be reached, and DatabaseUnfit if the URL
    cannot be read, or the schema is of no release.
    """
    with _connected(database_url) as connection, _configured() as config:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        revision = MigrationContext.configure(connection).get_current_revision()
        if is_current(revision):
            return
        if revision is not None and revision not in known():
            raise DatabaseUnfit(OF_NO_RELEASE)
        config.attributes["connection"] = connection
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


@contextmanager
def _configured() -> Iterator[Config]:
    with as_file(files("api_service.books") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        yield config
