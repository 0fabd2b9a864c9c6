"""What the tests of `shared` are given."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.engine.engine import Engine
from tests.shared.engine.rooms import engine_at


@pytest.fixture
async def engine(redis_url: str) -> AsyncIterator[Engine]:
    """The room engine on the test run's Valkey."""
    async with engine_at(redis_url) as engine:
        yield engine
