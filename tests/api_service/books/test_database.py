"""The connection to a PostgreSQL that is frozen."""

import asyncio
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.sql import text

from api_service.books.database import Database, open_database
from api_service.books.errors import DatabaseUnavailable
from api_service.books.migrate import upgrade
from tests.faults.postgres import own_postgres
from tests.patience import HOUR


async def visit(database: Database, within: float) -> None:
    async with database.checks.transaction(within) as connection:
        await connection.execute(text("SELECT 1"))


@pytest.mark.usefixtures("real_limits")
async def test_a_frozen_postgresql_holds_nobody_up_for_much_longer_than_it_was_given(
    tmp_path: Path,
) -> None:
    async with own_postgres(tmp_path / "server") as postgres, open_database(postgres.url) as found:
        await visit(found, HOUR)
        await postgres.freeze()
        with pytest.raises(DatabaseUnavailable):
            await visit(found, 0.5)
        postgres.go_on()
        await visit(found, HOUR)


async def test_names_that_wait_for_each_other_leave_connections_to_others(
    own_database_url: str,
) -> None:
    """Those of one viewer wait for its row, and other viewers set theirs."""
    upgrade(own_database_url)
    viewer, other = "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAW"
    async with open_database(own_database_url) as database:
        await database.set_name(viewer, "Aki")
        with psycopg.connect(own_database_url) as holder:
            holder.execute("SELECT 1 FROM viewers FOR UPDATE")
            waiting = [asyncio.create_task(database.set_name(viewer, f"{n}")) for n in range(20)]
            for _ in range(10):
                assert await database.names([viewer]) == {viewer: "Aki"}
                await database.set_name(other, "Bea")
        await asyncio.gather(*waiting)
        assert (await database.names([viewer]))[viewer] != "Aki"
