"""The streamer's console, in a real browser: a whole stream is run from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.conftest import open_services
from tests.browser.console_page import console_page
from tests.browser.play_page import play_page
from tests.flow.play import viewers

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, Route

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

SKILL_1 = 5  # presses for a trigger, with one viewer
DRAWINGS = """() => {
  window.drawings = 0;
  new MutationObserver((changes) => (window.drawings += changes.length))
    .observe(document.querySelector("#chart g"), { attributes: true, subtree: true });
}"""

ASKED = """
  window.asked = [];
  const { fetch } = window;
  window.fetch = (path, ...rest) => {
    if (String(path).includes("/results")) window.asked.push(performance.now());
    return fetch(path, ...rest);
  };
"""


async def test_a_stream_is_run_without_a_game(services: Services, browser: Browser) -> None:
    """From opening a room to a trigger in the feed: who tipped it, its number, its latency."""
    async with console_page(browser, services) as console:
        await console.open_room("Boss rush")
        await console.without_pace()
        code = console.page.locator("#share img")
        assert await code.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        link = f"{services.api.url}/play/{console.room_id}"
        await expect(console.page.get_by_label("Viewers' link")).to_have_value(link)
        await expect(console.page.locator(".warning")).to_contain_text("A phone cannot reach")
        await console.start()
        async with play_page(browser, services, console.room_id) as viewer:
            await viewer.heading("Boss rush")
            await viewer.press("Skill 1", SKILL_1 + 2)
            await expect(console.triggers()).to_have_text(re.compile(r"Skill 1.*5#1\d+ ms⋯\s*$"))
            await console.shows_presses("Skill 1", "2 / 517")
        drawn = console.page.locator("#chart g path").first
        await expect(drawn).to_have_attribute("d", re.compile("^M"))
        await console.page.get_by_text("Presses by minute").click()
        minutes = console.page.locator("#chart tbody tr").first
        await expect(minutes).to_have_text(re.compile("Skill 1000.*7"))


async def test_the_round_is_paused_resumed_and_reset(services: Services, browser: Browser) -> None:
    """Paused, buttons fill up and wait for a press; a reset asks, and starts from zero."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.without_pace()
        await console.start()
        await console.command("pause")
        await console.phase("paused")
        held = await viewer.press(services.api, console.room_id, {"skill1": SKILL_1 + 4})
        assert (held.accepted, held.rejected) == (SKILL_1, 4)
        await console.command("resume")
        await console.phase("running")
        await viewer.press(services.api, console.room_id, {"skill1": 1})
        assert await console.numbers(1) == [1]
        await expect(console.part("viewers")).to_have_text("1")
        await viewer.press(services.api, console.room_id, {"skill1": 2})
        await console.shows_presses("Skill 1", "3 / 518")
        await console.command("reset")
        await console.page.get_by_role("button", name="Cancel").click()
        await console.shows_presses("Skill 1", "3 / 518")
        await console.command("reset")
        await console.confirm()
        await console.shows_presses("Skill 1", "0 / 518")


