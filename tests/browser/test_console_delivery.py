"""The parts of the console that know no page: delivery, commands, and the count of presses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.console_page import console_page

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Services
    from tests.browser.console_page import ConsolePage

pytestmark = pytest.mark.anyio

DELIVERY = """async (assets) => {
  const { Delivery } = await import(`${assets}/console/game/delivery.js`);
  const event = (seq, epoch = 1) => ({ type: "game_event", epoch, seq });
  const delivery = new Delivery(null);
  const told = [];
  const tell = (what) => told.push([what, delivery.resumeFrom?.seq, delivery.takeOwed()?.seq]);
  const take = (message) => tell(delivery.take(message));

  delivery.attached({ epoch: 1, seq: 7, replayed: 2, round: 1 });
  tell("attached");
  take(event(6));
  take(event(6));
  take(event(9));
  const summary = (seq, round) => ({ ...event(seq), type: "game_end_summary", round });
  take(summary(10, 1));
  take(summary(10, 1));
  delivery.roundBegan(1);
  tell("the ended round began");
  delivery.roundBegan(2);
  tell("the next round began");
  take(summary(11, 2));
  delivery.attached({ epoch: 1, seq: 11, replayed: 1, round: 3 });
  tell("attached in the round after");
  take(summary(11, 2));
  delivery.jump({ epoch: 2, last_seq: 8 });
  tell("gap");
  take(event(9, 2));
  return told;
}"""

GAPS = """async (assets) => {
  const { Game } = await import(`${assets}/console/game/game.js`);
  let socket;
  window.WebSocket = class {
    static OPEN = 1;
    readyState = 1;
    constructor() { socket = this; }
    send() {}
    close() {}
  };
  const cursor = { epoch: 1, seq: 32 };
  const game = new Game({ url: "ws://gateway.test", roomId: "r", token: "t", cursor });
  const told = [];
  game.on("gap", ({ last_seq: seq }) => told.push(["gap", seq]));
  game.on("missing", ({ from, to }) => told.push(["missing", from, to]));
  const hear = (message) => socket.onmessage({ data: JSON.stringify(message) });
  game.open();
  hear({ type: "room_ready", epoch: 1, seq: 32, replayed: 0, round: 1, status: "in_game" });
  hear({ type: "gap", epoch: 2, last_seq: 32 });
  hear({ type: "gap", epoch: 3, last_seq: 40 });
  game.close();
  return told;
}"""

ORDERS = """async (assets) => {
  const { Orders } = await import(`${assets}/console/game/orders.js`);
  const orders = new Orders();
  const told = {};
  const before = orders.nextTicket();
  orders.add({ type: "game_start" }, 0);
  const after = orders.nextTicket();
  told["too early a pong"] = orders.confirm(before);
  told["its pong"] = orders.confirm(after);
  orders.add({ type: "pause" }, 1);
  orders.add({ type: "game_end" }, 1);
  told["a new socket in the same round"] = orders.unconfirmed({ round: 1, status: "in_game" });
  orders.add({ type: "game_start" }, 1);
  told["one after the end"] = orders.unconfirmed({ round: 1, status: "ended" });
  told["one in the round after"] = orders.unconfirmed({ round: 2, status: "in_game" });
  return told;
}"""

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


async def test_delivery_keeps_order_and_acknowledges_what_was_shown(
    services: Services, browser: Browser
) -> None:
    """Duplicates are owed an acknowledgement; a summary is held back until the next round."""
    async with console_page(browser, services) as console:
        told = await _run(console, DELIVERY)
    assert told == [
        ["attached", 5, None],
        ["next", 6, 6],
        ["duplicate", 6, 6],
        ["ahead", 9, 9],
        ["next", 9, None],
        ["duplicate", 9, None],
        ["the ended round began", 9, None],
        ["the next round began", 10, 10],
        ["next", 10, None],
        ["attached in the round after", 11, None],
        ["duplicate", 11, 11],
        ["gap", 8, None],
        ["next", 9, 9],
    ]


async def test_a_gap_is_missing_only_what_has_not_come(
    services: Services, browser: Browser
) -> None:
    """A server that lost what the console has already shown took nothing from it."""
    async with console_page(browser, services) as console:
        told = await _run(console, GAPS)
    assert told == [["gap", 32], ["missing", 33, 40], ["gap", 40]]


async def test_presses_are_told_from_counts_and_thresholds(
    services: Services, browser: Browser
) -> None:
    """Triggers that come late or never, resets, reloads and new rounds are all minded."""
    async with console_page(browser, services) as console:
        totals, guesses, drawn = await _run(console, TALLY)
    assert totals == [0, 3, 3, 10, 10, 10, 21, 26, 7, 0, 0, 8, 8]
    assert drawn == 21 + 6 + 7
    assert guesses == 200


async def test_commands_are_repeated_until_they_are_surely_done(
    services: Services, browser: Browser
) -> None:
    """A pong confirms what came before its ping; what a round that is over was told is dropped."""
    async with console_page(browser, services) as console:
        told = await _run(console, ORDERS)
    assert told == {
        "too early a pong": [],
        "its pong": [{"message": {"type": "game_start"}, "round": 0, "ticket": 2}],
        "a new socket in the same round": [{"type": "pause"}, {"type": "game_end"}],
        "one after the end": [{"type": "game_start"}],
        "one in the round after": [],
    }


async def _run(console: ConsolePage, script: str) -> Any:
    """What a script tells that imports the page's modules."""
    return await console.page.evaluate(script, await console.assets())
