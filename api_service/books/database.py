"""The connections to PostgreSQL: two pools, a share of them for each kind of work, and names."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, Literal

import psycopg
from sqlalchemy import ARRAY, any_, bindparam, exc, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.sql import text

from api_service.books.errors import DatabaseUnavailable, DatabaseUnfit, SchemaMissing
from api_service.books.shares import Share, reason
from api_service.books.tables import REVISION, viewers

# Connections: of requests, and of what runs in the background.
REQUESTS_POOL: Final = 11
DUTIES_POOL: Final = 2
CONNECT_TIMEOUT: Final = 3  # s
ANSWER_TIMEOUT: Final = 5.0  # s, for a whole transaction
READ_NAME_TIMEOUT: Final = 1.0  # s; presses wait for this

# libpq's parameters that detect a silently broken connection; s, except for the last.
CONNECTION: Final[Mapping[str, Any]] = {
    "connect_timeout": CONNECT_TIMEOUT,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # ms
}

CANCEL_TIMEOUT: Final = 0.5  # s that the server may take to accept a cancellation

# An array of the column's own type: an array of text would not use the index.
NAMES: Final = select(viewers.c.viewer_id, viewers.c.name).where(
    viewers.c.viewer_id == any_(bindparam("viewers", type_=ARRAY(viewers.c.viewer_id.type)))
)

UNREADABLE_URL: Final = "DATABASE_URL: what stands after the ? is no parameter of libpq"

State = Literal["ok", "away", "behind"]


class DatabaseConnection(psycopg.AsyncConnection):
    """A connection that is closed if the server does not even accept a cancellation.

    psycopg itself waits ten seconds more for a frozen server, while a press may be waiting.
    """

    async def cancel_safe(self, *, timeout: float = CANCEL_TIMEOUT) -> None:
        """Ask the server to cancel the query. Raises psycopg.Error."""
        try:
            await super().cancel_safe(timeout=min(timeout, CANCEL_TIMEOUT))
        except psycopg.Error:
            self.pgconn.finish()
            raise


class Database:
    """PostgreSQL, whose connections are taken through shares.

    Use it as `async with open_database(url) as database`.
    """

    def __init__(self, requests: AsyncEngine, duties: AsyncEngine) -> None:
        self.why_away = ""
        self.name_reads = Share(requests, 1)
        self.name_writes = Share(requests, 2)
        self.results = Share(requests, 2)
        self.studio_reads = Share(requests, 1)
        self.studio_writes = Share(requests, 1)
        self.public_reads = Share(requests, 1)  # what a studio shows to everybody
        self.handle_reads = Share(requests, 1)  # the same, where no stranger has made it up
        self.recorded_rounds = Share(requests, 2)
        self.ledger = Share(duties, 1, rest=0)
        self.checks = Share(duties, 1, rest=0)

    async def state(self) -> State:
        """Whether the server answers and has the schema that this release needs.

        Raises DatabaseUnfit if its URL cannot be read.
        """
        try:
            async with self.checks.transaction(ANSWER_TIMEOUT) as connection:
                found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        except SchemaMissing:
            return "behind"
        except DatabaseUnavailable as away:
            self.why_away = str(away)
            return "away"
        except exc.DBAPIError as refusal:
            self.why_away = reason(refusal)  # such as a missing privilege: an operator's matter
            return "away"
        return "ok" if is_current(found) else "behind"

    async def require_schema(self) -> None:
        """Raise DatabaseUnfit if the server answers, but this release cannot use its schema."""
        if await self.state() == "behind":
            raise DatabaseUnfit(
                f"DATABASE_URL: the schema is not at {REVISION} yet; run: streamario migrate"
            )

    async def names(self, of: Collection[str]) -> dict[str, str]:
        """The display names of these viewers, without those who never set one."""
        async with self.name_reads.transaction(READ_NAME_TIMEOUT) as connection:
            found = await connection.execute(NAMES, {"viewers": list(of)})
            return {row.viewer_id: row.name for row in found}

    async def set_name(self, viewer: str, name: str) -> None:
        """Store the viewer's display name. Raises DatabaseUnavailable."""
        row = insert(viewers).values(viewer_id=viewer, name=name)
        changes = {"name": row.excluded.name, "updated_at": func.now()}
        async with self.name_writes.transaction(ANSWER_TIMEOUT, viewer) as connection:
            await connection.execute(
                row.on_conflict_do_update(index_elements=["viewer_id"], set_=changes)
            )


def is_current(revision: str | None) -> bool:
    """Whether this release can work with a schema.

    It accepts any newer release's schema: a release removes only what the release before it has
    stopped using.
    """
    return revision is not None and revision >= REVISION


@contextmanager
def readable_url() -> Iterator[None]:
    """Raises DatabaseUnfit, without parts of the URL, if libpq cannot read it."""
    try:
        yield
    except psycopg.ProgrammingError:
        raise DatabaseUnfit(UNREADABLE_URL) from None


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """The database at a libpq URL, unix sockets included; it connects when first used."""

    async def connect() -> psycopg.AsyncConnection:
        with readable_url():
            return await DatabaseConnection.connect(url, **CONNECTION)

    def pool(size: int) -> AsyncEngine:
        return create_async_engine(
            "postgresql+psycopg://",
            async_creator=connect,
            pool_size=size,
            max_overflow=0,
            pool_timeout=CONNECT_TIMEOUT,
            pool_pre_ping=True,
            hide_parameters=True,  # keeps people's names out of tracebacks
        )

    requests, duties = pool(REQUESTS_POOL), pool(DUTIES_POOL)
    try:
        yield Database(requests, duties)
    finally:
        await requests.dispose()
        await duties.dispose()
