"""One socket, room, IP address or viewer exceeds its limits, and others are not affected."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from shared.process.settings import PerAddress, Settings
from tests.api_service.running import running
from tests.attacks.attackers import stranger
from tests.attacks.bystanders import start_round
from tests.attacks.trailers import chunked, naming
from tests.press_limits import PRESS_BURST, PRESSES_PER_SECOND
from tests.room_keys import new_room_id
from tests.shards import mark_restored
from tests.waiting import until
from tests.wire import wired
from tests.ws_gateway.faults import own_valkey
from tests.ws_gateway.game_end import code_of, new_game, resume_url, websocket
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import viewers_url
from ws_gateway.sockets import connection
from ws_gateway.sockets.connection import BAD_MESSAGES

MANY = 40  # concurrent attempts
A_MINUTE, AT_ONCE = 3, 6
AGAIN_AFTER = 60 // A_MINUTE  # s
PROXY = (ip_network("127.0.0.1/32"),)
LIMITS = {
    "trusted_proxies": PROXY,
    "viewers_per_address": PerAddress(per_minute=A_MINUTE, burst=AT_ONCE),
    "rooms_per_address": PerAddress(per_minute=A_MINUTE, burst=MANY),
    "viewer_sockets_per_address": AT_ONCE,
}


@pytest.fixture
async def behind_proxy(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """An API service that trusts this process's X-Forwarded-For."""
    async with running(replace(settings, **LIMITS)):  # type: ignore[arg-type]
        url = f"http://127.0.0.1:{settings.port}"
        async with httpx.AsyncClient(base_url=url) as http:
            yield http


async def let_in(http: httpx.AsyncClient, path: str, *forwarded: str) -> tuple[int, int]:
    """Send concurrent requests; return how many succeed, and how many more the address has earned.

    The others are refused, and told how long to wait: until the address may once more, or less,
    since the requests take a while.
    """
    headers = [{"X-Forwarded-For": forwarded[n % len(forwarded)]} for n in range(MANY)]
    began = time.monotonic()
    answers = await asyncio.gather(*(http.post(path, json={}, headers=h) for h in headers))
    took = time.monotonic() - began
    for answer in answers:
        if answer.status_code == 429:
            wait = int(answer.headers["Retry-After"])
            assert wait <= AGAIN_AFTER <= wait + took
        else:
            assert answer.is_success
    return sum(answer.is_success for answer in answers), int(took / AGAIN_AFTER)


async def test_an_address_becomes_no_more_viewers_than_it_may(
    behind_proxy: httpx.AsyncClient,
) -> None:
    """However many requests run at once, and whatever precedes the address that the proxy saw."""
    address = stranger()
    lies = [f"{stranger()}, {address}" for _ in range(MANY - 1)]
    became, earned = await let_in(behind_proxy, "/api/viewers", address, *lies)
    assert AT_ONCE <= became <= AT_ONCE + earned
    other = {"X-Forwarded-For": stranger()}
    assert (await behind_proxy.post("/api/viewers", json={}, headers=other)).status_code == 200


async def test_a_network_of_ipv6_addresses_counts_as_one(behind_proxy: httpx.AsyncClient) -> None:
    """Every household has a whole network of addresses."""
    network = stranger().removesuffix("1")
    addresses = [f"{network}{n + 1:x}:1" for n in range(MANY)]
    became, earned = await let_in(behind_proxy, "/api/viewers", *addresses)
    assert AT_ONCE <= became <= AT_ONCE + earned


async def test_an_address_opens_no_more_rooms_than_it_may_wherever_it_asks(
    behind_proxy: httpx.AsyncClient, redis_url: str
) -> None:
    """The API and the gateway share the limit."""
    address, began = stranger(), time.monotonic()
    opened, _ = await let_in(behind_proxy, "/api/rooms", address)
    async with running_gateway(gateway_settings(redis_url, **LIMITS)) as gateway:
        headers = {"X-Forwarded-For": address}
        while (status := await open_room(gateway, headers)) == 101:
            opened += 1
        assert status == 429
    earned = int((time.monotonic() - began) / AGAIN_AFTER)
    assert A_MINUTE <= opened <= A_MINUTE + earned


async def open_room(gateway: Running, headers: dict[str, str]) -> int:
    """Open a room as a game does, and return the answer's status."""
    try:
        async with websocket(gateway.url, additional_headers=headers):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def test_a_trailer_names_no_address(behind_proxy: httpx.AsyncClient) -> None:
    """Nor does a proxy write trailers: HAProxy passes on whatever its client sends there."""
    address, began, statuses = stranger(), time.monotonic(), Counter[bytes]()
    for n in range(MANY):
        async with wired(behind_proxy.base_url.port or 0) as wire:
            wire.write(chunked("POST /api/rooms", f"X-Forwarded-For: {address}"))
            wire.write(naming(f"203.0.113.{n}"))
            statuses[(await wire.head()).split()[1]] += 1
    earned = int((time.monotonic() - began) / AGAIN_AFTER)
    assert statuses.keys() == {b"201", b"429"}
    assert A_MINUTE <= statuses[b"201"] <= A_MINUTE + earned


