"""The console beside a stream: plain words in any width, and figures for engineers on demand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console_page import console_page
from tests.browser.widths import fits
from tests.flow.play import viewers

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

ENGINEERS = re.compile(r"\bms\b|p50|p95|95\s%|Ping|#\d|epoch|socket", re.IGNORECASE)
NOTICES = """() => {
  window.notices = [];
  const notice = document.querySelector("[data-part=notice]");
  new MutationObserver(() => window.notices.push(notice.hidden))
    .observe(notice, { attributes: true, attributeFilter: ["hidden"] });
}"""


@pytest.mark.parametrize("language", ["en-US"])
async def test_figures_for_engineers_are_behind_details(
    services: Services, browser: Browser, language: str
) -> None:
    """The live view has none of them until they are asked for; it fits any width either way."""
    async with (
        console_page(browser, services, language=language) as console,
        viewers(services.api, 1) as (viewer,),
    ):
        await console.open_room()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 5})
        await expect(console.triggers()).to_have_count(1)
        await expect(console.part("measured", "#feed")).to_have_text(re.compile("ms"))
        await expect(console.page.locator("#desk")).not_to_have_text(ENGINEERS, use_inner_text=True)
        await fits(console.page)
        await console.page.locator("#feed summary").click()
        await expect(console.part("round-trip", "#feed")).to_be_visible()
        await expect(console.triggers().locator(".seq")).to_be_visible()
        await fits(console.page)


async def test_a_server_that_is_gone_is_said_in_plain_words(
    own_services: Services, browser: Browser
) -> None:
    """As long as it is: the sentence does not come and go with each attempt."""
    async with console_page(browser, own_services) as console:
        await console.open_room()
        await own_services.gateway.kill()
        await own_services.api.kill()
        notice = console.part("notice")
        await expect(notice).to_contain_text("The server cannot be reached.")
        await console.page.evaluate(NOTICES)
        async with console.page.expect_event("websocket"):
            await expect(console.part("connection")).to_have_text("Trying again…")
        await expect(console.part("connection")).to_have_attribute("data-state", "waiting")
        assert await console.page.evaluate("window.notices") == []
        await fits(console.page)


@pytest.mark.parametrize("language", ["ja-JP"])
async def test_a_buttons_settings_begin_with_what_a_streamer_changes(
    services: Services, browser: Browser, language: str
) -> None:
    """Its name in the streamer's language comes first; translations and the ID are under More."""
    mine, other = ("ja", "en") if language == "ja-JP" else ("en", "ja")
    async with console_page(browser, services, language=language) as console:
        await console.open_room()
        await console.view("settings")
        card = console.page.locator(".button-card").first
        await card.locator("summary").first.click()
        await expect(card.locator("input").first).to_have_attribute(
            "data-field", f"buttons[0].labels.{mine}"
        )
        hidden = [f"labels.{other}", "event_type", "team", "min", "max", "cooldown_ms"]
        for name in hidden:
            await expect(console.field(f"buttons[0].{name}")).to_be_hidden()
        await fits(console.page)
        await card.locator(".more > summary").click()
        for name in hidden:
            await expect(console.field(f"buttons[0].{name}")).to_be_visible()
        await fits(console.page)


async def test_an_icon_is_one_emoji_or_nothing(services: Services, browser: Browser) -> None:
    """Said at the field, before the server is asked; families and flags are one."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.view("settings")
        await console.page.locator(".button-card summary").first.click()
        icon = console.field("buttons[0].icon")
        for wrong in ("AB", "1", "🔥🔥", "🔥!"):
            await icon.fill(wrong)
            await console.save()
            await expect(icon).to_have_accessible_description("Must be one emoji, or empty.")
            await expect(icon).to_be_focused()
        for right in ("👨‍👩‍👧", "🇯🇵", "1️⃣", ""):
            await icon.fill(right)
            await console.save()
            await expect(console.page.locator(".save-bar")).to_contain_text("Saved.")


async def test_a_new_button_has_an_id_by_itself(services: Services, browser: Browser) -> None:
    """Only a name is to be given."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.view("settings")
        await console.page.get_by_role("button", name="Add a button").click()
        await expect(console.field("buttons[6].labels.en")).to_be_focused()
        await console.page.keyboard.type("Gift")
        await console.save()
        await expect(console.page.locator(".save-bar")).to_contain_text("Saved.")
        await expect(console.page.locator("#buttons tbody tr")).to_have_count(7)
        await expect(console.field("buttons[6].event_type")).to_have_value("button7")
