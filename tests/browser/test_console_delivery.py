"""The parts of the console that know no page: delivery, commands, and the chart's presses."""

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

PRESS_BINS = """async (assets) => {
  const { BIN_SECONDS, PressBins } = await import(`${assets}/console/live/press_bins.js`);
  let bins = new PressBins();
  const at = (second) => second * 1000;
  const take = (second, round, accepted, status = "in_game") =>
    bins.take({ round, status, buttons: [{ eventType: "skill1", accepted }] }, at(second));
  const drawn = (second) => bins.binsOf("skill1", at(second)).slice(-6);
  const told = {};
  take(0, 0, 0, "loading");
  take(0, 1, 500);             // opened in mid-round
  take(1, 1, 503);
  take(2, 1, 510);
  told.opened = drawn(3);
  take(4, 1, 0);               // a state without the button's figures
  take(4, 1, 511);
  told.never_negative = drawn(5);
  bins = new PressBins(JSON.parse(JSON.stringify(bins.snapshot())));
  take(6, 1, 515);
  told.reloaded = drawn(7);
  take(8, 2, 9);               // all of the next round's are new
  told.next_round = drawn(9);
  take(299, 2, 10);
  told.whole = bins.binsOf("skill1", at(301)).filter((presses) => presses > 0);
  told.seconds = bins.binsOf("skill1", 0).length * BIN_SECONDS;
  return told;
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


async def test_the_chart_has_what_accepted_presses_grow_by(
    services: Services, browser: Browser
) -> None:
    """From the first state on; a reload forgets nothing, and five minutes later all is gone."""
    async with console_page(browser, services) as console:
        told = await _run(console, PRESS_BINS)
    assert told == {
        "opened": [0, 0, 0, 0, 3, 7],
        "never_negative": [0, 0, 0, 3, 7, 1],
        "reloaded": [0, 0, 3, 7, 1, 4],
        "next_round": [0, 3, 7, 1, 4, 9],
        "whole": [7, 1, 4, 9, 1],
        "seconds": 300,
    }


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
