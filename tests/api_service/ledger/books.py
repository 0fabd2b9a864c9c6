"""A ledger on one test's own Valkey and database, and queries of its books."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import text as sql

from api_service.books.database import Database, open_database
from api_service.ledger.duty import Ledger
from api_service.ledger.metrics import LedgerMetrics
from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.keys import shard
from shared.engine.shard_ledger import Shards
from shared.process.settings import LEDGER_BACKLOG, Settings
from shared.redis_store.store import open_store
from tests.room_keys import room_keys

# Presses and triggers that are booked in a round, and are not what the round's row says.
WRONG_SUMS = """
    WITH booked AS (
        SELECT room_id, round, booked AS presses, 0 AS triggers FROM accounts
        UNION ALL SELECT room_id, round, 0, 1 FROM triggers
        UNION ALL SELECT room_id, round, -presses, -triggers FROM rounds
    )
    SELECT room_id, round, sum(presses), sum(triggers) FROM booked
    GROUP BY room_id, round HAVING sum(presses) <> 0 OR sum(triggers) <> 0
"""


@dataclass
class Books:
    """One replica's ledger, and its database."""

    engine: Engine
    shards: Shards
    database: Database
    ledger: Ledger
    registry: CollectorRegistry
    are_falsified: bool = False  # a test has changed triggers by hand

    async def book_all(self) -> int:
        """Book until there is nothing left. Returns the entries booked."""
        total = 0
        while booked := await self.ledger.book_unread():
            total += booked
        return total

    async def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """What a query finds."""
        async with self.database.checks.transaction(5) as connection:
            return [tuple(row) for row in await connection.execute(sql(query), values)]

    async def append(self, room_id: str, texts: Iterable[str]) -> None:
        """Append entries (JSON) to the ledger of the room's shard, by hand."""
        stream = room_keys(room_id).ledger[0]
        ledger_epoch = (await self.shards.tail(shard(room_id))).last.ledger_epoch
        if not ledger_epoch:
            ledger_epoch = 1
            await self._append(stream, "1-0", '["epoch","",1,0,0]')
        for text in texts:
            await self._append(stream, f"{ledger_epoch}-*", text)

    async def _append(self, stream: str, entry_id: str, text: str) -> None:
        await self.engine.store.command("XADD", stream, entry_id, "e", text)

    def counted(self, name: str) -> float:
        """A metric of the ledger; `name` is without its prefix."""
        value = self.registry.get_sample_value(f"streamario_ledger_{name}")
        assert value is not None
        return value


@asynccontextmanager
async def open_books(
    redis_url: str, database_url: str, backlog: int = LEDGER_BACKLOG
) -> AsyncIterator[Books]:
    """A replica with its own clients; a shard may hold up to `backlog` unread entries."""
    registry = CollectorRegistry()
    async with (
        open_store(redis_url, client_name="streamario-test", library=LIBRARY) as store,
        open_database(database_url) as database,
    ):
        await store.inspect()
        shards = Shards(store)
        ledger = Ledger(shards, database, LedgerMetrics(registry, Settings(ledger_backlog=backlog)))
        books = Books(Engine(store, ledger_backlog=backlog), shards, database, ledger, registry)
        yield books
        assert books.are_falsified or not await books.rows(WRONG_SUMS)
