"""The parts of the console that know no page: its end of delivery, and its count of presses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.console_page import console_page

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from tests.browser.conftest import Pair

pytestmark = pytest.mark.anyio

DELIVERY = """async (assets) => {
  const { Delivery } = await import(`${assets}/console/delivery.js`);
  const event = (seq, epoch = 1) => ({ type: "game_event", epoch, seq });
  const delivery = new Delivery(null);
  const told = [];
  const tell = (what) => told.push([what, delivery.resumeFrom?.seq, delivery.takeOwed()?.seq]);
  const take = (message) => tell(delivery.take(message));

  delivery.attached({ epoch: 1, seq: 7, replayed: 2 });
  tell("attached");
  take(event(6));
  take(event(6));
  take(event(9));
  take({ ...event(10), type: "game_end_summary" });
  take({ ...event(10), type: "game_end_summary" });
  delivery.roundBegins();
  tell("round begins");
  delivery.jump({ epoch: 2, last_seq: 8 });
  tell("gap");
  take(event(9, 2));
  return told;
}"""

TALLY = """async (assets) => {
  const { Tally } = await import(`${assets}/console/tally.js`);
  let tally = new Tally();
  const totals = [];
  const state = (round, level, count, now = 0, status = "in_game") => {
    const buttons = [{ eventType: "skill1", level, count, required: 5 }];
    tally.take({ round, status, buttons }, now);
    totals.push(tally.totalOf("skill1"));
  };
  const fired = (threshold) => tally.fired({ event_type: "skill1", trigger_count: threshold });

  state(0, 0, 0, 0, "active");
  state(1, 0, 3);              // three presses
  state(1, 1, 1);              // a trigger that has not come yet: nothing is known
  fired(8);
  state(1, 1, 2);              // it took 8 presses, not the 5 of now
  state(1, 1, 0);              // a reset is no growth
  state(1, 3, 1, 1000);        // two that do not come
  state(1, 3, 1, 4001);        // are taken for 5 each
  fired(4);                    // until one comes late: it took 4
  tally.skipped();             // and the other never will
  tally = new Tally(JSON.parse(JSON.stringify(tally.snapshot())));
  fired(6);
  state(1, 4, 1, 5000);        // a reload forgets nothing
  tally.roundEnded();
  fired(5);                    // is of the next round, though its state is not here yet
  state(2, 1, 2, 6000);        // seven presses
  return [totals, tally.binsOf("skill1", 6000).reduce((sum, presses) => sum + presses, 0)];
}"""


async def test_delivery_keeps_order_and_acknowledges_what_was_shown(
    pair: Pair, browser: Browser
) -> None:
    """Duplicates are owed an acknowledgement; a summary is held back until the next round."""
    async with console_page(browser, pair) as console:
        told = await _run(console.page, DELIVERY)
    assert told == [
        ["attached", 5, None],
        ["next", 6, 6],
        ["duplicate", 6, 6],
        ["ahead", 9, 9],
        ["next", 9, None],
        ["duplicate", 9, None],
        ["round begins", 10, 10],
        ["gap", 8, None],
        ["next", 9, 9],
    ]


async def test_presses_are_told_from_counts_and_thresholds(pair: Pair, browser: Browser) -> None:
    """Triggers that come late or never, resets, reloads and new rounds are all minded."""
    async with console_page(browser, pair) as console:
        totals, drawn = await _run(console.page, TALLY)
    assert totals == [0, 3, 3, 10, 10, 10, 21, 26, 7]
    assert drawn == 21 + 6 + 7


async def _run(page: Page, script: str) -> Any:
    """What a script tells that imports the page's modules, whose address names a version."""
    address: str = await page.evaluate("document.querySelector('script').src")
    return await page.evaluate(script, address.removesuffix("/console/console.js"))
