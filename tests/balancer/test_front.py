"""Requests through the balancer: client addresses, access, timeouts and retries, TLS."""

import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.balancer.members import Upstreams
from tests.balancer.name_server import NameServer
from tests.balancer.running import Balancer, open_balancer, variables
from tests.balancer.wire import wire
from tests.certificates import certificate
from tests.waiting import until
from tests.ws_gateway.game_end import connected

HOLDS = "Cross-Origin-Resource-Policy"
NOBODY = {"API_HOST": "nobody.test", "GATEWAY_HOST": "nobody.test"}
# A request whose body is incomplete, so that it is in progress.
BEGUN = b"POST /api/viewers HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n{"


@pytest.fixture
async def balancer_without_servers(
    name_server: NameServer, tmp_path: Path
) -> AsyncIterator[Balancer]:
    """A balancer without servers, with three connections per address."""
    few = {"CONNECTIONS_PER_ADDRESS": "3"}
    async with open_balancer(tmp_path, variables(name_server) | NOBODY | few) as balancer:
        yield balancer


@pytest.fixture
async def brisk_balancer(name_server: NameServer, tmp_path: Path) -> AsyncIterator[Balancer]:
    """A balancer without servers that waits 0.3 s for a request."""
    brisk = {"REQUEST_WITHIN": "300ms"}
    async with open_balancer(tmp_path, variables(name_server) | NOBODY | brisk) as balancer:
        yield balancer


# Client addresses.


