import assert from "node:assert/strict";
import { test } from "node:test";

import { Rate } from "../../../api_service/pages/web/console/live/rate.js";

test("triggers count for a minute", () => {
  const rate = new Rate();
  for (const at of [5_000, 3_000, 60_000]) rate.take(at);
  const counts = [62_999, 63_000, 64_999, 65_000, 120_000].map((now) => rate.of(now));
  assert.deepEqual(counts, [3, 2, 2, 1, 0]);
});

test("it falls a minute after the oldest of them", () => {
  const rate = new Rate();
  assert.equal(rate.falls, Infinity);
  for (const at of [5_000, 3_000]) rate.take(at);
  assert.equal(rate.falls, 63_000);
  rate.of(64_000);
  assert.equal(rate.falls, 65_000);
});
