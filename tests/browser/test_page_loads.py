"""What pages load in a real browser: how many requests, and how many bytes as transferred."""

from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, Request, expect

from tests.browser.conftest import Services, go, hears, opened_page
from tests.browser.console_page import console_page
from tests.browser.play_page import PlayPage, game_of, room_with, running_game
from tests.waiting import until

ICON: Final = 1  # this browser does not ask for it
LOADED_FONTS: Final = """() => {
  const isOwn = ({ family }) => !family.includes("Pictures"); // which the device has
  const loaded = [...document.fonts].filter((font) => font.status === "loaded" && isOwn(font));
  return [...new Set(loaded.map(({ family }) => family.replaceAll('"', "")))].sort();
}"""


class Load:
    """All that a page asks for."""

    def __init__(self, page: Page) -> None:
        self._requests: list[Request] = []
        self._under_way: set[Request] = set()
        self.sockets: list[str] = []
        page.on("request", self._begin)
        page.on("requestfinished", self._note)
        page.on("requestfailed", self._end)
        page.on("websocket", lambda socket: self.sockets.append(socket.url))

    def _begin(self, request: Request) -> None:
        self._under_way.add(request)

    def _end(self, request: Request) -> None:
        self._under_way.discard(request)

    def _note(self, request: Request) -> None:
        self._requests.append(request)
        self._end(request)

    async def is_quiet(self) -> bool:
        return not self._under_way

    @property
    def urls(self) -> list[str]:
        """The URLs of its requests, without those that hold their content."""
        return [request.url for request in self._requests if not request.url.startswith("data:")]

    @property
    def count(self) -> int:
        return len(self.urls) + len(self.sockets) + ICON

    async def size(self, part: str = "") -> int:
        """Bytes of all bodies, as transferred, or of those with this part in their URL."""
        sizes = [await request.sizes() for request in self._requests if part in request.url]
        return sum(each["responseBodySize"] for each in sizes)


async def test_a_phone_loads_little_until_a_button_can_be_pressed(
    services: Services, browser: Browser
) -> None:
    """From this service alone; the rest loads afterwards."""
    async with running_game(services) as (_, room), opened_page(browser, phone=True) as page:
        load = Load(page)
        for later in ("**/play_deferred-*", "**/fonts/*"):
            await page.route(later, lambda route: route.abort())
        await go(page, f"{services.api.url}/play/{room.room_id}")
        await PlayPage(page).shows("Skill 1", "5 more")
        await until(lambda: _are_connected(load, 1))
        assert load.count <= 6, load.urls
        assert 0 < await load.size() <= 31_000
        assert {urlsplit(url).port for url in load.urls} == {services.api.port}
        assert {urlsplit(url).port for url in load.sockets} == {services.gateway.port}


async def test_a_phone_loads_fonts_after_its_buttons_and_only_those_that_its_words_need(
    services: Services, browser: Browser
) -> None:
    """Handwriting is handwriting on every device, where the streamer chose it."""
    room = await room_with(services, theme={"font": "hand"})
    async with game_of(room), opened_page(browser, phone=True) as page:
        load = Load(page)
        await go(page, f"{services.api.url}/play/{room.room_id}")
        await PlayPage(page).shows("Skill 1", "5 more")
        await until(lambda: _are_loaded(page, ["Yusei Magic"]))
        fonts = [url for url in load.urls if url.endswith(".woff2")]
        assert 1 <= len(fonts) <= 4, fonts


async def _are_loaded(page: Page, families: list[str]) -> bool:
    return bool(await page.evaluate(LOADED_FONTS) == families)


async def test_the_console_loads_little_and_then_is_quiet(
    services: Services, browser: Browser
) -> None:
    """As after a reload, but with an empty cache: it opens the room that it has stored.

    All that it asks for counts, until its two sockets are there and it wants nothing more.
    """
    async with console_page(browser, services) as console:
        await console.stand()  # so that nothing is asked for again
        before = Load(console.page)
        await console.open_room("Dragon night")
        devtools = await console.page.context.new_cdp_session(console.page)
        await devtools.send("Network.clearBrowserCache")
        await console.page.route("**/fonts/*", lambda route: route.abort())
        await until(before.is_quiet)
        load = Load(console.page)
        async with hears(console.page):
            await console.page.reload()
        await console.plays()
        await until(lambda: _are_connected(load, 2))
        await until(load.is_quiet)
        assert len(load.urls) + len(load.sockets) <= 10, load.urls
        asked = [urlsplit(url).path for url in load.urls]
        assert len(asked) == len(set(asked)), "the same twice"
        assert 0 < await load.size("/assets/console") <= 110_000


async def test_the_overlay_loads_little_until_it_shows_the_buttons(
    services: Services, browser: Browser
) -> None:
    """Without its fonts."""
    async with running_game(services) as (_, room), opened_page(browser) as page:
        load = Load(page)
        await page.route("**/fonts/*", lambda route: route.abort())
        await go(page, f"{services.api.url}/overlay/{room.room_id}")
        await expect(page.locator("#bars > li").first).to_be_visible()
        await until(lambda: _are_connected(load, 1))
        assert load.count <= 8, load.urls
        assert 0 < await load.size() <= 40_000


async def _are_connected(load: Load, sockets: int) -> bool:
    return len(load.sockets) >= sockets
