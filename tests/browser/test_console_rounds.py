"""The console from round to round: its triggers, its viewers and its timer are those of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.async_api import expect

from tests.browser.console_page import console_page, set_minutes
from tests.browser.widths import fits
from tests.flow.play import viewers

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

SKILL_1: Final = 5  # presses for a trigger, with one viewer
VIEWERS: Final = """async (assets) => {
  const { Viewers } = await import(`${assets}/console/people/viewers.js`);
  const { en } = await import(`${assets}/console/texts/en.js`);
  const viewer = { viewer_id: "0123456789", blocked: false };
  const of = (viewer_name, count) => ({ viewers: [{ ...viewer, viewer_name, count }] });
  window.count = 1;
  window.searches = 0;
  const api = {
    viewers: async () => of("Everybody", 9),
    search: async (wanted) => {
      searches += 1;
      return of(wanted, count);
    },
  };
  for (const id of ["desk", "viewers"]) document.getElementById(id).hidden = false;
  const options = { api, blocked: { learn: () => {} }, texts: en, hasSearch: true };
  new Viewers(document.getElementById("pressers"), options).open();
}"""
ROUND_OVER: Final = {"en-US": "Round 1 has ended", "ja-JP": "ラウンド 1 終了"}


@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
async def test_the_feed_divides_the_rounds(
    services: Services, browser: Browser, language: str
) -> None:
    """Also after a reload, which gets the last round's summary again, and whatever is filtered."""
    async with (
        console_page(browser, services, language=language) as console,
        viewers(services.api, 1) as (viewer,),
    ):
        page, rows = console.page, console.triggers()
        await console.open_room()
        await console.without_pace()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
        await expect(rows).to_have_count(1)
        await console.end()
        await expect(rows).to_contain_text([ROUND_OVER[language], "#1"])
        await page.reload()
        await console.connected()
        await expect(console.part("round-trip", "#feed")).to_contain_text("ms")
        await expect(rows).to_have_count(2)
        await console.command("next")
        await console.phase("running")
        await viewer.press(services.api, console.room_id, {"skill2": 8})
        shown = [re.compile("#3"), re.compile(f"{ROUND_OVER[language]}$"), re.compile("#1")]
        await expect(rows).to_have_text(shown)
        await fits(page)
        await page.reload()
        await expect(rows).to_have_text(shown)
        await console.part("filter", "#feed").select_option("skill1")
        await expect(rows).to_have_text(shown[1:])


async def test_a_search_among_viewers_stays_up_to_date(
    services: Services, browser: Browser
) -> None:
    """As the list does, but more seldom: the server bounds the searches of a room."""
    async with console_page(browser, services) as console:
        page = console.page
        await page.clock.install()
        await page.reload()
        await page.evaluate(VIEWERS, await console.assets())
        row = page.locator("#pressers tbody tr")
        await expect(row).to_contain_text("Everybody")
        await page.get_by_role("searchbox").fill("Momo")
        await page.clock.run_for(400)
        await expect(row).to_have_text(re.compile("Momo.*1Block"))
        await page.evaluate("count = 7")  # as at the end of the round
        await page.clock.run_for(10_000)
        await expect(row).to_have_text(re.compile("Momo.*7Block"))
        for _ in range(10):
            await page.clock.run_for(5_000)
        assert await page.evaluate("searches") <= 8
        await page.get_by_role("searchbox").fill("")
        await page.clock.run_for(400)
        await expect(row).to_contain_text("Everybody")


async def test_a_timer_that_is_set_in_a_round_is_the_length_of_later_rounds(
    services: Services, browser: Browser
) -> None:
    """In the running round it counts from now on, also where the length stays the same."""
    async with console_page(browser, services) as console:
        page, left = console.page, console.part("left", "#timer")
        await console.open_room()
        await set_minutes(console, "2")
        await expect(left).to_have_text("Rounds end after 2:00")
        await console.start()
        await expect(left).to_contain_text(re.compile("in 1:5[0-5]"))
        await set_minutes(console, "2")
        await expect(left).to_contain_text(re.compile("in (2:00|1:5[6-9])"))
        await set_minutes(console, "3")
        await expect(left).to_have_text(re.compile(r"in (3:00|2:5[0-9])\b.*3:00"))
        await console.end()
        await expect(left).to_have_text("Rounds end after 3:00")
        await page.reload()
        await console.connected()
        await expect(page.locator("#minutes")).to_have_value("3")
        await console.command("next")
        await console.phase("running")
        await expect(left).to_have_text(re.compile(r"in (3:00|2:5[0-9])\b.*3:00"))
