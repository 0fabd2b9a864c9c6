"""Trailers without end: the process takes no more of them than a head may have, and keeps none."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from tests.attacks.attackers import size_of
from tests.attacks.trailers import chunked
from tests.flow.fleet import open_fleet
from tests.room_keys import new_room_id
from tests.wire import Wire, upgrade, wired
from tests.ws_gateway.gateways import Running

PIECE = b"X: 1\r\n" * 10_000  # short fields take the most memory
FLOOD = 20_000_000  # bytes of a connection, which would take 280 MB
BUFFERED = 8_000_000  # bytes that the kernel takes before the service has read them
GROWN = 20  # MB that the process may grow otherwise


@pytest.mark.parametrize(
    "target", [f"GET /play/{new_room_id()}", f"POST /api/rooms/{new_room_id()}/events"]
)
async def test_trailers_without_end_are_taken_by_no_route(
    tmp_path: Path, redis_url: str, database_url: str, target: str
) -> None:
    """Neither by one that reads its body nor by one that does not."""
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        api = await fleet.api()
        sizes = []
        for _ in range(2):  # what the first request loads is no part of a flood
            async with wired(api.port) as wire:
                wire.write(chunked(target))
                assert await poured(wire) < BUFFERED
            await api.ready()
            sizes.append(size_of(api.process.pid).memory)
        assert sizes[1] < sizes[0] + GROWN


async def poured(wire: Wire) -> int:
    """Send trailers until the other side closes, or `FLOOD` bytes; return how many."""
    sent = 0
    with suppress(ConnectionError):
        while sent < FLOOD and not wire.is_gone:
            wire.write(PIECE)
            sent += len(PIECE)
            await wire.writer.drain()
            await asyncio.sleep(0)
    return sent


async def test_a_gateway_takes_no_body_and_no_trailers(gateway: Running) -> None:
    """With a handshake or without; it hangs up."""
    for head in (chunked("GET /healthz"), upgrade("/ws-unity")[:-2] + b"Content-Length: 9\r\n\r\n"):
        async with wired(gateway.port) as wire:
            wire.write(head)
            answer = await wire.rest()
            assert b" 101 " not in answer
            assert b" 200 " not in answer
