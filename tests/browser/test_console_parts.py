"""Parts of the console by themselves, with a server that each test plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.async_api import expect

from tests.browser.console_page import console_page

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

RESULTS: Final = """async (assets) => {
  const { RoundResults } = await import(`${assets}/console/results/results.js`);
  const { en } = await import(`${assets}/console/texts/en.js`);
  const { StreamarioError } = await import(`${assets}/streamario.js`);
  const best = { viewer_id: "v", viewer_name: "Momo", count: 2862 };
  const ended_at = "2026-01-01T00:00:00Z";
  const booked = { round: 1, viewer_totals: [best], outcomes: [], ended_at };
  window.isAway = true;
  const room = {
    state: { theme: { team_names: {} }, buttons: [] },
    results: async () => {
      if (isAway) throw new StreamarioError("unreachable", "");
      return booked;
    },
  };
  const blocked = { refresh: async () => {}, has: () => false };
  const names = { isHidden: false };
  const options = { room, blocked, names, texts: en, languages: ["en"], onBooked: () => {} };
  window.results = new RoundResults(document.getElementById("results"), options);
  const told = { team_tops: { all: best }, event_totals: [], top_by_button: [] };
  results.show({ round: 1, ...told });
}"""
# Of two triggers with the same number, the game answered to the one of the earlier epoch.
FEED: Final = """async (assets) => {
  const { TriggerFeed } = await import(`${assets}/console/live/feed.js`);
  const { en } = await import(`${assets}/console/texts/en.js`);
  const trigger = { seq: 1, event_type: "skill1", trigger_count: 5, fired_at: Date.now() };
  const row = { ...trigger, epoch: 1, viewer_name: "Early", latency: 0 };
  const options = { texts: en, languages: ["en"], clock: { latencyOf: () => 0 } };
  const feed = (stored) => new TriggerFeed(document.getElementById("feed"), { ...options, stored });
  const before = feed({ rows: [row], latencies: [], received: 0 });
  before.take({ ...trigger, epoch: 2, viewer_name: "Late", fired_at: Date.now() });
  const endsAt = performance.now() + 60_000;
  before.answered({ eventType: "skill1", epoch: 1, seq: 1, status: "started", endsAt });
  before.flush();
  window.feed = feed(JSON.parse(JSON.stringify(before.snapshot()))); // as after a reload
  window.feed.setButtons([]);
}"""
VIEWERS: Final = """async (assets) => {
  const { Viewers } = await import(`${assets}/console/people/viewers.js`);
  const { en } = await import(`${assets}/console/texts/en.js`);
  const { StreamarioError } = await import(`${assets}/streamario.js`);
  const viewer = { viewer_id: "0123456789", viewer_name: "Momo", count: 0, blocked: false };
  window.isAway = true;
  const api = {
    viewers: async () => ({ viewers: [{ ...viewer, count: ++viewer.count }] }),
    block: async () => {
      if (isAway) throw new StreamarioError("unreachable", "");
      viewer.blocked = true;
    },
  };
  for (const id of ["desk", "viewers"]) document.getElementById(id).hidden = false;
  const options = { api, blocked: { learn: () => {} }, texts: en };
  new Viewers(document.getElementById("viewers"), options).open();
}"""


MORE: Final = """async (count) => {
  document.getElementById("desk").hidden = false;
  const trigger = { epoch: 3, event_type: "skill1", trigger_count: 5, fired_at: Date.now() };
  for (let seq = 1; seq <= count; seq += 1) feed.take({ ...trigger, seq, viewer_name: "More" });
  feed.flush();
}"""
SCROLLED: Final = """(node, top) => new Promise((resolve) => {
  node.addEventListener("scroll", resolve, { once: true });
  node.scrollTop = top;
})"""


async def test_results_are_asked_for_until_they_are_there(
    services: Services, browser: Browser
) -> None:
    """Meanwhile it is said why they are not, whatever is drawn anew."""
    async with console_page(browser, services) as console:
        page = console.page
        await page.clock.install()
        await page.reload()
        await page.evaluate(RESULTS, await console.assets())
        pending = console.part("pending", "#results")
        await expect(pending).to_contain_text("are being added up")
        await page.clock.run_for(1_500)
        await expect(pending).to_contain_text("cannot be reached")
        await page.evaluate("results.redraw()")
        await expect(pending).to_contain_text("cannot be reached")
        await page.evaluate("isAway = false")
        await page.clock.run_for(2_000)
        await expect(console.part("ranking", "#results")).to_contain_text("Momo2,862")
        await expect(pending).to_have_text("")


async def test_an_effect_in_the_feed_is_its_triggers_and_ends_by_itself(
    services: Services, browser: Browser
) -> None:
    """After a reload, too; a trigger of another epoch may have the same number.

    Whoever has scrolled down is told of newer rows.
    """
    async with console_page(browser, services) as console:
        page = console.page
        await page.clock.install()
        await page.reload()
        await page.evaluate(FEED, await console.assets())
        rows = page.locator("#feed tbody tr")
        await expect(rows).to_contain_text(["Late", "In effect"])
        await expect(rows.filter(has_text="Late")).not_to_contain_text("In effect")
        await page.clock.run_for(61_000)
        await expect(rows.filter(has_text="Early")).not_to_contain_text("In effect")
        newer, scroll = page.get_by_role("button", name="new"), console.part("scroll", "#feed")
        await page.evaluate(MORE, 40)
        await expect(newer).to_be_hidden()
        await scroll.evaluate(SCROLLED, 300)
        await page.evaluate(MORE, 2)
        await expect(newer).to_have_text("↑ 2 new")
        await page.evaluate("feed.setButtons([])")  # drawn anew, nothing has come
        await expect(newer).to_have_text("↑ 2 new")
        assert (
            await scroll.evaluate("node => node.scrollTop") > 300
        )  # the rows stay where they were
        await newer.click()
        await expect(newer).to_be_hidden()
        assert await scroll.evaluate("node => node.scrollTop") == 0


async def test_blocking_by_keyboard_keeps_its_place_and_says_what_was_refused(
    services: Services, browser: Browser
) -> None:
    """Though the list is read again while the question is open, and after the refusal."""
    async with console_page(browser, services) as console:
        page = console.page
        await page.clock.install()
        await page.reload()
        await page.evaluate(VIEWERS, await console.assets())
        row, refusal = page.locator("#pressers tbody tr"), console.part("refusal", "#pressers")
        await row.get_by_role("button").focus()
        for looks, away in ((1, "true"), (3, "false")):
            await page.evaluate(f"isAway = {away}")
            await page.keyboard.press("Enter")
            await expect(page.locator("#confirm")).to_be_visible()
            await page.clock.run_for(3_000)
            await expect(row).to_contain_text(f"…456789{looks + 1}")
            await console.confirm()
            await expect(row.get_by_role("button")).to_be_focused()
            if away == "true":
                await page.clock.run_for(3_000)
                await expect(row).to_contain_text(f"…456789{looks + 2}")
                await expect(refusal).to_contain_text("cannot be reached")
        await expect(row.get_by_role("button")).to_have_text("Unblock")
        await expect(refusal).to_be_hidden()
