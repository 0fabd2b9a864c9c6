"""What all tests share: real servers, started once, and settings that point at them."""

from __future__ import annotations

import atexit
import os
import re
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from sqlalchemy import make_url

from api_service.books.migrate import upgrade
from deploy.embedded.servers import EmbeddedServers, embedded_servers
from shared.process.settings import Settings
from tests import left_out, unit
from tests.ports import Ports
from tests.programs import node_folder
from tests.shards import mark_restored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

# How long one example takes is the machine's affair, where several tests share it.
hypothesis.settings.register_profile(
    "side by side", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("side by side")
DIGIT = re.compile(r"\d")
LONG_WORD = re.compile(r"[\w.-]{22,}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--unit", action="store_true", help="only what needs no server")


def pytest_configure(config: pytest.Config) -> None:
    """Have programs found where Node's wheel and Debian keep them, and skipped tests judged."""
    os.environ["PATH"] = os.pathsep.join([*node_folder(), os.environ["PATH"], "/usr/sbin"])
    config.pluginmanager.register(unit if config.getoption("unit") else left_out)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Have all workers call a test the same, though each makes the ids in its parameters anew.

    What looks like an id or a token is a long word with digits in it.
    """
    text = val.decode("latin-1") if isinstance(val, bytes) else val
    if not isinstance(text, str):
        return None
    steady = LONG_WORD.sub(lambda found: "ID" if DIGIT.search(found[0]) else found[0], text)
    return None if steady == text else steady.encode("unicode_escape").decode("ascii")


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Async tests run on the event loop that the services run on."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
async def servers(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[EmbeddedServers]:
    """A Valkey and a PostgreSQL of this test run."""
    folder = tmp_path_factory.mktemp("servers")
    async with embedded_servers(folder, redis=True, database=True) as running:
        yield running


@pytest.fixture(scope="session")
async def redis_url(servers: EmbeddedServers) -> str:
    """The test run's Valkey."""
    await mark_restored(servers.redis_url)
    return servers.redis_url


@pytest.fixture(scope="session")
def database_url(servers: EmbeddedServers) -> str:
    """The test run's PostgreSQL, with the current schema."""
    upgrade(servers.database_url)
    return servers.database_url


@pytest.fixture
def own_database_url(database_url: str) -> Iterator[str]:
    """A database of one test, with the current schema: books belong to one Redis."""
    with own_database(database_url) as url:
        yield url


@contextmanager
def own_database(database_url: str) -> Iterator[str]:
    """One more database, with the current schema, beside the suite's own."""
    name = f"own_{uuid4().hex}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        # The suite's own has the schema; its books are other tests'.
        connection.execute(f"CREATE DATABASE {name}".encode())
        url = make_url(database_url).set(database=name)
        own = url.render_as_string(hide_password=False)
        upgrade(own)
        yield own
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def settings(redis_url: str, database_url: str, tmp_path: Path) -> Settings:
    """Settings for both services on loopback, each on a port of its own."""
    port, unity_ws_port = free_ports(2)
    return Settings(
        host="127.0.0.1",
        port=port,
        unity_ws_port=unity_ws_port,
        redis_url=redis_url,
        database_url=database_url,
        data_dir=tmp_path,
        secret_keys=("a secret of the test suite",),
    )


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nothing listens on."""
    return _ports().take(count)


@cache
def _ports() -> Ports:
    ports = Ports()
    atexit.register(ports.close)
    return ports
