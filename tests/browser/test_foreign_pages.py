"""Pages of other origins in a streamer's browser, which reach the streamer's own server."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.async_api import Browser, Page

from shared.identity.tokens import Signer
from shared.process.settings import Settings
from tests.api_service.running import running
from tests.attacks.bystanders import start_round
from tests.browser.conftest import load, open_chromium, open_context
from tests.clients.unity.servers import answering, serving
from tests.ws_gateway.gateways import Crowd, gathered_crowd, running_gateway

EMPTY: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
ROOM_KEY: Final = re.compile(r"streamario:\{[0-9a-f]{2}\}:[0-9A-HJKMNP-TV-Z]{26}")
# What the page asks for; the answer is a status and its code, "hidden" if the page may not see it.
ASK: Final = """async ([url, method, headers, body, mode]) => {
  const sent = body && (typeof body === "string" ? body : JSON.stringify(body));
  try {
    const response = await fetch(url, { method, mode, headers, body: sent });
    return response.ok ? "ok" : `${response.status} ${(await response.json()).code}`;
  } catch {
    return "hidden";
  }
}"""
OPEN_SOCKET: Final = """url => new Promise((resolve) => {
  const socket = new WebSocket(url);
  socket.onopen = () => resolve("open");
  socket.onclose = () => resolve("closed");
})"""
JSON: Final = {"Content-Type": "application/json"}
REFUSED: Final = "403 origin_refused"


class Stage:
    """A server as it is by default, and what is stored in it."""

    def __init__(self, settings: Settings, crowd: Crowd) -> None:
        self.settings = settings
        self.crowd = crowd

    async def stored(self) -> tuple[set[str], int, int]:
        """The rooms, and how many pictures and handles there are."""
        found: Any = await self.crowd.engine.store.command("KEYS", "streamario:{*}:*")
        keys = {key.decode() if isinstance(key, bytes) else key for key in found}
        with psycopg.connect(self.settings.database_url) as connection:
            media = connection.execute("SELECT count(*) FROM media").fetchone()
            handles = connection.execute("SELECT count(*) FROM handles").fetchone()
        assert media
        assert handles
        return {key for key in keys if ROOM_KEY.fullmatch(key)}, media[0], handles[0]


@pytest.fixture
async def stage(settings: Settings, own_database_url: str) -> AsyncIterator[Stage]:
    own = replace(settings, database_url=own_database_url, drain_delay=0, ledger=False)
    async with (
        running(own),
        running_gateway(replace(own, mode="ws")),
        gathered_crowd(own.redis_url) as crowd,
    ):
        yield Stage(own, crowd)


@asynccontextmanager
async def page_of(browser: Browser, url: str) -> AsyncIterator[Page]:
    async with open_context(browser) as context:
        page = await context.new_page()
        await load(page, url)
        yield page


async def asked(
    page: Page,
    url: str,
    method: str = "POST",
    body: object = None,
    mode: str = "cors",
    **headers: str,
) -> str:
    answer: str = await page.evaluate(ASK, [url, method, headers, body, mode])
    return answer


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_page_of_another_port_makes_nothing_and_may_play(
    browser: Browser, stage: Stage, host: str
) -> None:
    """To the server, localhost is another site, and 127.0.0.1 the same one."""
    settings, signer = stage.settings, Signer(stage.settings.secret_keys)
    room = await stage.crowd.open_room()
    await start_round(stage.crowd, room.room_id)
    key, api = signer.sign_studio(room.room_id), settings.api_url
    owner, before = {"Authorization": f"Bearer {key}"}, await stage.stored()
    socket = f"ws://127.0.0.1:{settings.unity_ws_port}"
    handle = f"{api}/api/studios/{room.room_id}/handle"
    async with (
        serving(answering(EMPTY, stays=False)) as url,
        page_of(browser, f"http://{host}:{urlsplit(url).port}/") as page,
    ):
        for path, headers in ((f"{api}/api/rooms", JSON), (f"{api}/api/studios", JSON)):
            assert await asked(page, path, body={}, **headers) == REFUSED
            assert await asked(page, path, body="{}") == REFUSED  # as text, without a preflight
            assert await asked(page, path, body="{}", mode="no-cors") == "hidden"
        media = f"{api}/api/studio/media"
        assert await asked(page, media, body="RIFF", **owner) == REFUSED
        assert await asked(page, handle, "PUT", {"handle": "stolen"}, **owner, **JSON) == REFUSED
        assert await page.evaluate(OPEN_SOCKET, f"{socket}/ws-unity") == "closed"
        assert await stage.stored() == before

        watch = f"{socket}/ws-viewer?room_id={room.room_id}"
        assert await page.evaluate(OPEN_SOCKET, watch) == "open"
        viewer = signer.new_viewer_id()
        here, press = f"{api}/api/rooms/{room.room_id}", {"event_type": "skill1"}
        assert await asked(page, f"{here}/join", body={"viewer_id": viewer}, **JSON) == "ok"
        pressing = {"viewer_id": viewer, **press}
        assert await asked(page, f"{here}/events", body=pressing, **JSON) == "ok"


async def test_a_page_whose_name_leads_here_makes_nothing(stage: Stage) -> None:
    """DNS rebinding: the browser takes the server for the page's own."""
    port, before = stage.settings.port, await stage.stored()
    home = f"http://evil.example:{port}"
    async with (
        open_chromium("--host-resolver-rules=MAP evil.example 127.0.0.1") as chromium,
        page_of(chromium, f"{home}/console") as page,
        page_of(chromium, f"http://127.0.0.1:{port}/console") as own,
    ):
        assert await page.evaluate("origin") == home
        assert await asked(page, "/api/rooms", body={}, **JSON) == REFUSED
        assert await asked(page, "/api/studios") == REFUSED
        studio = await asked(page, "/api/studio/setups", "GET", Authorization="Bearer x")
        assert studio == REFUSED
        assert await asked(page, "/api/rooms", body="{}", mode="no-cors") == REFUSED
        assert await asked(own, "/api/studios") == "ok"
    assert await stage.stored() == before


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_the_console_opens_and_plays_rooms_by_each_name_of_this_machine(
    browser: Browser, stage: Stage, host: str
) -> None:
    """Its own window opens a room, and a socket from its origin another."""
    settings, before = stage.settings, await stage.stored()
    async with page_of(browser, f"http://{host}:{settings.port}/console") as page:
        assert await asked(page, "/api/rooms", body={}, **JSON) == "ok"
    socket = f"ws://{host}:{settings.unity_ws_port}/ws-unity"
    async with page_of(browser, f"http://{host}:{settings.port}/readyz") as page:  # has no policy
        assert await page.evaluate(OPEN_SOCKET, socket) == "open"
    assert len((await stage.stored())[0] - before[0]) == 2
