import assert from "node:assert/strict";
import { test } from "node:test";

import { BurstQueue } from "../../../api_service/pages/web/overlay/queue.js";

const trigger = (eventType, values) => ({ eventType, viewerName: null, people: 0, isTest: false, ...values });

/** A queue to which these triggers came at once. */
function queueOf(...triggers) {
  const queue = new BurstQueue();
  for (const each of triggers) queue.add(typeof each === "string" ? trigger(each) : each, 0);
  return queue;
}

const types = (bursts) => bursts.map(({ eventType, times }) => (times > 1 ? `${eventType} ×${times}` : eventType));

test("a burst has the stage at once, alone and for 2.7 seconds", () => {
  const queue = queueOf("a");
  assert.equal(queue.onStage(100).eventType, "a");
  assert.deepEqual([queue.next(100), queue.onStage(2_799).since], [2_800, 100]);
  assert.deepEqual([queue.onStage(2_800), queue.next(2_800)], [null, Infinity]);
});

test("what comes meanwhile waits in line, and comes a quarter of a second later", () => {
  const queue = queueOf("a", "b", "c");
  queue.onStage(0);
  assert.deepEqual(types(queue.waiting), ["b", "c"]);
  assert.deepEqual(["a", "b", "c", "d"].map((type) => queue.placeOf(type, 0)), ["stage", "next", "line", ""]);
  assert.deepEqual([queue.onStage(2_700), queue.next(2_700), queue.onStage(2_949)], [null, 2_950, null]);
  assert.equal(queue.onStage(2_950).eventType, "b");
  assert.deepEqual([queue.placeOf("a", 2_950), queue.placeOf("c", 2_950)], ["", "next"]);
});

test("one that waits alone has its turn as soon", () => {
  const queue = queueOf("a");
  queue.onStage(0);
  queue.add(trigger("b"), 800);
  assert.equal(queue.next(2_700), 2_950);
});

test("one that repeats adds to its times, and has no second place in the line", () => {
  const queue = queueOf("a");
  queue.onStage(0);
  for (const type of ["b", "c", "b"]) queue.add(trigger(type), 100);
  assert.deepEqual(types(queue.waiting), ["b ×2", "c"]);
});

test("one more of what has just come in belongs to it; later it waits", () => {
  const queue = queueOf("a");
  queue.onStage(0);
  queue.add(trigger("a"), 699);
  assert.deepEqual([queue.onStage(699).times, queue.waiting.length], [2, 0]);
  queue.add(trigger("a"), 700);
  assert.deepEqual([queue.onStage(700).times, types(queue.waiting)], [2, ["a"]]);
});

test("of several triggers the one with most people is named", () => {
  const named = (viewerName, people) => trigger("a", { viewerName, people });
  const queue = queueOf(named("Aki", 1), named("Bo", 87), named("Bo", 1));
  const { viewerName, people, times } = queue.onStage(0);
  assert.deepEqual([viewerName, people, times], ["Bo", 87, 3]);
  const withStreamer = queueOf(trigger("a", { byStreamer: true, people: 2 }), { ...named("Bo", 3), byStreamer: false });
  assert.deepEqual([withStreamer.onStage(0).viewerName, withStreamer.onStage(0).byStreamer], ["Bo", false]);
});

test("where more than five wait, what came first is told of with the next burst", () => {
  const queue = queueOf("a");
  queue.onStage(0);
  for (const type of ["b", "b", "c", "d", "e", "f", "g", "h", "b", "i"]) queue.add(trigger(type), 10);
  assert.deepEqual(types(queue.waiting), ["f", "g", "h", "b", "i"]);
  const { eventType, folded } = queue.onStage(2_950);
  assert.deepEqual([eventType, types(folded)], ["f", ["b ×2", "c", "d", "e"]]);
  assert.deepEqual(queue.onStage(5_900).folded, []);
});

test("what was folded twice is told of once", () => {
  const queue = queueOf("a");
  queue.onStage(0);
  for (const type of ["b", "c", "d", "e", "f", "g", "b", "c", "d", "e", "f", "g"]) queue.add(trigger(type), 10);
  const told = queue.onStage(2_950).folded;
  assert.equal(new Set(told.map(({ eventType }) => eventType)).size, told.length);
  assert.equal(told.find(({ eventType }) => eventType === "b").times, 2);
});

test("a cleared queue shows nothing, and the next burst comes at once", () => {
  const queue = queueOf("a", "b", "c");
  queue.onStage(0);
  queue.clear();
  assert.deepEqual([queue.onStage(10), queue.waiting, queue.next(10)], [null, [], Infinity]);
  queue.add(trigger("d"), 20);
  assert.equal(queue.onStage(20).eventType, "d");
});

test("what is not wanted any more has no turn, and what is on stage stays", () => {
  const queue = queueOf("a", "b", trigger("c", { isTest: true }));
  queue.onStage(0);
  queue.retain(({ isTest }) => isTest);
  assert.deepEqual([queue.onStage(2_699).eventType, types(queue.waiting)], ["a", ["c"]]);
  queue.retain(({ isTest }) => !isTest);
  assert.deepEqual([queue.waiting, queue.onStage(2_950)], [[], null]);
});

test("what is not wanted any more is not told of with the next burst either", () => {
  const queue = queueOf("a");
  queue.onStage(0);
  for (const type of ["b", "c", "d", "e", "f", "g", "h"]) queue.add(trigger(type, { isTest: type === "b" }), 10);
  queue.retain(({ isTest }) => !isTest);
  assert.deepEqual(types(queue.onStage(2_950).folded), ["c"]);
});

test("forgotten names are those on stage and in line", () => {
  const queue = queueOf(trigger("a", { viewerName: "Aki", people: 3 }), trigger("b", { viewerName: "Bo", people: 2 }));
  queue.onStage(0);
  queue.forgetNames();
  assert.deepEqual([queue.onStage(0).viewerName, queue.onStage(0).people], [null, 3]);
  assert.equal(queue.waiting[0].viewerName, null);
  new BurstQueue().forgetNames();
});
