"""Slow loris and similar attacks: every wait has a timeout, and other clients are not affected.

The timeouts are those of the services, shortened.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

import httpx
import pytest

from api_service.http.server import PIPELINE_LIMIT
from tests.attacks.bystanders import start_round
from tests.attacks.trailers import chunked
from tests.conformance.frames import CLOSE, CONTINUATION, PING, TEXT, FrameReader, frame, header
from tests.waiting import until
from tests.wire import Wire, get, upgrade, wired
from tests.ws_gateway.gateways import Crowd, Running

ALIVE = get("/healthz")
LONG = 2_000  # bytes, which would take minutes one by one
TOO_BIG = (1009).to_bytes(2, "big")  # the close code "message too big" (RFC 6455, section 7.4.1)
MANY = 60


class Slow(NamedTuple):
    """Bytes sent at once, bytes sent one by one, and the status of each answer until the end."""

    first: bytes
    then: bytes
    statuses: tuple[bytes, ...]


HEAD_IN_BYTES = ALIVE[:-4] + b"\r\nX: " + b"x" * LONG
PRESSED = "POST /api/rooms/01ARZ3NDEKTSV4RRFFQ69G5FAV/events"
PRESS = f"{PRESSED} HTTP/1.1\r\nHost: x\r\n".encode()
ASKS = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"
API = {
    "a head": Slow(b"", HEAD_IN_BYTES, (b"408",)),
    "a head behind an answer": Slow(ALIVE, HEAD_IN_BYTES, (b"200", b"408")),
    "blank lines": Slow(b"", b"\r\n" * LONG, ()),
    "blank lines behind an answer": Slow(ALIVE, b"\r\n" * LONG, (b"200",)),
    "a body": Slow(PRESS + b"Content-Length: 9999\r\n\r\n", b"x" * LONG, (b"400",)),
    "trailers": Slow(chunked(PRESSED), b"X: 1\r\n" * LONG, (b"400",)),
    "trailers behind an answer": Slow(chunked("GET /healthz"), b"X: 1\r\n" * LONG, (b"200",)),
    "a body behind an upgrade": Slow(
        PRESS + ASKS + b"Content-Length: 9999\r\n\r\n", ALIVE * (LONG // len(ALIVE)), (b"400",)
    ),
    "a body that nobody reads": Slow(get("/healthz", length=9999), b"x" * LONG, (b"200",)),
}


@pytest.mark.parametrize("slow", API.values(), ids=API.keys())
async def test_what_trickles_into_the_api_is_given_up(api: int, slow: Slow) -> None:
    async with wired(api) as wire:
        wire.write(slow.first)
        heard = await wire.trickled(slow.then)
    before, *answers = heard.split(b"HTTP/1.1 ")
    assert before == b""
    assert tuple(answer[:3] for answer in answers) == slow.statuses


@pytest.mark.parametrize(
    "slow",
    [upgrade("/ws-unity")[:-2] + b"X: " + b"x" * LONG, b"\r\n" * LONG],
    ids=["head", "blanks"],
)
async def test_a_handshake_that_trickles_in_is_given_up(
    impatient_gateway: Running, slow: bytes
) -> None:
    async with wired(impatient_gateway.port) as wire:
        assert await wire.trickled(slow) == b""


async def test_who_says_nothing_at_all_is_let_go(api: int, impatient_gateway: Running) -> None:
    """Without an answer, because browsers open connections in advance."""
    for port in (api, impatient_gateway.port):
        async with wired(port) as wire:
            assert await wire.rest() == b""


async def test_who_takes_no_answers_is_let_go(api: int) -> None:
    """It sends no more requests than allowed, but the answers exceed the kernel's buffer."""
    async with wired(api, deaf=True) as wire:
        wire.write(get("/openapi.json") * (PIPELINE_LIMIT - 1))
        await wire.trickle(b"\r\n" * LONG)
        assert wire.is_gone


