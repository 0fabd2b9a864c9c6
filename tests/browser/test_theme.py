"""A room's theme on its pages: pictures, colours, type and names, legible and without harm."""

import re
from functools import partial
from typing import Final

from playwright.async_api import Browser, Page, Route, expect

from shared.wire.game_messages import GameEnd
from tests.browser.axe import grave_findings
from tests.browser.conftest import Services
from tests.browser.overlay_page import overlay
from tests.browser.page_time import pass_until_seen
from tests.browser.play_page import button, change, counts, game_of, play_page, room_with, set_name
from tests.flow.play import viewers
from tests.waiting import until

LOGO, BACKGROUND, PICTURE, LOST = (digit * 32 for digit in "abcd")
# Pages show whatever pictures there are; an SVG is the shortest to write.
SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><path d="M0 0h90v30"/></svg>'
)
NAVY: Final = "rgb(30, 27, 75)"
THEME: Final = {
    "logo": LOGO,
    "background": BACKGROUND,
    "accent": "#ffff00",
    "backdrop": "#1e1b4b",
    "font": "serif",
    "team_names": {"skill": "Heroes", "enemy": "Monsters"},
}
BUTTONS: Final = [
    button("wave", "Wave", team="skill", icon="👋", image=PICTURE),
    button("rain", "Rain", team="enemy", icon="🌧", image=LOST),
]
INLINE: Final = "document.documentElement.style.getPropertyValue('--paper')"
# How far a picture is from the middle of what it lies in; and whether no text is cut, of which a
# letter may be taller than its line.
OFF_MIDDLE: Final = """node => {
  const [own, around] = [node, node.parentElement].map((one) => one.getBoundingClientRect());
  return own.top + own.height / 2 - around.top - around.height / 2;
}"""
IS_WHOLE: Final = """({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
  scrollWidth <= clientWidth && scrollHeight < clientHeight + 10"""
BEHIND: Final = "getComputedStyle(document.body, '::before').backgroundImage"


async def with_media(page: Page) -> None:
    """The pictures that the test's theme names, and one that is lost."""

    async def answer(route: Route) -> None:
        if route.request.url.endswith(LOST):
            await route.fulfill(status=404)
        else:
            await route.fulfill(content_type="image/svg+xml", body=SVG)

    await page.route("**/api/media/*", answer)


async def test_viewers_see_the_room_in_its_theme_from_the_first_press_to_the_results(
    services: Services, browser: Browser
) -> None:
    """At night as by day it can be read; without a theme the page is as it always was."""
    room = await room_with(services, title="Night", buttons=BUTTONS)
    async with play_page(browser, services, room.room_id, phone=True) as viewer:
        page = viewer.page
        await with_media(page)
        await page.reload()
        picture = page.locator(".preview-icon canvas")
        await expect(picture).to_be_visible()
        assert abs(await picture.evaluate(OFF_MIDDLE)) <= 1
        async with game_of(room) as game:
            await viewer.shows("Wave", "5 more")
            assert await page.evaluate(INLINE) == ""
            await expect(page.locator("#logo")).to_be_hidden()
            await change(services, room, theme=THEME)
            await expect(page.locator("#logo")).to_be_visible()
            await expect(page.locator("html")).to_have_css("background-color", NAVY)
            assert BACKGROUND in await page.evaluate(BEHIND)
            await expect(page.locator(".key-icon .button-picture")).to_have_count(2)
            await expect(page.locator(".key-icon").nth(2)).to_have_text("🌧")
            await expect(page.locator("#title")).to_have_css("font-family", re.compile("serif"))
            await viewer.has_no_grave_findings()
            for width in (320, 390, 1440):
                await page.set_viewport_size({"width": width, "height": 800})
                assert await page.evaluate("document.documentElement.scrollWidth") == width
            await page.set_viewport_size({"width": 390, "height": 844})
            name = page.locator("#name")
            await name.evaluate("node => { node.style.letterSpacing = '1px'; }")  # a wide typeface
            assert await name.evaluate(IS_WHOLE)
            label = page.locator(".key-label").first
            await label.evaluate("node => { node.textContent = 'A zombie horde in my flat'; }")
            assert await label.evaluate(IS_WHOLE)
            await viewer.press("Wave", 2)
            await viewer.press("Rain", 1)
            await until(partial(counts, services, room.room_id, "rain", 1))
            await game.say(GameEnd())
            await expect(page.locator("#teams")).to_have_text("Heroes2Monsters1")
            await viewer.has_no_grave_findings()
            await change(services, room, theme={}, title="")
            await expect(page.locator("#logo")).to_be_hidden()
            assert await page.evaluate(INLINE) == ""


async def test_a_stream_shows_the_theme_and_on_demand_its_logo(
    services: Services, browser: Browser
) -> None:
    """Plates and announcements have its colours, bars their pictures, also where one is lost."""
    room = await room_with(services, theme=THEME, buttons=BUTTONS)
    async with (
        game_of(room) as game,
        overlay(browser, services, room.room_id, "?show=logo", moves=True) as stream,
        overlay(browser, services, room.room_id, stands=True) as plain,
        viewers(services.api, 1) as (viewer,),
    ):
        await with_media(stream)
        await stream.reload()
        await expect(stream.locator("#logo")).to_be_visible()
        await expect(stream.locator(".bar-fill .button-picture")).to_have_count(1)
        await expect(stream.locator(".bar-fill .bar-icon").nth(1)).to_have_text("🌧")
        await expect(stream.locator(".bar-box").first).to_have_css(
            "background-color", "rgba(30, 27, 75, 0.933)"
        )
        await expect(plain.locator(".code-letters")).to_have_css("color", "rgb(255, 255, 0)")
        await expect(plain.locator(".bar")).to_have_count(2)
        await expect(plain.locator("#logo")).to_be_hidden()
        assert await grave_findings(stream) == []
        await stream.emulate_media(reduced_motion="reduce")
        await stream.reload()
        await expect(stream.locator(".bar-fill canvas")).to_have_count(1)  # it cannot move
        await set_name(services, viewer, "Mika")
        await viewer.press(services.api, room.room_id, {"wave": 2, "rain": 1})
        await game.say(GameEnd())
        teams = plain.locator(".finale-teams")
        await pass_until_seen(plain, ".finale-teams")
        await expect(teams).to_have_text("Heroes beat Monsters 2 : 1")
        await expect(plain.locator(".podium-name")).to_have_text("Mika")
