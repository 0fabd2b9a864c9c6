import assert from "node:assert/strict";
import { test } from "node:test";

import { until } from "../opened_page.js";
import { setting, settings, stat } from "../streamario/room.js";
import { counted, serverOf } from "../streamario/room_server.js";
import { opening, playing } from "./playing.js";

test("a trigger is told on the board and on its key, and sounds where sounds are on", async (t) => {
  const { get, fires, board, tape, bursts } = await playing(t);
  await fires("b", 1, { people: 5 });
  assert.deepEqual([board(), tape(1), bursts], ["5 people: b!", "On its way", []]);
  get("sound").click();
  await fires("a", 2, { people: 5 });
  assert.equal(bursts.length, 1);
});

test("what happened long before all of the page has loaded is not told any more", async (t) => {
  const page = await opening(t, { server: serverOf(), before: ({ sheets }) => (sheets.fail = true) });
  const { fires, board } = page;
  await page.passes(100);
  await fires("a", 1, { people: 5 });
  await page.passes(500);
  await fires("b", 2, { people: 6 });
  page.sheets.fail = false;
  await page.passes(1_450);
  await until(() => page.get("name-dialog"));
  await page.passes(100);
  assert.deepEqual(page.sheets.styles.slice(0, 2), ["/assets/play_deferred.css", "/assets/play_deferred.css?1"]);
  assert.equal(board(), "6 people: b!");
});

/** A viewer whose press fires a button at once, or several `times`; `last` is the last trigger's number. */
async function tipping(t, last, { times = 1, ...device } = {}) {
  const page = await playing(t, { counts: [stat("a", 9)] }, device);
  page.server.replies.push([200, counted([{ button_name: "a", push_count: 1 }], {
    event_results: [{ event_type: "a", accepted: 1, triggers_fired: times, last_seq: last }],
    stats: [stat("a", 0, { current_level: times, accepted: 10 })],
  })]);
  page.press();
  await page.passes(500);
  return page;
}

const flood = ({ document }) => document.querySelector(".flood-burst");

test("whose press fired a button sees that it was theirs, feels it, and is asked for a name", async (t) => {
  const page = await tipping(t, 1);
  assert.deepEqual([flood(page).hidden, page.isSeen("nudge"), page.board()], [false, true, "You: a!1 of 10 were yours"]);
  assert.deepEqual(page.vibrated, [8, [40, 30, 80]]);
  await page.fires("a", 1, { people: 4, trigger_count: 10 });
  assert.match(flood(page).textContent, /\+ 3 others set off/);
});

test("where it is not known which trigger it was, none is claimed", async (t) => {
  const page = await tipping(t, null);
  assert.deepEqual([flood(page).hidden, page.isSeen("nudge"), page.vibrated], [true, true, [8]]);
});

test("nothing is felt by whoever wants less motion, but their press", async (t) => {
  const page = await tipping(t, 1, { media: ["(prefers-reduced-motion: reduce)"] });
  assert.deepEqual([flood(page).hidden, page.vibrated], [false, [8]]);
});

test("the hint for a name leads to the dialog", async (t) => {
  const page = await tipping(t, 1);
  page.get("nudge-name").click();
  assert.deepEqual([page.isSeen("nudge"), page.get("name-dialog").open], [false, true]);
});

test("the hint for a name goes with its round, also on a page of which no frame is drawn", async (t) => {
  const page = await tipping(t, 1);
  page.hide(true);
  globalThis.requestAnimationFrame = () => {};
  await page.becomes("ended");
  assert.equal(page.isSeen("nudge"), false);
});

test("whoever wants no name goes on at the button for it", async (t) => {
  const page = await tipping(t, 1);
  page.get("nudge-close").click();
  assert.deepEqual([page.isSeen("nudge"), page.get("name-dialog").open, page.document.activeElement.id], [false, false, "name"]);
});

