"""The connection to a PostgreSQL that is frozen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.sql import text

from api_service.books.database import open_database
from api_service.books.errors import DatabaseUnavailable
from tests.faults.postgres import own_postgres

if TYPE_CHECKING:
    from pathlib import Path

    from api_service.books.database import Database

pytestmark = pytest.mark.anyio


async def visit(database: Database, within: float) -> None:
    async with database.transaction(within) as connection:
        await connection.execute(text("SELECT 1"))


async def test_a_frozen_postgresql_holds_nobody_up_for_much_longer_than_it_was_given(
    tmp_path: Path,
) -> None:
    async with own_postgres(tmp_path / "server") as postgres, open_database(postgres.url) as found:
        await visit(found, 5.0)
        await postgres.freeze()
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await visit(found, 0.5)
        assert time.monotonic() - began < 3.0
        postgres.go_on()
        await visit(found, 5.0)
