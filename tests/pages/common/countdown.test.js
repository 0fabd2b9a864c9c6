import assert from "node:assert/strict";
import { test } from "node:test";

import { clockOf, RoundClock, leftOf, readOutAt } from "../../../api_service/pages/web/common/countdown.js";

const ends = (roundEndsAt) => ({ roundEndsAt, roundLeftMs: null });
const paused = (roundLeftMs) => ({ roundEndsAt: null, roundLeftMs });

test("a round goes on until its end, for what its pause left, or without an end", () => {
  assert.deepEqual([leftOf(ends(900), 100), leftOf(ends(900), 1_000)], [800, 0]);
  assert.deepEqual([leftOf(paused(700), 100), leftOf(paused(null), 100)], [700, null]);
});

test("a time is minutes and seconds, and hours where there are any", () => {
  const clocks = [0, 1, 5_000, 59_001, 75_000, 3_600_000, 3_661_000].map(clockOf);
  assert.deepEqual(clocks, ["0:00", "0:01", "0:05", "1:00", "1:15", "1:00:00", "1:01:01"]);
});

test("a minute and ten seconds are read out, for four seconds", () => {
  const said = [61, 60, 57, 56, 11, 10, 7, 6, 0].map((left) => readOutAt(ends(left * 1_000), 0));
  assert.deepEqual(said, [0, 60, 60, 0, 0, 10, 10, 0, 0]);
});

test("nothing is read out in a pause, and of a round without an end", () => {
  assert.deepEqual([readOutAt(paused(10_000), 0), readOutAt(paused(null), 0)], [0, 0]);
});

/** A countdown, and the node that it shows itself in. */
function countdown() {
  const time = { textContent: "" };
  const node = { hidden: true, isLast: false, querySelector: () => time };
  node.toggleAttribute = (name, isSet) => (node.isLast = name === "data-last" && isSet);
  return { shown: new RoundClock(node), node, time };
}

test("a countdown shows the time, and says when it is another", () => {
  const { shown, node, time } = countdown();
  assert.equal(shown.show(ends(75_500), 0), 500);
  assert.deepEqual([node.hidden, time.textContent, node.isLast], [false, "1:16", false]);
  assert.equal(shown.show(ends(75_500), 500), 1_500);
  assert.equal(time.textContent, "1:15");
});

test("the last ten seconds stand out, and after them nothing changes", () => {
  const { shown, node, time } = countdown();
  shown.show(ends(11_000), 0);
  assert.equal(node.isLast, false);
  shown.show(ends(11_000), 1_000);
  assert.equal(node.isLast, true);
  assert.equal(shown.show(ends(11_000), 11_000), Infinity);
  assert.equal(time.textContent, "0:00");
});

test("a pause stands still and does not stand out; without an end there is no countdown", () => {
  const { shown, node, time } = countdown();
  assert.equal(shown.show(paused(5_000), 0), Infinity);
  assert.deepEqual([node.hidden, node.isLast, time.textContent], [false, false, "0:05"]);
  assert.equal(shown.show(paused(null), 0), Infinity);
  assert.equal(node.hidden, true);
});
