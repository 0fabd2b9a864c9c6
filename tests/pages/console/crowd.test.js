import assert from "node:assert/strict";
import { test } from "node:test";

import { Crowd } from "../../../api_service/pages/web/console/live/crowd.js";
import { serve } from "../server.js";
import { fixChance, settled, stopTime } from "../time.js";

/** A crowd, its presses, and how many viewers were made for it. */
function testing(t) {
  let viewers = 0;
  serve(t, () => ({ viewer_id: `v${++viewers}` }));
  const presses = [];
  const api = { press: async (...press) => presses.push(press) };
  const round = { goesOn: true };
  const crowd = new Crowd(api, (n) => `Crowd ${n}`, () => round.goesOn);
  return { crowd, round, presses, created: () => viewers };
}

test("a crowd of twenty presses at random for fifteen seconds", async (t) => {
  const { crowd, presses, created } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  assert.equal(crowd.left, 0);
  let isDone = false;
  crowd.run(() => "a").then(() => (isDone = true));
  for (let n = 0; n < 100; n += 1) await settled();
  assert.deepEqual([created(), crowd.left], [20, 15_000]);
  await passes(999);
  assert.deepEqual(presses, []);
  await passes(1);
  assert.equal(presses.length, 20);
  assert.deepEqual([presses[0], presses[19]], [["v1", "Crowd 1", "a", 2], ["v20", "Crowd 20", "a", 2]]);
  await passes(13_900);
  assert.deepEqual([isDone, crowd.left > 0], [false, true]);
  await passes(1_200);
  assert.deepEqual([isDone, crowd.left], [true, 0]);
  assert.equal(presses.length, 20 * 14);
});

test("a crowd's pauses and batches are between bounds", async (t) => {
  const { crowd, presses } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0);
  crowd.run(() => "a");
  for (let n = 0; n < 100; n += 1) await settled();
  fixChance(t, 1);
  await passes(399);
  assert.equal(presses.length, 0);
  await passes(1);
  assert.equal(presses[0][3], 4);
  await passes(1_599);
  assert.equal(presses.length, 20);
  await passes(1);
  assert.equal(presses.length, 40);
  crowd.stop();
});

test("a crowd that is stopped presses no more, and one without a button waits", async (t) => {
  const { crowd, presses } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  let type = "";
  const running = crowd.run(() => type);
  for (let n = 0; n < 100; n += 1) await settled();
  await passes(1_000);
  assert.equal(presses.length, 0);
  type = "a";
  await passes(1_000);
  assert.equal(presses.length, 20);
  crowd.stop();
  assert.equal(crowd.left, 0);
  await running;
  await passes(5_000);
  assert.equal(presses.length, 20);
});

test("a crowd ends with its round, whoever looks", async (t) => {
  const { crowd, round, presses } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  const running = crowd.run(() => "a");
  for (let n = 0; n < 100; n += 1) await settled();
  await passes(1_000);
  round.goesOn = false;
  await passes(1_000);
  await running;
  assert.deepEqual([crowd.left, presses.length], [0, 20]);
});

test("a crowd that fails ends whole, and says why", async (t) => {
  const { crowd } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  const running = crowd.run(() => {
    throw new Error("away");
  });
  const failed = assert.rejects(running, /away/);
  for (let n = 0; n < 100; n += 1) await settled();
  await passes(1_000);
  await failed;
  assert.equal(crowd.left, 0);
});
