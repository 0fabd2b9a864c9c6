"""The console where it is small, and the links by which a room comes to another browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from playwright.async_api import Browser, expect

from tests.browser.conftest import Services, load, open_context, opened_page
from tests.browser.console_page import ConsolePage, console_page

IN_STORE = "Object.keys(localStorage).filter((name) => name.includes('console.room.')).length"


@asynccontextmanager
async def phone_console(browser: Browser, services: Services) -> AsyncIterator[ConsolePage]:
    """The console on a phone, which fingers touch."""
    async with open_context(
        browser,
        locale="en-US",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    ) as context:
        page = await context.new_page()
        await load(page, f"{services.api.url}/console")
        yield ConsolePage(page, services.api.url)


async def run(console: ConsolePage, command: str) -> None:
    """Run the round from elsewhere."""
    async with httpx.AsyncClient(base_url=console.api_url, headers=console.token) as http:
        path = f"/api/rooms/{console.room_id}/round"
        (await http.post(path, json={"command": command})).raise_for_status()


async def opened_room(services: Services, title: str) -> dict[str, Any]:
    """A room that no browser has."""
    async with httpx.AsyncClient(base_url=services.api.url) as http:
        answer = await http.post("/api/rooms", json={"settings": {"title": title}})
    room: dict[str, Any] = answer.raise_for_status().json()
    return room


def link_to(services: Services, room: dict[str, Any], token: str = "") -> str:
    return f"{services.api.url}/console#room={room['room_id']}.{token or room['room_token']}"


async def test_a_phone_reaches_every_tab_and_the_menu(services: Services, browser: Browser) -> None:
    """Also what stands at the row's end; and nothing is wider than the phone."""
    async with phone_console(browser, services) as console:
        await console.open_room("On the way")
        for tab in ("viewers", "results", "settings", "live"):
            await console.view(tab)
            wide = "document.documentElement.scrollWidth - innerWidth"
            assert await console.page.evaluate(wide) == 0
        await console.choose("Hide all names")
        await console.start()
        await expect(console.page.locator(".tile").first).to_be_visible()
        await expect(console.page.locator(".side .feed")).to_be_visible()
        await console.end()
        await expect(console.page.locator("main#results")).to_be_visible()
        await console.leave()


async def test_a_dock_comes_back_to_the_round(services: Services, browser: Browser) -> None:
    """It has the tabs only away from what is live, and no round leaves it without a way back."""
    async with console_page(browser, services) as console:
        page = console.page
        await page.set_viewport_size({"width": 420, "height": 772})
        await console.open_room(round_limit_s=300)
        row = page.locator(".tabs")
        await expect(row).to_be_hidden()
        tempo = page.locator("[data-step=tempo] button")
        await tempo.click()
        await expect(page.locator('[data-section=rounds][aria-current="true"]')).to_be_visible()
        await console.view("live")
        await expect(row).to_be_hidden()
        await tempo.click()
        await run(console, "start")
        await expect(page.locator("main#live .tile").first).to_be_visible()
        await run(console, "end")
        await console.phase("ended")
        await expect(page.locator("main#live .poster")).to_be_visible()
        await expect(row).to_be_hidden()
        await page.get_by_role("button", name="Results of round 1").click()
        await expect(page.locator("main#results")).to_be_visible()
        await console.view("live")


async def test_a_dock_has_the_menu_and_a_minute_more(services: Services, browser: Browser) -> None:
    """The menu is below the buttons, the minute with the timer: nothing in the bar moves."""
    async with console_page(browser, services) as console:
        page = console.page
        await page.set_viewport_size({"width": 420, "height": 772})
        await console.open_room(round_limit_s=300)
        await console.start()
        assert await page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0
        await console.choose("Hide all names")
        await page.locator("#timer .clock").click()
        async with page.expect_response("**/round") as answer:
            await page.locator("#timer .popover").get_by_role("button", name="+1 min").click()
        assert ((await answer.value).request.post_data_json or {})["limit_s"] in range(301, 361)


async def test_the_code_stays_in_its_card_on_the_smallest_phone(
    services: Services, browser: Browser
) -> None:
    async with console_page(browser, services) as console:
        await console.page.set_viewport_size({"width": 320, "height": 772})
        await console.open_room()
        card = await console.page.locator(".poster").bounding_box()
        code = await console.page.locator(".poster .qr").bounding_box()
        assert card is not None
        assert code is not None
        assert card["x"] + 8 <= code["x"]
        assert code["x"] + code["width"] <= card["x"] + card["width"] - 8


async def test_a_link_to_a_room_is_taken_only_if_it_is_wanted(
    services: Services, browser: Browser
) -> None:
    """A stranger's room would be on stream: nothing is stored before the answer."""
    room = await opened_room(services, "Not yours")
    async with console_page(browser, services) as console:
        page = console.page
        await load(page, link_to(services, room))
        question = page.locator("#confirm")
        await expect(question).to_contain_text("Run the room “Not yours” here?")
        assert await page.evaluate(IN_STORE) == 0
        await question.get_by_role("button", name="Cancel").click()
        await page.wait_for_url("**/console")
        await expect(page.locator("#start")).to_be_visible()
        assert await page.evaluate(IN_STORE) == 0
        await load(page, link_to(services, room))
        await console.confirm()
        await console.plays()
        assert "#" not in page.url
        await load(page, link_to(services, room))  # it is known now
        await page.wait_for_url("**/console")
        await console.phase("active")
        await expect(question).to_have_count(0)


async def test_a_link_waits_for_a_server_that_starts_later(
    services: Services, browser: Browser
) -> None:
    """OBS opens its docks first: the page says what is wrong, and asks again by itself."""
    room = await opened_room(services, "Early")
    async with opened_page(browser) as page:
        await page.route("**/api/rooms/**", lambda it: it.fulfill(status=502), times=2)
        await load(page, link_to(services, room))
        await expect(page.locator("#open-refusal")).not_to_be_empty()
        assert "#room=" in page.url
        await expect(page.locator("#confirm")).to_contain_text("Early")
        await expect(page.locator("#open-refusal")).to_be_empty()


async def test_a_link_that_is_refused_says_why(services: Services, browser: Browser) -> None:
    room = await opened_room(services, "Other")
    async with opened_page(browser) as page:
        await load(page, link_to(services, room, token="wrong"))
        await expect(page.locator("#open-refusal")).to_contain_text("room token")
        await expect(page.locator("#confirm")).to_have_count(0)


async def test_what_a_game_needs_is_at_hand(services: Services, browser: Browser) -> None:
    """From the checklist and from the menu; the token shows only when that is asked for."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await page.locator("[data-step=game]").get_by_role("button").click()
        dialog = page.get_by_role("dialog", name="Connect your game")
        await expect(dialog.get_by_label("Room ID")).to_have_value(console.room_id)
        url = f"{services.gateway.url.replace('http', 'ws')}/ws-unity"
        await expect(dialog.get_by_label("Server")).to_have_value(url)
        token = dialog.locator("#game-token")
        await expect(token).to_have_attribute("type", "password")
        await dialog.get_by_role("button", name="Show: Room token").click()
        await expect(token).to_have_attribute("type", "text")
        assert (await token.input_value()).count(".") >= 1
        await dialog.get_by_role("button", name="Close").click()
        await console.choose("Connect a game")
        await expect(dialog).to_be_visible()
