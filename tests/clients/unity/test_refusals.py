"""Refused handshakes: .NET hides the status, and the client finds it out."""

from pathlib import Path

import pytest

from tests.clients.unity.games import played
from tests.clients.unity.servers import answering, serving
from tests.conftest import free_ports
from tests.ws_gateway.gateways import Running

BUSY = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nConnection: close\r\n\r\n"
    b'{"code":"rate_limited","detail":"This address opens too many rooms."}'
)
WRONG_KEY = b'{"code":"invalid_game_key","detail":"The key is not valid."}'
OPEN_END = b"HTTP/1.1 403 Forbidden\r\n\r\n" + WRONG_KEY
SIZED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%b" % (len(WRONG_KEY), WRONG_KEY)


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
    """As behind a proxy. An answer with a length is read as soon as it is complete."""
    refusing = answering(answer, stays=True)
    async with serving(refusing) as url, played(executable, url, store) as game:
        why = await game.state("Refused")
        assert (why["code"], why["http_status"]) == ("invalid_game_key", 403)


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
