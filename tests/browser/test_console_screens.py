"""The console's screens, as people see and use them."""

from playwright.async_api import Browser, expect

from tests.browser.axe import grave_findings
from tests.browser.conftest import Services
from tests.browser.console_page import ConsolePage, console_page, staged_console
from tests.browser.staged_room import staged_button
from tests.flow.play import viewers


async def test_every_screen_can_be_used_by_everybody(services: Services, browser: Browser) -> None:
    """No screen has a serious fault for people who use it otherwise, in light and dark."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        page = console.page
        await expect(page.locator("#title")).to_be_visible()
        await _is_sound(console, "start")
        await console.open_room()
        await _is_sound(console, "lobby")
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 5, "enemy3": 3})
        await expect(page.locator("main#live .tile").first).to_be_visible()
        await _is_sound(console, "running")
        await page.locator("#tab-live").press("ArrowRight")
        await expect(page.locator("main#settings .card").first).to_be_visible()
        await _is_sound(console, "settings")
        await console.view("viewers")
        await expect(page.locator("#pressers .ranks li")).to_have_count(1)
        await _is_sound(console, "viewers")
        await page.get_by_role("button", name="Block ").click()
        await _is_sound(console, "question")
        await page.keyboard.press("Escape")
        await console.view("live")
        await console.end()
        await expect(page.locator("main#results .podium li")).to_have_count(1)
        await _is_sound(console, "results")


async def test_a_tested_button_shows_on_the_desk(browser: Browser) -> None:
    """With the word, as long as the overlay shows it; the lobby is no higher than the window."""
    buttons = [staged_button("heal", "Heal", "回復"), staged_button("bomb", "Bomb", "爆弾")]
    async with staged_console(browser, buttons) as (console, stage):
        page = console.page
        await page.set_viewport_size({"width": 1280, "height": 720})
        await console.stand()
        await stage.open("console")
        step, bomb = page.locator("[data-step=test]"), page.locator("[data-tests=bomb]")
        await bomb.click()
        await expect(step.get_by_role("status")).to_have_text("Test: Bomb")
        await expect(page.locator("[data-tested]")).to_have_attribute("data-tests", "bomb")
        await page.clock.run_for(10_000)
        await expect(step.get_by_role("status")).to_contain_text("Counts nowhere")
        await expect(page.locator("[data-tested]")).to_have_count(0)
        assert await page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


async def test_the_focus_is_not_lost_when_the_results_show(
    services: Services, browser: Browser
) -> None:
    """At a round's end the panel changes; the focus that was in it is on the new one's tab.

    With the next round it changes back.
    """
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.start()
        await console.page.locator("main#live .tile button").first.focus()
        end = console.place("right")
        await expect(end).to_contain_text("End")
        await console.page.evaluate(
            """([room, headers]) => fetch(`/api/rooms/${room}/round`, {
              method: "POST", headers, body: JSON.stringify({ command: "end" }) })""",
            [console.room_id, console.token],
        )
        await expect(console.page.locator("main#results")).to_be_visible()
        await expect(console.page.locator("#tab-results")).to_be_focused()
        await console.press("Start round 2")
        await expect(console.page.locator("main#live")).to_be_visible()


async def test_the_console_speaks_japanese(services: Services, browser: Browser) -> None:
    """Texts, buttons' labels and times are in the browser's language."""
    async with console_page(browser, services, language="ja-JP") as console:
        await expect(console.page.locator("html")).to_have_attribute("lang", "ja")
        await expect(console.page.locator("#open-form")).to_contain_text("ルーム")


async def _is_sound(console: ConsolePage, screen: str) -> None:
    for scheme in ("light", "dark"):
        await console.page.emulate_media(color_scheme=scheme)
        assert await grave_findings(console.page) == [], f"{screen}, {scheme}"
