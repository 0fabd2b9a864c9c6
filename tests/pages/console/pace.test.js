import assert from "node:assert/strict";
import { test } from "node:test";

import { apartOf, lacksPace, Rate, said } from "../../../api_service/pages/web/console/live/pace.js";

const button = (weight = 1, values = {}) => ({ enabled: true, paceMs: 0, cooldownMs: 0, weight, ...values });

test("buttons that are off leave their share to the others, and count as if they were on themselves", () => {
  const off = button(3, { enabled: false });
  const on = button();
  assert.deepEqual([apartOf(on, [on, off], 10), apartOf(off, [on, off], 10)], [6_000, 8_000]);
});

test("a button's own pace and its cooldown come first", () => {
  const paced = button(1, { paceMs: 2_500 });
  const cooling = button(1, { cooldownMs: 90_000 });
  const buttons = [paced, cooling];
  assert.deepEqual([apartOf(paced, buttons, 12), apartOf(cooling, buttons, 12)], [2_500, 90_000]);
});

test("nothing is said of a button that only its threshold holds", () => {
  const only = button();
  assert.equal(apartOf(only, [only], 0), null);
  assert.equal(apartOf(button(1, { cooldownMs: 1 }), [only], 0), 1);
});

test("no pace is longer than ten minutes", () => {
  const rare = button(0.25);
  assert.equal(apartOf(rare, [rare, button(4)], 0.5), 600_000);
});

test("a time is said in seconds, and from two minutes on in minutes", () => {
  const counts = [119_499, 120_000, 149_999, 150_000].map((ms) => said(ms));
  assert.deepEqual(counts, [
    { unit: "seconds", count: 119 },
    { unit: "minutes", count: 2 },
    { unit: "minutes", count: 2 },
    { unit: "minutes", count: 3 },
  ]);
});

test("below a second tenths are said, never none", () => {
  const counts = [1_499, 1_000, 999, 450, 40].map((ms) => said(ms).count);
  assert.deepEqual(counts, [1, 1, 1, 0.5, 0.1]);
});

test("triggers count for a minute", () => {
  const rate = new Rate();
  for (const at of [5_000, 3_000, 60_000]) rate.take(at, 1);
  const counts = [62_999, 63_000, 64_999, 65_000, 120_000].map((now) => rate.of(1, now));
  assert.deepEqual(counts, [3, 2, 2, 1, 0]);
});

test("it falls a minute after the oldest of them", () => {
  const rate = new Rate();
  assert.equal(rate.falls, Infinity);
  for (const at of [5_000, 3_000]) rate.take(at, 1);
  assert.equal(rate.falls, 63_000);
  rate.of(1, 64_000);
  assert.equal(rate.falls, 65_000);
});

test("a round begins without the triggers of the one before", () => {
  const rate = new Rate();
  rate.take(1_000, 1);
  rate.take(2_000, 2);
  assert.deepEqual([1, 2, 3].map((round) => rate.of(round, 3_000)), [1, 1, 0]);
});

test("a crowd of more than 300 needs buttons that something holds back", () => {
  const room = { viewerCount: 301, triggersPerMinute: 0, buttons: [button(), button(1, { paceMs: 900 })] };
  assert.equal(lacksPace(room), true);
  assert.equal(lacksPace({ ...room, viewerCount: 300 }), false);
  assert.equal(lacksPace({ ...room, triggersPerMinute: 12 }), false);
  assert.equal(lacksPace({ ...room, buttons: [button(1, { enabled: false }), button(1, { paceMs: 900 })] }), false);
});
