"""One IP address stores as much as it can: it is refused, and others go on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network

import httpx
import msgspec
import pytest

from shared.identity.addresses import ROW, STORAGE
from shared.process.settings import PerAddress, Settings
from shared.wire.game_messages import Error, GameEnd, GameStart, RoomCreated
from shared.wire.room_settings import DEFAULT_SETTINGS, encode, validate
from tests.api_service.running import running
from tests.attacks.attackers import stranger
from tests.attacks.hoard import (
    LARGE,
    WAYS,
    Answering,
    Way,
    block_and_unblock,
    blocks,
    handle,
    histories,
    hold,
    media,
    names,
    resets,
    setups,
)
from tests.ws_gateway.game_end import Game, websocket
from tests.ws_gateway.gateways import gateway_settings, running_gateway

PROXY = (ip_network("127.0.0.1/32"),)
BUDGET = 300 * 1024  # bytes
LARGE_ROOM = ROW + len(encode(validate(LARGE)))
OF_SMALL_ROWS = (histories, handle, blocks, block_and_unblock, resets, names)
MANY = PerAddress(per_minute=100, burst=100)


@pytest.fixture
async def url(settings: Settings) -> AsyncIterator[str]:
    """An API service that trusts this process's X-Forwarded-For, and opens many rooms."""
    behind_proxy = replace(settings, trusted_proxies=PROXY, rooms_per_address=MANY)
    async with running(behind_proxy):
        yield f"http://127.0.0.1:{behind_proxy.port}"


@pytest.fixture
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address stores 300 KiB, and a byte a second."""
    monkeypatch.setitem(STORAGE, "burst", BUDGET)
    monkeypatch.setitem(STORAGE, "per_minute", 60)


def client(url: str, address: str | None = None) -> httpx.AsyncClient:
    """A client at an address; without one, at this machine's own."""
    headers = {"X-Forwarded-For": address} if address else {}
    return httpx.AsyncClient(base_url=url, headers=headers)


async def stored(ask: Answering) -> int:
    """How often it stores until the budget is spent."""
    for times in range(BUDGET // ROW + 1):
        answer = await ask()
        if answer.status_code == 429:
            assert answer.json()["code"] == "rate_limited"
            assert int(answer.headers["Retry-After"]) > 0
            return times
        assert answer.is_success, answer.text
    raise AssertionError("nothing ends it")


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_an_address_stores_only_so_much_in_whichever_way(
    url: str, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    """Another address goes on, and this machine's own is never limited."""
    async with client(url, stranger()) as one, client(url, stranger()) as other:
        ask, others = [await way(each, await hold(each)) for each in (one, other)]
        if way in OF_SMALL_ROWS:  # soon
            monkeypatch.setitem(STORAGE, "burst", 9 * ROW)
        assert await stored(ask) > 0
        assert (await others()).is_success


@pytest.mark.usefixtures("small_budget")
async def test_a_budget_is_one_for_all_that_an_address_stores(url: str) -> None:
    """In whichever studio: a new one brings no new budget. This machine has none."""
    async with client(url, stranger()) as one, client(url) as local:
        held = await hold(one)
        add = await setups(one, held)
        assert await stored(await media(one, held)) == BUDGET // (200 * 1024)
        assert 0 < await stored(add) <= BUDGET // LARGE_ROOM
        upload = await media(local, await hold(local))
        assert [(await upload()).status_code for _ in range(3)] == [201] * 3


@pytest.mark.usefixtures("small_budget")
async def test_a_room_that_opens_in_a_history_pays_for_its_place_there(url: str) -> None:
    """As one that is put there later."""
    async with client(url, stranger()) as one:
        body = {"studio_key": (await one.post("/api/studios")).json()["studio_key"]}
        room = ROW + len(encode(DEFAULT_SETTINGS).encode())
        assert await stored(lambda: one.post("/api/rooms", json=body)) == BUDGET // (room + ROW)


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("kind", ["rounds", "settings"])
async def test_a_games_address_stores_only_so_much(redis_url: str, kind: str) -> None:
    """Its socket stays open, and the command that is refused does nothing."""
    settings = msgspec.json.encode({"type": "settings", **LARGE}).decode()
    proxied = gateway_settings(redis_url, trusted_proxies=PROXY)
    headers = {"X-Forwarded-For": stranger()}
    async with running_gateway(proxied) as gateway:
        async with websocket(gateway.url, additional_headers=headers) as socket:
            game = Game(socket)
            await game.next_of(RoomCreated)
            for _ in range(60):
                if kind == "settings":
                    await socket.send(settings)
                else:
                    await game.say(GameStart())
                    await game.say(GameEnd())
            assert await game.error() == "rate_limited"
            await game.settle()
        async with websocket(gateway.url) as local:
            game = Game(local)
            await game.next_of(RoomCreated)
            for _ in range(10):
                await local.send(settings)
            await game.settle()
            assert game.unasked(Error) == []


@pytest.mark.usefixtures("small_budget")
async def test_a_games_invalid_settings_pay_before_they_are_checked(redis_url: str) -> None:
    """So often that its room's limit and its bad messages do not end it before."""
    wrong = msgspec.json.encode({"type": "settings", **LARGE, "title": 5}).decode()
    new_room = ROW + len(encode(DEFAULT_SETTINGS))
    tries = (BUDGET - new_room) // (ROW + len(wrong))
    proxied = gateway_settings(redis_url, trusted_proxies=PROXY)
    headers = {"X-Forwarded-For": stranger()}
    async with (
        running_gateway(proxied) as gateway,
        websocket(gateway.url, additional_headers=headers) as socket,
    ):
        game = Game(socket)
        await game.next_of(RoomCreated)
        for _ in range(tries + 1):
            await socket.send(wrong)
        told = [await game.error() for _ in range(tries + 1)]
        assert told == ["invalid_settings"] * tries + ["rate_limited"]


@pytest.mark.usefixtures("small_budget")
async def test_a_game_pays_only_for_rounds_that_it_opens(redis_url: str) -> None:
    """Not for a `game_start` while a round is running, of which its address could store few."""
    proxied = gateway_settings(redis_url, trusted_proxies=PROXY)
    headers = {"X-Forwarded-For": stranger()}
    async with (
        running_gateway(proxied) as gateway,
        websocket(gateway.url, additional_headers=headers) as socket,
    ):
        game = Game(socket)
        await game.next_of(RoomCreated)
        for _ in range(60):
            await game.say(GameStart())
        await game.settle()
        assert game.unasked(Error) == []
