"""What comes through Caddy compressed, and what a browser need not load again."""

from __future__ import annotations

import gzip
import re
from http import HTTPStatus

from shared.wire.game_messages import RoomCreated
from tests.small_server.running import Front
from tests.ws_gateway.game_end import connected

LIKE_A_BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


async def test_a_page_and_its_files_come_as_the_api_compressed_them(front: Front) -> None:
    """Compressed once, and with the ETag that the browser sends next time."""
    async with front.client(headers=LIKE_A_BROWSER) as http:
        page = await http.get("/console")
        (path,) = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
        script = await http.get(path)
        for answer in (page, script):
            assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in script.headers["Cache-Control"]
        assert page.headers["Cache-Control"] == "no-cache"
        again = await http.get("/console", headers={"If-None-Match": page.headers["ETag"]})
        assert again.status_code == HTTPStatus.NOT_MODIFIED


async def test_rooms_are_compressed_and_presses_are_not(front: Front) -> None:
    url = f"{front.ws_url}/ws-unity"
    async with connected(url, ssl=front.trust) as game, front.client() as http:
        room = await game.next_of(RoomCreated)
        await game.start()
        path = f"/api/rooms/{room.room_id}"
        for accepted in ("gzip", "zstd"):
            async with http.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
                assert answer.headers["Content-Encoding"] == accepted
                body = b"".join([part async for part in answer.aiter_raw()])
            if accepted == "gzip":
                assert b'"in_game"' in gzip.decompress(body)
        plain = await http.get(path, headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert plain.json()["status"] == "in_game"
        viewer = await http.post("/api/viewers", json={})
        press = {
            "viewer_id": viewer.json()["viewer_id"],
            "push_events": [{"button_name": "skill1", "push_count": 1}],
        }
        pressed = await http.post(f"{path}/events", json=press, headers=LIKE_A_BROWSER)
        assert pressed.json()["accepted"] == 1
        assert "Content-Encoding" not in pressed.headers
