"""A moderator's link: what it allows, and that it ends when the streamer revokes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.conftest import opened_page
from tests.browser.console_page import console_page
from tests.browser.play_page import set_name
from tests.browser.widths import fits
from tests.flow.play import viewers

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

SKILL_1 = 5  # presses for a trigger, with one viewer


async def test_a_moderator_helps_until_the_link_is_revoked(
    services: Services, browser: Browser
) -> None:
    """From the link in the console to the search, a block and hidden names; names are masked."""
    async with (
        console_page(browser, services) as console,
        opened_page(browser, language="ja-JP") as page,
        viewers(services.api, 2) as (nice, rude),
    ):
        await console.open_room("Dragon night")
        await set_name(services, nice, "ﾊﾟﾝﾀﾞ")
        await set_name(services, rude, "Shit Zebra")
        await console.view("settings")
        await expect(console.field("mask_names")).to_be_checked()
        await console.page.get_by_text("More words to mask").click()
        await console.field("masked_words").fill("zebra\n\n" + 33 * "x")
        await console.save()
        await expect(console.field("masked_words")).to_have_attribute("aria-invalid", "true")
        await console.field("masked_words").fill("zebra\n")
        await console.save()
        await expect(console.page.locator(".save-bar .note")).to_contain_text("Saved")
        await expect(console.field("masked_words")).to_be_hidden()  # the stream may show this page
        await console.view("viewers")
        await console.page.get_by_role("button", name="Make a link").click()
        made = console.page.get_by_label("Link for a moderator")
        await expect(made).to_have_value(re.compile("#"))
        link = await made.input_value()
        assert link.startswith(f"{services.api.url}/moderate/{console.room_id}#")
        await fits(console.page)
        await page.route("**/viewers", lambda route: route.fulfill(status=503), times=1)
        await page.goto(link)  # while the server cannot answer: it is asked again
        board, blocked = page.locator("#names"), page.locator("#blocked")
        await expect(page.locator("#room-title")).to_have_text("Dragon night")
        await expect(page.locator("#refusal")).to_be_hidden()
        await console.start()
        await nice.press(services.api, console.room_id, {"skill1": 1})
        await rude.press(services.api, console.room_id, {"skill1": SKILL_1})
        row = page.locator("#feed tbody tr")
        await expect(row.locator(".who")).to_have_text("*** ***")
        pressers = page.locator("#viewers tbody tr")
        await expect(pressers).to_have_count(2)
        await page.get_by_role("searchbox").fill("ぱんだ")
        await expect(pressers).to_have_count(1)
        await expect(pressers.locator(".who")).to_contain_text("ﾊﾟﾝﾀﾞ")
        await page.get_by_role("searchbox").fill("nobody")
        await expect(page.locator("#viewers .empty")).to_be_visible()
        await page.set_viewport_size({"width": 320, "height": 800})
        await row.get_by_role("button").click()
        await page.locator("#person [data-part=block]").click()
        await expect(row).to_have_class("blocked")
        await expect(blocked.locator("tbody tr")).to_have_count(1)
        await fits(page)
        await blocked.locator("tbody button").click()
        await expect(blocked.locator(".empty")).to_be_visible()
        await board.locator("[data-part=names]").click()
        await expect(console.part("names-hidden")).to_be_visible()
        await expect(board.locator("[data-part=names-hidden]")).to_be_visible()
        await console.part("names").click()
        await expect(board.locator("[data-part=names-hidden]")).to_be_hidden()
        await console.page.get_by_role("button", name="Revoke").click()
        await console.confirm()
        await expect(console.page.locator(".tokens li")).to_have_count(0)
        await expect(page.locator("#refusal")).to_have_text(re.compile("リンク"))
        await expect(page.locator("#moderation")).to_be_hidden()
        await expect(page.get_by_text("***")).to_have_count(0)  # nobody's name, masked or not
