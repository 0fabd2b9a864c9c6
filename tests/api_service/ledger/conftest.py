"""A Valkey and books of one test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api_service.ledger.books import open_books
from tests.shared.engine.rooms import own_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.api_service.ledger.books import Books
    from tests.shared.engine.rooms import OwnServer


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[OwnServer]:
    async with own_server(tmp_path) as server:
        yield server


@pytest.fixture
async def books(valkey: OwnServer, own_database_url: str) -> AsyncIterator[Books]:
    async with open_books(valkey.url, own_database_url) as opened:
        yield opened
