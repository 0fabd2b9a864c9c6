"""Display names: cached in the process, shared in Redis, stored in PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from api_service.books.database import Database, open_database
from api_service.routes import display_names
from api_service.routes.display_names import DATABASE_REST, REMEMBERED_FOR, DisplayNames
from shared.redis_store.store import Store
from tests.api_service.conftest import SIGNER


class Counted:
    """The number of viewers in each query of the database."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        names = database.names

        async def counted(of: Collection[str]) -> dict[str, str]:
            self.sizes.append(len(of))
            return await names(of)

        monkeypatch.setattr(database, "names", counted)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
async def unreachable_database(tmp_path: Path) -> AsyncIterator[Database]:
    """Nobody is there."""
    async with open_database(f"postgresql:///x?host={tmp_path}") as opened:
        yield opened


@pytest.fixture
def counted_queries(database: Database, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(database, monkeypatch)


def crowd(size: int) -> list[str]:
    """Viewers without a name anywhere."""
    return [SIGNER.new_viewer_id().partition(".")[0] for _ in range(size)]


async def test_a_crowd_that_arrives_at_once_takes_few_questions(
    store: Store, database: Database, counted_queries: Counted
) -> None:
    """Each viewer gets the right name or none; afterwards Redis has them all."""
    viewers = crowd(1_200)
    named = {viewer: f"Viewer {i}" for i, viewer in enumerate(viewers) if i % 100 == 0}
    for viewer, name in named.items():
        await database.set_name(viewer, name)
    wanted = [named.get(viewer, "") for viewer in viewers]
    names = DisplayNames(store, database)
    assert await asyncio.gather(*map(names.read, viewers)) == wanted
    assert sum(counted_queries.sizes) == len(viewers)
    assert max(counted_queries.sizes) <= display_names.ASKED_AT_ONCE
    assert len(counted_queries.sizes) <= 6
    counted_queries.sizes.clear()
    assert await asyncio.gather(*map(DisplayNames(store, database).read, viewers)) == wanted
    assert counted_queries.sizes == []


async def test_who_comes_while_a_question_is_under_way_goes_with_the_next(
    store: Store, database: Database, counted_queries: Counted
) -> None:
    names = DisplayNames(store, database)
    readings = []
    for viewer in crowd(30):
        readings.append(asyncio.create_task(names.read_lasting(viewer)))
        await asyncio.sleep(0)
    assert await asyncio.gather(*readings) == [""] * 30
    assert 2 <= len(counted_queries.sizes) < 15
    assert counted_queries.sizes[0] < counted_queries.sizes[1]


@pytest.mark.parametrize("left", [1.0, REMEMBERED_FOR])
async def test_a_name_that_another_process_has_just_set_is_read_anew(
    store: Store, database: Database, left: float
) -> None:
    """Whether or not the cache is about to ask again by itself."""
    here, elsewhere = DisplayNames(store, database), DisplayNames(store, database)
    (viewer,) = crowd(1)
    assert await here.read(viewer) == ""
    await elsewhere.set(viewer, "Sora")
    here._cache._entries[viewer] = "", monotonic() + left
    assert await here.read_anew(viewer) == "Sora"
    await elsewhere.set(viewer, "Yuki")
    assert await here.read_anew(viewer) == "Sora"


async def test_a_viewer_may_be_asked_for_twice_in_a_group(store: Store, database: Database) -> None:
    """It removes its name while the name is being read, and joins."""
    names = DisplayNames(store, database)
    (viewer,) = crowd(1)

    async def joins() -> str:
        names._cache.put(viewer, "")
        return await names.read_anew(viewer)

    assert [*await asyncio.gather(names.read(viewer), joins())] == ["", ""]


async def test_one_who_gives_up_leaves_nobody_waiting(store: Store, database: Database) -> None:
    names = DisplayNames(store, database)
    first, *others = crowd(5)
    given_up = asyncio.create_task(names.read_lasting(first))
    readings = [asyncio.create_task(names.read_lasting(viewer)) for viewer in others]
    await asyncio.sleep(0)
    given_up.cancel()
    with suppress(asyncio.CancelledError):
        await given_up
    assert await asyncio.gather(*readings) == [""] * 4


async def test_a_database_that_is_away_is_asked_once_in_a_while_and_told_of_once(
    store: Store,
    unreachable_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """This holds for any number of viewers; and nothing about them is written to Redis."""
    counted_queries = Counted(unreachable_database, monkeypatch)
    names = DisplayNames(store, unreachable_database)
    viewers = crowd(600)
    assert await asyncio.gather(*map(names.read_lasting, viewers)) == [None] * 600
    assert await asyncio.gather(*map(names.read, viewers)) == [""] * 600
    assert len(counted_queries.sizes) == 1
    assert [record.getMessage() for record in caplog.records] == ["name not read, database away"]
    monkeypatch.setattr(display_names, "monotonic", lambda: monotonic() + DATABASE_REST)
    assert await names.read_lasting(viewers[0]) is None
    assert len(counted_queries.sizes) == 2


async def test_a_fault_of_ours_reaches_everybody_who_asked(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_: Collection[str]) -> dict[str, str]:
        raise ValueError

    names = DisplayNames(store, database)
    with monkeypatch.context() as patch:
        patch.setattr(database, "names", fails)
        readings = map(names.read_lasting, crowd(3))
        failed = await asyncio.gather(*readings, return_exceptions=True)
    assert [type(error) for error in failed] == [ValueError] * 3
    assert await names.read_lasting(crowd(1)[0]) == ""
