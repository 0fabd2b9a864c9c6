import assert from "node:assert/strict";
import { test } from "node:test";

import { Stopping } from "../../../api_service/pages/web/console/live/stopping.js";
import { settled } from "../time.js";

/** An emergency stop; `ordered` are its commands, `stored` what it stored last. */
function stopping({ stored, isAway = false } = {}) {
  const listeners = {};
  const context = { ordered: [], stored: [], changes: 0, resets: 0, isAway };
  const game = {
    on: (event, listener) => (listeners[event] = listener),
    order: (message, round) => context.ordered.push([message, round]),
  };
  const reset = async () => {
    context.resets += 1;
    if (context.isAway) throw new Error("away");
  };
  const stop = new Stopping({
    ...{ game, api: { reset }, stored, store: (round) => context.stored.push(round) },
    changed: () => (context.changes += 1),
  });
  return Object.assign(context, { stop, emit: (event, detail) => listeners[event](detail) });
}

test("a round is paused, and then its bars are emptied", async () => {
  const context = stopping();
  assert.equal(context.stop.noteOn(1), null);
  context.stop.stop(1);
  assert.deepEqual([context.ordered, context.stored], [[[{ type: "pause" }, 1]], [1]]);
  assert.equal(context.stop.noteOn(1), "stopping");
  context.emit("confirmed", { type: "resume" });
  assert.equal(context.resets, 0);
  context.emit("confirmed", { type: "pause" });
  await settled();
  assert.deepEqual([context.resets, context.changes], [1, 1]);
  assert.deepEqual([context.stop.noteOn(1), context.stop.noteOn(2)], ["stopped", null]);
});

test("only the pause of a stop empties the bars, and once", async () => {
  const context = stopping();
  context.emit("confirmed", { type: "pause" });
  context.stop.stop(1);
  context.emit("confirmed", { type: "pause" });
  context.emit("confirmed", { type: "pause" });
  await settled();
  assert.equal(context.resets, 1);
});

test("where the bars cannot be emptied, they are when the round goes on", async () => {
  const context = stopping({ isAway: true });
  context.stop.stop(1);
  context.emit("confirmed", { type: "pause" });
  await settled();
  assert.deepEqual([context.changes, context.stop.noteOn(1)], [1, "stopping"]);
  context.stop.resume(1);
  assert.deepEqual(context.ordered.at(-1), [{ type: "resume", discard: true }, 1]);
});

test("a second stop begins anew", async () => {
  const context = stopping();
  context.stop.stop(1);
  context.emit("confirmed", { type: "pause" });
  await settled();
  context.stop.stop(1);
  assert.equal(context.stop.noteOn(1), "stopping");
});

test("a round that was only paused goes on with what it has", () => {
  const context = stopping();
  context.stop.resume(1);
  assert.deepEqual(context.ordered, [[{ type: "resume" }, 1]]);
});

test("a pause that is confirmed after the round goes on, or the game has ended, empties nothing", async () => {
  const context = stopping();
  context.stop.stop(1);
  context.stop.resume(1);
  context.emit("confirmed", { type: "pause" });
  context.stop.stop(1);
  context.emit("connection", { state: "waiting" });
  context.emit("connection", { state: "ended" });
  context.emit("confirmed", { type: "pause" });
  await settled();
  assert.equal(context.resets, 0);
});

test("a lost socket leaves a stop under way", async () => {
  const context = stopping();
  context.stop.stop(1);
  context.emit("connection", { state: "waiting" });
  context.emit("confirmed", { type: "pause" });
  await settled();
  assert.equal(context.resets, 1);
});

test("a reload remembers the stop, until the round is paused no more", () => {
  const context = stopping({ stored: 3 });
  assert.equal(context.stop.noteOn(3), "stopping");
  context.stop.end();
  context.stop.end();
  assert.deepEqual([context.stop.noteOn(3), context.stored], [null, [0]]);
});
