"""What the tests of `shared` are given."""

from collections.abc import AsyncIterator, Iterator

import pytest

from shared.engine.engine import Engine
from tests.patience import patient
from tests.shards import mark_restored
from tests.shared.engine.clocks import clocked_server
from tests.shared.engine.rooms import engine_at


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A stall of the machine is no outage."""
    with patient():
        yield


@pytest.fixture(scope="module")
async def standing_url(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """A Valkey whose clock stands: no bucket fills and no round ends meanwhile."""
    async with clocked_server(tmp_path_factory.mktemp("standing"), stands=True) as server:
        await mark_restored(server.url)
        yield server.url


@pytest.fixture
async def engine(redis_url: str) -> AsyncIterator[Engine]:
    """The room engine on the test run's Valkey."""
    async with engine_at(redis_url) as engine:
        yield engine
