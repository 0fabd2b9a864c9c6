"""Fixtures for all tests: real servers, started once per run, and settings that use them."""

import atexit
import gc
import os
import re
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from sqlalchemy import make_url

from api_service.books.migrate import upgrade
from deploy.embedded.servers import EmbeddedServers, embedded_servers
from shared.process.settings import Settings
from tests import deadline, left_out, unit
from tests.patience import impatient
from tests.ports import Ports
from tests.programs import node_folder
from tests.shards import mark_restored

# No deadline for an example, because several tests share the machine.
hypothesis.settings.register_profile(
    "side by side", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("side by side")
DIGIT = re.compile(r"\d")
LONG_WORD = re.compile(r"[\w.-]{22,}")
# A database with the current schema and nothing else, which PostgreSQL copies: it stays unused.
TEMPLATE = "template_of_tests"
# Tests leave handles behind; the only one of an installation takes `/`.
TWO_HANDLES = """
    INSERT INTO handles (handle, studio_id) VALUES ('suite_one', 'one'), ('suite_two', 'two')
    ON CONFLICT DO NOTHING
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--unit", action="store_true", help="run only tests that need no server")


def pytest_configure(config: pytest.Config) -> None:
    """Add the folders of Node's wheel and of Debian's servers to PATH; register our plugins."""
    os.environ["PATH"] = os.pathsep.join([*node_folder(), os.environ["PATH"], "/usr/sbin"])
    config.pluginmanager.register(deadline)
    config.pluginmanager.register(unit if config.getoption("unit") else left_out)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare the garbage collector what was collected: it stays, and is half of that time's cost."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


def pytest_make_parametrize_id(val: object) -> str | None:
    """Give a test the same id in all workers, although each creates random ids as parameters.

    A long word with digits counts as a random id or token.
    """
    text = val.decode("latin-1") if isinstance(val, bytes) else val
    if not isinstance(text, str):
        return None
    steady = LONG_WORD.sub(lambda found: "ID" if DIGIT.search(found[0]) else found[0], text)
    return None if steady == text else steady.encode("unicode_escape").decode("ascii")


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Run async tests on the services' event loop."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def real_limits() -> Iterator[None]:
    """The product's own time limits, in folders that lengthen them: the test is about them."""
    with impatient():
        yield


@pytest.fixture(scope="session")
async def servers(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[EmbeddedServers]:
    """The test run's own Valkey, and its PostgreSQL if any of its tests needs that."""
    folder = tmp_path_factory.mktemp("servers")
    wanted = [getattr(item, "fixturenames", ()) for item in request.session.items]
    database = any("database_url" in names for names in wanted)
    async with embedded_servers(folder, redis=True, database=database) as running:
        yield running


@pytest.fixture(scope="session")
async def redis_url(servers: EmbeddedServers) -> str:
    """The test run's Valkey."""
    await mark_restored(servers.redis_url)
    return servers.redis_url


@pytest.fixture(scope="session")
def database_url(servers: EmbeddedServers) -> str:
    """The test run's PostgreSQL, with the current schema and two handles."""
    upgrade(servers.database_url)
    suite = make_url(servers.database_url).database
    with psycopg.connect(servers.database_url, autocommit=True, dbname="postgres") as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE {suite}".encode())
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute(TWO_HANDLES)
    return servers.database_url


@pytest.fixture
def own_database_url(database_url: str) -> Iterator[str]:
    """A database for one test, with the current schema, since a database belongs to one Redis."""
    with own_database(database_url) as url:
        yield url


@contextmanager
def own_database(database_url: str) -> Iterator[str]:
    """Create another database with the current schema while the block runs."""
    name = f"own_{uuid4().hex}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}".encode())
        url = make_url(database_url).set(database=name)
        yield url.render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def settings(redis_url: str, database_url: str, tmp_path: Path) -> Settings:
    """Settings for both services on loopback, with free ports."""
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
    """Return ports on loopback on which nothing listens."""
    return _ports().take(count)


@cache
def _ports() -> Ports:
    ports = Ports()
    atexit.register(ports.close)
    return ports
