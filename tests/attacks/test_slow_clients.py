"""Slow loris and its kin: nobody is waited for for ever, and nobody else notices.

The limits are those of the services, shortened; `python -m tests.attacks.slow` does the same to
processes with the real ones.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest

from api_service.server import PIPELINE_LIMIT
from tests.attacks.wire import frame, get, upgrade, wired
from tests.waiting import until

if TYPE_CHECKING:
    from tests.ws_gateway.gateways import Crowd, Running

pytestmark = pytest.mark.anyio

ALIVE = get("/healthz")
LONG = 2_000  # bytes, which take minutes one by one
TEXT, PING, CONTINUATION = 0x1, 0x9, 0x0
MANY = 60


class Slow(NamedTuple):
    """What is sent at once, what one by one, and what is heard of it in the end."""

    first: bytes
    then: bytes
    heard: bytes


HEAD_IN_BYTES = ALIVE[:-4] + b"\r\nX: " + b"x" * LONG
PRESS = b"POST /api/rooms/01ARZ3NDEKTSV4RRFFQ69G5FAV/events HTTP/1.1\r\nHost: x\r\n"
API = {
    "a head": Slow(b"", HEAD_IN_BYTES, b"HTTP/1.1 408 "),
    "a head behind an answer": Slow(ALIVE, HEAD_IN_BYTES, b"HTTP/1.1 408 "),
    "blank lines": Slow(b"", b"\r\n" * LONG, b""),
    "blank lines behind an answer": Slow(ALIVE, b"\r\n" * LONG, b"HTTP/1.1 200 "),
    "a body": Slow(PRESS + b"Content-Length: 9999\r\n\r\n", b"x" * LONG, b"HTTP/1.1 400 "),
    "a body in chunks": Slow(
        PRESS + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * LONG, b"HTTP/1.1 400 "
    ),
    "a body that nobody reads": Slow(get("/healthz", length=9999), b"x" * LONG, b"HTTP/1.1 200 "),
}


@pytest.mark.parametrize("slow", API.values(), ids=API.keys())
async def test_what_trickles_into_the_api_is_given_up(api: int, slow: Slow) -> None:
    async with wired(api) as wire:
        wire.write(slow.first)
        heard = await wire.trickled(slow.then)
    assert slow.heard in heard or not slow.heard


@pytest.mark.parametrize(
    "slow",
    [upgrade("/ws-unity")[:-2] + b"X: " + b"x" * LONG, b"\r\n" * LONG],
    ids=["head", "blanks"],
)
async def test_a_handshake_that_trickles_in_is_given_up(gateway: Running, slow: bytes) -> None:
    async with wired(gateway.port) as wire:
        assert await wire.trickled(slow) == b""


async def test_who_says_nothing_at_all_is_let_go(api: int, gateway: Running) -> None:
    """Without a word: browsers open connections ahead of need."""
    for port in (api, gateway.port):
        async with wired(port) as wire:
            assert await wire.rest() == b""


async def test_who_takes_no_answers_is_let_go(api: int) -> None:
    async with wired(api, deaf=True) as wire:
        await wire.flood(get("/openapi.json"))


async def test_who_asks_on_and_on_without_waiting_is_hung_up_on(api: int) -> None:
    """What requests of one connection may take is bounded, however many fit into a packet."""
    async with wired(api) as wire:
        wire.write(ALIVE * (PIPELINE_LIMIT * 20))
        assert (await wire.rest()).count(b"HTTP/1.1 200 ") <= PIPELINE_LIMIT
    async with wired(api) as wire:
        wire.write(ALIVE * PIPELINE_LIMIT)
        for _ in range(PIPELINE_LIMIT):
            assert b"HTTP/1.1 200 " in await wire.head()


@pytest.mark.parametrize("port_of", ["api", "gateway"])
async def test_a_polite_client_is_answered_among_many_slow_ones(
    api: int, gateway: Running, port_of: str
) -> None:
    port = {"api": api, "gateway": gateway.port}[port_of]
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        for _ in range(MANY):
            wire = await stack.enter_async_context(wired(port))
            group.create_task(wire.trickle(ALIVE[:-4] + b"\r\nX: " + b"x" * 5))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            for _ in range(20):
                assert (await http.get("/healthz")).status_code == 200


async def test_a_viewer_that_pings_and_reads_no_answer_is_let_go(
    gateway: Running, crowd: Crowd
) -> None:
    """Its answers would pile up in memory: pongs are sent whether or not there is room."""
    room = await crowd.open_room()
    async with wired(gateway.port, deaf=True) as wire:
        wire.write(upgrade(f"/ws-viewer?room_id={room.room_id}"))
        await wire.flood(frame(PING, b"x" * 125) * 500)

    async def forgotten() -> bool:
        return await gateway.counted("streamario_viewer_sockets") == 0

    await until(forgotten)


@pytest.mark.parametrize(
    "attack",
    [
        frame(TEXT, b"a", fin=False) + frame(CONTINUATION, fin=False) * 70_000,
        bytes((0x81, 0xFF)) + (2**40).to_bytes(8, "big") + b"\0\0\0\0",
        bytes((0x81, 0xFE)) + (1025).to_bytes(2, "big") + b"\0\0\0\0",
    ],
    ids=["endless fragments", "a frame of a terabyte", "a frame of 1025 bytes"],
)
async def test_a_viewers_frames_are_refused_before_they_are_gathered(
    gateway: Running, crowd: Crowd, attack: bytes
) -> None:
    room = await crowd.open_room()
    async with wired(gateway.port) as wire:
        wire.write(upgrade(f"/ws-viewer?room_id={room.room_id}"))
        assert (await wire.head()).startswith(b"HTTP/1.1 101 ")
        wire.write(attack)
        await wire.rest()


async def test_a_frame_that_trickles_in_holds_a_place_and_nobody_up(
    gateway: Running, crowd: Crowd
) -> None:
    """It is no worse than a page that says nothing; others are shown what happens meanwhile."""
    room = await crowd.open_room()
    viewer = upgrade(f"/ws-viewer?room_id={room.room_id}")
    async with wired(gateway.port) as slow, wired(gateway.port) as other:
        slow.write(viewer)
        await slow.head()
        trickling = asyncio.create_task(slow.trickle(frame(TEXT, b"x" * 120)))
        other.write(viewer)
        assert (await other.head()).startswith(b"HTTP/1.1 101 ")
        assert b'"type":"stats"' in await other.reader.readuntil(b'"type":"stats"')
        trickling.cancel()
