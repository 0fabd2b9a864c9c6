"""What tests of the Unity package share: the compiled game, a gateway, and a crowd for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clients.unity.compiling import CORE, SERIALISER, SOURCES, compiled
from tests.ws_gateway.gateways import gateway_settings, gathered_crowd, running_gateway

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.ws_gateway.gateways import Crowd, Running


@pytest.fixture(scope="session")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's core, with a game around it."""
    sources = [*CORE.glob("*.cs"), *(SOURCES / "game").glob("*.cs")]
    return compiled(tmp_path_factory.mktemp("unity") / "game.exe", sources, SERIALISER)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where a game keeps its room between two runs."""
    return tmp_path / "room.json"


@pytest.fixture(scope="module")
async def gateway(redis_url: str) -> AsyncIterator[Running]:
    """A gateway that games of several tests share."""
    async with running_gateway(gateway_settings(redis_url)) as running:
        yield running


@pytest.fixture
async def crowd(redis_url: str) -> AsyncIterator[Crowd]:
    """Viewers, and the room engine they press through."""
    async with gathered_crowd(redis_url) as gathered:
        yield gathered
