"""The console's quick moderation: names are hidden, and viewers blocked, where they show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.console_page import console_page
from tests.browser.play_page import Opened, change, set_name
from tests.browser.widths import fits
from tests.flow.play import viewers

if TYPE_CHECKING:
    from playwright.async_api import Browser, Route

    from tests.browser.conftest import Services
    from tests.browser.console_page import ConsolePage

pytestmark = pytest.mark.anyio

SKILL_1 = 5  # presses for a trigger, with one viewer


@pytest.mark.parametrize("language", ["en-US"])
async def test_all_names_are_hidden_with_one_click(
    services: Services, browser: Browser, language: str
) -> None:
    """The board says so, also after a reload, and where the settings or somebody else did it."""
    away = {"code": "store_unavailable", "detail": "Not now."}
    async with console_page(browser, services, language=language) as console:
        await console.open_room()
        note = console.part("names-hidden")
        await expect(note).to_be_hidden()
        await console.page.route("**/hide_names", lambda it: it.fulfill(status=503, json=away))
        await console.command("names")
        await expect(console.part("refusal")).to_be_visible()
        await console.page.unroute("**/hide_names")
        await console.command("names")
        await expect(note).to_be_visible()
        await expect(console.part("refusal")).to_be_hidden()
        assert not await shows_names(services, console)
        await fits(console.page)
        await console.page.reload()
        await console.connected()
        await expect(note).to_be_visible()
        await console.page.route(f"**/api/rooms/{console.room_id}", lambda it: it.abort())
        await change(services, Opened(console.room_id, console.room_token, ""), show_names=True)
        await expect(note).to_be_hidden()
        await console.page.unroute_all()
        assert await shows_names(services, console)
        await console.view("settings")
        await console.field("show_names").uncheck()
        await console.save()
        await expect(note).to_be_visible()
        await console.command("names")
        await expect(console.field("show_names")).to_be_checked()


@pytest.mark.parametrize("language", ["ja-JP"])
async def test_a_viewer_is_blocked_from_the_feed(
    services: Services, browser: Browser, language: str
) -> None:
    """Whoever fired that trigger, whatever others of the same name there are."""
    async with (
        console_page(browser, services, language=language) as console,
        viewers(services.api, 2) as (nice, rude),
    ):
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        for viewer in (nice, rude):
            await set_name(services, viewer, "Momo")
        await console.open_room()
        await console.without_pace()
        await console.start()
        await nice.press(services.api, console.room_id, {"skill1": SKILL_1})
        await console.numbers(1)
        await rude.press(services.api, console.room_id, {"skill1": SKILL_1})
        await console.numbers(2)
        row = console.triggers().first
        await console.page.route("**/block", hold)
        await console.triggers().last.get_by_role("button").click()
        await console.part("block", "#person").click()
        await expect(console.part("block", "#person")).to_be_disabled()
        await console.page.locator("#person button").first.click()
        await row.get_by_role("button", name=re.compile("Momo")).click()
        async with console.page.expect_event("requestfinished"):
            await held[0].fulfill(json={})  # the answer about another viewer closes nothing
        await expect(console.triggers().last).to_have_class("blocked")
        await console.page.unroute("**/block")
        dialog = console.page.get_by_role("dialog", name="Momo")
        await expect(console.part("block", "#person")).to_be_enabled()
        await fits(console.page)
        await console.part("block", "#person").click()
        await expect(dialog).to_be_hidden()
        await expect(row).to_have_class("blocked")
        await expect(row.get_by_role("button")).to_be_focused()
        refused = await rude.press(services.api, console.room_id, {"skill1": 3})
        assert (refused.accepted, refused.rejected) == (0, 3)
        assert (await nice.press(services.api, console.room_id, {"skill1": 1})).accepted == 1
        await row.get_by_role("button").click()
        await expect(console.part("explanation", "#person")).not_to_be_empty()
        await expect(console.part("block", "#person")).to_be_disabled()


async def shows_names(services: Services, console: ConsolePage) -> bool:
    async with httpx.AsyncClient() as http:
        room = (await http.get(f"{services.api.url}/api/rooms/{console.room_id}")).json()
    shows: bool = room["settings"]["show_names"]
    return shows
