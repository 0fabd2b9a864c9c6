"""Fixtures of the web client's tests: both services, a room with big buttons, a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser import conftest as pages
from tests.browser.conftest import Services
from tests.clients.web.faulty_proxy import FaultyProxy, faulty_proxy
from tests.clients.web.node_client import opened_client
from tests.clients.web.rooms import WebRoom, opened_room

browser = pages.browser
services = pages.services


@pytest.fixture
async def room(services: Services) -> AsyncIterator[WebRoom]:
    """A room in its first round."""
    async with opened_room(services) as room:
        yield room


@pytest.fixture
async def proxy(services: Services) -> AsyncIterator[FaultyProxy]:
    """A proxy in front of the API."""
    async with faulty_proxy(services.api.url) as proxy:
        yield proxy


@pytest.fixture
async def crashed(proxy: FaultyProxy, room: WebRoom, tmp_path: Path) -> Path:
    """The storage of a page that crashed before it had the answer to its five presses."""
    storage = tmp_path / "storage.json"
    async with opened_client(proxy.url, room.room_id, storage) as client:
        proxy.lose_answer()
        await client.press("skill1", 5)
        await client.until(lambda state: state.connection == "offline")
        await client.kill()
    return storage
