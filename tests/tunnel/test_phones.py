"""Phones through the front: they join, press and watch as in the streamer's own network."""

import httpx

from deploy.tunnel.front import TunnelFront
from shared.process.settings import Settings
from shared.wire.game_messages import RoomReady
from shared.wire.viewer_messages import SettingsUpdate
from tests.attacks.bystanders import start_round
from tests.tunnel.fronts import HOST, socket_of
from tests.ws_gateway.game_end import connected, resume_url
from tests.ws_gateway.gateways import Crowd
from tests.ws_gateway.viewer_end import Page

ELSEWHERE = "https://another.example"


async def test_a_phone_joins_watches_and_presses(
    front: TunnelFront, phone: httpx.AsyncClient, crowd: Crowd
) -> None:
    room = await crowd.open_room()
    await start_round(crowd, room.room_id)
    path = f"/api/rooms/{room.room_id}"
    viewer = (await phone.post("/api/viewers", json={})).json()["viewer_id"]
    joined = await phone.post(f"{path}/join", json={"viewer_id": viewer})
    assert joined.status_code == 200
    async with socket_of(front, room.room_id) as socket:
        page = Page(socket)
        await page.next_of(SettingsUpdate)
        body = {"viewer_id": viewer, "push_events": [{"button_name": "skill2", "push_count": 1}]}
        answer = await phone.post(f"{path}/events", json=body)
        assert answer.json()["accepted"] == 1
        await page.count("skill2", 1)


async def test_its_socket_is_at_the_address_of_its_page(
    reached: Settings, phone: httpx.AsyncClient, crowd: Crowd
) -> None:
    room = (await crowd.open_room()).room_id
    path = f"/api/rooms/{room}"
    own = f"wss://{HOST}/ws-viewer?room_id={room}"
    assert (await phone.get(path)).json()["ws_viewer_url"] == own
    for page in (f"/play/{room}", "/console", f"/overlay/{room}", "/j"):
        policy = (await phone.get(page)).headers["Content-Security-Policy"]
        assert f"connect-src 'self' wss://{HOST};" in policy
    strange = (await phone.get(path, headers={"Host": "x;script-src"})).json()["ws_viewer_url"]
    assert strange.startswith(reached.ws_url)
    assert reached.tunnel
    reached.tunnel.url = f"http://{HOST}"  # a test's own provider
    assert (await phone.get(path)).json()["ws_viewer_url"] == own.replace("wss", "ws", 1)


async def test_whoever_does_not_come_by_the_front_keeps_the_gateways_address(
    front: TunnelFront, reached: Settings, crowd: Crowd
) -> None:
    room = (await crowd.open_room()).room_id
    async with httpx.AsyncClient(base_url=reached.api_url) as http:
        url = (await http.get(f"/api/rooms/{room}")).json()["ws_viewer_url"]
        assert url.startswith(f"{reached.ws_url}/ws-viewer")
        page = await http.get(f"/play/{room}")
        assert f"connect-src 'self' {reached.ws_url}" in page.headers["Content-Security-Policy"]
        assert "Secure" not in (await http.get("/get_viewer_id")).headers["Set-Cookie"]


async def test_cookies_are_those_of_a_page_over_https(phone: httpx.AsyncClient) -> None:
    forged = {"X-Forwarded-Proto": "http"}
    answer = await phone.get("/get_viewer_id", headers=forged)
    assert "Secure" in answer.headers["Set-Cookie"]


async def test_a_tunnels_new_address_is_on_pages_and_in_what_games_get_at_once(
    front: TunnelFront, reached: Settings, phone: httpx.AsyncClient, crowd: Crowd
) -> None:
    room = await crowd.open_room()
    assert reached.tunnel
    game = resume_url(f"ws://127.0.0.1:{reached.unity_ws_port}/ws-unity", room)
    for home in (f"https://{HOST}", ELSEWHERE):
        reached.tunnel.url = home
        page = (await phone.get(f"/play/{room.room_id}")).text
        assert f'og:image" content="{home}/assets/' in page
        told = (await phone.get(f"/api/rooms/{room.room_id}")).json()["invitation"]
        assert (told["url"], told["lasts"]) == (f"{home}/play/{room.room_id}", False)
        async with connected(game) as socket:
            assert (await socket.next_of(RoomReady)).web_url == f"{home}/play/{room.room_id}"


async def test_a_page_is_cached_for_as_long_as_its_address_stays(
    front: TunnelFront, reached: Settings, phone: httpx.AsyncClient, crowd: Crowd
) -> None:
    page = f"/play/{(await crowd.open_room()).room_id}"
    etag = (await phone.get(page)).headers["ETag"]
    again = {"If-None-Match": etag}
    assert (await phone.get(page, headers=again)).status_code == 304
    assert reached.tunnel
    reached.tunnel.url = ELSEWHERE
    assert (await phone.get(page, headers=again)).status_code == 200
