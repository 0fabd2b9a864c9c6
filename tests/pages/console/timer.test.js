import assert from "node:assert/strict";
import { test } from "node:test";

import { Timer } from "../../../api_service/pages/web/console/live/timer.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { happen, openDocument, partIn, rootOf } from "../dom.js";
import { happened, stopTime } from "../time.js";

const refused = ({ code }) => `refused: ${code}`;

/** The round's timer in stopped time; `limits` are the limits that it set. */
function timer(t, { refusal = null } = {}) {
  const passes = stopTime(t);
  openDocument(t);
  let tick;
  t.mock.method(globalThis, "setInterval", (run, ms) => {
    assert.equal(ms, 1_000);
    tick = run;
  });
  const root = rootOf("minutes", "minutes-refusal", "left", "clear");
  const limits = [];
  const changeSettings = async ({ round_limit_s: seconds }) => {
    limits.push(seconds);
    if (refusal) throw refusal;
  };
  const texts = { minutes_problem: "minutes!", refused, round_will_last: (of) => `will last ${of}` };
  texts.round_ends_in = (left, of) => `${left} of ${of}`;
  const roundTimer = new Timer(root, { api: { changeSettings }, texts });
  const names = ["minutes", "minutes-refusal", "left", "clear"];
  const [minutes, said, left, clear] = names.map((name) => partIn(root, name));
  const enter = async (value) => {
    minutes.value = value;
    const event = happen(root, "submit");
    await happened();
    return event.defaultPrevented;
  };
  return { roundTimer, root, minutes, said, left, clear, limits, enter, passes, tick: () => tick() };
}

const limited = (values) => ({ roundLimitMs: 90_000, roundEndsAt: null, roundLeftMs: null, ...values });

test("a round's limit is entered in minutes, of full-width digits, too", async (t) => {
  const { limits, said, minutes, enter } = timer(t);
  assert.equal(await enter("1.5"), true);
  await enter("２");
  await enter("600");
  await enter("0.001");
  assert.deepEqual(limits, [90, 120, 36_000, 1]);
  assert.deepEqual([said.textContent, minutes.getAttribute("aria-invalid")], ["", "false"]);
});

test("no minutes, and too many, are refused at once", async (t) => {
  const { limits, said, minutes, enter } = timer(t);
  for (const value of ["0", "-1", "x", "600.1"]) {
    await enter(value);
    assert.deepEqual([said.textContent, minutes.getAttribute("aria-invalid")], ["minutes!", "true"]);
  }
  assert.deepEqual(limits, []);
});

test("what the server refuses is told", async (t) => {
  const away = timer(t, { refusal: new StreamarioError("busy", "") });
  await away.enter("1");
  assert.equal(away.said.textContent, "refused: busy");
  t.mock.reset();
  const wrong = timer(t, { refusal: new StreamarioError("invalid", "", { problems: [{}] }) });
  await wrong.enter("1");
  assert.equal(wrong.said.textContent, "minutes!");
});

test("the same limit again counts from now on: it is removed first", async (t) => {
  const { roundTimer, limits, enter } = timer(t);
  roundTimer.show(limited());
  await enter("1.5");
  assert.deepEqual(limits, [0, 90]);
});

test("a limit is set once though it is entered twice, and can be cleared", async (t) => {
  const { roundTimer, root, minutes, clear, limits } = timer(t);
  roundTimer.show(limited());
  minutes.value = "1";
  happen(root, "submit");
  happen(root, "submit");
  await happened();
  clear.click();
  await happened();
  assert.deepEqual(limits, [60, 0]);
});

test("how long the round goes on is shown each second", async (t) => {
  const { roundTimer, left, clear, passes, tick } = timer(t);
  roundTimer.show(limited({ roundLimitMs: 0 }));
  assert.deepEqual([left.hidden, clear.hidden], [true, true]);
  roundTimer.show(limited());
  assert.deepEqual([left.textContent, left.hidden, clear.hidden], ["will last 1:30", false, false]);
  roundTimer.show(limited({ roundEndsAt: 90_000 }));
  assert.equal(left.textContent, "1:30 of 1:30");
  await passes(1_000);
  tick();
  assert.equal(left.textContent, "1:29 of 1:30");
});

test("the field follows the room's limit, but stays as it was entered", (t) => {
  const { roundTimer, minutes } = timer(t);
  roundTimer.show(limited());
  assert.equal(minutes.value, "1.5");
  minutes.value = "2.0";
  roundTimer.show(limited({ roundLimitMs: 120_000 }));
  assert.equal(minutes.value, "2.0");
  roundTimer.show(limited({ roundLimitMs: 0 }));
  assert.equal(minutes.value, "2.0");
  roundTimer.show(limited({ roundLimitMs: 100_000 }));
  assert.equal(minutes.value, "1.67");
});

test("where the room's token does nothing any more there is nothing to set", (t) => {
  const { roundTimer, root } = timer(t);
  roundTimer.showConnection({ reason: "room_over" });
  assert.equal(root.hidden, true);
  roundTimer.showConnection({ reason: "replaced" });
  assert.equal(root.hidden, false);
});
