"""Fixtures of the Unity package's tests: the compiled game, a gateway and its crowd."""

from pathlib import Path

import pytest

from tests.clients.unity.compiling import CORE, SERIALISER, SOURCES, compiled
from tests.ws_gateway import conftest as gateways

gateway = gateways.gateway
crowd = gateways.crowd


@pytest.fixture(scope="session")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's core, with a game around it."""
    sources = [*CORE.glob("*.cs"), *(SOURCES / "game").glob("*.cs")]
    return compiled(tmp_path_factory.mktemp("unity") / "game.exe", sources, SERIALISER)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The file in which a game saves its room between two runs."""
    return tmp_path / "room.json"
