"""Foreign web pages ask for every route: what is a streamer's is refused, with every secret."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from shared.process.settings import Settings
from shared.wire.game_messages import RoomCreated
from tests.api_service.running import running
from tests.attacks.access_rights import (
    ANYBODY,
    GAME_KEYS,
    IDS,
    KEYS,
    OPERATOR,
    ROUTES,
    Shown,
    moderated_room,
    refusal_of,
    secret,
)
from tests.wire import get, upgrade, wired
from tests.ws_gateway.gateways import Crowd, gateway_settings, running_gateway

LISTED: Final = "https://admin.example"
REFUSED: Final = "403 origin_refused"
# One of each kind; tests/shared/identity/test_origins.py has all of them.
FOREIGN: Final[Mapping[str, dict[str, str]]] = {
    "another site": {"Origin": "https://evil.example"},
    "another port, without an origin": {"Sec-Fetch-Site": "same-site"},
    "a rebound name": {"Host": "evil.example"},
}
OWN: Final[Mapping[str, dict[str, str]]] = {
    "a listed page": {"Origin": LISTED, "Sec-Fetch-Site": "cross-site"},
    "the server's page": {"Sec-Fetch-Site": "same-origin"},
}


@pytest.fixture
async def room(crowd: Crowd) -> RoomCreated:
    """A room with a running round and a moderator."""
    return await moderated_room(crowd)


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """An API service with every kind of secret, whose operators list one page."""
    own = replace(settings, **KEYS, frontend_url=("*", LISTED))
    async with running(own), httpx.AsyncClient(base_url=own.api_url) as http:
        yield http


def is_guarded(route: str) -> bool:
    """Whether a route needs an owner's secret, or is a studio's."""
    return ROUTES[route].allowed not in (ANYBODY, OPERATOR) or " /api/studio" in route


async def told(
    http: httpx.AsyncClient, room: RoomCreated, headers: dict[str, str]
) -> dict[str, str]:
    """What each route answers to the right secret with these headers."""
    answers = {}
    for route, row in ROUTES.items():
        shown = next(shown for shown in reversed(row.allowed) if not row.allowed[shown])
        method, path = route.format(room_id=room.room_id, **IDS).split(" ")
        bearer = {"Authorization": f"Bearer {secret(shown, room.room_id)}"}
        answer = await http.request(method, path, json=row.body, headers={**bearer, **headers})
        answers[route] = refusal_of(answer.status_code, answer.content)
    return answers


@pytest.mark.parametrize("whose", FOREIGN)
async def test_what_is_a_streamers_refuses_foreign_pages_and_all_else_answers_them(
    api: httpx.AsyncClient, room: RoomCreated, whose: str
) -> None:
    """Even with every right secret."""
    assert await told(api, room, FOREIGN[whose]) == {
        route: REFUSED if is_guarded(route) else row.in_vain for route, row in ROUTES.items()
    }


@pytest.mark.parametrize("whose", OWN)
async def test_own_and_listed_pages_and_programs_notice_nothing(
    api: httpx.AsyncClient, room: RoomCreated, whose: str
) -> None:
    answers = await told(api, room, OWN[whose])
    assert answers == {route: row.in_vain for route, row in ROUTES.items()}


@pytest.mark.parametrize("secrets", [KEYS, {}], ids=["with game keys", "without"])
async def test_the_schema_lists_the_refusal_where_it_is_possible(
    settings: Settings, secrets: dict[str, Any]
) -> None:
    own = replace(settings, **secrets)
    async with running(own), httpx.AsyncClient(base_url=own.api_url) as http:
        paths = (await http.get("/openapi.json")).json()["paths"]
    listing = {
        f"{method.upper()} {path}"
        for path in paths
        for method, operation in paths[path].items()
        if "origin_refused" in str(operation["responses"].get("403"))
    }
    assert listing == {route for route in ROUTES if is_guarded(route)}


async def test_a_refused_page_may_read_what_to_set(api: httpx.AsyncClient) -> None:
    """In its reader's language."""
    foreign = {"Origin": "https://evil.example"}
    answer = await api.post("/api/rooms", headers={**foreign, "Accept-Language": "ja"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == (
        "https://evil.example のページからは使えません。"
        "サーバーに FRONTEND_URL='*,https://evil.example' を設定するか、"
        "設定済みの一覧にこのオリジンを加えてください。"
    )
    detail = (await api.post("/api/rooms", headers=foreign)).json()["detail"]
    assert "FRONTEND_URL='*,https://evil.example' " in detail
    filed = (await api.post("/api/rooms", headers={"Origin": "null"})).json()["detail"]
    assert "http:" in filed
    assert "GAME_ORIGINS" not in detail + filed
    rebound = (await api.post("/api/rooms", headers={"Host": "evil.example"})).json()["detail"]
    assert "evil.example" in rebound
    assert "PUBLIC_API_URL" in rebound


async def test_a_foreign_pages_body_is_not_waited_for(api: httpx.AsyncClient) -> None:
    """Nor its secret looked at: what it says is not read at all."""
    head = get("/api/rooms", "Origin: https://evil.example", length=16_000)
    async with wired(api.base_url.port or 0) as wire:
        wire.write(head.replace(b"GET", b"POST", 1))
        assert b" 403 " in await wire.head()


async def test_sockets_of_games_refuse_foreign_pages_and_those_of_viewers_do_not(
    redis_url: str, room: RoomCreated
) -> None:
    """Before the room's token or the game key is read."""
    settings = gateway_settings(redis_url, **KEYS, frontend_url=("*", LISTED))
    key, token = GAME_KEYS[0].replace(" ", "%20"), secret(Shown.NEW, room.room_id)
    named = f"room_id={room.room_id}"
    games = (f"/ws-unity?key={key}", f"/ws-unity?{named}&token={token}")
    async with running_gateway(settings) as gateway:
        for whose, headers in FOREIGN.items():
            if whose == "a rebound name":
                continue  # a browser's handshake has an Origin, too
            found = {path: await shaken(gateway.port, path, headers) for path in games}
            assert found == dict.fromkeys(games, "403 forbidden_origin"), headers
            assert not await shaken(gateway.port, f"/ws-viewer?{named}", headers)
        for headers in OWN.values():
            assert not await shaken(gateway.port, games[0], headers), headers


async def shaken(port: int, path: str, headers: dict[str, str]) -> str:
    """The refusal of a handshake with these headers, "" if the socket opens."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "x", **headers}.items())
    async with wired(port) as wire:
        wire.write(upgrade(path).replace(b"Host: x\r\n", lines.encode()))
        status = int((await wire.head()).split()[1])
        return "" if status < 400 else refusal_of(status, await wire.rest())