@pytest.mark.usefixtures("long_timeouts")
@pytest.mark.parametrize("one", [ALIVE, ALIVE[:-2] + ASKS + b"\r\n"], ids=["plain", "upgrade"])
async def test_who_asks_on_and_on_without_waiting_is_hung_up_on(api: int, one: bytes) -> None:
    """The number of pipelined requests on one connection is bounded."""
    async with wired(api) as wire:
        wire.write(one * (PIPELINE_LIMIT * 20))
        assert (await wire.rest()).count(b"HTTP/1.1 200 ") <= PIPELINE_LIMIT
    async with wired(api) as wire:
        wire.write(one * PIPELINE_LIMIT)
        for _ in range(PIPELINE_LIMIT):
            assert b"HTTP/1.1 200 " in await wire.head()


async def test_a_polite_client_is_answered_among_many_slow_ones(gateway: Running) -> None:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        for _ in range(MANY):
            wire = await stack.enter_async_context(wired(gateway.port))
            group.create_task(wire.trickle(ALIVE[:-4] + b"\r\nX: " + b"x" * 5))
        for _ in range(20):
            assert (await gateway.get("/healthz")).status_code == 200


async def test_presses_are_counted_beside_bodies_that_trickle_in(
    api: int, crowd: Crowd, request: pytest.FixtureRequest
) -> None:
    """As long as the slow ones are waited for, and behind their refusals."""
    room = await crowd.open_room()
    await start_round(crowd, room.room_id)
    target = f"POST /api/rooms/{room.room_id}/events HTTP/1.1\r\nHost: x\r\n"
    slow = target.encode() + b"Content-Length: 9999\r\n\r\n"
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        wires = [await stack.enter_async_context(wired(api)) for _ in range(MANY)]
        for wire in wires:
            wire.write(slow)
            group.create_task(wire.trickle(b"x" * MANY))
        async with wired(api) as fence:  # whose answer comes when all heads before have been read
            fence.write(ALIVE)
            await fence.head()
        request.getfixturevalue("long_timeouts")
        refusals = group.create_task(heads_of(wires))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{api}") as http:
            viewer = (await http.post("/api/viewers", json={})).json()
            body, pressed = {**viewer, "event_type": "skill1"}, 0
            while not refusals.done() or pressed < 20:
                answer = await http.post(f"/api/rooms/{room.room_id}/events", json=body)
                assert answer.status_code == 200
                pressed += 1
                assert sum(answer.json()[key] for key in ("accepted", "rejected")) == 1
        assert {head.split()[1] for head in await refusals} == {b"400"}


async def heads_of(wires: Sequence[Wire]) -> list[bytes]:
    """The heads of the next answers."""
    return [await wire.head() for wire in wires]


async def test_a_viewer_that_pings_and_reads_no_answer_is_let_go(
    parting_gateway: Running, crowd: Crowd
) -> None:
    """Otherwise pongs would fill the memory, since they are sent without backpressure."""
    gateway, room = parting_gateway, await crowd.open_room()
    async with wired(gateway.port, deaf=True) as wire:
        wire.write(upgrade(f"/ws-viewer?room_id={room.room_id}"))
        await watched_by(gateway, 1)
        await wire.flood(frame(PING, b"x" * 125) * 500)
        assert wire.is_gone
    await watched_by(gateway, 0)


async def watched_by(gateway: Running, viewers: int) -> None:
    """Wait until the gateway has this number of viewers' sockets."""

    async def counted() -> bool:
        return await gateway.counted("streamario_viewer_sockets") == viewers

    await until(counted)


@pytest.mark.parametrize(
    "attack",
    [
        frame(TEXT, b"a", fin=False) + frame(CONTINUATION, fin=False) * 70_000,
        header(TEXT, 2**40) + b"\0\0\0\0",
        header(TEXT, 1025) + b"\0\0\0\0",
    ],
    ids=["endless fragments", "a frame of a terabyte", "a frame of 1025 bytes"],
)
async def test_a_viewers_frames_are_refused_before_they_are_gathered(
    gateway: Running, crowd: Crowd, attack: bytes
) -> None:
    """At once, as too big (1009), although only the head has arrived, or fragments without end."""
    room = await crowd.open_room()
    async with wired(gateway.port) as wire:
        wire.write(upgrade(f"/ws-viewer?room_id={room.room_id}"))
        assert (await wire.head()).startswith(b"HTTP/1.1 101 ")
        wire.write(attack)
        *_, last = FrameReader().feed(await wire.rest())
    assert (last.opcode, last.payload[:2]) == (CLOSE, TOO_BIG)
