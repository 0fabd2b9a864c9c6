"""The rooms that a console's browser keeps: gone on with, left, and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console_page import console_page
from tests.flow.play import viewers

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

MANY = """(count) => {
  for (let n = 0; n < count; n++) {
    const room = { room_id: `old${n}`, room_token: "none", title: `Old ${n}`, used_at: n };
    localStorage[`streamario.console.room.old${n}`] = JSON.stringify(room);
  }
}"""


async def test_rooms_are_stored_until_they_are_forgotten(
    services: Services, browser: Browser
) -> None:
    """A second one does not cost the first; each is gone on with, or forgotten when asked."""
    async with console_page(browser, services) as console:
        page = console.page
        rooms = page.locator("#stored li")
        for title in ("First", "Second"):
            await console.open_room(title)
            await console.leave()
        await expect(rooms).to_contain_text(["Second", "First"])
        await expect(rooms.first).not_to_contain_text(console.room_id)
        await console.go_on("First")
        await expect(page.locator("#room-title")).to_have_text("First")
        await console.leave()
        await expect(rooms).to_contain_text(["First", "Second"])
        await console.stored("First").get_by_role("button", name="Forget").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Forget “First”?")
        await console.confirm()
        await expect(rooms).to_contain_text(["Second"])
        await expect(rooms.get_by_role("button").first).to_be_focused()
        await console.stored("Second").get_by_role("button", name="Forget").click()
        await console.confirm()
        await expect(page.locator("#title")).to_be_focused()
        await page.reload()
        await expect(page.locator("#title")).to_be_visible()
        await expect(page.locator("#stored")).to_be_hidden()


async def test_a_room_that_is_refused_is_marked(services: Services, browser: Browser) -> None:
    """It cannot be gone on with, but forgotten; the ten rooms used last stay."""
    async with console_page(browser, services) as console:
        await console.page.evaluate(MANY, 10)
        await console.open_room("Alive")
        await console.leave()
        await expect(console.page.locator("#stored li")).to_have_count(10)
        await expect(console.stored("Old 0")).to_have_count(0)
        dead = console.stored("Old 9")
        await expect(dead).to_contain_text("There is no such room.")
        await expect(dead.get_by_role("button")).to_have_text(["Forget"])
        await expect(console.stored("Alive").get_by_role("button")).to_have_text(
            ["Continue", "Forget"]
        )


async def test_a_running_round_and_edits_are_not_left_without_a_word(
    services: Services, browser: Browser
) -> None:
    """Who leaves is told what it costs, and can stay; an idle room is left at once."""
    async with console_page(browser, services) as console:
        page = console.page
        leave = page.get_by_role("button", name="Leave the room")
        await console.open_room("Busy")
        await console.start()
        await console.view("settings")
        await console.field("title").fill("Half done")
        await leave.click()
        question = page.get_by_role("dialog")
        await expect(question).to_contain_text("then it ends by itself")
        await expect(question).to_contain_text("not saved will be lost")
        await page.get_by_role("button", name="Cancel").click()
        await expect(console.field("title")).to_have_value("Half done")
        await page.get_by_role("button", name="Discard edits").click()
        await console.end()
        await console.field("title").fill("Half done")
        await leave.click()
        await expect(question).not_to_contain_text("ends by itself")
        await console.confirm()
        await expect(console.stored("Busy")).to_be_visible()


async def test_whoever_enters_a_room_has_the_focus_on_its_round(
    services: Services, browser: Browser
) -> None:
    """From the start screen the keyboard goes to what runs the round; a reload moves nothing."""
    async with console_page(browser, services) as console:
        await console.open_room("Keys")
        await expect(console.part("start")).to_be_focused()
        await console.page.reload()
        await console.connected()
        await expect(console.page.locator("body")).to_be_focused()
        await console.leave()
        await console.go_on("Keys")
        await expect(console.part("start")).to_be_focused()


async def test_a_window_that_comes_later_knows_the_round(
    services: Services, browser: Browser
) -> None:
    """It has the last round's results while the next one runs, and says what it has not seen."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        page = console.page
        await console.open_room("Late")
        await console.without_pace()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 12})
        await console.end()
        await expect(page.locator("[data-part=ranking] tr")).to_have_count(1)
        await console.command("next")
        await console.phase("running")
        await console.view("live")
        await viewer.press(services.api, console.room_id, {"skill1": 5})
        await console.numbers(3)
        late = await page.context.new_page()
        await late.goto(f"{services.api.url}/console")
        await late.get_by_role("button", name="Continue").click()
        empty = late.locator("#feed .empty")
        await expect(empty).to_have_text("No triggers have come to this window.")
        await late.locator("#tab-results").click()
        results = late.locator("#results")
        await expect(results.get_by_role("heading", name="Results of round 1")).to_be_visible()
        await expect(results.locator("[data-part=tops] dd.soft")).to_have_text(["12 presses"])
        await expect(results.locator("[data-part=totals]")).to_contain_text("Skill 112")
        await expect(results.locator("[data-part=totals]")).to_contain_text("Skill 20–")
        await expect(results.locator("[data-part=ranking] tr")).to_have_count(1)
