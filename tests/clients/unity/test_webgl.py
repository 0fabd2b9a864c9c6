"""The WebGL socket's library in a real browser, against the real gateway."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

from tests.browser.conftest import FLAGS
from tests.clients.unity.compiling import PACKAGE, SOURCES
from tests.clients.unity.rooms import Audience
from tests.conftest import free_ports

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

    from tests.ws_gateway.gateways import Crowd, Running

pytestmark = pytest.mark.anyio

LIBRARY = PACKAGE / "Plugins" / "WebGL" / "StreamarioSocket.jslib"


@pytest.fixture(scope="module")
async def page(anyio_backend: object, gateway: Running) -> AsyncIterator[Page]:
    """A page that has the library as a WebGL build would."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "the WebGL tests need Chromium (Debian: apt install chromium)"
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=program, args=FLAGS) as chromium,
    ):
        page = await chromium.new_page()
        await page.goto(f"http://127.0.0.1:{gateway.port}/healthz")
        for source in (SOURCES / "emscripten.js", LIBRARY):
            await page.add_script_tag(content=source.read_text(encoding="utf-8"))
        yield page


class BrowserSocket:
    """A socket of the library."""

    def __init__(self, page: Page, number: int) -> None:
        self._page = page
        self._number = number

    async def take(self) -> str:
        """The next event, as C# gets it."""
        taken: str = await self._page.evaluate("id => taken(id)", self._number)
        return taken

    async def message(self) -> dict[str, object]:
        event = await self.take()
        assert event[0] == "t", event
        message: dict[str, object] = json.loads(event[1:])
        return message

    async def send(self, text: str) -> None:
        await self._page.evaluate(
            "([id, text]) => library.StreamarioSocketSend(id, passed(text))", [self._number, text]
        )

    async def close(self, code: int) -> None:
        await self._page.evaluate(
            "([id, code]) => library.StreamarioSocketClose(id, code)", [self._number, code]
        )

    async def arrivals(self) -> int:
        count: int = await self._page.evaluate(
            "id => library.StreamarioSocketArrivals(id)", self._number
        )
        return count


async def opened(page: Page, url: str) -> BrowserSocket:
    """A socket under this address, with a token where the address names a room."""
    subprotocols = "streamario.v1,token.wrong" if "room_id" in url else "streamario.v1"
    number: int = await page.evaluate(
        "([url, list]) => library.StreamarioSocketOpen(passed(url), passed(list))",
        [url, subprotocols],
    )
    return BrowserSocket(page, number)


async def test_messages_go_through_whole_in_both_directions(page: Page, gateway: Running) -> None:
    socket = await opened(page, gateway.url)
    assert await socket.take() == "o"
    assert (await socket.message())["type"] == "room_created"
    await socket.send(json.dumps({"type": "ping", "t": "花火 🎆"}, ensure_ascii=False))
    assert await socket.message() == {"type": "pong", "t": "花火 🎆"}
    assert await socket.arrivals() == 3
    await socket.close(1000)
    assert await socket.take() == "c1000 "


async def test_what_was_sent_before_a_close_arrives_and_other_codes_close_without_one(
    page: Page, gateway: Running, crowd: Crowd
) -> None:
    socket = await opened(page, gateway.url)
    assert await socket.take() == "o"
    room = await socket.message()
    await socket.send('{"type":"game_start"}')
    await socket.close(1001)
    assert (await socket.take()).startswith("c1005")
    await Audience(crowd, str(room["room_id"])).sees("in_game")


async def test_a_refusal_is_told_from_a_server_that_is_not_there(
    page: Page, gateway: Running
) -> None:
    refused = await opened(page, f"{gateway.url}?room_id=01ARZ3NDEKTSV4RRFFQ69G5FAV&last_seq=0")
    assert (await refused.take()).startswith("r1006 ")
    (nobody,) = free_ports(1)
    absent = await opened(page, f"ws://127.0.0.1:{nobody}/ws-unity")
    assert (await absent.take()).startswith("c1006 ")
