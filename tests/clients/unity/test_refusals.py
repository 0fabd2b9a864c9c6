"""Refused handshakes: .NET hides the status, and the client finds it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.identity.tokens import Signer
from tests.clients.unity.games import played
from tests.clients.unity.rooms import save_room, saved_in
from tests.clients.unity.servers import answering, serving
from tests.conftest import free_ports
from tests.ws_gateway.gateways import SECRET, Running, gateway_settings, running_gateway

BUSY = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nConnection: close\r\n\r\n"
    b'{"code":"rate_limited","detail":"This address opens too many rooms."}'
)
WRONG_KEY = b'{"code":"invalid_game_key","detail":"The key is not valid."}'
OPEN_END = b"HTTP/1.1 403 Forbidden\r\n\r\n" + WRONG_KEY
SIZED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%b" % (len(WRONG_KEY), WRONG_KEY)
LOGIN_PAGE = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 14\r\n\r\n<p>Log in!</p>"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_server_that_asks_for_time_is_understood_and_given_it(
    executable: Path, store: Path, host: str
) -> None:
    """The handshake's status and its Retry-After reach the game, over IPv6 too."""
    busy = answering(BUSY, stays=False)
    async with serving(busy, host) as url, played(executable, url, store) as game:
        why = await game.state("Waiting")
        assert (why["code"], why["http_status"]) == ("rate_limited", 429)
        assert 3 <= why["retry_in"] < 4


@pytest.mark.parametrize("answer", [SIZED, OPEN_END], ids=["sized", "open end"])
async def test_an_answer_is_understood_though_its_connection_stays_open(
    executable: Path, store: Path, answer: bytes
) -> None:
    """As behind a proxy."""
    refusing = answering(answer, stays=True)
    async with serving(refusing) as url, played(executable, url, store) as game:
        why = await game.state("Refused")
        assert (why["code"], why["http_status"]) == ("invalid_game_key", 403)


async def test_a_login_page_in_between_costs_no_room(
    executable: Path, gateway: Running, store: Path
) -> None:
    async with serving(answering(LOGIN_PAGE, stays=True)) as url:
        save_room(store, url, Signer([SECRET]).room_token)
        before = saved_in(store)
        async with played(executable, url, store) as game:
            why = await game.state("Waiting", 2)
            assert (why["code"], why["http_status"]) == ("forbidden", 403)
            assert game.all_of("lost") == []
        assert saved_in(store) == before


async def test_a_saved_room_that_is_gone_gives_way_to_a_new_one_and_the_game_is_told(
    executable: Path, gateway: Running, store: Path
) -> None:
    save_room(store, gateway.url, Signer([SECRET]).room_token)
    async with played(executable, gateway.url, store) as game:
        assert await game.next_of("lost") == "room_not_found"
        room = await game.next_of("opened")
        await game.quit()
    assert saved_in(store).room_id == room["room_id"]


async def test_a_saved_room_whose_token_has_expired_gives_way_too(
    executable: Path, gateway: Running, store: Path
) -> None:
    save_room(store, gateway.url, lambda _room_id, _now: "expired")
    async with played(executable, gateway.url, store) as game:
        assert await game.next_of("lost") == "invalid_token"
        await game.next_of("opened")


async def test_a_game_may_insist_on_its_room(
    executable: Path, gateway: Running, store: Path
) -> None:
    save_room(store, gateway.url, Signer([SECRET]).room_token)
    async with played(executable, gateway.url, store, "same-room") as game:
        why = await game.state("Refused")
        assert (why["code"], why["http_status"]) == ("room_not_found", 404)
        assert game.all_of("opened") == []


@pytest.mark.parametrize("way", ["subprotocol", "query"])
async def test_a_wrong_key_stops_the_game_and_the_right_one_opens_a_room(
    executable: Path, redis_url: str, store: Path, way: str
) -> None:
    settings = gateway_settings(redis_url, game_keys=("right",))
    async with running_gateway(settings) as gateway:
        async with played(executable, gateway.url, store, way, "key=wrong") as game:
            why = await game.state("Refused")
            assert (why["code"], why["http_status"]) == ("invalid_game_key", 403)
            assert game.states == ["Connecting", "Refused"]
        async with played(executable, gateway.url, store, way, "key=right") as game:
            await game.next_of("opened")


async def test_an_address_without_a_gateway_is_told_with_its_status_and_tried_again(
    executable: Path, gateway: Running, store: Path
) -> None:
    """The 404 may come from a load balancer: the client does not give up its room for it."""
    async with played(executable, f"{gateway.url}/elsewhere", store) as game:
        why = await game.state("Waiting")
        assert why["http_status"] == 404
        await game.state("Waiting", 2)


async def test_an_address_that_is_none_is_said(executable: Path, store: Path) -> None:
    async with played(executable, "ws://no such host", store) as game:
        why = await game.state("Waiting")
        assert why["code"] == "lost"
        assert "Invalid URI" in why["message"]


async def test_no_proxy_stands_between_a_game_and_a_server_on_its_computer(
    executable: Path, gateway: Running, store: Path
) -> None:
    """.NET would take that of wss:// for ws:// too."""
    (nobody,) = free_ports(1)
    environment = {"https_proxy": f"http://127.0.0.1:{nobody}", "no_proxy": ""}
    async with played(executable, gateway.url, store, environment=environment) as game:
        await game.next_of("opened")