async def test_one_address_has_so_many_connections_and_the_inside_any_number(
    balancer_without_servers: Balancer,
) -> None:
    async with AsyncExitStack() as stack:

        async def statuses(client: str) -> list[bytes]:
            found = []
            for _ in range(4):
                one = await stack.enter_async_context(wire(balancer_without_servers, client=client))
                one.send(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n")
                found.append((await one.answer())[9:12])
            return found

        assert await statuses("203.0.113.20") == [b"503", b"503", b"503", b""]
        assert await statuses("203.0.113.21") == [b"503", b"503", b"503", b""]
        assert await statuses("192.168.7.7") == [b"503"] * 4


# Access.


async def test_its_own_metrics_are_told_on_the_inside(balancer: Balancer) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        text = (await http.get(f"http://127.0.0.1:{balancer.metrics_port}/metrics")).text
    up = 'haproxy_server_status{proxy="gateway",server="gateway1",state="UP"} 1'
    assert up in text
    # Slots without a server are not reported.
    assert 'server="gateway3"' not in text


async def test_both_ports_take_every_path(balancer: Balancer) -> None:
    for base in (balancer.url, balancer.ws_url.replace("ws", "http", 1)):
        async with httpx.AsyncClient(trust_env=False, base_url=base) as http:
            assert (await http.get("/openapi.json")).json()["openapi"].startswith("3.")
            assert (await http.get("/asyncapi.json")).json()["asyncapi"].startswith("3.")
            page = await http.get("/console")
            assert page.status_code == 200
            await balancer.logged(page.headers["X-Request-Id"])
    async with connected(f"{balancer.url.replace('http', 'ws', 1)}/ws-unity") as game:
        await game.settle()


# Timeouts and retries.


@pytest.mark.parametrize(("api", "gateways"), [(0, 2), (2, 0)])
async def test_a_port_is_well_while_there_is_a_server_for_what_it_is_for(
    name_server: NameServer, upstreams: Upstreams, tmp_path: Path, api: int, gateways: int
) -> None:
    """A WebGL game reads "ok" as a refusal of its socket, and an unreadable answer as an outage."""
    folder = certificate(tmp_path / "certificates")
    told = variables(name_server, upstreams.neighbours) | {
        "GATEWAY_HOST" if api else "API_HOST": "nobody.test",
        "TLS_CERTIFICATES": str(folder),
        "PLAIN_GAMES": "on",
    }
    trust = ssl.create_default_context(cafile=str(folder / "localhost.pem"))
    async with open_balancer(tmp_path, told) as balancer:
        await balancer.has(api=api, gateways=gateways)
        well, ill = balancer.url, balancer.ws_url.replace("ws", "http", 1)
        if not api:
            well, ill = ill, well
        both, inside = f"https://localhost:{told['TLS_PORT']}", f"127.0.0.1:{balancer.metrics_port}"
        async with httpx.AsyncClient(verify=trust, trust_env=False) as http:
            answer = await http.get(f"{well}/healthz")
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
            assert answer.headers[HOLDS] == "cross-origin"
            for base in (ill, both):
                answer = await http.get(f"{base}/healthz")
                assert (answer.status_code, answer.json()["code"]) == (503, "no_server_ready")
                assert answer.headers[HOLDS] == "same-origin"
            # The process itself is alive, and not of use to viewers and games.
            assert (await http.get(f"http://{inside}/healthz")).status_code == 200
            assert (await http.get(f"http://{inside}/readyz")).status_code == 503


@pytest.mark.parametrize("begun", [b"GET /slow HTTP/1.1\r\nHost: te", BEGUN])
async def test_a_request_that_does_not_come_is_waited_for_no_longer(
    brisk_balancer: Balancer, begun: bytes
) -> None:
    """Whether the head or the body is incomplete."""

    async def answer() -> bytes:
        async with wire(brisk_balancer, first=begun) as slow:
            return await slow.answer()

    # On a machine that stalls, the connection may have said nothing in 0.3 s.
    while not (told := await answer()):
        pass
    assert told.startswith(b"HTTP/1.1 408 ")


async def test_a_connection_that_says_nothing_is_closed_without_a_word(
    brisk_balancer: Balancer,
) -> None:
    """Browsers open connections in advance, and would show an answer that arrives there."""
    async with wire(brisk_balancer) as silent:
        assert await silent.answer() == b""


async def test_a_server_that_is_gone_is_passed_over_before_anything_was_sent(
    name_server: NameServer, upstreams: Upstreams, tmp_path: Path
) -> None:
    """The balancer does not know that a server has died until the next health check."""
    fourth = await upstreams.neighbours.start("api", 4)
    name_server.say(mortal=[fourth.host, upstreams.apis[0].host])
    told = variables(name_server, upstreams.neighbours) | {
        "API_HOST": "mortal.test",
        "CHECK_INTERVAL": "1h",
    }
    async with open_balancer(tmp_path, told) as balancer:
        await balancer.has(api=2, gateways=len(upstreams.gateways))
        await fourth.kill()
        answers = [await balancer.get("/get_viewer_id") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 6


async def test_a_stop_lets_a_request_under_way_finish(
    name_server: NameServer, upstreams: Upstreams, tmp_path: Path
) -> None:
    """After SIGUSR1 it accepts no new connections, answers pending requests, and ends."""
    patient = {"REQUEST_WITHIN": "1h"}
    async with open_balancer(
        tmp_path, variables(name_server, upstreams.neighbours) | patient
    ) as balancer:
        await balancer.has(api=2, gateways=2)
        async with wire(balancer) as page:
            page.send(BEGUN)
            await until(partial(_has_one_request, balancer))
            balancer.send(signal.SIGUSR1)
            await balancer.logged("Proxy public stopped")
            with pytest.raises(httpx.ConnectError):
                await balancer.get("/healthz")
            page.send(b"}")
            assert (await page.answer()).startswith(b"HTTP/1.1 200 ")
        assert await balancer.stopped() == 0


async def _has_one_request(balancer: Balancer) -> bool:
    async with httpx.AsyncClient(trust_env=False) as http:
        text = (await http.get(f"http://127.0.0.1:{balancer.metrics_port}/metrics")).text
    return 'haproxy_frontend_current_sessions{proxy="public"} 1\n' in text


# TLS.


async def test_with_a_certificate_it_speaks_tls_and_says_so(
    name_server: NameServer, upstreams: Upstreams, tmp_path: Path
) -> None:
    """Cookies are then Secure. The plain port redirects, and the games' plain port is closed."""
    folder = certificate(tmp_path / "certificates")
    told = variables(name_server, upstreams.neighbours) | {"TLS_CERTIFICATES": str(folder)}
    trust = ssl.create_default_context(cafile=str(folder / "localhost.pem"))
    secure = f"https://localhost:{told['TLS_PORT']}"
    async with open_balancer(tmp_path, told) as balancer:
        await balancer.has(api=2, gateways=2)
        async with httpx.AsyncClient(verify=trust, trust_env=False) as http:
            answer = await http.get(f"{secure}/get_viewer_id")
            assert "Secure" in answer.headers["Set-Cookie"]
            lies = {"X-Forwarded-Proto": "https", "Host": f"localhost:{balancer.port}"}
            sent_on = await http.get(f"{balancer.url}/get_viewer_id?a=b", headers=lies)
            assert sent_on.status_code == 307
            assert sent_on.headers["Location"] == f"{secure}/get_viewer_id?a=b"
            assert (await http.get(sent_on.headers["Location"])).status_code == 200
            # For monitors and the operator.
            assert (await balancer.get("/readyz")).status_code == 200
            with pytest.raises(httpx.ConnectError):
                await http.get(f"http://127.0.0.1:{balancer.ws_port}/healthz")
        async with connected(f"wss{secure[5:]}/ws-unity", ssl=trust) as game:
            await game.settle()


async def test_beside_tls_games_may_be_let_in_without_it_and_nobody_else(
    name_server: NameServer, upstreams: Upstreams, tmp_path: Path
) -> None:
    folder = certificate(tmp_path / "certificates")
    told = variables(name_server, upstreams.neighbours) | {
        "TLS_CERTIFICATES": str(folder),
        "PLAIN_GAMES": "on",
    }
    async with open_balancer(tmp_path, told) as balancer:
        await balancer.has(api=2, gateways=2)
        async with connected(f"{balancer.ws_url}/ws-unity") as game:
            await game.settle()
        games = balancer.ws_url.replace("ws", "http", 1)
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"{games}/console")).status_code == 307
            assert (await http.get(f"{balancer.url}/ws-unity")).status_code == 307
