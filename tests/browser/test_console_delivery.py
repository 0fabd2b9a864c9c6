"""The console's count of presses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.console_page import console_page

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Pair
    from tests.browser.console_page import ConsolePage

pytestmark = pytest.mark.anyio

TALLY = """async (assets) => {
  const { Tally } = await import(`${assets}/console/live/tally.js`);
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
  state(2, 9_001, 0, 9_000);   // another game's triggers
  state(2, 9_001, 0, 13_000);
  const guesses = tally.snapshot().buttons[0][1].guesses.length;
  totals.splice(-2);
  const drawn = tally.binsOf("skill1", 6000).reduce((sum, presses) => sum + presses, 0);
  tally = new Tally();
  state(0, 0, 0, 0, "active");
  state(1, 0, 0);
  fired(8);
  state(1, 1, 0);
  tally.returned({ eventType: "skill1", required: 5 }, 8);
  state(1, 1, 8);              // what came back is no growth, whatever the threshold is now
  return [totals, guesses, drawn];
}"""


async def test_presses_are_told_from_counts_and_thresholds(pair: Pair, browser: Browser) -> None:
    """Triggers that come late or never, resets, reloads and new rounds are all minded."""
    async with console_page(browser, pair) as console:
        totals, guesses, drawn = await _run(console, TALLY)
    assert totals == [0, 3, 3, 10, 10, 10, 21, 26, 7, 0, 0, 8, 8]
    assert drawn == 21 + 6 + 7
    assert guesses == 200


async def _run(console: ConsolePage, script: str) -> Any:
    """What a script tells that imports the page's modules."""
    return await console.page.evaluate(script, await console.assets())
