"""The shares of the pools of connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from api_service.books import shares
from api_service.books.database import DUTIES_POOL, REQUESTS_POOL, Database, open_database
from api_service.books.errors import DatabaseBusy, DatabaseUnavailable
from api_service.books.shares import USERS, USES_OF_OWNER, WAIT, Share
from tests.patience import HOUR

OURS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")


@pytest.fixture(autouse=True)
def long_wait(real_limits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a connection gets it, however long another one has it."""
    monkeypatch.setattr(shares, "WAIT", HOUR)


@pytest.fixture
async def database(own_database_url: str) -> AsyncIterator[Database]:
    async with open_database(own_database_url) as opened:
        yield opened


async def visit(share: Share, owner: str = "", query: str = "SELECT 1") -> None:
    async with share.transaction(HOUR, owner) as connection:
        await connection.execute(text(query))


async def test_no_kind_of_work_waits_for_another(database: Database) -> None:
    """All shares are used up at once, and together use the pools up."""
    found = 0
    async with AsyncExitStack() as used:
        for share in vars(database).values():
            while isinstance(share, Share) and not share._turns.locked():
                connection = await used.enter_async_context(share.transaction(HOUR))
                found = await connection.scalar(OURS)
        assert found == REQUESTS_POOL + DUTIES_POOL


async def test_an_owner_waits_for_itself_alone(database: Database) -> None:
    share = database.recorded_rounds
    async with share.transaction(HOUR, "A"):
        waiting = [asyncio.create_task(visit(share, "A")) for _ in range(USES_OF_OWNER - 1)]
        await asyncio.sleep(0)
        await visit(share, "B")
        with pytest.raises(DatabaseBusy):
            await visit(share, "A")
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)


async def test_whoever_comes_while_many_wait_is_refused(database: Database) -> None:
    share = database.public_reads
    async with share.transaction(HOUR):
        waiting = [asyncio.create_task(visit(share)) for _ in range(USERS - 1)]
        await asyncio.sleep(0)
        with pytest.raises(DatabaseBusy):
            await visit(share)
        await visit(database.studio_reads)
    await asyncio.gather(*waiting)
    await visit(share)


async def test_nobody_waits_for_long(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for a connection nor for the same owner's."""
    assert WAIT == 3.0
    monkeypatch.setattr(shares, "WAIT", 0.05)
    share = database.studio_writes
    async with share.transaction(HOUR, "A"):
        for owner in ("A", "B", ""):
            with pytest.raises(DatabaseBusy):
                await visit(share, owner)
    await visit(share, "A")


async def test_who_has_little_time_waits_no_longer_for_a_connection(
    database: Database,
) -> None:
    share = database.public_reads
    async with share.transaction(HOUR):
        with pytest.raises(DatabaseBusy):
            async with share.transaction(0.05):
                pass
    await visit(share)


async def test_who_hangs_up_leaves_its_place(database: Database) -> None:
    share = database.studio_writes
    async with share.transaction(HOUR, "A"):
        waiting = [asyncio.create_task(visit(share, "A")) for _ in range(USES_OF_OWNER - 1)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
    assert not share._uses
    await visit(share, "A")


async def test_after_no_answer_nobody_asks_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also none of those who wait."""
    now, asked = 100.0, 0
    monkeypatch.setattr(shares, "monotonic", lambda: now)
    transaction = shares.transaction

    def counted(*args: object) -> object:
        nonlocal asked
        asked += 1
        return transaction(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(shares, "transaction", counted)
    async with open_database("postgresql://127.0.0.1:1/none") as away:
        share = away.public_reads
        answers = await asyncio.gather(*(visit(share) for _ in range(9)), return_exceptions=True)
        assert {type(answer) for answer in answers} == {DatabaseUnavailable}
        assert asked == 1
        now += shares.REST
        with pytest.raises(DatabaseUnavailable):
            await visit(share)
        assert asked == 2


async def test_because_of_a_long_query_nobody_else_rests(database: Database) -> None:
    """The server answers others."""
    share = database.results
    with pytest.raises(DatabaseBusy):
        async with share.transaction(0.1) as connection:
            await connection.execute(text("SELECT pg_sleep(600)"))
    await visit(share)
