"""What the tests of `shared` are given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext

import pytest

from shared.engine.engine import Engine
from tests.patience import patient_store
from tests.shared.engine.rooms import engine_at


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest) -> Iterator[None]:
    """A stall of the machine is no outage."""
    with nullcontext() if "real_limits" in request.fixturenames else patient_store():
        yield


@pytest.fixture
async def engine(redis_url: str) -> AsyncIterator[Engine]:
    """The room engine on the test run's Valkey."""
    async with engine_at(redis_url) as engine:
        yield engine
