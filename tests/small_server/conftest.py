"""Fixtures of the small server's tests."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import own_database
from tests.flow.fleet import Member
from tests.shared.engine.rooms import own_server
from tests.small_server.running import Front, SmallServer, in_front_of, open_front


@pytest.fixture(scope="package")
async def member(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> AsyncIterator[Member]:
    """The one process, with its own Redis and database."""
    folder = tmp_path_factory.mktemp("small")
    async with own_server(folder) as valkey:
        with own_database(database_url) as books:
            small = SmallServer(folder, valkey.url, books)
            try:
                yield await small.start()
            finally:
                await small.stop()


@pytest.fixture(scope="package")
async def front(member: Member, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """Caddy in front of it."""
    async with open_front(tmp_path_factory.mktemp("caddy"), in_front_of(member)) as opened:
        yield opened
