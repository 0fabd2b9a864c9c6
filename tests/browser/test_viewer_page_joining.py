"""How a viewers' page joins its room: in its head, before its script is there, or by the script."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
from playwright.async_api import Browser, Page, Response, Route, expect

from shared.wire.game_messages import GameEnd
from tests.browser.conftest import Services, go, load, open_services, opened_page
from tests.browser.page_time import stand
from tests.browser.play_page import PlayPage, button, game_of, room_with, running_game
from tests.room_keys import new_room_id
from tests.waiting import until

BECOMES: Final = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  Object.defineProperty(document, "hidden", { value: state === "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
STORED: Final = """() => {
  const key = Object.keys(localStorage).find((name) => name.startsWith("streamario:viewer:"));
  return key ? JSON.parse(localStorage.getItem(key)).split(".")[0] : null;
}"""
SCRIPT: Final = "**/assets/play-*.js"
REST: Final = "**/play_deferred-*.js*"
A_MINUTE_LATER: Final = """() => {
  const before = performance.now.bind(performance);
  performance.now = () => before() + 60_000;
}"""


class Answers:
    """The API's answers to a page: their paths' ends and statuses."""

    def __init__(self, page: Page) -> None:
        self.all: list[tuple[str, int]] = []
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if "/api/" in response.url:
            self.all.append((response.url.rpartition("/")[2], response.status))

    def of(self, end: str) -> list[int]:
        return [status for path, status in self.all if path == end]


@asynccontextmanager
async def held_script(page: Page, script: str = SCRIPT) -> AsyncIterator[asyncio.Event]:
    """A script of the page comes once the event is set."""
    comes = asyncio.Event()

    async def hold(route: Route) -> None:
        await comes.wait()
        await route.continue_()

    await page.route(script, hold)
    yield comes
    comes.set()


async def test_what_the_first_screen_does_not_need_is_asked_for_until_it_loads(
    services: Services, browser: Browser
) -> None:
    """By another URL each time, since browsers remember what did not load."""
    async with running_game(services) as (game, room), opened_page(browser, phone=True) as page:
        await page.route(REST, lambda route: route.abort(), times=1)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await go(page, f"{services.api.url}/play/{room.room_id}")
        await PlayPage(page).shows("Skill 1", "5 more")
        await expect(page.locator("#sound")).to_be_visible()
        first, again = [url for url in asked if "/play_deferred-" in url and ".js" in url]
        assert again == f"{first}?1"
        await expect(page.locator("link[href*=play_deferred]")).to_have_count(1)
        await game.say(GameEnd())
        await expect(page.locator("#own")).to_contain_text("You watched this one")


async def test_what_comes_late_tells_of_nothing_that_is_long_past(
    services: Services, browser: Browser
) -> None:
    """A trigger of a minute ago neither floods the screen nor asks for a name."""
    wave = button("wave", "Wave", base=1, min=1, max=1)
    room = await room_with(services, buttons=[wave])
    async with (
        game_of(room),
        opened_page(browser) as page,
        held_script(page, REST) as comes,
    ):
        await go(page, f"{services.api.url}/play/{room.room_id}")
        viewer = PlayPage(page)
        await viewer.press("Wave")
        await expect(viewer.key("Wave")).to_have_accessible_name(re.compile("fired once"))
        await page.evaluate(A_MINUTE_LATER)
        comes.set()
        await expect(page.locator("#sound")).to_be_visible()
        assert await page.locator(".flood-burst").is_hidden()
        assert await page.locator("#nudge").is_hidden()


async def test_without_its_head_start_the_page_joins_by_itself(
    services: Services, browser: Browser
) -> None:
    """As where pages may store nothing, or in a browser without `AbortSignal.timeout`."""
    async with running_game(services) as (_, room), opened_page(browser, phone=True) as page:
        answers = Answers(page)
        await stand(page)  # so that it does not join again
        await page.add_init_script("delete AbortSignal.timeout")
        await go(page, f"{services.api.url}/play/{room.room_id}")
        await PlayPage(page).shows("Skill 1", "5 more")
        assert (answers.of("join"), answers.of("viewers")) == ([200], [])


async def test_whoever_reloads_before_the_script_is_there_stays_one_viewer(
    services: Services, browser: Browser
) -> None:
    """Viewers who are not there would make the buttons need more presses."""
    async with running_game(services) as (_, room), opened_page(browser, phone=True) as page:
        async with held_script(page) as comes:
            url = f"{services.api.url}/play/{room.room_id}"
            await load(page, url, wait_until="commit")
            await until(lambda: page.evaluate(STORED))
            first = await page.evaluate(STORED)
            async with page.expect_response("**/join"):
                await load(page, url, wait_until="commit")
            comes.set()
            await PlayPage(page).shows("Skill 1", "5 more")
            assert await page.evaluate(STORED) == first
        async with httpx.AsyncClient(base_url=services.api.url) as http:
            stats = (await http.get(f"/api/rooms/{room.room_id}/stats")).json()
        assert stats["viewer_count"] == 1


async def test_a_page_that_is_hidden_before_its_script_is_there_joins_as_the_same_viewer(
    services: Services, browser: Browser
) -> None:
    """Once it is seen again, by a request of its own."""
    async with running_game(services) as (_, room), opened_page(browser, phone=True) as page:
        answers = Answers(page)
        async with held_script(page) as comes:
            await load(page, f"{services.api.url}/play/{room.room_id}", wait_until="commit")
            await until(lambda: page.evaluate(STORED))
            first = await page.evaluate(STORED)
            await page.evaluate(BECOMES, "hidden")
            comes.set()
            await PlayPage(page).shows("Skill 1", "5 more")
        await until(lambda: _has(answers, "viewers", 1))
        assert answers.of("join") == [200]
        await page.evaluate(BECOMES, "visible")
        await until(lambda: _has(answers, "join", 2))
        assert await page.evaluate(STORED) == first


async def test_a_script_that_comes_late_takes_the_answer_that_is_there(
    services: Services, browser: Browser
) -> None:
    """Whenever it comes: the deadline is that of the request."""
    async with running_game(services) as (_, room), opened_page(browser, phone=True) as page:
        answers = Answers(page)
        await stand(page)  # so that it does not join again
        await page.add_init_script(
            "AbortSignal.timeout = () => { const a = new AbortController(); "
            "window.expire = () => a.abort(); return a.signal; }"
        )
        async with held_script(page) as comes:
            await load(page, f"{services.api.url}/play/{room.room_id}", wait_until="commit")
            await until(lambda: page.evaluate(STORED))
            await page.evaluate("expire()")
            comes.set()
            await PlayPage(page).shows("Skill 1", "5 more")
        assert (answers.of("join"), answers.of("viewers")) == ([200], [])


async def test_one_of_too_many_new_viewers_of_an_address_sees_the_room_all_the_same(
    browser: Browser, tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """A link to a room that is not there makes nobody a new viewer."""
    limits = {"VIEWERS_PER_ADDRESS": "1/1", "TRUSTED_PROXIES": "127.0.0.1"}
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    async with (
        open_services(tmp_path, redis_url, own_database_url, **limits) as limited,
        running_game(limited) as (_, room),
    ):
        for path, status in ((new_room_id(), 404), (room.room_id, 200), (room.room_id, 429)):
            async with opened_page(browser, phone=True) as page:
                await page.set_extra_http_headers(elsewhere)
                answers = Answers(page)
                await load(page, f"{limited.api.url}/play/{path}")
                if status == 404:
                    await expect(page.locator("[data-of=missing]")).to_be_visible()
                else:
                    await PlayPage(page).shows("Skill 1", "5 more")
                assert answers.of("join")[0] == status


async def test_a_name_that_is_refused_says_why(services: Services, browser: Browser) -> None:
    """In a dialog that opens as soon as it has loaded."""
    room = await room_with(services)
    refusal = {"code": "busy", "error": "busy"}
    async with opened_page(browser, phone=True) as page:
        await page.route("**/play_deferred-*.js*", lambda route: route.abort(), times=1)
        await page.route("**/set_name", lambda route: route.fulfill(status=503, json=refusal))
        await go(page, f"{services.api.url}/play/{room.room_id}")
        await page.locator("#name").click()
        await page.locator("#name-field").fill("Momo")
        await page.locator("#name-save").click()
        await expect(page.locator("#name-error")).to_contain_text("The server is busy")


async def _has(answers: Answers, end: str, times: int) -> bool:
    return len(answers.of(end)) == times
