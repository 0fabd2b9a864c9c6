"""A Valkey and books of one test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api_service.ledger.books import Books, open_books
from tests.shared.engine.rooms import OwnServer, own_server


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[OwnServer]:
    async with own_server(tmp_path) as server:
        yield server


@pytest.fixture
async def books(valkey: OwnServer, own_database_url: str) -> AsyncIterator[Books]:
    async with open_books(valkey.url, own_database_url) as opened:
        yield opened
