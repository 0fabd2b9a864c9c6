"""Setups: saved from a room, begun with, changed, and brought to another browser by a link."""

import json
import re
from typing import Final

from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Services, load
from tests.browser.console_page import ConsolePage, console_page
from tests.browser.widths import fits
from tests.waiting import until

KEY: Final = "localStorage['streamario.console.studio_key']"
ROOMS: Final = """async () => {
  const key = JSON.parse(localStorage["streamario.console.studio_key"]);
  const headers = { Authorization: `Bearer ${key}` };
  const { rooms } = await (await fetch("/api/studio/rooms", { headers })).json();
  return rooms.map((room) => room.room_id);
}"""
AWAY: Final = json.dumps({"code": "store_unavailable", "title": "", "status": 503, "detail": ""})


def entry(page: Page, name: str) -> Locator:
    """A setup in the list that shows."""
    return page.locator(".setup-rows > li", has=page.get_by_text(name, exact=True))


async def change(page: Page, name: str, action: str) -> None:
    """Choose one of the actions behind a setup's "⋯"."""
    await entry(page, name).locator("summary").click()
    await entry(page, name).get_by_role("button", name=action).click()


async def save_as(console: ConsolePage, name: str, *, twice: bool = False) -> None:
    form = console.page.locator(".setup-form")
    await form.get_by_label("Name of the setup").fill(name)
    await form.get_by_role("button", name="Save as setup").click(click_count=2 if twice else 1)


