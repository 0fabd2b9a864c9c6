"""The console's dialog that sets the overlay up."""

import re
from typing import Final

import httpx
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, go, load, opened_page
from tests.browser.console_page import console_page
from tests.browser.play_page import button, counts, game_of, room_with

FORBIDDEN: Final = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("", "SecurityError"); },
});"""


def builder(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Set up the overlay")


async def set_up(page: Page) -> Locator:
    """Open the dialog from the checklist, which may yet move under a mouse: its link is new."""
    await page.get_by_role("button", name="Set it up").press("Enter")
    await expect(builder(page)).to_be_visible()
    return builder(page)


async def link_is(page: Page, link: str | re.Pattern[str], *, lasts: bool) -> str:
    """Wait until the dialog has this link; returns it. It says where it stays the same."""
    dialog = await set_up(page)
    field = dialog.get_by_label("Overlay for OBS")
    await expect(field).to_have_value(link)
    await expect(dialog.get_by_text("This link stays the same")).to_have_count(int(lasts))
    shown = await field.input_value()
    await dialog.get_by_role("button", name="Close").click()
    return shown


async def test_the_overlay_is_set_up_beside_itself(services: Services, browser: Browser) -> None:
    """What is chosen shows at once and is in the address; a tried trigger counts nowhere."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room("Overlay")
        dialog = await set_up(page)
        shown = page.frame_locator(".overlay-builder iframe")
        await expect(shown.locator(".bar")).to_have_count(6)  # before the round, too
        await expect(dialog.get_by_role("button", name="Skill 1")).to_be_focused()
        await page.locator(".overlay-builder .screen").click()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await set_up(page)
        await dialog.get_by_label("Triggers come in").select_option("plain")
        await dialog.get_by_label("Shows").select_option("inviting")
        for left_out in ("Skill 2", "Skill 3", "Enemy 1", "Enemy 2", "Enemy 3"):
            await dialog.get_by_label(left_out).uncheck()
        await expect(shown.locator(".bar")).to_have_count(1)
        await dialog.get_by_role("button", name="Skill 1").click()
        await expect(shown.locator(".burst-name")).to_have_text("Skill 1!")
        await expect(shown.locator(".burst-by")).to_have_text("set off by Test")
        assert await counts(services, console.room_id, "skill1", 0)
        assert await grave_findings(page) == []

        address = re.compile(
            rf"^{services.api.url}/overlay/studio/[0-9A-Z]{{26}}\?style=plain&buttons=skill1&show=qr,logo$"
        )
        await expect(dialog.get_by_label("Overlay for OBS")).to_have_value(address)
        done = page.locator("[data-step=overlay] .tick.done")
        await expect(done).to_have_count(0)
        await dialog.locator("[data-copies=overlay-link]").click()
        await expect(done).to_have_count(1)
        await dialog.get_by_role("button", name="Close").click()
        await expect(page.locator("iframe")).to_have_count(0)
        await console.choose("Overlay for OBS")
        await expect(dialog).to_be_visible()
        await dialog.get_by_role("button", name="Close").click()
        await page.reload()
        await set_up(page)
        await expect(dialog.get_by_label("Overlay for OBS")).to_have_value(address)
        await expect(dialog.get_by_label("Shows")).to_have_value("inviting")
        await expect(dialog.get_by_label("Enemy 3")).not_to_be_checked()

        await go(page, await dialog.get_by_label("Overlay for OBS").input_value())
        await expect(page.locator(".join-card")).to_be_visible()
        await expect(page.locator(".bar").first).to_be_hidden()


async def test_the_link_for_obs_stays_from_room_to_room(
    services: Services, browser: Browser
) -> None:
    """It shows the newest room once that plays; an earlier room has its own link."""
    async with console_page(browser, services) as console, opened_page(browser) as stream:
        page = console.page
        await console.open_room("Monday", round_limit_s=300)
        address = await link_is(page, re.compile("/overlay/studio/"), lasts=True)
        monday = console.room_id
        await stream.clock.install()
        await go(stream, address)
        await console.start()
        await expect(stream.locator(".bar")).to_have_count(6)
        await console.choose("Leave the room")
        await console.confirm()
        await expect(page.locator("#start")).to_be_visible()
        await page.locator("[data-choice=chaos]").click()
        await console.open_from_start("Tuesday")
        assert await link_is(page, address, lasts=True) == address
        async with stream.expect_response(f"**/api/rooms/{console.room_id}"):
            await stream.clock.run_for(10_000)
        await expect(stream.locator(".bar")).to_have_count(6)  # Monday's, whose round goes on
        await console.start()
        async with stream.expect_response(f"**/api/rooms/{console.room_id}/stats"):
            await stream.clock.run_for(10_000)
        await expect(stream.locator(".bar")).to_contain_text(["Bombs everywhere"])
        await console.end()
        await console.leave()
        await page.get_by_role("button", name="Continue: Monday").click()
        await console.plays()
        await console.end()
        await console.view("live")
        await link_is(page, f"{services.api.url}/overlay/{monday}", lasts=False)


async def test_the_overlay_of_a_new_studio_is_empty_until_its_first_room(
    services: Services, browser: Browser
) -> None:
    """It shows no error meanwhile, and all buttons where it asks for those of another room."""
    async with httpx.AsyncClient(base_url=services.api.url) as http, opened_page(browser) as stream:
        studio = (await http.post("/api/studios")).json()
        await stream.clock.install()
        async with stream.expect_response("**/newest_room"):
            await load(
                stream, f"{services.api.url}/overlay/studio/{studio['studio_id']}?buttons=another"
            )
        await expect(stream.locator("body")).to_have_text("", use_inner_text=True)
        room = await room_with(services, buttons=[button("wave", "Wave")])
        kept = await http.put(
            f"/api/studio/rooms/{room.room_id}",
            json={"room_token": room.room_token},
            headers={"Authorization": f"Bearer {studio['studio_key']}"},
        )
        assert kept.is_success, kept.text
        async with game_of(room):
            await stream.clock.run_for(10_000)
            await expect(stream.locator(".bar")).to_have_count(1)


async def test_a_browser_that_keeps_nothing_has_the_link_as_it_was_chosen(
    services: Services, browser: Browser
) -> None:
    async with opened_page(browser) as page:
        await page.add_init_script(FORBIDDEN)
        await load(page, f"{services.api.url}/console")
        await page.locator("#open-form .primary").click()
        dialog = await set_up(page)
        await dialog.get_by_label("Shows").select_option("inviting")
        await expect(dialog.get_by_label("Overlay for OBS")).to_have_value(
            re.compile("show=qr,logo$")
        )
        await dialog.get_by_role("button", name="Close").click()
        await link_is(page, re.compile("show=qr,logo$"), lasts=False)
