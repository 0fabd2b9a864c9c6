"""The console as a streamer's tool: a button's test, a crowd, keys, and the round's timer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.console_page import ConsolePage, console_page, set_minutes
from tests.browser.widths import CUT, fits
from tests.flow.play import viewers

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

WITHIN = 30_000.0  # ms
LONG: Final = "Drop the chandelier on my head"
STILL_MISSING = re.compile(
    r"^Skill 1: pressed \d+ times, 1\d\d to go\. One viewer may press no faster; test again"
)


def trial_of(console: ConsolePage, caption: str) -> Locator:
    return console.page.get_by_role("button", name=f"Test: {caption}")


@pytest.mark.parametrize("language", ["en-US"])
async def test_a_button_is_tested_from_its_row(
    services: Services, browser: Browser, language: str
) -> None:
    """As a viewer of the console's own, which presses what is missing; the answer is said."""
    async with (
        console_page(browser, services, language=language) as console,
        viewers(services.api, 1) as (viewer,),
    ):
        await console.open_room()
        tests = console.page.locator("#buttons tbody button")
        await expect(tests.first).to_be_disabled()
        why = console.part("why-not", "#presses")
        await expect(why).to_have_text("Start the round to test.")
        await console.without_pace()
        await set_buttons(services, console, skill3={"labels": [{"lang": "en", "text": LONG}]})
        await console.start()
        await expect(why).to_have_text("")
        await viewer.press(services.api, console.room_id, {"skill3": 3})
        await tests.nth(2).click()
        await expect(console.part("said", "#presses")).to_have_text(f"{LONG}: fired.")
        assert await console.numbers(1) == [1]
        row = console.page.locator("#buttons tbody tr").nth(2)
        await expect(row).to_have_text(re.compile(r"0 / 818"))  # no press more than it lacked
        await fits(console.page)
        for width in (390, 1280):
            await console.page.set_viewport_size({"width": width, "height": 800})
            assert await console.page.evaluate(CUT) == [], width


async def test_a_test_presses_no_more_than_a_viewer_may(
    services: Services, browser: Browser
) -> None:
    """It says what is still missing; a button that is off or cools down says so, too."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.without_pace()
        slow, cooling = {"min": 200, "max": 200}, {"cooldown_ms": 60_000}
        await set_buttons(services, console, skill1=slow, skill2=cooling)
        await console.start()
        said = console.part("said", "#presses")
        await trial_of(console, "Skill 2").click()
        await expect(said).to_have_text("Skill 2: fired.")
        await trial_of(console, "Skill 2").click()
        await expect(said).to_have_text("Skill 2: did not fire (it is cooling down).")
        await trial_of(console, "Skill 1").click()
        await expect(said).to_have_text(STILL_MISSING)
        await expect(console.triggers()).to_have_count(1)


async def test_a_crowd_tries_the_room_out(services: Services, browser: Browser) -> None:
    """20 viewers press at random until they are stopped; the round has them in its results."""
    async with console_page(browser, services) as console:
        await console.open_room()
        crowd = console.part("crowd", "#presses")
        await expect(crowd).to_be_disabled()
        await console.start()
        await crowd.click()
        await expect(crowd).to_have_text(re.compile(r"^Stop the crowd \(\d+ s\)$"))
        await expect(console.part("viewers")).to_have_text("20", timeout=WITHIN)
        await expect(console.triggers()).not_to_have_count(0, timeout=WITHIN)
        await fits(console.page)
        await crowd.click()
        await expect(crowd).to_have_text("A crowd of 20")
        await console.view("viewers")
        await expect(console.page.locator("#pressers tbody tr")).to_have_count(20)
        await expect(console.page.locator("#pressers tbody tr").first).to_contain_text("Crowd")


async def test_a_crowd_does_not_disturb_viewers_unasked(
    services: Services, browser: Browser
) -> None:
    """Where somebody is active, it is asked first; it goes with the round."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 1})
        await expect(console.part("viewers")).to_have_text("1")
        crowd = console.part("crowd", "#presses")
        await crowd.click()
        explanation = console.page.locator("#confirm-explanation")
        await expect(explanation).to_contain_text("1 viewer is active")
        await console.page.keyboard.press("Escape")
        await expect(crowd).to_have_text("A crowd of 20")
        await crowd.click()
        await console.confirm()
        await expect(crowd).to_have_text(re.compile("^Stop the crowd"))
        await console.command("pause")
        await expect(crowd).to_have_text("A crowd of 20")
        await expect(crowd).to_be_disabled()