async def test_a_blocked_viewer_counts_no_more(services: Services, browser: Browser) -> None:
    """The list names who presses most; blocked, presses of a viewer are refused."""
    async with console_page(browser, services) as console, viewers(services.api, 2) as (nice, rude):
        await console.open_room()
        await console.start()
        await nice.press(services.api, console.room_id, {"skill1": 2})
        await rude.press(services.api, console.room_id, {"enemy1": 4})
        await console.view("viewers")
        rows = console.page.locator("#pressers tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("4")
        await rows.first.get_by_role("button").click()
        await console.confirm()
        await expect(rows.first).to_contain_text("blocked")
        refused = await rude.press(services.api, console.room_id, {"enemy1": 3})
        assert (refused.accepted, refused.rejected) == (0, 3)
        assert (await nice.press(services.api, console.room_id, {"skill1": 1})).accepted == 1
        await rows.first.get_by_role("button", name="Unblock").click()
        await expect(rows.first).not_to_contain_text("blocked")
        assert (await rude.press(services.api, console.room_id, {"enemy1": 1})).accepted == 1


async def test_the_list_of_viewers_is_asked_for_one_at_a_time(
    services: Services, browser: Browser
) -> None:
    """An answer that takes long is waited for; the next look comes 3 s after it."""
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    async with console_page(browser, services) as console:
        page = console.page
        await page.clock.install()
        await page.reload()
        await console.open_room()
        await page.route("**/viewers", hold)
        async with page.expect_request("**/viewers"):
            await console.view("viewers")
        await page.clock.run_for(9_000)
        assert len(asked) == 1
        async with page.expect_response("**/viewers"):
            await asked[0].continue_()
        await expect(console.part("empty", "#pressers")).to_be_visible()
        async with page.expect_request("**/viewers"):
            await page.clock.run_for(3_000)


async def test_the_chart_is_drawn_only_where_it_is_seen(
    services: Services, browser: Browser
) -> None:
    """Behind another panel it rests; it is up to date as soon as its panel is back."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.page.clock.install()
        await console.page.reload()
        await console.open_room()
        await console.start()
        await console.view("settings")
        await console.page.evaluate(DRAWINGS)
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
        await expect(console.part("triggers")).to_have_text("1")
        await console.page.clock.run_for(3_000)
        assert await console.page.evaluate("window.drawings") == 0
        await console.view("live")
        drawn = console.page.locator("#chart g path").first
        await expect(drawn).to_have_attribute("d", re.compile("^M"))


async def test_results_say_who_was_blocked(services: Services, browser: Browser) -> None:
    """What somebody pressed before the block still counts, and is marked, after a reload too.

    In a later round, in which nobody has pressed, the list of the blocked has them all.
    """
    async with console_page(browser, services) as console, viewers(services.api, 2) as (nice, rude):
        await console.open_room()
        await console.start()
        await nice.press(services.api, console.room_id, {"skill1": 2})
        await rude.press(services.api, console.room_id, {"enemy1": 4})
        await console.view("viewers")
        await console.page.locator("#pressers tbody tr").first.get_by_role("button").click()
        await console.confirm()
        await console.end()
        await console.view("results")
        marked = console.page.locator("#results .badge")
        await expect(marked).to_have_text(["blocked"] * 4)  # overall, enemies, Enemy 1, ranking
        await console.command("next")
        await console.phase("running")
        await console.page.reload()
        await console.view("results")
        await expect(marked).to_have_text(["blocked"] * 3)  # the books know no teams
        await console.view("viewers")
        await expect(console.page.locator("#pressers .empty")).to_be_visible()
        await console.page.locator("#blocked tbody").get_by_role("button").click()
        await expect(console.page.locator("#blocked .empty")).to_have_text("Nobody is blocked.")
        assert (await rude.press(services.api, console.room_id, {"enemy1": 1})).accepted == 1
        await console.view("results")
        await expect(marked).to_have_count(0)


async def test_results_are_asked_for_when_the_books_can_be_closed(
    services: Services, browser: Browser
) -> None:
    """Right after a round's end the answer would only be that they are not: it is waited 1.5 s."""
    async with console_page(browser, services) as console:
        await console.page.add_init_script(ASKED)
        await console.page.reload()
        await console.open_room()
        await console.start()
        before = await console.page.evaluate("performance.now()")
        await console.end()
        await console.page.wait_for_function("() => window.asked.length > 0")
        assert await console.page.evaluate("window.asked[0]") - before >= 1_500


async def test_a_round_ends_with_results_and_another_begins(
    services: Services, browser: Browser
) -> None:
    """Results show at the end, also after a reload; the next round begins with nothing."""
    async with console_page(browser, services) as console, viewers(services.api, 2) as (one, other):
        await console.open_room()
        await console.without_pace()
        await console.start()
        await one.press(services.api, console.room_id, {"skill1": 12})
        await other.press(services.api, console.room_id, {"enemy1": 3})
        await console.end()
        results = console.page.locator("#results")
        await expect(results.get_by_role("heading", name="Results of round 1")).to_be_visible()
        await expect(results.locator("[data-part=tops]")).to_contain_text("12 presses")
        await expect(results.locator("[data-part=totals]")).to_contain_text("All buttons15")
        await expect(results.locator("[data-part=ranking] tr")).to_have_count(2)
        await console.page.reload()
        await console.connected()
        await expect(results.locator("[data-part=ranking] tr")).to_have_count(2)
        await expect(results.locator("[data-part=totals]")).to_contain_text("Skill 112")
        await console.command("next")
        await console.phase("running")
        await console.view("live")
        await one.press(services.api, console.room_id, {"skill1": SKILL_1 + 5})
        await console.shows_presses("Skill 1", "/ 5")
        await expect(console.part("status")).to_have_text("Round 2 is running")
        assert (await console.numbers(4))[-1] == 5  # the summary of round 1 has a number too


async def test_a_game_key_is_asked_for_when_the_server_wants_one(
    browser: Browser, tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """The field shows after the server asked; the key is not kept where it outlives the window."""
    async with (
        open_services(
            tmp_path, redis_url, own_database_url, GAME_KEYS="hush-open-sesame"
        ) as services,
        console_page(browser, services) as console,
    ):
        page = console.page
        key = page.get_by_label("Game key")
        await expect(key).to_be_hidden()
        await page.locator("#open-form button").click()
        await expect(key).to_be_focused()
        await key.fill("wrong")
        await key.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("a valid game key")
        await key.fill("hush-open-sesame")
        await console.open_room()
        assert "hush-open-sesame" not in await page.evaluate("JSON.stringify({...localStorage})")
        assert "hush-open-sesame" not in page.url