async def test_a_setup_outlives_its_room(services: Services, browser: Browser) -> None:
    """It is saved from a room, renamed, copied and deleted; new rooms begin with it."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room("Friday")
        await console.section("setups")
        await expect(page.locator(".setups")).to_contain_text("No setups yet. To save this")
        await expect(page.get_by_label("Name of the setup")).to_have_value("Friday")
        await console.section("look")
        await console.field("title").fill("Evening show")
        await console.section("setups")
        await save_as(console, "Evening")
        await expect(page.locator(".setups [role=alert]")).to_contain_text(
            "Save the room's settings"
        )
        await console.saved()
        await save_as(console, "Evening")
        await expect(entry(page, "Evening")).to_contain_text("6 buttons")
        await save_as(console, "Evening")
        await expect(page.get_by_role("dialog")).to_contain_text("Replace “Evening”?")
        await console.confirm()
        await expect(page.locator(".setups [role=status]")).to_have_text("Saved as “Evening”.")
        await expect(entry(page, "Evening")).to_have_count(1)
        await fits(page)
        await change(page, "Evening", "Duplicate")
        await expect(entry(page, "Evening 2").locator("summary")).to_be_visible()
        await expect(entry(page, "Evening").locator("summary")).to_be_focused()
        await change(page, "Evening 2", "Rename")
        await expect(page.locator("#setup-renamed")).to_be_focused()
        await page.locator("#setup-renamed").fill("Morning")
        await page.keyboard.press("Enter")
        await expect(entry(page, "Morning").locator("summary")).to_be_focused()
        await change(page, "Morning", "Rename")
        await page.locator("#setup-renamed").fill("Noon")
        await page.keyboard.press("Escape")
        await expect(entry(page, "Morning")).to_be_visible()
        await change(page, "Morning", "Delete")
        await console.confirm()
        await expect(entry(page, "Morning")).to_have_count(0)
        await names_are_compared_as_they_are_stored(console)
        await is_opened_once(console, "Evening")


async def test_escape_closes_what_is_open_in_the_dialog_of_setups_first(
    services: Services, browser: Browser
) -> None:
    """A menu, a name that is being changed; then the dialog."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room("Mine")
        await console.section("setups")
        await save_as(console, "Mine")
        await expect(entry(page, "Mine")).to_be_visible()
        await console.leave()
        await page.get_by_role("button", name="Setups").click()
        dialog = page.get_by_role("dialog")
        menu = entry(page, "Mine").locator("summary")
        await menu.click()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Rename")).to_be_hidden()
        await expect(menu).to_be_focused()
        await change(page, "Mine", "Rename")
        await expect(page.locator("#setup-renamed")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(menu).to_be_focused()
        await expect(dialog).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()


async def names_are_compared_as_they_are_stored(console: ConsolePage) -> None:
    """Without markup, with plain spaces, and cut: none is saved twice without a word."""
    page = console.page
    await save_as(console, "夜　<1>", twice=True)
    await expect(page.locator(".setups [role=status]")).to_have_text("Saved as “夜 ＜1＞”.")
    await expect(entry(page, "夜 ＜1＞")).to_have_count(1)
    await save_as(console, "夜　<1>")
    await expect(page.get_by_role("dialog")).to_contain_text("Replace “夜 ＜1＞”?")
    async with page.expect_response(re.compile("setups$")):  # the list, when it is replaced
        await console.confirm()
    await expect(entry(page, "夜 ＜1＞")).to_have_count(1)
    await save_as(console, 60 * "x")
    await change(page, 60 * "x", "Duplicate")
    await expect(entry(page, f"{58 * 'x'} 2")).to_have_count(1)


async def is_opened_once(console: ConsolePage, name: str) -> None:
    """However often it is asked for; what is edited meanwhile is not lost without a word."""
    page = console.page
    opened: list[Route] = []
    opens = entry(page, name).get_by_role("button", name="Open in a new room")

    async def count(route: Route) -> None:
        opened.append(route)
        await route.continue_()

    await page.route("**/api/rooms", count)
    await console.section("look")
    await console.field("title").fill("Half done")
    await console.section("setups")
    await opens.click()
    await expect(page.get_by_role("dialog")).to_contain_text("not saved will be lost")
    await page.get_by_role("button", name="Cancel").click()
    await console.section("look")
    await expect(console.field("title")).to_have_value("Half done")
    await console.section("setups")
    await opens.click()
    async with page.expect_response("**/api/rooms"):  # so it has been counted
        await console.confirm()
    await console.plays()
    await expect(page.locator(".nav")).to_contain_text("Evening show")
    assert len(opened) == 1


async def test_a_link_brings_setups_to_another_browser(
    services: Services, browser: Browser
) -> None:
    """When asked, and only if it is whole; whoever gives it is told what that means."""
    async with (
        console_page(browser, services) as console,
        console_page(browser, services) as other,
        console_page(browser, services) as wrong,
    ):
        page = console.page
        await console.open_room("Mine")
        await console.section("setups")
        await save_as(console, "Mine")
        await expect(entry(page, "Mine")).to_be_visible()
        await page.get_by_role("button", name="Use on another computer").click()
        code = page.get_by_alt_text("QR code of the link to your setups")
        await expect(code).to_have_js_property("complete", value=True)
        assert await code.evaluate("image => image.naturalWidth") > 0
        await expect(page.get_by_role("dialog")).to_contain_text("Show it to nobody")
        link = await page.get_by_label("Link to your setups").input_value()
        assert link.startswith(f"{services.api.url}/console#studio=")
        await fits(page)
        await page.get_by_role("button", name="Close").click()
        await other.open_room("Theirs")
        await other.section("setups")
        await save_as(other, "Theirs")
        await expect(entry(other.page, "Theirs")).to_be_visible()
        await load(other.page, link)
        await expect(other.page).to_have_url(f"{services.api.url}/console")
        question = other.page.get_by_role("dialog")
        await expect(question).to_contain_text("Replace the setups of this browser?")
        await other.page.get_by_role("button", name="Cancel").click()
        await other.section("setups")
        await expect(entry(other.page, "Theirs")).to_be_visible()
        await load(other.page, link)
        await other.confirm()
        await expect(question).to_contain_text("now has the setups of the link")
        await question.get_by_role("button", name="Close").click()
        await expect(entry(other.page, "Mine")).to_be_visible()
        await expect(entry(other.page, "Theirs")).to_have_count(0)
        await broken_links_change_nothing(wrong)
        await load(wrong.page, link)  # nothing is replaced here, and yet somebody may read along
        await expect(wrong.page.get_by_role("dialog")).to_contain_text("Replace the setups")
        assert await wrong.page.evaluate(KEY) is None
        await wrong.page.get_by_role("button", name="Cancel").click()


async def broken_links_change_nothing(console: ConsolePage) -> None:
    said = console.page.get_by_role("dialog")
    for end, answer in [
        ("", "not whole"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV.wrong", "not whole"),
        (f"01ARZ3NDEKTSV4RRFFQ69G5FAV.{22 * 'x'}", "does not accept"),
    ]:
        await load(console.page, f"{console.api_url}/console#studio={end}")
        await expect(said).to_contain_text(answer)
        await said.get_by_role("button", name="Close").click()
        assert await console.page.evaluate(KEY) is None


async def test_a_room_goes_on_while_setups_are_away(services: Services, browser: Browser) -> None:
    """The console says that nothing is lost; a key that the server does not know can be left."""
    async with console_page(browser, services) as console:
        page = console.page
        alert = page.locator(".setups [role=alert]")
        await console.open_room("Alone")
        await page.route(
            re.compile("/api/studio"),
            lambda route: route.fulfill(status=503, body=AWAY, content_type="application/json"),
        )
        await console.section("setups")
        await expect(alert).to_contain_text("Nothing is lost")
        async with page.expect_response(re.compile("/setups$")):
            await save_as(console, "Later")
        await expect(alert).to_contain_text("Nothing is lost")
        await page.unroute_all()
        await save_as(console, "Early")
        await expect(entry(page, "Early")).to_be_visible()
        await page.evaluate(f"{KEY} = '\"not.a_key\"'")
        await save_as(console, "Later")
        await page.get_by_role("button", name="Begin anew").click()
        await console.confirm()
        await expect(entry(page, "Early")).to_have_count(0)
        await save_as(console, "Later")
        await expect(entry(page, "Later")).to_be_visible()
        await page.route(re.compile("/api/rooms$"), lambda it: it.fulfill(status=503, body=AWAY))
        await entry(page, "Later").get_by_role("button", name="Open in a new room").click()
        await expect(alert).to_contain_text("Nothing is lost")


async def test_an_opened_studio_has_this_room(services: Services, browser: Browser) -> None:
    """A room is among the earlier ones of the studio that its browser has."""
    async with console_page(browser, services) as console:
        await console.open_room("Listed")
        await console.section("setups")
        await save_as(console, "Mine")
        await expect(entry(console.page, "Mine")).to_be_visible()
        await until(lambda: listed(console))


async def listed(console: ConsolePage) -> bool:
    return console.room_id in await console.page.evaluate(ROOMS)
