import assert from "node:assert/strict";
import { test } from "node:test";

import { TriggerFeed } from "../../../api_service/pages/web/console/live/feed.js";
import { happen, make, openDocument, partIn } from "../dom.js";
import { stopTime } from "../time.js";

const FEED_TEXTS = {
  ...{ newer: (n) => `${n} newer`, feed_empty: "none", feed_empty_here: "none here", all_buttons: "all" },
  ...{ phases: { ended: (n) => `round ${n} over` }, replayed: "replayed", within: (ms) => `${ms} ms` },
  ...{ person_of: (name) => `Who is ${name}`, unnamed: "somebody" },
  ...{ measured: (offset, error) => `${offset} ± ${error}` },
  outcomes: { started: () => "lasts", done: () => "done", failed: (reason) => `failed: ${reason}` },
};

/** A feed of triggers in stopped time. */
function feed(t, stored, root = make("div")) {
  const passes = stopTime(t);
  openDocument(t);
  const names = ["scroll", "filter", "rows", "empty", "received", "median", "slowest", "round-trip", "measured"];
  root.append(...names.map((name) => make("div", { "data-part": name })));
  const clock = { latencyOf: (from, to) => to - from, offset: 1.4, uncertainty: 0.2 };
  const options = { texts: FEED_TEXTS, languages: ["en"], clock, stored, onPerson: () => {} };
  const triggerFeed = new TriggerFeed(root, options);
  const take = (seq, values) => {
    const event = { event_type: "a", trigger_count: 5, viewer_name: "Mika", epoch: 1, fired_at: Date.now() - 30 };
    triggerFeed.take({ seq, ...event, ...values });
  };
  const part = (name) => partIn(root, name);
  const rows = () => part("rows").children.map((row) => row.textContent.replace(/^[\d:]+/, ""));
  return { triggerFeed, root, take, part, rows, passes };
}

test("triggers are shown newest first, with the next frame", async (t) => {
  const { triggerFeed, take, part, rows, passes } = feed(t);
  triggerFeed.setButtons([{ eventType: "a", icon: "★", labels: [{ lang: "en", text: "Wave" }] }]);
  assert.deepEqual([part("empty").hidden, part("scroll").hidden], [false, true]);
  take(1);
  take(2, { viewer_name: null, trigger_count: 1_234 });
  assert.deepEqual(rows(), []);
  await passes(1);
  assert.deepEqual([rows().length, part("empty").hidden, part("scroll").hidden], [2, true, false]);
  assert.match(rows()[0], /★Wave–1,234#2/);
  assert.match(rows()[1], /★WaveMika5#130 ms/);
  assert.equal(part("received").textContent, "2");
});

test("a replayed trigger has no latency, and counts for none", async (t) => {
  const { take, part, rows, passes } = feed(t);
  take(1, { replayed: true });
  await passes(1);
  assert.match(rows()[0], /replayed/);
  assert.deepEqual([part("median").textContent, part("slowest").textContent], ["–", "–"]);
  for (let seq = 2; seq <= 21; seq += 1) take(seq, { fired_at: Date.now() - seq });
  await passes(1);
  assert.deepEqual([part("median").textContent, part("slowest").textContent], ["11 ms", "20 ms"]);
});

test("what became of a trigger is shown at its row; an effect's end is not waited for in vain", async (t) => {
  const { triggerFeed, take, rows, passes } = feed(t);
  take(1);
  take(1, { epoch: 2 });
  await passes(1);
  const answered = { epoch: 1, seq: 1, status: "started", reason: null, endsAt: performance.now() + 500 };
  triggerFeed.answered(answered);
  assert.deepEqual([rows()[0].includes("lasts"), rows()[1].includes("lasts")], [false, true]);
  await passes(500);
  assert.equal(rows()[1].includes("lasts"), false);
  triggerFeed.answered({ ...answered, status: "failed", reason: "No target" });
  assert.ok(rows()[1].includes("failed: No target"));
  triggerFeed.answered({ ...answered, seq: 9 });
  assert.equal(rows().length, 2);
});

test("whose trigger was blocked is marked", async (t) => {
  const { triggerFeed, take, part, passes } = feed(t);
  take(1);
  await passes(1);
  triggerFeed.blocked({ epoch: 1, seq: 1 });
  triggerFeed.blocked({ epoch: 1, seq: 9 });
  assert.equal(part("rows").children[0].className, "blocked");
});

test("a round's end stands among its triggers once", async (t) => {
  const { triggerFeed, take, rows, passes } = feed(t);
  triggerFeed.endRound(1);
  take(1);
  triggerFeed.endRound(1);
  triggerFeed.endRound(1);
  triggerFeed.note("Numbers are missing");
  await passes(1);
  assert.deepEqual(rows().slice(0, 2), ["Numbers are missing", "round 1 over"]);
  assert.equal(rows().length, 3);
});

test("a feed holds two hundred rows", async (t) => {
  const { triggerFeed, take, rows, passes } = feed(t);
  for (let seq = 1; seq <= 150; seq += 1) take(seq);
  await passes(1);
  for (let seq = 151; seq <= 250; seq += 1) take(seq);
  await passes(1);
  const snapshot = triggerFeed.snapshot();
  assert.deepEqual([rows().length, snapshot.rows.length, snapshot.received], [200, 200, 250]);
  assert.match(rows()[0], /#250/);
  assert.match(rows()[199], /#51/);
});

test("rows can be filtered by button, and what is no trigger stays", async (t) => {
  const { triggerFeed, take, part, rows, passes } = feed(t);
  const buttons = ["a", "b"].map((eventType) => ({ eventType, icon: "", labels: [] }));
  triggerFeed.setButtons(buttons);
  take(1);
  take(2, { event_type: "b" });
  triggerFeed.note("A note");
  await passes(1);
  part("filter").value = "b";
  happen(part("filter"), "change");
  assert.deepEqual([rows().length, rows()[0]], [2, "A note"]);
  take(3);
  await passes(1);
  assert.equal(rows().length, 2);
  triggerFeed.setButtons(buttons);
  assert.equal(part("filter").value, "b");
  triggerFeed.setButtons(buttons.slice(0, 1));
  assert.deepEqual([part("filter").value, rows().length, part("filter").children.length], ["", 4, 2]);
});

test("a reload shows what was shown, and effects that last end in time", async (t) => {
  const { triggerFeed, take, passes } = feed(t);
  take(1);
  await passes(1);
  triggerFeed.answered({ epoch: 1, seq: 1, status: "started", reason: null, endsAt: performance.now() + 500 });
  const stored = structuredClone(triggerFeed.snapshot());
  t.mock.timers.reset();
  t.mock.restoreAll();
  const again = feed(t, stored);
  again.triggerFeed.setButtons([]);
  assert.ok(again.rows()[0].includes("lasts"));
  await again.passes(600);
  assert.ok(!again.rows()[0].includes("lasts"));
  assert.equal(again.part("received").textContent, "1");
});

test("an empty feed says whether triggers fired elsewhere", (t) => {
  const { triggerFeed, part } = feed(t);
  triggerFeed.setFired(3);
  assert.equal(part("empty").textContent, "none here");
  triggerFeed.setFired(0);
  assert.equal(part("empty").textContent, "none");
});

test("the way to the gateway, and the clocks' difference, are told in whole ms", (t) => {
  const { triggerFeed, part } = feed(t);
  triggerFeed.showRoundTrip(12.6);
  triggerFeed.showMeasured();
  assert.deepEqual([part("round-trip").textContent, part("measured").textContent], ["13 ms", "1 ± 1"]);
});
