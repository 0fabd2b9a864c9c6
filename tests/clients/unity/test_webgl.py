"""The WebGL socket's library in a real browser, against the real gateway.

Games are hardly ever served by the gateway: its pages here come from other origins, as theirs do.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

from shared.identity.tokens import Signer
from tests.browser.conftest import load, open_chromium, open_context
from tests.clients.unity.compiling import PACKAGE, SOURCES
from tests.clients.unity.games import UnityGame, played
from tests.clients.unity.rooms import Audience, save_room, saved_in
from tests.clients.unity.servers import answering, serving
from tests.conftest import free_ports
from tests.ws_gateway.gateways import SECRET, Crowd, Running, gateway_settings, running_gateway

LIBRARY = PACKAGE / "Plugins" / "WebGL" / "StreamarioSocket.jslib"


# To the gateway at 127.0.0.1 these are another origin, another site, and an isolated one, as builds
# with threads need it (HTML, "Cross-origin isolation").
ISOLATED = (
    "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Embedder-Policy: require-corp\r\n"
)
ORIGINS = {
    "another port": ("127.0.0.1", ""),
    "another host": ("localhost", ""),
    "isolated": ("localhost", ISOLATED),
}


# What does not depend on the page's origin is shown from one of them.
WHEREVER_IT_IS = pytest.mark.parametrize("page", ["another port"], indirect=True)


@pytest.fixture(scope="module", params=ORIGINS)
async def page(anyio_backend: object, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page that has the library as a WebGL build would."""
    host, headers = ORIGINS[request.param]
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n{headers}"
    empty = answering(f"{head}Connection: close\r\n\r\n".encode(), stays=False)
    async with (
        serving(empty) as url,
        open_chromium() as chromium,
        open_context(chromium) as context,
    ):
        page = await context.new_page()
        await load(page, f"http://{host}:{urlsplit(url).port}/")
        for source in (SOURCES / "emscripten.js", LIBRARY):
            await page.add_script_tag(content=source.read_text(encoding="utf-8"))
        yield page


@pytest.fixture(scope="module")
async def gateway(page: Page, redis_url: str) -> AsyncIterator[Running]:
    """A gateway whose operators list the page."""
    origin = str(await page.evaluate("origin"))
    async with running_gateway(gateway_settings(redis_url, game_origins=(origin,))) as running:
        yield running


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


async def opened(page: Page, url: str, subprotocols: str = "streamario.v1") -> BrowserSocket:
    """A socket under this address."""
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


@WHEREVER_IT_IS
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
    gone = f"{gateway.url}?room_id=01ARZ3NDEKTSV4RRFFQ69G5FAV&last_seq=0&token=of/that"
    async with page.expect_request(lambda request: request.url.startswith("http:")) as asked:
        refused = await opened(page, gone)
        assert (await refused.take()).startswith("r1006 ")
    assert (await asked.value).url == f"http://127.0.0.1:{gateway.port}/healthz"
    (nobody,) = free_ports(1)
    absent = await opened(page, f"ws://127.0.0.1:{nobody}/ws-unity")
    assert (await absent.take()).startswith("c1006 ")


async def test_a_page_that_is_not_listed_is_refused_for_good(page: Page, redis_url: str) -> None:
    """The page reads the gateway's /healthz, and so knows that trying again is no use."""
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        refused = await opened(page, gateway.url)
        assert (await refused.take()).startswith("r1006 ")


@WHEREVER_IT_IS
async def test_a_room_that_is_gone_is_lost_after_a_few_attempts_and_a_minute(
    executable: Path, page: Page, gateway: Running, store: Path
) -> None:
    """The whole client, with sockets of the page: a new room follows."""
    save_room(store, gateway.url, Signer([SECRET]).room_token)
    async with played(executable, gateway.url, store, "page") as game:
        serving_sockets = asyncio.create_task(serve_sockets(game, page))
        try:
            await game.next_of("page_socket", 2)
            await game.say("later 60")
            assert await game.next_of("lost") == "refused"
            room = await game.next_of("opened")
        finally:
            serving_sockets.cancel()
        await game.quit()
        # One more for each that the page opens later than the game waits.
        assert len(game.all_of("page_socket")) >= 6
    assert saved_in(store).room_id == room["room_id"]


async def serve_sockets(game: UnityGame, page: Page) -> None:
    """Open what sockets the game asks for in the page, and bring it the first two events of each.

    A refusal is one, a room needs both: opened, and which room it is.
    """
    number = 0
    while True:
        asked = await game.next_of("page_socket", number + 1)
        socket = await opened(page, asked["url"], asked["subprotocols"])
        event = await socket.take()
        await game.say(f"page {number} {event}")
        if event == "o":
            await game.say(f"page {number} {await socket.take()}")
        number += 1
