import assert from "node:assert/strict";
import { test } from "node:test";

import { nextSecondOf, tapeOf } from "../../../api_service/pages/web/play/tape.js";

const TEXTS = {
  ...{ off: { title: "off", detail: "wait" }, resting: { title: "rests" }, starting: { title: "starts" }, comma: ", " },
  ...{ startsIn: (s) => `starts in ${s}`, notUsable: "not now", unavailable: (reason) => `not now: ${reason}` },
  ...{ gaveBack: "back", back: ({ own, presses }) => `${own} of ${presses}`, failed: (reason) => `failed: ${reason}` },
  ...{ done: "done", sent: "sent", spent: (n) => `${n} spent`, lasting: "on", lastingOf: ({ name }) => name },
  ...{ lastingSpoken: () => "it lasts", full: "full", readyIn: "ready in", ready: (s) => `ready in ${s}` },
  ...{ cooling: "cooling", backIn: "back in" },
};

const OPEN = {
  ...{ enabled: true, available: true, reason: null, count: 1, required: 5 },
  ...{ cooldownUntil: 0, readyAt: 0 },
};

/** The tape of a button with these values, at 1,000 ms. */
function tape(button, known) {
  const all = { button: { ...OPEN, ...button }, paused: false, startsAt: 0, answer: null, countdown: null, ...known };
  return tapeOf(TEXTS, all, 1_000);
}

test("an open button has no tape", () => {
  assert.deepEqual(tape(), { state: "open", rests: false, tape: null, spoken: "" });
});

test("a button that waits for one more press is full, without a tape", () => {
  assert.deepEqual(tape({ count: 5 }), { state: "ready", rests: false, tape: null, spoken: "full" });
});

test("the most important state is said", () => {
  const all = { enabled: false, available: false, reason: "Boss", cooldownUntil: 3_500, readyAt: 3_500, count: 5 };
  const known = {
    ...{ startsAt: 2_001, paused: true, countdown: { seconds: 7, name: "Mika" } },
    answer: { state: "failed", reason: "No target", own: 2, presses: 5 },
  };
  const said = [];
  const add = () => said.push(tape(all, known));
  add();
  all.enabled = true;
  add();
  known.startsAt = 0;
  add();
  known.paused = false;
  add();
  all.available = true;
  add();
  known.answer = { state: "done", reason: "Hit" };
  add();
  known.answer = null;
  add();
  known.countdown = null;
  known.answer = { state: "sent", presses: 5 };
  add();
  known.answer = null;
  add();
  all.count = 4;
  add();
  assert.deepEqual(
    said.map(({ state, rests, tape: { over, title, detail, number }, spoken }) =>
      [state, rests, [over, title, detail, number].filter((line) => line !== undefined).join("|"), spoken],
    ),
    [
      ["off", true, "off|wait", "off"],
      ["starting", true, "starts|2", "starts in 2"],
      ["paused", true, "rests", "rests"],
      ["unavailable", true, "not now|Boss", "not now: Boss"],
      ["failed", false, "back|2 of 5", "failed: No target"],
      ["done", false, "done|Hit", "done"],
      ["lasting", false, "on|Mika|7", "it lasts"],
      ["sent", false, "sent|5 spent", "sent"],
      ["full", false, "full|ready in|3", "full, ready in 3"],
      ["cooling", false, "cooling|back in|3", "ready in 3"],
    ],
  );
});

test("a trigger whose presses are not known is sent all the same", () => {
  assert.equal(tape({}, { answer: { state: "sent", presses: 0 } }).tape.detail, "");
});

test("a cooldown or a pace that is over is not said, nor two seconds of a full button", () => {
  assert.equal(tape({ cooldownUntil: 1_000, readyAt: 1_000 }).state, "open");
  assert.equal(tape({ count: 6, readyAt: 3_001 }).tape.number, 3);
  assert.equal(tape({ count: 6, readyAt: 3_000 }).state, "ready");
});

test("seconds change as each of them is over", () => {
  assert.equal(nextSecondOf({ cooldownUntil: 3_500, readyAt: 2_200 }, 0, 1_000), 1_200);
  assert.equal(nextSecondOf({ cooldownUntil: 0, readyAt: 0 }, 1_900, 1_000), 1_900);
  assert.equal(nextSecondOf({ cooldownUntil: 0, readyAt: 900 }, 0, 1_000), Infinity);
});

test("in the last second before a round a button rests as well", () => {
  const { state, rests, tape: { number } } = tape({}, { startsAt: 1_001 });
  assert.deepEqual([state, rests, number], ["starting", true, 1]);
  assert.equal(tape({}, { startsAt: 1_000 }).state, "open");
});
