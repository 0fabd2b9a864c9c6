import assert from "node:assert/strict";
import { test } from "node:test";

import { placed, revealTimes } from "../../../api_service/pages/web/common/places.js";

const placesOf = (...counts) => placed(counts.map((count) => ({ count }))).map(({ place }) => place);

test("who pressed as often shares a place, and the next one is as far behind as there are viewers before", () => {
  assert.deepEqual(placesOf(9, 7, 5), [1, 2, 3]);
  assert.deepEqual(placesOf(9, 7, 7, 5), [1, 2, 2, 4]);
  assert.deepEqual(placesOf(9, 9, 5), [1, 1, 3]);
  assert.deepEqual(placesOf(9, 9, 9), [1, 1, 1]);
  assert.deepEqual(placesOf(), []);
});

test("a viewer with a place is as before", () => {
  assert.deepEqual(placed([{ viewer_name: "A", count: 2 }]), [{ viewer_name: "A", count: 2, place: 1 }]);
});

test("the third is revealed at once, then the second, and after a longer wait the first", () => {
  assert.deepEqual(revealTimes([1, 2, 3]), [3_600, 1_600, 0]);
});

test("shared places rise together, and nobody waits for a place that nobody has", () => {
  assert.deepEqual(revealTimes([1, 2, 2]), [2_000, 0, 0]);
  assert.deepEqual(revealTimes([1, 1, 3]), [2_000, 2_000, 0]);
  assert.deepEqual(revealTimes([1, 1, 1]), [0, 0, 0]);
  assert.deepEqual(revealTimes([1, 2]), [2_000, 0]);
  assert.deepEqual(revealTimes([]), []);
});
