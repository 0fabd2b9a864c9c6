import assert from "node:assert/strict";
import { test } from "node:test";

import { whoOf } from "../../../api_service/pages/web/console/live/who.js";

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
