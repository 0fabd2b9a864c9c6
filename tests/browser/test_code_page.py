"""The way into a room by its code, and what browsers get where there is nothing."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, load, opened_page
from tests.browser.play_page import SCHEMES
from tests.room_keys import new_room_id


@pytest.mark.parametrize(
    ("path", "language", "heading"),
    [
        ("/", "en-US", "Join a room"),
        ("/", "ja", "ルームに参加"),
        ("/nothing", "en-US", "There is no such room"),
        ("/play", "ja", "ルームが見つかりません"),
        ("/play/short", "en-US", "There is no such room"),
        (f"/play/{new_room_id()}", "en-US", "There is no such room"),
    ],
)
async def test_a_code_can_be_typed_wherever_there_is_no_room(
    services: Services, browser: Browser, path: str, language: str, heading: str
) -> None:
    """The page says what is missing, in the viewer's language, and leads to the code's URL."""
    async with opened_page(browser, language=language, phone=True) as page:
        await load(page, services.api.url + path)
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            assert await grave_findings(page) == [], scheme
        field = page.locator("#code")
        await field.fill(" k7pq 4m ")
        await field.press("Enter")
        await page.wait_for_url("**/j/k7pq%204m")
        if path == "/":
            await expect(field).to_have_value("k7pq 4m")
            await expect(field).to_be_focused()
            await page.keyboard.type("ABC")
            await expect(field).to_have_value("ABC")


async def test_a_page_where_there_is_nothing_leads_to_the_start(
    services: Services, browser: Browser
) -> None:
    """Which may be the streamer's own address: no code is needed there."""
    async with opened_page(browser, language="en-US", phone=True) as page:
        await load(page, f"{services.api.url}/nothing")
        start = page.get_by_role("link", name="Go to the start page")
        await start.click()
        await expect(page.get_by_role("heading", name="Join a room")).to_be_visible()
        await expect(start).to_be_hidden()
