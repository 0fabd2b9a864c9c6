import assert from "node:assert/strict";
import { test } from "node:test";

import { waitOf, whoOf } from "../../../api_service/pages/web/console/live/trigger_words.js";

const AT = 1_000_000;
const wait = (after, outcome = null) => waitOf({ at: AT, outcome }, AT + after);

test("a trigger's moment on the overlay runs down", () => {
  assert.deepEqual(wait(0), { says: [], share: 1, next: AT + 250 });
  assert.deepEqual(wait(1_350), { says: [], share: 0.5, next: AT + 1_600 });
  assert.equal(wait(2_600).next, AT + 2_700);
  assert.deepEqual(wait(2_700), { says: [], share: 0, next: Infinity });
});

test("a trigger whose clock is ahead has its whole moment", () => {
  assert.equal(wait(-500).share, 1);
});

test("an effect that lasts is counted down instead", () => {
  const outcome = { status: "started", endsAt: AT + 10_500, since: AT + 500 };
  assert.deepEqual(wait(3_000, outcome), { says: ["seconds", 8], share: 0.75, next: AT + 3_500 });
  assert.deepEqual(wait(10_500, outcome), { says: [], share: 0, next: Infinity });
});

test("how a trigger ended is said", () => {
  assert.deepEqual(wait(5_000, { status: "done", endsAt: null }).says, ["done"]);
  assert.deepEqual(wait(0, { status: "failed", endsAt: null }).says, ["failed"]);
  assert.deepEqual(wait(5_000, { status: "started", endsAt: null }).says, []);
});

const TEXTS = { with_others: (name, n) => `${name} +${n}`, people: (n) => `${n} people`, by_you: "you" };
const who = (viewerName, people) => whoOf({ viewerName, people }, TEXTS);

test("who set a trigger off is named, and how many others pressed", () => {
  assert.deepEqual([who("Mika", 3), who("Mika", 2), who("Mika", 1), who("Mika", null)], ["Mika +2", "Mika +1", "Mika", "Mika"]);
});

test("without a name there is a number of people", () => {
  assert.deepEqual([who(null, 3), who(null, 1)], ["3 people", "1 people"]);
});

test("where nobody pressed it was the streamer, and where nobody knows nothing is said", () => {
  assert.deepEqual([who(null, 0), who(null, null)], ["you", "–"]);
});
