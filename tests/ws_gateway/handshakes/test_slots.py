"""Limits on sockets: a connection that ends, however early, gives its slot back."""

import asyncio
import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from tests.patience import HOUR
from tests.room_keys import new_room_id
from tests.waiting import until
from tests.wire import upgrade, wired
from tests.ws_gateway.faults import own_valkey
from tests.ws_gateway.game_end import refusal
from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    gathered_crowd,
    running_gateway,
)
from tests.ws_gateway.viewer_end import viewers_url, watching
from ws_gateway import server

SLOTS: Final = 5
TURNS: Final = range(5)  # of the loop: within so many a connection is accepted, read and answered
EACH: Final = 40
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing is a reset, and at once
FULL: Final = (503, "too_many_sockets")


class Patience:
    """How long (s) a handshake may take, as `asyncio.timeout` uses it."""

    seconds = HOUR

    def __radd__(self, now: float) -> float:
        return now + self.seconds


@pytest.fixture
def nothing_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The log contains no error and no traceback."""
    yield
    failed = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR or r.exc_info]
    assert [record.getMessage() for record in failed] == []


async def reset_early(gateway: Running, path: str, *, each: int = EACH) -> None:
    """A thousand handshakes that are reset before, while and after the gateway reads them."""
    for before, after in [*product(TURNS, TURNS)] * each:
        with socket.create_connection(("127.0.0.1", gateway.port)) as own:
            await turns(before)
            own.sendall(upgrade(path))
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            await turns(after)


async def turns(number: int) -> None:
    """Let the gateway, which runs in this event loop, run for this many turns."""
    for _ in range(number):
        await asyncio.sleep(0)


async def test_pages_that_reset_their_handshake_leave_their_slots(
    redis_url: str, crowd: Crowd, nothing_failed: None
) -> None:
    """Such clients need no secret."""
    settings = gateway_settings(redis_url, max_viewer_sockets=SLOTS)
    async with running_gateway(settings) as gateway, AsyncExitStack() as stack:
        room = await crowd.open_room()
        await reset_early(gateway, f"/ws-viewer?room_id={room.room_id}")
        for _ in range(SLOTS):
            await stack.enter_async_context(watching(gateway, room.room_id))
        assert await refusal(viewers_url(gateway, room.room_id)) == FULL


async def test_pages_that_wait_for_redis_leave_their_slots_as_they_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_failed: None
) -> None:
    """Whether clients reset their handshake or let it time out."""
    serve, patience = server.serve_websockets, Patience()  # type: ignore[attr-defined]

    def serve_patiently(*arguments: Any, **options: Any) -> Any:
        return serve(*arguments, **{**options, "open_timeout": patience})

    monkeypatch.setattr(server, "serve_websockets", serve_patiently)
    async with AsyncExitStack() as stack:
        valkey = await stack.enter_async_context(own_valkey(tmp_path))
        crowd = await stack.enter_async_context(gathered_crowd(valkey.url))
        settings = gateway_settings(valkey.url, max_viewer_sockets=SLOTS)
        gateway = await stack.enter_async_context(running_gateway(settings))
        room = await crowd.open_room()
        valkey.pause()
        patience.seconds = 0.3
        path = f"/ws-viewer?room_id={new_room_id()}"
        async with wired(gateway.port) as waiting:
            waiting.write(upgrade(path))
            await reset_early(gateway, path, each=1)
            assert await waiting.rest() == b""
        patience.seconds = HOUR
        valkey.resume()
        await until(gateway.is_ready)
        for _ in range(SLOTS):
            await stack.enter_async_context(watching(gateway, room.room_id))