async def test_an_address_has_no_more_pages_open_than_it_may(redis_url: str, crowd: Crowd) -> None:
    """Whatever it adds to X-Forwarded-For; others get in, and it does too when a page closes."""
    address = stranger()
    async with running_gateway(gateway_settings(redis_url, **LIMITS)) as gateway:
        room = await crowd.open_room()

        async def open_page(stack: AsyncExitStack, *forwarded: str) -> int:
            headers = {"X-Forwarded-For": ", ".join(forwarded)}
            url = viewers_url(gateway, room.room_id)
            page = websocket(url, additional_headers=headers)
            try:
                await stack.enter_async_context(page)
            except InvalidStatus as refused:
                response = refused.response
                assert code_of(bytes(response.body or b"")) == "too_many_sockets_of_address"
                assert int(response.headers["Retry-After"]) > 0
                return response.status_code
            return 101

        async with AsyncExitStack() as others:
            async with AsyncExitStack() as own:
                rush = (open_page(own, stranger(), address) for _ in range(MANY))
                answered = Counter(await asyncio.gather(*rush))
                assert answered == {101: AT_ONCE, 429: MANY - AT_ONCE}
                refused = 'streamario_refused_handshakes_total{status="429"}'
                assert await gateway.counted(refused) == MANY - AT_ONCE
                assert await open_page(others, stranger()) == 101
                beside = [open_page(others, "192.168.0.7") for _ in range(AT_ONCE + 1)]
                assert set(await asyncio.gather(*beside)) == {101}  # never limited
            await until(lambda: comes_in(open_page(others, address)))


async def comes_in(opening: Awaitable[int]) -> bool:
    return await opening == 101


async def test_a_viewer_presses_no_faster_than_it_may(
    behind_proxy: httpx.AsyncClient, crowd: Crowd
) -> None:
    """However many requests run at once."""
    room = await crowd.open_room()
    await start_round(crowd, room.room_id)
    viewer = (await behind_proxy.post("/api/viewers", json={})).json()["viewer_id"]
    body = {"viewer_id": viewer, "push_events": [{"button_name": "skill2", "push_count": 20}]}
    path, began = f"/api/rooms/{room.room_id}/events", time.monotonic()
    answers = await asyncio.gather(*(behind_proxy.post(path, json=body) for _ in range(MANY)))
    took = time.monotonic() - began
    accepted = sum(answer.json()["accepted"] for answer in answers)
    assert PRESS_BURST <= accepted <= PRESS_BURST + PRESSES_PER_SECOND * took + 1


async def test_a_room_is_attached_to_five_times_of_many_at_once(
    gateway: Running, crowd: Crowd
) -> None:
    room = await crowd.open_room()

    async def attach() -> int:
        try:
            async with websocket(resume_url(gateway.url, room)):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    began = time.monotonic()
    answered = Counter(await asyncio.gather(*(attach() for _ in range(MANY))))
    took = time.monotonic() - began
    assert answered.keys() == {101, 429}
    assert 5 <= answered[101] <= 5 * (1 + took // 10)


async def test_a_flood_of_bad_messages_ends_its_own_socket_and_no_other(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another game's triggers arrive during the flood."""
    async with new_game(gateway.url) as (bad, _), new_game(gateway.url) as (good, room):
        with monkeypatch.context() as patch:
            patch.setattr(connection, "LINGER", 0.2)
            patch.setattr(connection, "CLOSE_WITHIN", 0.2)
            await crowd.ease(room.room_id)
            flooding = asyncio.create_task(flood(bad.socket))
            await crowd.fire(room.room_id, 10)
            assert await good.seqs(10) == list(range(1, 11))
            await flooding
    assert await gateway.counted("streamario_bad_messages_total") > BAD_MESSAGES


async def flood(socket: ClientConnection) -> None:
    """Send invalid messages until the socket is closed."""
    with suppress(ConnectionClosed):
        while True:
            await socket.send("?" * 1_000)


async def test_asking_for_rooms_that_are_not_there_costs_no_slots(
    settings: Settings, tmp_path: Path
) -> None:
    """Guessed ids use neither sockets of a gateway nor keys in Redis, which no other test uses."""
    async with own_valkey(tmp_path / "valkey") as own:
        await mark_restored(own.url)
        ours = replace(settings, redis_url=own.url)
        few = gateway_settings(own.url, max_viewer_sockets=1)
        async with (
            running(ours),
            running_gateway(few) as gateway,
            httpx.AsyncClient(base_url=ours.api_url) as http,
            Redis.from_url(own.url) as redis,
        ):
            keys = await redis.dbsize()
            assert [await guess(gateway) for _ in range(5)] == [404] * 5
            answers = [await http.get(f"/api/rooms/{new_room_id()}") for _ in range(5)]
            assert {answer.status_code for answer in answers} == {404}
            assert await redis.dbsize() == keys


async def guess(gateway: Running) -> int:
    """Open a socket for an unknown room, and return the answer's status."""
    try:
        async with websocket(viewers_url(gateway, new_room_id())):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def test_who_is_not_behind_a_proxy_cannot_name_an_address(settings: Settings) -> None:
    """X-Forwarded-For of an untrusted peer is ignored: its own address counts."""
    elsewhere = (ip_network("192.0.2.1/32"),)
    own = replace(settings, **{**LIMITS, "trusted_proxies": elsewhere})  # type: ignore[arg-type]
    async with running(own), httpx.AsyncClient(base_url=own.api_url) as http:
        became, _ = await let_in(http, "/api/viewers", stranger())
        assert became == MANY  # this machine itself is never limited
