import assert from "node:assert/strict";
import { test } from "node:test";

import { lackOf, peopleOf, tapeOf } from "../../../api_service/pages/web/play/tape.js";
import { TEXTS as LATER } from "../../../api_service/pages/web/play/deferred_texts.js";
import { TEXTS } from "../../../api_service/pages/web/play/texts.js";

const [EN, JA] = ["en", "ja"].map((language) => ({ ...TEXTS[language], ...LATER[language] }));

/** The lines of a tape, and what is read out in their place. */
function lines(word, said) {
  const { title, detail, number, spoken } = tapeOf(EN, { word, button: { mine: 0 }, ...said });
  return [title, detail, number, spoken].filter((line) => line !== undefined);
}

test("a tape says what holds a button, and what became of its trigger", () => {
  assert.deepEqual(lines("asleep"), ["Asleep", "until it is woken"]);
  assert.deepEqual(lines("starting", { startsIn: 3 }), ["Starts in", 3, "Starts in 3 s"]);
  assert.deepEqual(lines("unavailable", { button: { reason: "Boss" } }), ["Not now", "Boss"]);
  const answer = { reason: "No target", own: 2, presses: 5 };
  assert.deepEqual(lines("failed", { answer }), ["Returned", "2 of 5 yours", "Did not work: No target"]);
  assert.deepEqual(lines("done", { answer: { reason: "Hit" } }), ["Done", "Hit"]);
  assert.deepEqual(lines("sent", { answer: { presses: 5 } }), ["On its way", "5 presses spent"]);
  assert.deepEqual(lines("sent", { answer: { presses: 0 } }), ["On its way", ""]); // they are not known
  const countdown = { seconds: 7, name: "Mika", times: 1 };
  assert.deepEqual(lines("lasting", { countdown }), ["It’s on", "Mika", 7, "7 s left of Mika’s"]);
});

test("in a pause whoever has presses in a button is told that they are kept", () => {
  assert.deepEqual(lines("paused", { button: { mine: 2 } }), ["Paused", "your presses are kept"]);
  assert.deepEqual(lines("paused", { button: { mine: 0 } }), ["Paused", "until it goes on"]); // nor in a stopped round
});

test("what is lacking has no tape: it is one number, in presses or in seconds", () => {
  const lack = (texts, word, known) => {
    const { before, count, after } = lackOf(texts, { word, missing: 0, readyIn: 0, ...known });
    return `${before} ${count} ${after}`.trim();
  };
  for (const word of ["more", "close", "next", "time"]) assert.equal(tapeOf(EN, { word }), undefined);
  const known = [["more", { missing: 1_240 }], ["close", { missing: 3 }], ["next", {}], ["time", { missing: 8, readyIn: 12 }]];
  assert.deepEqual(known.map((each) => lack(EN, ...each)), ["1,240 more", "3 more!", "1 more!", "in 12 s"]);
  assert.deepEqual(known.map((each) => lack(JA, ...each)), ["あと 1,240 回", "あと 3 回！", "あと 1 回！", "あと 12 秒"]);
  assert.equal(lack(EN, "paused", { missing: 3 }), "3 more");
});

test("who is in is told to those who are not, and with whom to those who are", () => {
  const people = (texts, button) => peopleOf(texts, { mine: 0, pending: 0, people: 0, ...button });
  assert.deepEqual([0, 1, 2_871].map((each) => people(EN, { people: each })), ["", "1 person in", "2,871 people in"]);
  assert.deepEqual([1, 34].map((each) => people(EN, { mine: 2, people: each })), ["You’re in", "You + 33 in"]);
  assert.deepEqual([0, 34].map((each) => people(JA, { people: each })), ["", "34 人が参加"]);
  assert.deepEqual([1, 34].map((each) => people(JA, { mine: 2, people: each })), ["あなたが参加", "あなた＋33 人"]);
});

test("whose presses are not counted yet is not among the people who are", () => {
  assert.equal(peopleOf(EN, { mine: 2, pending: 2, people: 33 }), "You + 33 in");
  assert.equal(peopleOf(EN, { mine: 3, pending: 2, people: 34 }), "You + 33 in");
  assert.equal(peopleOf(EN, { mine: 1, pending: 0, people: 0 }), "You’re in"); // a server that does not tell
});
