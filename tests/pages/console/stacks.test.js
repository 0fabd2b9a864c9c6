import assert from "node:assert/strict";
import { test } from "node:test";

import { HEIGHT, niceScale, stackOn, sumsOf, WIDTH } from "../../../api_service/pages/web/console/live/stacks.js";

test("a chart's scale is the next of 10, 20, 50, 100 … that holds the most", () => {
  assert.deepEqual([10, 11, 20, 21, 51, 100, 101, 4_000].map(niceScale), [10, 20, 20, 50, 100, 100, 200, 5_000]);
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
