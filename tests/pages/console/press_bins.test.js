import assert from "node:assert/strict";
import { test } from "node:test";

import {
  BIN_SECONDS,
  HEIGHT,
  minutesOf,
  perSecond,
  PressBins,
  scaleOf,
  stackOn,
  sumsOf,
  WIDTH,
} from "../../../api_service/pages/web/console/live/press_bins.js";

const at = (second) => second * 1_000;

/** Takes a state of the one button at that second. */
const take = (bins, second, round, accepted, status = "in_game") =>
  bins.take({ round, status, buttons: [{ eventType: "skill1", accepted }] }, at(second));

/** The last four bins. */
const drawn = (bins, second) => bins.binsOf("skill1", at(second)).slice(-4);

test("a page that opens in mid-round draws what comes from then on", () => {
  const bins = new PressBins();
  take(bins, 0, 0, 0, "loading");
  take(bins, 0, 1, 500);
  take(bins, 1, 1, 503);
  take(bins, 2, 1, 510);
  assert.deepEqual(drawn(bins, 3), [0, 0, 3, 7]);
});

test("nothing is drawn twice where a state lacks the figure", () => {
  const bins = new PressBins();
  for (const accepted of [10, 0, 11]) take(bins, 0, 1, accepted);
  assert.deepEqual(drawn(bins, 1), [0, 0, 0, 1]);
});

test("all of the next round's presses are new", () => {
  const bins = new PressBins();
  take(bins, 0, 1, 500);
  take(bins, 2, 2, 9);
  assert.deepEqual(drawn(bins, 3), [0, 0, 0, 9]);
});

test("a reload forgets nothing", () => {
  const before = new PressBins();
  take(before, 0, 1, 0);
  take(before, 0, 1, 5);
  const bins = new PressBins(JSON.parse(JSON.stringify(before.snapshot())));
  take(bins, 2, 1, 9);
  assert.deepEqual(drawn(bins, 3), [0, 0, 5, 4]);
});

test("five minutes later it is gone, and a button without presses has empty bins", () => {
  const bins = new PressBins();
  take(bins, 0, 1, 0);
  take(bins, 1, 1, 5);
  const seconds = bins.binsOf("skill1", at(1)).length * BIN_SECONDS;
  assert.equal(seconds, 300);
  assert.ok(bins.binsOf("skill1", at(299)).includes(5));
  assert.ok(!bins.binsOf("skill1", at(300)).includes(5));
  assert.deepEqual(new Set(bins.binsOf("enemy1", at(1))), new Set([0]));
});

test("five minutes are summed up one by one", () => {
  const bins = Array.from({ length: 150 }, (_, n) => (n === 29 || n === 30 || n === 149 ? n : 0));
  assert.deepEqual(minutesOf(bins), [29, 30, 0, 0, 149]);
});

test("a chart's scale is the next of 10, 20, 50, 100 … that holds the highest bin", () => {
  const scale = (most) => scaleOf([[3, most - 1], [0, 1]]);
  assert.deepEqual([10, 11, 20, 21, 51, 100, 101, 4_000].map(scale), [10, 20, 20, 50, 100, 100, 200, 5_000]);
});

test("a lone press is no summit: no chart's scale is below 10", () => {
  assert.deepEqual([scaleOf([]), scaleOf([[0, 1]])], [10, 10]);
});

test("the presses a second are those of the last bin that is over", () => {
  assert.deepEqual([perSecond([[9, 5, 1], [9, 2, 1]]), perSecond([[4]]), perSecond([])], [3.5, 0, 0]);
});

test("bars stand on those below them", () => {
  const heights = [0, 90];
  const path = stackOn(heights, [5, 5], 10);
  assert.deepEqual(heights, [90, 180]);
  assert.equal(path, "M0.5 90.0h374v90.0h-374zM375.5 0.0h374v90.0h-374z");
  assert.deepEqual([WIDTH, HEIGHT], [750, 180]);
});

test("where nothing was pressed there is no bar", () => {
  const heights = [10];
  assert.deepEqual([stackOn(heights, [0], 10), heights], ["", [10]]);
});

test("bins that stand on each other are summed up", () => {
  assert.deepEqual(sumsOf([[1, 2], [10, 20]]), [11, 22]);
  assert.deepEqual(sumsOf([]), []);
});
