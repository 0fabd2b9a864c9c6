"""A moderator's link: what it allows, and that it ends when the streamer revokes it."""

import re

from playwright.async_api import Browser, expect

from tests.browser.conftest import Services, go, opened_page
from tests.browser.console_page import ConsolePage, console_page
from tests.browser.play_page import set_name
from tests.browser.widths import fits
from tests.flow.play import viewers

SKILL_1 = 5  # presses for a trigger, with one viewer


async def made_link(console: ConsolePage) -> str:
    """A new link for a moderator."""
    await console.view("viewers")
    await console.page.get_by_role("button", name="Make a link").click()
    made = console.page.get_by_label("Link for a moderator")
    await expect(made).to_have_value(re.compile("#"))
    return await made.input_value()


async def test_a_moderators_page_without_its_server_says_so_once(
    services: Services, browser: Browser
) -> None:
    """In the language that was chosen in the console."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await page.evaluate("localStorage['streamario.console.language'] = '\"ja\"'")
        await go(page, f"{services.api.url}/moderate/{console.room_id}#{console.room_token}")
        await expect(page.get_by_role("heading", name="ブロック中")).to_be_visible()
        await page.route("**/api/**", lambda it: it.abort())
        said = page.get_by_role("alert").filter(has_text="サーバー")
        await expect(said).to_have_count(1)
        async with page.expect_event("requestfailed", lambda it: "blocked" in it.url):
            pass
        await expect(said).to_have_count(1)


async def test_a_trigger_of_the_streamer_is_named_so_and_blocks_nobody(
    services: Services, browser: Browser
) -> None:
    async with console_page(browser, services) as console, opened_page(browser) as page:
        await console.open_room(triggers_per_minute=0)
        await console.start()
        url = f"{services.api.url}/moderate/{console.room_id}#{console.room_token}"
        await go(page, url)
        await expect(page.get_by_text("No triggers have come yet.")).to_be_visible()
        await console.fire("skill1")
        row = page.locator("#feed li")
        await expect(row.locator(".named")).to_have_text("The streamer")
        await expect(row.get_by_role("button")).to_have_count(0)


async def test_a_moderators_token_leaves_the_address_bar_and_stays_in_the_browser(
    services: Services, browser: Browser
) -> None:
    """Over a reload and in another tab, until the link is revoked: then it is forgotten."""
    async with console_page(browser, services) as console, opened_page(browser) as page:
        await console.open_room("Dragon night")
        link = await made_link(console)
        bare = link.partition("#")[0]
        await go(page, link)
        await expect(page).to_have_url(bare)
        assert await page.evaluate("history.length") == 2  # with the empty page before it
        await page.reload()
        await expect(page.locator("#moderation")).to_be_visible()
        tab = await page.context.new_page()
        await go(tab, bare)
        await expect(tab.locator("#moderation")).to_be_visible()
        await console.page.get_by_role("button", name="Revoke").click()
        await console.confirm()
        for each in (page, tab):
            await expect(each.locator("#refusal")).to_contain_text("does not work")
        assert await page.evaluate("Object.values(localStorage)") == []
        await go(page, await made_link(console))  # on the same page: it is loaded again
        await expect(page.locator("#moderation")).to_be_visible()
        await expect(page).to_have_url(bare)


async def test_a_moderator_helps_until_the_link_is_revoked(
    services: Services, browser: Browser
) -> None:
    """From the link in the console to the search, a block and hidden names; names are masked."""
    async with (
        console_page(browser, services) as console,
        opened_page(browser, language="ja-JP") as page,
        viewers(services.api, 2) as (nice, rude),
    ):
        await console.open_room("Dragon night", masked_words=["zebra"], triggers_per_minute=0)
        await set_name(services, nice, "ﾊﾟﾝﾀﾞ")
        await set_name(services, rude, "Shit Zebra")
        await console.start()
        link = await made_link(console)
        assert link.startswith(f"{services.api.url}/moderate/{console.room_id}#")
        await fits(console.page)
        await console.page.set_viewport_size({"width": 1280, "height": 800})
        await page.route("**/viewers", lambda route: route.fulfill(status=503), times=1)
        await go(page, link)  # while the server cannot answer: it is asked again
        names, blocked = page.locator("#names"), page.locator("#blocked")
        await expect(page.locator("#room-title")).to_have_text("Dragon night")
        await expect(page.locator("#refusal")).to_be_hidden()
        await nice.press(services.api, console.room_id, {"skill1": 1})
        await rude.press(services.api, console.room_id, {"skill1": SKILL_1})
        row = page.locator("#feed li")
        await expect(row.locator(".named")).to_have_text("*** ***")
        pressers = page.locator("#pressers .ranks li")
        await expect(pressers).to_have_count(2)
        await page.get_by_role("searchbox").fill("ぱんだ")
        await expect(pressers).to_have_count(1)
        await expect(pressers.locator(".named")).to_contain_text("ﾊﾟﾝﾀﾞ")
        await page.get_by_role("searchbox").fill("nobody")
        await expect(page.get_by_text("この名前の人は")).to_be_visible()
        await page.set_viewport_size({"width": 320, "height": 800})
        await row.get_by_role("button").click()
        await page.get_by_role("dialog").get_by_role("button", name="ブロック", exact=True).click()
        await expect(row).to_have_class(re.compile("blocked"))
        await expect(row.get_by_role("button")).to_be_focused()
        await expect(blocked.locator("li")).to_have_count(1)
        await fits(page)
        await blocked.locator("li button").click()
        await expect(blocked).to_contain_text("ブロック中の視聴者はいません")
        await names.get_by_role("button").click()
        own = console.page.locator("#names")
        await expect(own).to_contain_text("are hidden")
        await expect(names.get_by_role("button")).to_have_text("再び表示", use_inner_text=True)
        await own.get_by_role("button").click()
        await expect(names.get_by_role("button")).to_have_text("すべて隠す", use_inner_text=True)
        await console.page.get_by_role("button", name="Revoke").click()
        await console.confirm()
        await expect(console.page.locator("#moderators li")).to_have_count(0)
        await expect(page.locator("#refusal")).to_have_text(re.compile("リンク"))
        await expect(page.locator("#moderation")).to_be_hidden()
        await expect(page.get_by_text("***")).to_have_count(0)  # nobody's name, masked or not
