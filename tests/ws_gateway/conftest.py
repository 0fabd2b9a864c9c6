"""Fixtures of the gateway's tests: one gateway for the tests that do not stop or break it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    gathered_crowd,
    running_gateway,
)
from ws_gateway import upkeep
from ws_gateway.sockets import close_message


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
    monkeypatch.setattr(close_message, "LINGER", 0.3)


@pytest.fixture
def quick_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms are compared with their logs every 0.3 s instead of 5 s."""
    monkeypatch.setattr(upkeep, "EACH_EVERY", 0.3)
