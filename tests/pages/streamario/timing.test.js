import assert from "node:assert/strict";
import { test } from "node:test";

import { Alarm, Allowance, Backoff, ServerClock, shared, sleep } from "../../../clients/web/streamario/timing.js";
import { fixChance, settled, stopTime } from "../time.js";

test("an alarm fires once, at the earliest time that it was set to", async (t) => {
  const passes = stopTime(t);
  let times = 0;
  const alarm = new Alarm(() => (times += 1));
  alarm.in(300);
  alarm.in(100);
  alarm.in(200);
  await passes(99);
  assert.equal(times, 0);
  await passes(1);
  assert.equal(times, 1);
  await passes(1_000);
  assert.equal(times, 1);
});

test("an alarm that was set to the same time keeps its timer", (t) => {
  stopTime(t);
  const alarm = new Alarm(() => {});
  const set = t.mock.method(globalThis, "setTimeout");
  alarm.in(100);
  alarm.in(100);
  assert.equal(set.mock.callCount(), 1);
});

test("an alarm never fires before its time", async (t) => {
  const passes = stopTime(t);
  let times = 0;
  new Alarm(() => (times += 1)).in(0.5);
  t.mock.timers.tick(0.9);
  assert.equal(times, 0);
  await passes(1);
  assert.equal(times, 1);
});

test("an alarm can be set again after it fired, and after it was stopped", async (t) => {
  const passes = stopTime(t);
  let times = 0;
  const alarm = new Alarm(() => (times += 1));
  alarm.in(10);
  await passes(10);
  alarm.in(500);
  alarm.stop();
  await passes(500);
  assert.equal(times, 1);
  alarm.in(600);
  await passes(600);
  assert.equal(times, 2);
});

test("a backoff doubles up to its bound, and waits between half of it and all", (t) => {
  const backoff = new Backoff(100, 350);
  fixChance(t, 0);
  assert.deepEqual([backoff.next(), backoff.next(), backoff.next(), backoff.next()], [50, 100, 175, 175]);
  fixChance(t, 0.5);
  backoff.reset();
  assert.deepEqual([backoff.next(), backoff.next()], [75, 150]);
});

test("the server's clock is told best by the message that travelled the least", async (t) => {
  const passes = stopTime(t);
  const clock = new ServerClock();
  const at = (ms) => new Date(ms).toISOString();
  await passes(1_000);
  clock.adjust(at(5_000));
  assert.equal(clock.at(5_000), 1_000);
  clock.adjust(at(4_000)); // on its way for a second longer
  assert.equal(clock.at(5_000), 1_000);
  clock.adjust(at(6_000));
  assert.equal(clock.at(6_500), 1_500);
});

test("a sleep ends after its time, or when the signal aborts", async (t) => {
  const passes = stopTime(t);
  const woken = [];
  const abort = new AbortController();
  const removed = t.mock.method(abort.signal, "removeEventListener");
  sleep(100, abort.signal).then(() => woken.push("short"));
  sleep(60_000, abort.signal).then(() => woken.push("long"));
  await passes(99);
  assert.deepEqual(woken, []);
  await passes(1);
  assert.deepEqual(woken, ["short"]);
  assert.equal(removed.mock.callCount(), 1);
  abort.abort();
  await settled();
  assert.deepEqual(woken, ["short", "long"]);
  await sleep(60_000, abort.signal);
});

test("calls share an action while it runs, and its failure", async () => {
  const runs = [];
  const ask = shared(() => new Promise((resolve, reject) => runs.push({ resolve, reject })));
  const calls = [ask(), ask()];
  assert.equal(runs.length, 1);
  runs[0].resolve("first");
  assert.deepEqual(await Promise.all(calls), ["first", "first"]);
  const again = [ask(), ask()];
  runs[1].reject(new Error("away"));
  assert.deepEqual(
    (await Promise.allSettled(again)).map(({ reason }) => reason.message),
    ["away", "away"],
  );
  ask();
  assert.equal(runs.length, 3);
});

test("an allowance holds its burst, and refills with twenty presses a second", async (t) => {
  const passes = stopTime(t);
  const allowance = new Allowance();
  assert.equal(allowance.wait(60, 60), 0);
  assert.equal(allowance.wait(61, 60), 50);
  allowance.spend(60);
  assert.equal(allowance.wait(20, 60), 1_000);
  await passes(500);
  assert.equal(allowance.wait(20, 60), 500);
  await passes(500);
  assert.equal(allowance.wait(20, 60), 0);
  await passes(60_000);
  assert.equal(allowance.wait(60, 60), 0);
  assert.equal(allowance.wait(80, 60), 1_000);
});

test("an allowance refills only from the answer on", async (t) => {
  const passes = stopTime(t);
  const allowance = new Allowance();
  allowance.spend(60);
  await passes(1_000);
  allowance.settle();
  assert.equal(allowance.wait(20, 60), 1_000);
});
