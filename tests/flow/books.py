"""Reads a round's accounts from Redis, and what PostgreSQL has recorded."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import text

from api_service.books.database import open_database
from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from tests.room_keys import room_keys
from tests.waiting import until

ACCEPTED = "SELECT coalesce(sum(accepted), 0)::int FROM accounts"


class Account(msgspec.Struct, frozen=True):
    """One button's round: accepted presses, and how they were used."""

    accepted: int
    consumed: int
    count: int
    discarded: int
    returned: int

    @property
    def balances(self) -> bool:
        return self.accepted + self.returned == self.consumed + self.count + self.discarded


async def read_books(
    redis_url: str, room_id: str, event_types: Sequence[str], round_: int = 1
) -> dict[str, Account]:
    """Read the account of each button."""
    async with open_store(redis_url, client_name="books", library=LIBRARY) as store:
        books: dict[str, Account] = {}
        for event_type in event_types:
            names = [f"{event_type}:{name}" for name in Account.__struct_fields__]
            values = await store.command("HMGET", room_keys(room_id).counts(round_), *names)
            books[event_type] = Account(*(int(value or 0) for value in values))
        return books


async def rows(database_url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query finds."""
    async with (
        open_database(database_url) as database,
        database.checks.transaction(5) as connection,
    ):
        return [tuple(row) for row in await connection.execute(text(query))]


async def recorded(database_url: str, query: str, value: object) -> None:
    """Wait until a query finds this value alone."""

    async def is_recorded() -> bool:
        return await rows(database_url, query) == [(value,)]

    await until(is_recorded)
