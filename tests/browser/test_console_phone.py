"""The viewers' phone beside the console's settings."""

from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.browser.axe import grave_findings
from tests.browser.conftest import Services
from tests.browser.console_page import console_page

LONG: Final = "とても長い名前のボタンです、どうぞ押してみてください"
# Parts of a button that are cut or lie upon another one; long names have two whole lines.
CLASHES: Final = """keys => keys.flatMap((key) => {
  const edge = key.getBoundingClientRect();
  const parts = [...key.children].map((part) => ({ part, box: part.getBoundingClientRect() }));
  const isWrong = ({ part, box }, n) => box.bottom > edge.bottom + 1
    || part.scrollWidth > part.clientWidth
    || (part.className === "phone-label" && box.height < 2 * 12.5 * 1.2 - 0.5)
    || (n > 0 && box.top < parts[n - 1].box.bottom - 0.5);
  return parts.filter(isWrong).map(({ part }) => part.innerText);
})"""


async def test_the_phone_follows_every_keystroke(services: Services, browser: Browser) -> None:
    """In three screens: names, colours, the title, the theme; also before anything is saved."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room("Night")
        phone = page.locator(".phone")
        await console.section("buttons")
        await console.open_button("Skill 1")
        await console.field("buttons[0].labels.en").press("End")
        await page.keyboard.type("!")
        key = phone.locator(".phone-key").first
        await expect(key).to_contain_text("Skill 1!")
        await expect(key).to_have_attribute("data-marked", "")
        await page.get_by_role("button", name="Pink", exact=True).click()
        await expect(key).to_have_css("--c", "rgb(255 119 178)")
        await page.get_by_role("switch", name="On: Skill 1!").click()
        await expect(key).to_contain_text("Asleep")
        await console.section("look")
        await console.field("title").fill("Day")
        await console.field("theme.backdrop").fill("#1e1b4b")
        await console.field("theme.team_names.skill").fill("Heroes")
        await expect(phone).to_have_css("background-color", "rgb(30, 27, 75)")
        for screen, text in (("Waiting", "Day starts soon."), ("Results", "Heroes")):
            await page.get_by_role("button", name=screen).click()
            await expect(phone).to_contain_text(text)
        await page.get_by_role("button", name="Discard").click()
        await expect(phone).to_contain_text("Night")
        assert await grave_findings(page) == []


@pytest.mark.parametrize(("language", "height"), [("en-US", 1080), ("ja-JP", 720)])
async def test_the_phone_shows_many_buttons_with_long_names_whole(
    services: Services, browser: Browser, language: str, height: int
) -> None:
    """Words lie beside each other, and the last button can be scrolled to; so also by night."""
    labels = [{"lang": lang, "text": LONG} for lang in ("en", "ja")]
    counts = {"base": 5, "min": 3, "max": 5000}
    buttons = [
        {"event_type": f"b{n}", "icon": "🧟", "labels": labels, "enabled": n != 2, **counts}
        for n in range(24)
    ]
    async with console_page(browser, services, language=language) as console:
        await console.open_room(buttons=buttons)
        await console.view("settings")
        phone = console.page.locator(".phone")
        keys = phone.locator(".phone-key")
        await expect(keys).to_have_count(24)
        await console.page.set_viewport_size({"width": 1280, "height": height})
        assert await keys.evaluate_all(CLASHES) == []
        await expect(keys.last).not_to_be_in_viewport()
        await phone.evaluate("phone => phone.scrollTo(0, phone.scrollHeight)")
        await expect(keys.last).to_be_in_viewport(ratio=1)
        await console.page.locator(".phone-column button", has_text="🌙").click()
        await expect(phone).to_have_css("background-color", "rgb(18, 19, 22)")
        assert await grave_findings(console.page) == []
