import assert from "node:assert/strict";
import { test } from "node:test";

import { nextSecondOf, noteOf, Streak } from "../../../api_service/pages/web/play/note.js";

const TEXTS = {
  ...{ off: "off", resting: "resting", full: "full", unavailable: (reason) => `unavailable: ${reason}` },
  ...{ failed: (reason) => `failed: ${reason}`, lasting: ({ seconds }) => `${seconds} s` },
  ...{ lastingSpoken: () => "it lasts", cooling: (seconds) => `again in ${seconds}`, tippedBy: (name) => `by ${name}` },
};

const OPEN = {
  ...{ enabled: true, available: true, reason: null, count: 1, required: 5 },
  ...{ cooldownUntil: 0, readyAt: 0, lastTippedBy: null },
};

/** The note of a button with these values, at 1,000 ms. */
const note = (button, known) =>
  noteOf(TEXTS, { button: { ...OPEN, ...button }, paused: false, failure: null, countdown: null, ...known }, 1_000);

test("an open button says who tipped it last, if anybody did", () => {
  assert.deepEqual(note(), { state: "open", rests: false, text: "", spoken: "" });
  assert.equal(note({ lastTippedBy: "Mika" }).text, "by Mika");
});

test("the most important state is said", () => {
  const all = { enabled: false, available: false, reason: "Boss", cooldownUntil: 3_000, count: 5 };
  const known = { paused: true, failure: { reason: "No target" }, countdown: { seconds: 7 } };
  const notes = [];
  const add = () => notes.push(note(all, known));
  add();
  all.enabled = true;
  add();
  known.paused = false;
  add();
  all.available = true;
  add();
  known.failure = null;
  add();
  known.countdown = null;
  add();
  all.cooldownUntil = 0;
  add();
  all.count = 4;
  add();
  assert.deepEqual(
    notes.map(({ state, rests, text }) => [state, rests, text]),
    [
      ["off", false, "off"],
      ["paused", true, "resting"],
      ["unavailable", true, "unavailable: Boss"],
      ["failed", false, "failed: No target"],
      ["lasting", false, "7 s"],
      ["cooling", false, "again in 2"],
      ["full", false, "full"],
      ["open", false, ""],
    ],
  );
  assert.equal(notes[4].spoken, "it lasts");
  assert.equal(notes[3].spoken, "failed: No target");
});

test("a full button that is not ready says when it is", () => {
  assert.equal(note({ count: 6, readyAt: 1_001 }).text, "again in 1");
  assert.deepEqual([note({ count: 5, readyAt: 1_000 }).text, note({ count: 5 }).state], ["full", "full"]);
});

test("a cooldown that is over is not said", () => {
  assert.equal(note({ cooldownUntil: 1_000 }).state, "open");
  assert.equal(note({ cooldownUntil: 1_001 }).state, "cooling");
});

test("a note changes with its next second", () => {
  assert.equal(nextSecondOf({ cooldownUntil: 0, readyAt: 0 }, 1_000), Infinity);
  assert.equal(nextSecondOf({ cooldownUntil: 3_500, readyAt: 0 }, 1_000), 1_500);
  assert.equal(nextSecondOf({ cooldownUntil: 3_500, readyAt: 3_200 }, 1_000), 1_200);
  assert.equal(nextSecondOf({ cooldownUntil: 1_400, readyAt: 0 }, 1_000), 1_400);
});

test("a streak grows with each trigger that follows a press within ten seconds", () => {
  const streak = new Streak();
  streak.follow(0);
  assert.equal(streak.length, 0);
  streak.press(1_000);
  streak.follow(1_000);
  streak.follow(10_999);
  assert.equal(streak.length, 2);
  streak.follow(11_000);
  assert.equal(streak.length, 0);
});
