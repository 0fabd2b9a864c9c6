import assert from "node:assert/strict";
import { test } from "node:test";
import { lacksOf, nextWordOf, saysOf } from "../../../api_service/pages/web/common/says.js";

const NOW = 1_000;
const NEW = { enabled: true, available: true, count: 0, required: 60, readyAt: 0, cooldownUntil: 0 };
const button = (values = {}) => ({ ...NEW, ...values });
const word = (values, known = {}) => saysOf({ button: button(values), ...known }, NOW).word;
const LASTS = { countdown: { seconds: 8 } };

test("A button that takes no presses says why, the most important first, and rests.", () => {
  const off = { enabled: false, available: false };
  assert.equal(word(off, { startsAt: NOW + 2_500, isPaused: true }), "asleep");
  assert.equal(word({ available: false }, { startsAt: NOW + 2_500, isPaused: true }), "starting");
  assert.equal(word({ available: false }, { isPaused: true }), "paused");
  assert.equal(word({ available: false }), "unavailable");
  const rests = (values, more) => saysOf({ button: button(values), ...more }, NOW).rests;
  assert.deepEqual([rests(off), rests({ available: false }), rests({}, { isPaused: true }), rests({})], [true, true, true, false]);
  assert.equal(saysOf({ button: button(), startsAt: NOW + 2_500 }, NOW).startsIn, 3);
});

test("What a button lacks is said in presses, the last tenth apart, and the next press that fires it.", () => {
  assert.deepEqual([word({}), word({ count: 53 }), word({ count: 54 }), word({ count: 60 })], ["more", "more", "close", "next"]);
  assert.equal(saysOf({ button: button({ count: 54 }) }, NOW).missing, 6);
  assert.equal(word({ required: 1 }), "more"); // it is not close before anybody pressed
});

test("Time is said where it is slower than the presses: of a full bar, and of a cooldown.", () => {
  const held = { readyAt: NOW + 5_000 };
  assert.deepEqual([word({ ...held, count: 60 }), word({ ...held, count: 30 }), word({ ...held, count: 55 })], ["time", "more", "close"]);
  assert.equal(word({ ...held, cooldownUntil: NOW + 5_000 }), "time");
  assert.equal(word({ ...held, count: 55, cooldownUntil: NOW + 5_000 }), "time");
  assert.equal(saysOf({ button: button({ ...held, count: 60 }) }, NOW).readyIn, 5);
  assert.equal(word({ count: 60, readyAt: NOW + 1_900 }), "next"); // two seconds are not worth a word
});

test("An answer of the game is said before presses, unless these are nearly enough.", () => {
  assert.deepEqual(["failed", "done", "sent"].map((state) => word({}, { answer: { state } })), ["failed", "done", "sent"]);
  assert.equal(word({ count: 60 }, { answer: { state: "failed" } }), "failed");
  assert.equal(word({ count: 60 }, { answer: { state: "sent" } }), "next");
  assert.equal(word({}, { place: "next", answer: { state: "done" } }), "called");
  assert.deepEqual([word({}, LASTS), word({ count: 55 }, LASTS), word({ count: 60 }, LASTS)], ["lasting", "close", "next"]);
  assert.equal(word({}, { ...LASTS, answer: { state: "sent" } }), "lasting");
  assert.equal(word({ readyAt: NOW + 5_000, cooldownUntil: NOW + 5_000 }, LASTS), "lasting");
});

test("The one number is of seconds where time is slower, otherwise of presses, and one for a bar that is full.", () => {
  const lacks = (values) => {
    const said = saysOf({ button: button(values) }, NOW);
    return lacksOf(said.word, said);
  };
  assert.deepEqual([lacks({ count: 21 }), lacks({ count: 60 }), lacks({ count: 60, readyAt: NOW + 5_000 })], [39, 1, 5]);
});

test("What it says is another thing once a second of a wait, a cooldown or a start is over.", () => {
  assert.equal(nextWordOf(button({ cooldownUntil: NOW + 2_500, readyAt: NOW + 3_100 }), 0, NOW), NOW + 100);
  assert.equal(nextWordOf(button(), NOW + 1_500, NOW), NOW + 500);
  assert.equal(nextWordOf(button(), 0, NOW), Infinity);
});
