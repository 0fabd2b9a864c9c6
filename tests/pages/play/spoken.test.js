import assert from "node:assert/strict";
import { test } from "node:test";

import { Closures, Speaker, startSpoken } from "../../../api_service/pages/web/play/spoken.js";

test("a sentence is said at once, and the next one three seconds later", () => {
  const node = { textContent: "" };
  const speaker = new Speaker(node);
  assert.equal(speaker.say("one", 100), Infinity);
  assert.equal(speaker.say("two", 3_099), 3_100);
  assert.equal(node.textContent, "one");
  assert.equal(speaker.say("two", 3_100), Infinity);
  assert.equal(node.textContent, "two");
});

test("the same sentence is not said again, and silence makes nobody wait", () => {
  const node = { textContent: "" };
  const speaker = new Speaker(node);
  speaker.say("one", 0);
  node.textContent = "untouched";
  assert.equal(speaker.say("one", 10), Infinity);
  assert.equal(node.textContent, "untouched");
  speaker.say("", 3_000);
  speaker.say("two", 3_001);
  assert.equal(node.textContent, "two");
});

const TEXTS = { comma: ", ", closed: (names) => (names ? `closed: ${names}` : "open again") };
const state = (...available) => ({
  status: "in_game",
  buttons: available.map((is, n) => ({ eventType: `b${n}`, available: is })),
});
const captionOf = ({ eventType }) => eventType.toUpperCase();

test("buttons that the game cannot use are told whenever these are others, for four seconds", () => {
  const closures = new Closures(TEXTS);
  const said = (now, ...available) => closures.sentence(state(...available), captionOf, now);
  assert.deepEqual([said(0, true, true), closures.next(0)], ["", Infinity]);
  assert.equal(said(100, false, false), "closed: B0, B1");
  assert.equal(closures.next(100), 4_100);
  assert.equal(said(4_099, false, false), "closed: B0, B1");
  assert.equal(said(4_100, false, false), "");
  assert.equal(closures.next(4_100), Infinity);
  assert.equal(said(5_000, true, false), "closed: B1");
  assert.equal(said(6_000, true, true), "open again");
});

test("outside a round no button is closed", () => {
  const closures = new Closures(TEXTS);
  assert.equal(closures.sentence({ ...state(false), status: "ended" }, captionOf, 0), "");
});

test("a round's countdown is read out while it runs", () => {
  const texts = { startsIn: (seconds) => `in ${seconds}` };
  assert.equal(startSpoken({ startsAt: 3_000 }, texts, 100), "in 3");
  assert.equal(startSpoken({ startsAt: 3_000 }, texts, 3_000), "");
  assert.equal(startSpoken({ startsAt: 0 }, texts, 100), "");
});
