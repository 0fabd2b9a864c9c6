"""Behind HTTP proxies: which client address counts, and how an unknown proxy is noticed."""

import time
from ipaddress import ip_network
from pathlib import Path

import httpx

from shared.identity.addresses import client_address
from shared.wire.error_codes import ERRORS
from shared.wire.languages import Language
from tests.attacks.trailers import chunked, naming
from tests.balancer.mirror import mirrored, status
from tests.balancer.name_server import NameServer
from tests.balancer.running import Balancer
from tests.balancer.wire import wire

TRUSTED = ("203.0.113.0/24", "10.0.0.0/8", "2001:db8:1::/48")
PROXY = "203.0.113.5"


async def test_the_client_is_whom_the_services_would_take(
    name_server: NameServer, tmp_path: Path
) -> None:
    """Entries are read from the right, while the proxy that wrote the entry is trusted."""
    trusted = [ip_network(network) for network in TRUSTED]
    async with mirrored(name_server, tmp_path, TRUSTED_PROXIES=" ".join(TRUSTED)) as (
        balancer,
        mirror,
    ):
        for peer, entries in (
            (PROXY, "198.51.100.7"),
            (PROXY, "198.51.100.7:4711"),
            (PROXY, "2001:db8:2::7"),
            (PROXY, "192.0.2.66, 198.51.100.7"),
            (PROXY, "192.0.2.66, 198.51.100.7, 10.2.3.4"),
            (PROXY, "192.0.2.66, 198.51.100.7, 10.1.1.1, 2001:db8:1::9, 10.2.3.4"),
            (PROXY, "192.0.2.66, unknown, 10.2.3.4"),
            (PROXY, "192.0.2.66, unknown"),
            (PROXY, "10.1.1.1"),
            ("198.51.100.9", "192.0.2.66"),
        ):
            assert await status(balancer, peer, f"X-Forwarded-For: {entries}") == 200
            found = mirror.headers["x-forwarded-for"]
            assert found == client_address(peer, [entries], trusted).text, entries


async def test_each_request_on_a_proxys_connection_has_its_own_client(
    name_server: NameServer, tmp_path: Path
) -> None:
    async with (
        mirrored(name_server, tmp_path, TRUSTED_PROXIES="127.0.0.0/8") as (balancer, mirror),
        httpx.AsyncClient(trust_env=False, base_url=balancer.url) as http,
    ):
        for client in ("198.51.100.7", "198.51.100.8"):
            await http.get("/get_viewer_id", headers={"X-Forwarded-For": client})
            assert mirror.headers["x-forwarded-for"] == client
        await http.get("/get_viewer_id")
        assert mirror.headers["x-forwarded-for"] == "127.0.0.1"


async def test_trailers_are_passed_on_as_they_come(name_server: NameServer, tmp_path: Path) -> None:
    """Whatever their names; no option of HAProxy 3.0 removes them, so services must."""
    async with (
        mirrored(name_server, tmp_path) as (balancer, mirror),
        wire(balancer, client="203.0.113.72") as stranger,
    ):
        stranger.send(chunked("POST /api/viewers", body=b"{}") + naming("10.0.0.1"))
        assert b" 200 " in await stranger.answer()
    assert mirror.headers["x-forwarded-for"] == "203.0.113.72"
    assert mirror.chunks == b"2\r\n{}\r\n0\r\nx-forwarded-for: 10.0.0.1\r\n\r\n"


async def test_a_trusted_proxy_tells_whether_its_client_spoke_tls(
    name_server: NameServer, tmp_path: Path
) -> None:
    async with mirrored(name_server, tmp_path, TRUSTED_PROXIES=PROXY) as (balancer, mirror):
        for peer, told, passed_on in (
            (PROXY, "https", "https"),
            (PROXY, "http", "http"),
            ("198.51.100.9", "https", "http"),
        ):
            await status(balancer, peer, f"X-Forwarded-Proto: {told}")
            assert mirror.headers["x-forwarded-proto"] == passed_on


async def test_limits_apply_to_the_client_and_not_to_its_proxy(
    name_server: NameServer, tmp_path: Path
) -> None:
    """The refusal is the services' own."""
    more = {"TRUSTED_PROXIES": "127.0.0.1", "CONNECTION_RATE_PER_ADDRESS": "3"}
    async with mirrored(name_server, tmp_path, **more) as (balancer, _):

        async def of(client: str, language: Language = "en") -> httpx.Response:
            told = {"X-Forwarded-For": client, "Accept-Language": language}
            return await balancer.get("/get_viewer_id", **told)

        async def is_limited(client: str, language: Language) -> None:
            began, let_in, kind = time.monotonic(), 0, ERRORS["rate_limited"]
            while (refused := await of(client, language)).status_code == 200:
                let_in += 1
            assert (refused.status_code, refused.json()["code"]) == (429, kind.code)
            assert refused.json()["detail"] == kind.sentence.spoken(language)
            assert int(refused.headers["Retry-After"]) > 0
            # Three in 10 s; it counts the last 10 s, also where the machine stalls.
            assert 3 <= let_in <= 3 + 3 * (time.monotonic() - began) / 10

        await is_limited("198.51.100.7", "en")
        await is_limited("198.51.100.8", "ja")
        # Private addresses are never limited.
        assert {(await of("192.168.0.7")).status_code for _ in range(4)} == {200}


async def test_a_proxy_that_nobody_named_is_noticed(
    name_server: NameServer, tmp_path: Path
) -> None:
    """All its clients seem to have its private address, so that no limit applies to them."""
    async with mirrored(name_server, tmp_path, TRUSTED_PROXIES="10.0.0.5") as (balancer, _):
        assert await unknown_proxies(balancer) == 0
        # Named; a stranger, who may write anything; and no proxy at all.
        await status(balancer, "10.0.0.5", "X-Forwarded-For: 198.51.100.7")
        await status(balancer, "198.51.100.9", "X-Forwarded-For: 198.51.100.7")
        await status(balancer, "10.0.0.7")
        assert await unknown_proxies(balancer) == 0
        await status(balancer, "10.0.0.6", "X-Forwarded-For: 198.51.100.7")
        assert await unknown_proxies(balancer) == 1


async def unknown_proxies(balancer: Balancer) -> int:
    """Return the figure by which StreamarioUnknownProxy fires."""
    async with httpx.AsyncClient(trust_env=False) as http:
        text = (await http.get(f"http://127.0.0.1:{balancer.metrics_port}/metrics")).text
    name = 'haproxy_sticktable_used{name="unknown_proxies",type="ipv6"} '
    return next(int(line.removeprefix(name)) for line in text.splitlines() if name in line)
