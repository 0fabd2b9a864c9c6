import assert from "node:assert/strict";
import { test } from "node:test";

import { Stopping } from "../../../api_service/pages/web/console/live/stopping.js";
import { settled } from "../time.js";

/** An emergency stop; `ordered` are its commands, `stored` what it stored last. */
function stopping({ stored, isAway = false } = {}) {
  const listeners = {};
  const made = { ordered: [], stored: [], changes: 0, resets: 0, isAway };
  const game = {
    on: (event, listener) => (listeners[event] = listener),
    order: (message, round) => made.ordered.push([message, round]),
  };
  const reset = async () => {
    made.resets += 1;
    if (made.isAway) throw new Error("away");
  };
  const stop = new Stopping({
    ...{ game, api: { reset }, stored, store: (round) => made.stored.push(round) },
    changed: () => (made.changes += 1),
  });
  return Object.assign(made, { stop, tell: (event, detail) => listeners[event](detail) });
}

test("a round is paused, and then its bars are emptied", async () => {
  const made = stopping();
  assert.equal(made.stop.noteOn(1), null);
  made.stop.stop(1);
  assert.deepEqual([made.ordered, made.stored, made.stop.noteOn(1)], [[[{ type: "pause" }, 1]], [1], "stopping"]);
  made.tell("confirmed", { type: "resume" });
  assert.equal(made.resets, 0);
  made.tell("confirmed", { type: "pause" });
  await settled();
  assert.deepEqual([made.resets, made.changes, made.stop.noteOn(1), made.stop.noteOn(2)], [1, 1, "stopped", null]);
});

test("only the pause of a stop empties the bars, and once", async () => {
  const made = stopping();
  made.tell("confirmed", { type: "pause" });
  made.stop.stop(1);
  made.tell("confirmed", { type: "pause" });
  made.tell("confirmed", { type: "pause" });
  await settled();
  assert.equal(made.resets, 1);
});

test("where the bars cannot be emptied, they are when the round goes on", async () => {
  const made = stopping({ isAway: true });
  made.stop.stop(1);
  made.tell("confirmed", { type: "pause" });
  await settled();
  assert.deepEqual([made.changes, made.stop.noteOn(1)], [1, "stopping"]);
  made.stop.resume(1);
  assert.deepEqual(made.ordered.at(-1), [{ type: "resume", discard: true }, 1]);
});

test("a second stop begins anew", async () => {
  const made = stopping();
  made.stop.stop(1);
  made.tell("confirmed", { type: "pause" });
  await settled();
  made.stop.stop(1);
  assert.equal(made.stop.noteOn(1), "stopping");
});

test("a round that was only paused goes on with what it has", () => {
  const made = stopping();
  made.stop.resume(1);
  assert.deepEqual(made.ordered, [[{ type: "resume" }, 1]]);
});

test("a pause that is confirmed after the round goes on, or the game has ended, empties nothing", async () => {
  const made = stopping();
  made.stop.stop(1);
  made.stop.resume(1);
  made.tell("confirmed", { type: "pause" });
  made.stop.stop(1);
  made.tell("connection", { state: "waiting" });
  made.tell("connection", { state: "ended" });
  made.tell("confirmed", { type: "pause" });
  await settled();
  assert.equal(made.resets, 0);
});

test("a lost socket leaves a stop under way", async () => {
  const made = stopping();
  made.stop.stop(1);
  made.tell("connection", { state: "waiting" });
  made.tell("confirmed", { type: "pause" });
  await settled();
  assert.equal(made.resets, 1);
});

test("a reload remembers the stop, until the round is paused no more", () => {
  const made = stopping({ stored: 3 });
  assert.equal(made.stop.noteOn(3), "stopping");
  made.stop.end();
  made.stop.end();
  assert.deepEqual([made.stop.noteOn(3), made.stored], [null, [0]]);
});
