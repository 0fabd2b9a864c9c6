import assert from "node:assert/strict";
import { test } from "node:test";

import { ClockOffset } from "../../../api_service/pages/web/console/game/clock.js";

/** Compare with a server that is `ahead` (ms), with these times on the way there and back. */
async function compared(t, ahead, trips) {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const clock = new ClockOffset();
  let pings = 0;
  await clock.compare(async () => {
    const [there, back] = trips[pings % trips.length];
    pings += 1;
    t.mock.timers.setTime(Date.now() + there);
    const time = new Date(Date.now() + ahead).toISOString();
    t.mock.timers.setTime(Date.now() + back);
    return time;
  });
  return { clock, pings };
}

test("a clock asks five times, and the shortest way counts", async (t) => {
  const { clock, pings } = await compared(t, 5_000, [[300, 100], [50, 50], [200, 200]]);
  assert.deepEqual([pings, clock.offset, clock.uncertainty], [5, 5_000, 50]);
});

test("half of an uneven way is how wrong a clock may be", async (t) => {
  const { clock } = await compared(t, 5_000, [[100, 0]]);
  assert.deepEqual([clock.offset, clock.uncertainty], [5_050, 50]);
});

test("clocks that agree as far as one can tell are left alone", async (t) => {
  assert.equal((await compared(t, 51, [[50, 50]])).clock.offset, 0);
});

test("clocks that differ by more than one can be wrong are not", async (t) => {
  assert.equal((await compared(t, -52, [[50, 50]])).clock.offset, -52);
});

test("a latency is told in whole ms, and is never negative", async (t) => {
  const { clock } = await compared(t, 1_000, [[0, 0]]);
  assert.deepEqual([clock.latencyOf(5_000, 4_300.4), clock.latencyOf(5_000, 3_000)], [300, 0]);
});

test("a clock that was not compared takes the browser's for right", () => {
  const clock = new ClockOffset();
  assert.deepEqual([clock.uncertainty, clock.latencyOf(100, 350)], [null, 250]);
});

test("what a comparison throws is thrown", async () => {
  await assert.rejects(
    new ClockOffset().compare(async () => {
      throw new Error("away");
    }),
    /away/,
  );
});
