import assert from "node:assert/strict";
import { test } from "node:test";

import { figuresOf, PODIUM, TEAMS, totalOf } from "../../../api_service/pages/web/console/settings/phone_figures.js";

const ON = { enabled: true };
const OFF = { enabled: false };

test("buttons that follow each other are filled differently: one is close, none is full", () => {
  const figures = Array.from({ length: 7 }, (_, n) => figuresOf(ON, n, 200));
  assert.deepEqual(figures.map(({ share }) => share), [0.95, 0.23, 0.12, 0.78, 0.34, 0.6, 0.95]);
  assert.deepEqual(figures.map(({ isClose }) => isClose), [true, false, false, false, false, false, true]);
});

test("a button says how many presses it lacks", () => {
  assert.deepEqual([0, 1, 5].map((n) => figuresOf(ON, n, 160).missing), [8, 123, 64]);
});

test("a button that is close misses one press at least", () => {
  assert.equal(figuresOf(ON, 0, 3).missing, 1);
});

test("a button that is off is empty", () => {
  assert.deepEqual(figuresOf(OFF, 3, 160), { share: 0, missing: 160, isClose: false });
});

test("what buttons had in all falls from one to the next, and begins anew after eight", () => {
  const totals = Array.from({ length: 9 }, (_, n) => totalOf(n));
  assert.deepEqual([totals[0], totals[1], totals[7], totals[8]], [3_004, 2_663, 617, 3_004]);
});

test("the podium has the best in the middle, and the first team leads", () => {
  assert.deepEqual(PODIUM.map(({ place }) => place), [2, 1, 3]);
  const [second, first, third] = PODIUM.map(({ count }) => count);
  assert.ok(first > second && second > third);
  assert.ok(TEAMS[0] > TEAMS[1]);
});
