import assert from "node:assert/strict";
import { test } from "node:test";

import { Gathering } from "../../../clients/web/streamario/gathering.js";
import { fixChance, stopTime } from "../time.js";

test("presses are gathered for 300 ms, until the server asks for more", () => {
  const gathering = new Gathering();
  assert.deepEqual([gathering.ms, gathering.isLong], [300, false]);
  gathering.setGatherMs(undefined);
  assert.deepEqual([gathering.ms, gathering.isLong], [300, false]);
  gathering.setGatherMs(5_000);
  assert.deepEqual([gathering.ms, gathering.isLong], [5_000, true]);
});

test("a request holds what may be pressed while it is gathered, and never less than the least", () => {
  const gathering = new Gathering();
  assert.deepEqual([gathering.perButton, gathering.perBatch, gathering.burst], [20, 40, 60]);
  gathering.setGatherMs(2_575);
  assert.deepEqual([gathering.perButton, gathering.perBatch, gathering.burst], [51, 51, 60]);
  gathering.setGatherMs(5_000);
  assert.deepEqual([gathering.perButton, gathering.perBatch, gathering.burst], [100, 100, 100]);
});

test("the first batch after a break waits a random part of the time", (t) => {
  stopTime(t);
  fixChance(t, 0.5);
  const gathering = new Gathering();
  gathering.setGatherMs(2_300);
  assert.equal(gathering.left(0), 1_300);
  assert.equal(gathering.left(300), 1_000);
});

test("a batch that follows another is sent one whole time after it", async (t) => {
  const passes = stopTime(t);
  fixChance(t, 0);
  const gathering = new Gathering();
  gathering.setGatherMs(5_000);
  gathering.sent();
  assert.equal(gathering.left(0), 5_000);
  await passes(4_900);
  assert.equal(gathering.left(0), 300);
  assert.equal(gathering.left(290), 100);
});

test("each batch waits a part of its own", (t) => {
  stopTime(t);
  fixChance(t, 0);
  const gathering = new Gathering();
  gathering.setGatherMs(1_300);
  assert.equal(gathering.left(0), 300);
  fixChance(t, 1);
  gathering.sent();
  assert.equal(gathering.left(-2_000), 3_300);
});
