import assert from "node:assert/strict";
import { test } from "node:test";

import { becomeLike } from "../../../api_service/pages/web/console/settings/drafts.js";
import { isOneEmoji, wrongIcons } from "../../../api_service/pages/web/console/settings/icons.js";
import { thresholdOf } from "../../../api_service/pages/web/console/settings/thresholds.js";

const BANDS = [
  { up_to: 10, factor: 1 },
  { up_to: 100, factor: 2.5 },
];

test("a threshold is the base times its crowd's factor, rounded up", () => {
  const at = (viewers) => thresholdOf({ base: 3, min: 1, max: 100 }, BANDS, viewers);
  assert.deepEqual([at(0), at(10), at(11), at(100), at(5_000)], [3, 3, 8, 8, 8]);
});

test("an empty room counts as one viewer", () => {
  assert.equal(thresholdOf({ base: 3, min: 1, max: 9 }, [{ up_to: 0, factor: 9 }, { up_to: 1, factor: 1 }], 0), 3);
});

test("a threshold is cut to its least and its most", () => {
  assert.equal(thresholdOf({ base: 3, min: 5, max: 9 }, BANDS, 1), 5);
  assert.equal(thresholdOf({ base: 30, min: 5, max: 9 }, BANDS, 1), 9);
});

test("what decimals leave behind in binary rounds nothing up", () => {
  assert.equal(thresholdOf({ base: 10, min: 1, max: 100 }, [{ up_to: 9, factor: 1.1 }], 1), 11);
  assert.equal(thresholdOf({ base: 100, min: 1, max: 900 }, [{ up_to: 9, factor: 1.1 }], 1), 110);
});

test("there is no threshold while a value is missing", () => {
  for (const missing of ["base", "min", "max"]) {
    assert.equal(thresholdOf({ base: 3, min: 1, max: 9, [missing]: null }, BANDS, 1), NaN);
  }
  assert.equal(thresholdOf({ base: 3, min: 1, max: 9 }, [], 1), NaN);
});

test("one emoji is one, however it is made", () => {
  assert.ok(["🧟", "❤️", "👨‍👩‍👧", "🇯🇵", "1️⃣", "👍🏽"].every(isOneEmoji));
  assert.ok(!["", "A", "7", "🧟🧟", "🧟!"].some(isOneEmoji));
});

test("a browser without a segmenter only tells whether there is an emoji", (t) => {
  const { Segmenter } = Intl;
  Intl.Segmenter = undefined;
  t.after(() => (Intl.Segmenter = Segmenter));
  assert.deepEqual(["🧟🧟", "A"].map(isOneEmoji), [true, false]);
});

test("icons that are new and no emoji are wrong; those that were saved stay", () => {
  const draft = { buttons: [{ icon: "A" }, { icon: "" }, { icon: "🧟" }, { icon: "old" }] };
  assert.deepEqual(wrongIcons(draft, { buttons: [{ icon: "old" }] }, "odd"), [
    { icon: "A", field: "buttons[0].icon", message: "odd" },
  ]);
});

test("a draft becomes like the settings, with its own objects where it has such", () => {
  const draft = { title: "A", theme: { font: "", old: 1 }, gone: 1, words: ["x", "y"], nothing: null };
  const { theme, words } = draft;
  const settings = { words: ["z"], theme: { font: "mono" }, title: "B", nothing: null, buttons: [] };
  becomeLike(draft, settings);
  assert.equal(JSON.stringify(draft), JSON.stringify(settings));
  assert.equal(draft.theme, theme);
  assert.equal(draft.words, words);
  assert.notEqual(draft.buttons, settings.buttons);
});

test("a draft's buttons are told by their event types, wherever they stand", () => {
  const draft = { buttons: [{ event_type: "a", image: "1" }, { event_type: "b" }] };
  const [first, second] = draft.buttons;
  becomeLike(draft, { buttons: [{ event_type: "b", image: "2" }, { event_type: "c" }, { event_type: "a" }] });
  assert.deepEqual(draft.buttons, [{ event_type: "b", image: "2" }, { event_type: "c" }, { event_type: "a" }]);
  assert.equal(draft.buttons[0], second);
  assert.equal(draft.buttons[2], first);
});

test("where the draft has something of another kind there is a new object", () => {
  const draft = { a: [1], b: { c: 1 }, d: 5, e: null };
  becomeLike(draft, { a: { x: 1 }, b: [2], d: { y: 1 }, e: [3] });
  assert.deepEqual(draft, { a: { x: 1 }, b: [2], d: { y: 1 }, e: [3] });
  assert.ok(Array.isArray(draft.b) && Array.isArray(draft.e) && !Array.isArray(draft.a));
});
