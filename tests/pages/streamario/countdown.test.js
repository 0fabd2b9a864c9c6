import assert from "node:assert/strict";
import { test } from "node:test";

import { Countdown } from "../../../clients/web/streamario/countdown.js";
import { ServerClock } from "../../../clients/web/streamario/timing.js";
import { stopTime } from "../time.js";

const HOURS = 5 * 3_600_000; // ms that the phone's own clock is behind

/** A countdown in stopped time, on a phone whose own clock is wrong. */
function counting(t) {
  const passes = stopTime(t);
  const clock = new ServerClock();
  const ends = [];
  const countdown = new Countdown(clock, () => ends.push(performance.now()));
  const serverNow = () => Date.now() + HOURS;
  const hears = (time = serverNow()) => clock.adjust(new Date(time).toISOString());
  const status = (ago, values) => ({
    ...{ status: "in_game", started_at: new Date(serverNow() - ago).toISOString(), opened_by_press: false, ...values },
  });
  return { countdown, ends, hears, status, passes, serverNow };
}

test("it ends three seconds after the round began, whatever the page's own clock says", async (t) => {
  const { countdown, ends, hears, status, passes } = counting(t);
  hears();
  countdown.take(status(0));
  assert.deepEqual([countdown.endsAt, countdown.isRunning], [3_000, true]);
  await passes(2_999);
  assert.deepEqual([countdown.isRunning, ends], [true, []]);
  await passes(1);
  assert.deepEqual([countdown.isRunning, ends], [false, [3_000]]);
});

test("a late page sees what is left, and one that is too late nothing", (t) => {
  const { countdown, hears, status } = counting(t);
  hears();
  countdown.take(status(2_500));
  assert.equal(countdown.endsAt, 500);
  countdown.take(status(60_000));
  assert.deepEqual([countdown.endsAt, countdown.isRunning], [0, false]);
});

test("its end is told for a moment", async (t) => {
  const { countdown, hears, status, passes } = counting(t);
  hears();
  countdown.take(status(0));
  await passes(5_999);
  assert.equal(countdown.endsAt, 3_000);
  await passes(1);
  assert.equal(countdown.endsAt, 0);
});

test("no round, one that a press opened, and one of an older server have none", (t) => {
  const { countdown, hears, status } = counting(t);
  hears();
  const others = [{ status: "ended" }, { opened_by_press: true }, { opened_by_press: undefined }, { started_at: null }];
  for (const other of others) {
    countdown.take(status(0, other));
    assert.equal(countdown.endsAt, 0);
  }
});

test("it never lasts longer than three seconds, even if the round began in the future", async (t) => {
  const { countdown, hears, status, passes } = counting(t);
  hears();
  countdown.take(status(-60_000));
  assert.equal(countdown.endsAt, 3_000);
  await passes(1_000);
  countdown.take(status(-59_000)); // the same status again
  assert.equal(countdown.endsAt, 3_000);
});

test("a message that took less time corrects it", (t) => {
  const { countdown, hears, status, serverNow } = counting(t);
  hears(serverNow() - 800); // it was under way so long
  countdown.take(status(1_000));
  assert.equal(countdown.endsAt, 2_800);
  hears();
  assert.equal(countdown.endsAt, 2_000);
});

test("while nothing is known of the server's clock, there is none", (t) => {
  const { countdown, status } = counting(t);
  countdown.take(status(0));
  assert.equal(countdown.endsAt, 0);
});

test("one that was stopped tells no end", async (t) => {
  const { countdown, ends, hears, status, passes } = counting(t);
  hears();
  countdown.take(status(0));
  countdown.stop();
  await passes(4_000);
  assert.deepEqual(ends, []);
});

test("on a page that has been open for long it ends in time, too", async (t) => {
  const { countdown, ends, hears, status, passes } = counting(t);
  await passes(60_000);
  hears();
  countdown.take(status(0));
  hears(); // the clock is read once more when its time has come
  await passes(3_000);
  assert.deepEqual(ends, [63_000]);
});

test("where its end turns out to be later than was thought, that is waited for", async (t) => {
  const { countdown, ends, hears, status, passes, serverNow } = counting(t);
  await passes(60_000);
  hears(serverNow() - 500);
  countdown.take(status(1_000));
  hears();
  const end = countdown.endsAt;
  await passes(3_000);
  assert.deepEqual(ends.map((at) => Math.ceil(at) >= Math.floor(end)), [true]);
});
