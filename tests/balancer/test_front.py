"""Requests through the balancer: client addresses, access, timeouts and retries, TLS."""

from __future__ import annotations

import asyncio
import re
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import httpx
import pytest

from shared.wire.error_codes import ERRORS
from shared.wire.languages import Language
from tests.accepted_languages import ACCEPTED
from tests.attacks.trailers import chunked, naming
from tests.balancer.members import Upstreams
from tests.balancer.name_server import NameServer
from tests.balancer.running import Balancer, open_balancer, variables
from tests.balancer.wire import request, wire
from tests.certificates import certificate
from tests.waiting import until
from tests.ws_gateway.game_end import connected, refusal

HOLDS = "Cross-Origin-Resource-Policy"
NOBODY = {"API_HOST": "nobody.test", "GATEWAY_HOST": "nobody.test"}
NEW_VIEWER = ("POST /api/viewers", "Content-Type: application/json")
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


async def test_what_a_stranger_says_of_itself_is_replaced(balancer: Balancer) -> None:
    """An address may create two viewers; a forged private address, never limited, has no effect."""
    lies = ("X-Forwarded-For: 10.0.0.1", "X-Forwarded-For: 10.0.0.2", "Forwarded: for=10.0.0.3")
    statuses = []
    for _ in range(3):
        async with wire(balancer, client="203.0.113.7") as stranger:
            stranger.send(request(*NEW_VIEWER, *lies, body="{}"))
            statuses.append((await stranger.answer()).split()[1])
    assert statuses == [b"200", b"200", b"429"]


async def test_what_a_stranger_says_behind_its_body_counts_as_little(balancer: Balancer) -> None:
    """HAProxy passes trailers on, and cannot remove them: the services drop them."""
    new_viewer = chunked(NEW_VIEWER[0], *NEW_VIEWER[1:], "Connection: close", body=b"{}")
    statuses = []
    for number in range(3):
        async with wire(balancer, client="203.0.113.71") as stranger:
            stranger.send(new_viewer + naming(f"10.0.0.{number}"))
            statuses.append((await stranger.answer()).split()[1])
    assert statuses == [b"200", b"200", b"429"]


async def test_services_believe_the_balancer_alone(
    balancer: Balancer, upstreams: Upstreams
) -> None:
    """From other peers, forwarding headers are ignored and the peer's own address counts."""
    elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.8")
    async with httpx.AsyncClient(transport=elsewhere) as http:
        for _ in range(4):
            forwarded = {"X-Forwarded-For": "203.0.113.8", "X-Forwarded-Proto": "https"}
            answer = await http.get(f"{upstreams.apis[0].url}/get_viewer_id", headers=forwarded)
            assert answer.status_code == 200
            assert "Secure" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/get_viewer_id", "/healthz", "/asyncapi.json"])
async def test_a_request_has_one_id_which_its_sender_does_not_choose(
    balancer: Balancer, path: str
) -> None:
    """Whichever process answers; the id is in the balancer's log."""
    answer = await balancer.get(path, **{"X-Request-Id": "mine"})
    (request_id,) = answer.headers.get_list("X-Request-Id")
    assert re.fullmatch(r"[0-9a-f-]{36}", request_id)
    await balancer.logged(request_id)


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


@pytest.mark.parametrize("path", ["/metrics", "/%6detrics", "/metrics/", "/metrics?x=1"])
async def test_metrics_are_not_reached_from_outside(balancer: Balancer, path: str) -> None:
    """Not even URL-encoded; only the internal network can read them."""
    answer = await balancer.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


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
            assert (await http.get("/console")).status_code == 200
    async with connected(f"{balancer.url.replace('http', 'ws', 1)}/ws-unity") as game:
        await game.settle()


async def test_the_log_holds_no_query_and_no_secret(balancer: Balancer) -> None:
    """For successful, refused and malformed requests."""
    secret = "hush-hush-hush-hush"
    url = f"{balancer.ws_url}/ws-unity?key={secret}&token={secret}&room_id={secret}"
    await refusal(url, subprotocols=["streamario.v1", f"token.{secret}"])
    await balancer.get(f"/nothing?secret={secret}", Authorization=f"Bearer {secret}")
    await balancer.get("/get_viewer_id", Cookie=f"viewer_id={secret}")
    async with wire(balancer) as one:
        one.send(f"GET /?{secret} HTTP/1.1\r\nHost: {secret}\r\nno header\r\n\r\n".encode())
        assert (await one.answer()).startswith(b"HTTP/1.1 400 ")
    await balancer.logged('"status": 400')
    assert secret not in balancer.log.read_text()
    paths = {line.get("path") for line in balancer.requests()}
    assert {"/ws-unity", "/nothing", "/get_viewer_id"} <= paths
    assert all("client" in line and "termination" in line for line in balancer.requests())


# Timeouts and retries.


async def test_where_no_server_is_the_refusal_says_so_and_when_to_come_again(
    balancer_without_servers: Balancer,
) -> None:
    answer = await balancer_without_servers.get("/api/rooms/x", Origin="https://elsewhere.example")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_server_ready")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert await refusal(f"{balancer_without_servers.ws_url}/ws-unity") == (503, "no_server_ready")
    assert (await balancer_without_servers.get("/readyz")).status_code == 503


@pytest.mark.parametrize(("accepted", "language"), ACCEPTED)
async def test_the_refusal_is_in_the_language_of_who_asks(
    balancer_without_servers: Balancer, accepted: str, language: Language
) -> None:
    answer = await balancer_without_servers.get("/api/rooms/x", **{"Accept-Language": accepted})
    told = answer.json()
    assert told["detail"] == told["error"] == ERRORS["no_server_ready"].sentence.spoken(language)
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


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


async def test_a_press_is_sent_once_though_its_server_goes_away_with_it(
    name_server: NameServer, tmp_path: Path
) -> None:
    """It may have counted, so only the page may send it again, with the same batch_id."""
    told = variables(name_server) | {"API_HOST": "fragile.test"}
    came: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET /readyz"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        else:
            came.append(head)
        writer.close()

    hosts = ["127.0.3.1", "127.0.3.2"]
    async with await asyncio.start_server(serve, hosts, int(told["API_PORT"])):
        name_server.say(fragile=hosts)
        async with open_balancer(tmp_path, told) as balancer:
            await balancer.has(api=2, gateways=0)
            async with wire(balancer) as page:
                page.send(request("POST /api/rooms/x/events", body="{}"))
                assert b" 502 " in await page.answer()
    assert len(came) == 1


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
