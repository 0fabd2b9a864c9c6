"""Fixtures of the gateway's tests: one gateway for the tests that do not stop or break it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace

import pytest

from tests.patience import HOUR, patient
from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    gathered_crowd,
    running_gateway,
)
from ws_gateway import server, upkeep
from ws_gateway.sockets import connection
from ws_gateway.viewers import audience


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A stall of the machine is no outage."""
    with patient():
        yield


@pytest.fixture(scope="module", autouse=True)
def only_when_told() -> Iterator[None]:
    """Rooms are not read regularly: what comes has been published, and was not lost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upkeep, "EACH_EVERY", HOUR)
        patch.setattr(audience, "REFRESH_EVERY", HOUR)
        yield


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


@pytest.fixture
def short_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the `error`, games get less time to close the socket themselves."""
    monkeypatch.setattr(connection, "LINGER", 0.3)


@pytest.fixture
def no_old_bad_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a machine takes for them, all bad messages of a socket are of one flood."""
    monkeypatch.setattr(connection, "BAD_WINDOW", HOUR)


@pytest.fixture
def balancer_noticed(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Ends `DRAIN_DELAY`, in place of the clock."""
    noticed = asyncio.Event()

    async def sleep(_: float) -> None:
        await noticed.wait()

    monkeypatch.setattr(server, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))
    return noticed


@pytest.fixture
def quick_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms are compared with their logs, and read for their pages, every 0.3 s."""
    monkeypatch.setattr(upkeep, "EACH_EVERY", 0.3)
    monkeypatch.setattr(audience, "REFRESH_EVERY", 0.3)