test("what the game did with a trigger stands on its key and sounds", async (t) => {
  const { get, fires, answers, key, tape, board, beats, passes } = await playing(t);
  get("sound").click();
  await fires("a", 1, { people: 5, trigger_count: 10 });
  await answers("started");
  await passes(2_000);
  assert.deepEqual([key().dataset.state, beats], ["more", []]);
  await answers("done");
  assert.deepEqual([tape(), beats], ["Done", ["done"]]);
  await passes(4_000);
  await answers("failed", { seq: 2, reason: "No target", returned: 10 });
  assert.deepEqual([tape(), beats, board()], ["Returned", ["done", "failed"], "a fizzled: No target.10 presses are back."]);
});

test("a trigger of an earlier round, of which nothing comes back, did not fail for anybody here", async (t) => {
  const { answers, tape, board } = await playing(t);
  await answers("failed", { reason: "No target" });
  assert.deepEqual([tape(), board()], ["", "Press together: full buttons fire."]);
});

test("people who join are heard, unless none of them is named", async (t) => {
  const { get, hear, beats } = await playing(t, { status: "active", round: 0 });
  get("sound").click();
  await hear({ type: "arrived", names: [], viewer_count: 4 });
  assert.deepEqual(beats, []);
  await hear({ type: "arrived", names: ["Aki"], viewer_count: 5 });
  assert.deepEqual(beats, ["arrive"]);
});

test("a button that is close sounds once, while it can be pressed", async (t) => {
  const buttons = [setting("a", { base: 30 }), setting("b", { base: 30 })];
  const { get, counts, becomes, beats } = await playing(t, { buttons });
  get("sound").click();
  const near = (count, more) => stat("a", count, { required_count: 30, ...more });
  await counts(near(21));
  assert.deepEqual(beats, []);
  await counts(near(22));
  await counts(near(28));
  assert.deepEqual(beats, ["close"]);
  await counts(near(1, { current_level: 1 }));
  await counts(near(27, { current_level: 1, available: false }));
  assert.deepEqual(beats, ["close"]);
  await counts(near(28, { current_level: 1 }));
  assert.deepEqual(beats, ["close", "close"]);
  await counts(near(0, { current_level: 2 }));
  await becomes("in_game", { paused: true });
  await counts(near(28, { current_level: 2 }));
  assert.deepEqual(beats, ["close", "close"]);
});

test("in a pause nothing is told of triggers before it", async (t) => {
  const { fires, becomes, board } = await playing(t);
  await fires("a", 1, { people: 5 });
  await becomes("in_game", { paused: true });
  assert.equal(board(), "Paused. Wait until it goes on.");
  await becomes("in_game");
  assert.equal(board(), "Press together: full buttons fire.");
});

test("nobody is named any more once names are to be forgotten", async (t) => {
  const { fires, board, hear } = await playing(t);
  await fires("a", 1, { people: 2, viewer_name: "Aki" });
  assert.equal(board(), "Aki and 1 other: a!");
  await hear({ type: "settings", settings: settings([setting("a"), setting("b")], { show_names: false }) });
  assert.equal(board(), "2 people: a!");
});

test("whose presses fired a button twice is told of both", async (t) => {
  const { board } = await tipping(t, 7, { times: 2 });
  assert.match(board(), /^You: a! ×2/);
});

test("nothing bursts, and nothing is felt, while nobody looks", async (t) => {
  const page = await playing(t, { counts: [stat("a", 9)] });
  page.press();
  page.hide(true);
  await page.fires("a", 1, { people: 1, trigger_count: 10 });
  assert.deepEqual([flood(page).hidden, page.vibrated], [true, [8]]);
});

test("a trigger that one had no part in does not burst", async (t) => {
  const page = await playing(t);
  await page.fires("a", 1, { people: 5, trigger_count: 10 });
  assert.deepEqual([flood(page).hidden, page.vibrated], [true, []]);
});

test("after somebody was blocked the results are asked for again", async (t) => {
  const { becomes, hear, server, passes } = await playing(t);
  await becomes("ended");
  await passes(3_000);
  assert.equal(server.of("/results").length, 1);
  await hear({ type: "stats", status: "ended", paused: false, stats: [], viewer_count: 3, send_every_ms: 300 });
  await passes(21_000);
  assert.equal(server.of("/results").length, 2);
});
