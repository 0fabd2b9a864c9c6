"""Attacks by the front: an attacker gets no further than by the services' own ports."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from deploy.tunnel import front as front_module
from deploy.tunnel.front import TunnelFront
from shared.identity.tokens import Signer
from shared.process.settings import PerAddress, Settings
from tests.api_service.running import running
from tests.attacks.access_rights import (
    KEYS,
    Shown,
    answers,
    expected_answers,
    moderated_room,
    secret,
)
from tests.attacks.attackers import attacking, stranger
from tests.attacks.bystanders import Bystanders, bystanders
from tests.attacks.flood import books_balance
from tests.flow.fleet import open_fleet
from tests.small_server.running import SHARED
from tests.tunnel.conftest import Before
from tests.tunnel.fronts import NAMING, client_of, front_of, socket_of, through_tunnel
from tests.tunnel.routes import PASSED
from tests.waiting import until
from tests.wire import get, upgrade, wired
from tests.ws_gateway.gateways import SECRET, Crowd

MANY = 40  # concurrent attempts
AT_ONCE = 6
FLOOD = 300  # connections
SOCKETS_OF_ADDRESS = 20
ATTACKERS = ("silent", "body", "viewer")
VIEWER = {"viewer_id": Signer([SECRET]).new_viewer_id()}


@pytest.fixture
def reached(reached: Settings) -> Settings:
    """Narrow limits per address."""
    return replace(
        reached,
        viewers_per_address=PerAddress(per_minute=1, burst=AT_ONCE),
        active_per_address=AT_ONCE,
        viewer_sockets_per_address=AT_ONCE,
    )


def lies(client_header: str | None) -> dict[str, str]:
    """Return every way to say that one is somebody else, but for the provider's own header."""
    other = stranger()
    said = dict.fromkeys(("X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", NAMING), other)
    said["Forwarded"] = f'for="[{other}]"'
    return {name: value for name, value in said.items() if name != client_header}


def named(client_header: str | None) -> dict[str, str]:
    """Return what the provider adds for a visitor whom nobody has met, if it names visitors."""
    return {client_header: stranger()} if client_header else {}


# Rights.


@pytest.mark.parametrize("client_header", [NAMING], indirect=True)
async def test_each_route_opens_to_whom_it_should_if_it_is_passed(
    settings: Settings, client_header: str, tmp_path: Path, crowd: Crowd
) -> None:
    own = through_tunnel(settings, **KEYS)
    room = await moderated_room(crowd)
    async with (
        running(own),
        front_of(own, tmp_path, client_header) as front,
        client_of(front) as http,
    ):
        http.headers.update({**named(client_header), "Origin": own.home_url})
        told = await answers(http, room.room_id)
    assert told == {
        (route, shown): refusal if route in PASSED else "404 not_found"
        for (route, shown), refusal in expected_answers().items()
    }


async def test_only_pages_of_the_tunnels_present_address_moderate(
    settings: Settings, client_header: str | None, tmp_path: Path, crowd: Crowd
) -> None:
    """A page elsewhere that holds the moderator's token is refused, and so is a former address."""
    own = through_tunnel(settings, **KEYS)
    assert own.tunnel
    room = await moderated_room(crowd)
    bearer = {"Authorization": f"Bearer {secret(Shown.MODERATOR, room.room_id)}"}
    async with (
        running(own),
        front_of(own, tmp_path, client_header) as front,
        client_of(front) as http,
    ):
        path, old = f"/api/rooms/{room.room_id}/hide_names", own.tunnel.url
        for address in (old, "https://later.example"):
            own.tunnel.url = address
            http.headers["Host"] = address.removeprefix("https://")
            told = {
                origin: (await http.post(path, headers={**bearer, "Origin": origin})).status_code
                for origin in (address, old, "https://evil.example")
            }
            assert told == {old: 403, address: 200, "https://evil.example": 403}


TRICKS = (
    "{path}/",
    "{path}//",
    "/{path}",
    "{path}?x=/play/x",
    "{path}#/play/x",
    "{path};/play/x",
    "/play/..{path}",
    "/ws-viewer{path}",
    "/ws-viewer/..{path}",
    "/play/x/../..{path}",
    "/play/%2e%2e{path}",
    "/play/..%2f..{path}",
    "/play/x%2f..%2f..{path}",
    "/assets/../..{path}",
    "/assets/..%5c..{path}",
    "/.{path}",
    "/@x/..{path}",
    "{encoded}",
    "{twice}",
    "{upper}",
    "{path}%00",
    "{path}%20",
    "{path}%0a",
    "http://x{path}",
    "http://x/play/..{path}",
    "//x{path}",
    "*",
)


@pytest.mark.parametrize("client_header", [None], indirect=True)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/rooms"),
        ("POST", "/api/studios"),
        ("GET", "/api/studio/setups"),
        ("GET", "/metrics"),
        ("GET", "/readyz"),
        ("GET", "/openapi.json"),
        ("GET", "/ws-unity"),
    ],
)
async def test_no_spelling_of_a_path_leads_further(
    front: TunnelFront, method: str, path: str
) -> None:
    encoded = "/" + "".join(f"%{ord(letter):02x}" for letter in path[1:])
    spellings = {"encoded": encoded, "twice": encoded.replace("%", "%25"), "upper": path.upper()}
    for trick in ("{path}", *TRICKS):
        target = trick.format(path=path, **spellings)
        head = upgrade(target) if path == "/ws-unity" else get(target, "Connection: close")
        async with wired(front.port) as wire:
            wire.write(head.replace(b"GET", method.encode(), 1))
            status = (await wire.head()).split()[1]
        assert status in {b"400", b"404", b"405"}, target


