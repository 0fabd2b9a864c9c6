import assert from "node:assert/strict";
import { test } from "node:test";

import { TestViewers } from "../../../api_service/pages/web/console/live/test_viewers.js";
import { serve } from "../server.js";
import { fixChance, settled, stopTime } from "../time.js";

const NAMES = { tester: "Test", member: (n) => `Crowd ${n}` };

/** What a press is answered. */
const answer = (accepted, remaining, { fired = 0, rejected = {}, wait = 0 } = {}) => ({
  event_results: [{ accepted, remaining_count: remaining, triggers_fired: fired }],
  rejected_by: { rate: 0, paused: 0, ...rejected },
  stats: [{ event_type: "a", cooldown_left_ms: wait }],
});

/** Test viewers whose presses are answered so, one after the other; and these presses. */
function testing(t, remaining, ...answers) {
  let viewers = 0;
  serve(t, () => ({ viewer_id: `v${++viewers}` }));
  const presses = [];
  const api = {
    stats: async () => ({ stats: remaining === null ? [] : [{ event_type: "a", remaining_count: remaining }] }),
    press: async (...press) => {
      presses.push(press);
      return answers.shift();
    },
  };
  return { viewers: new TestViewers(api, NAMES), presses, created: () => viewers };
}

test("a test presses what a button lacks, twenty at a time, until it fires", async (t) => {
  const crowd = testing(t, 45, answer(20, 25), answer(20, 5), answer(5, 10, { fired: 1 }));
  const result = await crowd.viewers.test("a");
  assert.deepEqual(result, { fired: true, pressed: 45, left: 10, why: undefined });
  assert.deepEqual(crowd.presses, [
    ["v1", "Test", "a", 20],
    ["v1", "Test", "a", 20],
    ["v1", "Test", "a", 5],
  ]);
});

test("a test uses one viewer, and presses at least once", async (t) => {
  const crowd = testing(t, 0, answer(1, 9, { fired: 1 }), answer(1, 9, { fired: 1 }));
  await crowd.viewers.test("a");
  await crowd.viewers.test("a");
  assert.deepEqual([crowd.created(), crowd.presses[0][3]], [1, 1]);
});

test("a button that the stats do not have is pressed once", async (t) => {
  const crowd = testing(t, null, answer(1, 0));
  assert.deepEqual(await crowd.viewers.test("a"), { fired: false, pressed: 1, left: 0, why: "pace" });
  assert.equal(crowd.presses[0][3], 1);
});

test("presses that are refused end a test, with the reason", async (t) => {
  const crowd = testing(t, 5, answer(3, 2, { rejected: { paused: 2 } }));
  assert.deepEqual(await crowd.viewers.test("a"), { fired: false, pressed: 3, left: 2, why: "paused" });
});

test("a button that is full and does not fire is held by its pace, or cools down", async (t) => {
  const paced = testing(t, 5, answer(5, 0));
  assert.equal((await paced.viewers.test("a")).why, "pace");
  const cooling = testing(t, 5, answer(5, 0, { wait: 1 }));
  assert.equal((await cooling.viewers.test("a")).why, "cooldown");
});

test("a round that is over ends a test", async (t) => {
  const crowd = testing(t, 25, answer(20, 5), { game_over: true });
  assert.deepEqual(await crowd.viewers.test("a"), { fired: false, pressed: 20, left: 5, why: "over" });
});

test("a crowd of twenty presses at random for fifteen seconds", async (t) => {
  const crowd = testing(t, 5);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  assert.equal(crowd.viewers.crowdLeft, 0);
  let isDone = false;
  crowd.viewers.runCrowd(() => "a").then(() => (isDone = true));
  for (let n = 0; n < 100; n += 1) await settled();
  assert.deepEqual([crowd.created(), crowd.viewers.crowdLeft], [20, 15_000]);
  await passes(999);
  assert.deepEqual(crowd.presses, []);
  await passes(1);
  assert.equal(crowd.presses.length, 20);
  assert.deepEqual([crowd.presses[0], crowd.presses[19]], [["v1", "Crowd 1", "a", 2], ["v20", "Crowd 20", "a", 2]]);
  await passes(13_900);
  assert.deepEqual([isDone, crowd.viewers.crowdLeft > 0], [false, true]);
  await passes(1_200);
  assert.deepEqual([isDone, crowd.viewers.crowdLeft], [true, 0]);
  assert.equal(crowd.presses.length, 20 * 14);
});

test("a crowd's pauses and batches are between bounds", async (t) => {
  const crowd = testing(t, 5);
  const passes = stopTime(t);
  fixChance(t, 0);
  crowd.viewers.runCrowd(() => "a");
  for (let n = 0; n < 100; n += 1) await settled();
  fixChance(t, 1);
  await passes(399);
  assert.equal(crowd.presses.length, 0);
  await passes(1);
  assert.equal(crowd.presses[0][3], 4);
  await passes(1_599);
  assert.equal(crowd.presses.length, 20);
  await passes(1);
  assert.equal(crowd.presses.length, 40);
  crowd.viewers.stopCrowd();
});

test("a crowd that is stopped presses no more, and one without a button waits", async (t) => {
  const crowd = testing(t, 5);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  let type = "";
  const running = crowd.viewers.runCrowd(() => type);
  for (let n = 0; n < 100; n += 1) await settled();
  await passes(1_000);
  assert.equal(crowd.presses.length, 0);
  type = "a";
  await passes(1_000);
  assert.equal(crowd.presses.length, 20);
  crowd.viewers.stopCrowd();
  assert.equal(crowd.viewers.crowdLeft, 0);
  await running;
  await passes(5_000);
  assert.equal(crowd.presses.length, 20);
});

test("a crowd that fails ends whole, and says why", async (t) => {
  const crowd = testing(t, 5);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  const running = crowd.viewers.runCrowd(() => {
    throw new Error("away");
  });
  const failed = assert.rejects(running, /away/);
  for (let n = 0; n < 100; n += 1) await settled();
  await passes(1_000);
  await failed;
  assert.equal(crowd.viewers.crowdLeft, 0);
});