@pytest.mark.parametrize("language", ["ja-JP"])
async def test_keys_run_the_round(services: Services, browser: Browser, language: str) -> None:
    """P pauses and goes on, X stops, T tests the selected button; the help says so."""
    async with console_page(browser, services, language=language) as console:
        await console.open_room()
        await console.without_pace()
        await console.start()
        page = console.page
        await page.locator("#keys summary").click()
        await fits(page)
        await page.keyboard.press("t")
        assert await console.numbers(1) == [1]
        await page.locator("#buttons tbody th").nth(3).click()
        await expect(page.locator("#buttons tr[aria-current]")).to_have_count(1)
        await page.keyboard.press("T")
        await console.numbers(2)
        await expect(page.locator("#feed tbody tr").first).to_contain_text("1")
        await page.keyboard.press("p")
        await console.phase("paused")
        await page.keyboard.press("p")
        await console.phase("running")
        await page.keyboard.press("x")
        await console.phase("paused")
        await expect(console.part("stopped")).to_be_visible()


async def test_a_test_of_a_button_whose_turn_comes_later_says_so(
    services: Services, browser: Browser
) -> None:
    """It presses what the button lacks, and no more."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.start()
        await console.page.locator("#buttons tbody th").nth(5).click()
        await console.page.keyboard.press("t")
        told = console.page.get_by_text("it is full, and its turn comes later")
        await expect(told).to_be_visible()
        await console.shows_presses("Enemy 3", "17 / 17")


async def test_keys_do_nothing_while_somebody_types(services: Services, browser: Browser) -> None:
    """Nor with Ctrl, nor while a dialog asks; and they can be switched off for good."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.start()
        page = console.page
        await console.view("settings")
        await console.field("title").fill("")
        await console.field("title").press_sequentially("pxt")
        await console.command("end")
        await page.keyboard.press("p")
        await page.keyboard.press("Escape")
        await page.locator("#tab-settings").press("Control+x")
        await page.locator("#keys summary").click()
        await page.get_by_role("checkbox", name="Use these keys").uncheck()
        await page.locator("#tab-settings").press("p")
        await page.reload()
        await console.connected()
        await page.keyboard.press("p")
        await console.phase("running")
        await page.locator("#keys summary").click()
        await page.get_by_role("checkbox", name="Use these keys").check()
        await page.locator("#tab-live").press("p")
        await console.phase("paused")


@pytest.mark.parametrize("language", ["en-US"])
async def test_the_server_ends_the_round_for_everybody(
    services: Services, browser: Browser, language: str
) -> None:
    """Set before the round; everybody sees it count down. In a round it counts from now on."""
    async with console_page(browser, services, language=language) as console:
        page = console.page
        await console.open_room()
        left, clear = console.part("left", "#timer"), console.part("clear", "#timer")
        await set_minutes(console, "0")
        await expect(page.locator("#minutes")).to_have_attribute("aria-invalid", "true")
        await set_minutes(console, "２")  # as Japanese keyboards write it
        await expect(left).to_contain_text("2:00")
        await page.reload()
        await expect(page.locator("#minutes")).to_have_value("2")
        await console.connected()
        await fits(page)
        await console.start()
        await expect(left).to_contain_text(re.compile("1:5[0-9]"))
        viewer, overlay = await page.context.new_page(), await page.context.new_page()
        await viewer.goto(f"{services.api.url}/play/{console.room_id}")
        await overlay.goto(f"{services.api.url}/overlay/{console.room_id}")
        for shown in (viewer.locator("#timer b"), overlay.locator("#timer b")):
            await expect(shown).to_have_text(re.compile("1:[45][0-9]"))
        await fits(viewer)
        await console.command("pause")
        await console.phase("paused")
        await expect(viewer.locator("#timer b")).to_have_text(re.compile("1:[45][0-9]"))
        await console.command("resume")
        await set_minutes(console, "600")
        await expect(left).to_contain_text("set to 10:00:00")
        await fits(page)
        await clear.click()
        for gone in (left, viewer.locator("#timer"), overlay.locator("#timer")):
            await expect(gone).to_be_hidden()
        await set_minutes(console, "0.16")
        await expect(viewer.locator("#spoken")).to_have_text("10 seconds left")
        await expect(viewer.locator("#timer")).to_have_attribute("data-last", "")
        await expect(overlay.locator("#timer")).to_have_attribute("data-last", "")
        await expect(viewer.locator("body")).to_have_attribute(
            "data-screen", "ended", timeout=WITHIN
        )
        await expect(viewer.locator("#timer")).to_be_hidden()
        await console.phase("ended")
        await expect(left).to_contain_text("0:")  # rounds go on to have a limit


async def set_buttons(services: Services, console: ConsolePage, **changes: dict[str, Any]) -> None:
    """Change these buttons' settings, by event type."""
    room = f"{services.api.url}/api/rooms/{console.room_id}"
    async with httpx.AsyncClient() as http:
        buttons = (await http.get(room)).json()["settings"]["buttons"]
        changed = [{**button, **changes.get(button["event_type"], {})} for button in buttons]
        token = {"Authorization": f"Bearer {console.room_token}"}
        answer = await http.patch(f"{room}/settings", json={"buttons": changed}, headers=token)
    answer.raise_for_status()