async def test_a_query_of_many_fields_is_refused_unparsed(
    phone: httpx.AsyncClient, crowd: Crowd
) -> None:
    room = await crowd.open_room()
    query = "&".join(f"{n:x}" for n in range(2_000))
    answer = await phone.get(f"/api/rooms/{room.room_id}/results?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")


# One address.


async def test_a_visitor_becomes_no_more_viewers_than_its_address_may(
    phone: httpx.AsyncClient, client_header: str | None
) -> None:
    own = named(client_header)
    asked = (
        phone.post("/api/viewers", json={}, headers=own | lies(client_header)) for _ in range(MANY)
    )
    told = Counter(answer.status_code for answer in await asyncio.gather(*asked))
    assert told == {200: AT_ONCE, 429: MANY - AT_ONCE}
    other = await phone.post("/api/viewers", json={}, headers=named(client_header))
    assert other.status_code == (200 if client_header else 429)


async def test_a_visitor_has_no_more_sockets_than_its_address_may(
    front: TunnelFront, client_header: str | None, crowd: Crowd
) -> None:
    room = await crowd.open_room()

    async def open_page(stack: AsyncExitStack, headers: dict[str, str]) -> int:
        page: connect = socket_of(front, room.room_id, **headers)
        try:
            await stack.enter_async_context(page)
        except InvalidStatus as refused:
            return refused.response.status_code
        return 101

    own = named(client_header)
    async with AsyncExitStack() as stack:
        rush = (open_page(stack, own | lies(client_header)) for _ in range(MANY))
        told = Counter(await asyncio.gather(*rush))
        assert told == {101: AT_ONCE, 429: MANY - AT_ONCE}
        other = await open_page(stack, named(client_header))
        assert other == (101 if client_header else 429)


async def test_a_visitor_counts_as_no_more_viewers_than_its_address_may(
    phone: httpx.AsyncClient, client_header: str | None, crowd: Crowd
) -> None:
    path = f"/api/rooms/{(await crowd.open_room()).room_id}"
    own = named(client_header)
    for _ in range(AT_ONCE + 3):
        body = {"viewer_id": Signer([SECRET]).new_viewer_id()}
        await phone.post(f"{path}/join", json=body, headers=own | lies(client_header))
    assert (await phone.get(path)).json()["viewer_count"] == AT_ONCE
    await phone.post(f"{path}/join", json=VIEWER, headers=named(client_header))
    others = 1 if client_header else 0
    assert (await phone.get(path)).json()["viewer_count"] == AT_ONCE + others


# Slow clients and floods.


@pytest.fixture
def brisk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the front wait less than ten seconds for a head."""
    for name in ("caddy", "tunnel"):
        (tmp_path / name).mkdir()
    shared = SHARED.read_text()
    for waits in ("read_header 10s", "idle 60s"):
        assert waits in shared
        shared = shared.replace(waits, f"{waits.split()[0]} 300ms")
    (tmp_path / "caddy" / SHARED.name).write_text(shared)
    (tmp_path / "tunnel" / "Caddyfile").write_text(front_module.CADDYFILE.read_text())
    monkeypatch.setattr(front_module, "CADDYFILE", tmp_path / "tunnel" / "Caddyfile")


SLOW_HEAD = b"X: " + b"x" * 2_000  # bytes, which would take minutes one by one


@pytest.mark.parametrize(
    "slow",
    [
        b"",
        get("/console")[:-2] + SLOW_HEAD,
        upgrade("/ws-viewer")[:-2] + SLOW_HEAD,
        b"\r\n" * 2_000,
    ],
    ids=["nothing", "a head", "a handshake", "blank lines"],
)
@pytest.mark.parametrize("client_header", [None], indirect=True)
async def test_what_trickles_in_is_given_up(brisk: None, before: Before, slow: bytes) -> None:
    async with wired(before.front.port) as wire:
        heard = await (wire.trickled(slow) if slow else wire.rest())
    assert b" 200 " not in heard
    assert before.api.heads == before.gateway.heads == []


@pytest.mark.parametrize("client_header", [NAMING], indirect=True)
async def test_a_flood_of_one_address_is_refused_and_others_play_on(
    tmp_path: Path, redis_url: str, database_url: str, client_header: str
) -> None:
    """Of visitors whom the provider does not name, since all of them are one address."""
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        behind = {"TRUSTED_PROXIES": "127.0.0.1"}
        sockets = {"VIEWER_SOCKETS_PER_ADDRESS": str(SOCKETS_OF_ADDRESS)}
        api, gateway = await asyncio.gather(fleet.api(**behind), fleet.gateway(**behind, **sockets))
        ports = Settings(port=api.port, unity_ws_port=gateway.port)
        async with front_of(ports, tmp_path, client_header) as front:
            door = replace(api, port=front.port)
            crowd = bystanders(api, gateway, front=door, headers=named(client_header))
            async with (
                crowd as now,
                attacking(front.port, now.room_id, FLOOD, ATTACKERS) as them,
            ):
                report = await them.settled()
                await until(partial(_presses_on, now, now.accepted + 10))
                await them.let_go()
            await now.check(redis_url)
            await until(lambda: books_balance(fleet, now.room_id))
    each = FLOOD // len(ATTACKERS)
    assert report.let_in == FLOOD - each + SOCKETS_OF_ADDRESS
    assert (report.failed, report.refused) == (each - SOCKETS_OF_ADDRESS, 0)  # refused: with 503
    assert now.turned_away == 0


async def _presses_on(now: Bystanders, accepted: int) -> bool:
    return now.accepted > accepted
