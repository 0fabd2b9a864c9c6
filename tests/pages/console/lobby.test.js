import assert from "node:assert/strict";
import { test } from "node:test";

import { Arrivals, tempoOf } from "../../../api_service/pages/web/console/lobby/facts.js";
import { en } from "../../../api_service/pages/web/console/texts/en.js";
import { ja } from "../../../api_service/pages/web/console/texts/ja.js";

test("the name that came last is the first", () => {
  const arrivals = new Arrivals();
  arrivals.take(["Fox", "Owl"]);
  arrivals.take(["Bear"]);
  assert.deepEqual(arrivals.names, ["Bear", "Owl", "Fox"]);
});

test("whoever comes again is listed once, as the newest", () => {
  const arrivals = new Arrivals(["Bear", "Owl", "Fox"]);
  arrivals.take(["Fox", "Bear", "Fox"]);
  assert.deepEqual(arrivals.names, ["Fox", "Bear", "Owl"]);
});

test("sixty names are listed", () => {
  const many = Array.from({ length: 70 }, (_, n) => `Fox ${n}`);
  const arrivals = new Arrivals(many);
  assert.deepEqual([arrivals.names.length, arrivals.names[0]], [60, "Fox 0"]);
  arrivals.take(["Bear"]);
  assert.deepEqual([arrivals.names.length, arrivals.names[0], arrivals.names.at(-1)], [60, "Bear", "Fox 58"]);
});

const button = (weight, changes) => ({ enabled: true, paceMs: 0, cooldownMs: 0, weight, ...changes });
const room = (changes) => ({ roundLimitMs: 300_000, triggersPerMinute: 12, buttons: [button(1)], ...changes });

test("buttons share the room's triggers by their weights", () => {
  const buttons = [2, 0.5, 1, 1, 1, 0.5].map((weight) => button(weight));
  assert.deepEqual(tempoOf(room({ buttons })), { minutes: 5, mood: "lively", perMinute: 12, every: [15, 60] });
});

test("a button with a pace of its own has that, and one that is off has no part", () => {
  const own = button(1, { paceMs: 90_000 });
  const off = button(0.25, { enabled: false });
  assert.deepEqual(tempoOf(room({ buttons: [button(1), button(2), own, off] })).every, [10, 90]);
});

test("without a pace nothing is said of it", () => {
  assert.deepEqual(tempoOf(room({ triggersPerMinute: 0, roundLimitMs: 0 })), {
    ...{ minutes: 0, mood: null, perMinute: 0, every: null },
  });
  assert.deepEqual(tempoOf(room({ triggersPerMinute: 0, buttons: [button(1), button(1, { paceMs: 5_000 })] })).every, [5, 5]);
});

test("the tempo is said in one sentence, in both languages", () => {
  const usual = { minutes: 5, mood: "lively", perMinute: 12, every: [15, 60] };
  const one = { minutes: 1, mood: null, perMinute: 20, every: [3, 3] };
  const none = { minutes: 0, mood: null, perMinute: 0, every: null };
  assert.deepEqual([usual, one, none].map(en.tempo), [
    "5 minutes, lively: a button every 15 to 60 s.",
    "1 minute, 20 a minute: a button every 3 s.",
    "No end, no pace.",
  ]);
  assert.deepEqual([usual, one, none].map(ja.tempo), [
    "5 分、にぎやか。ボタンごとに 15〜60 秒おき。",
    "1 分、1 分に 20 回。ボタンごとに 3 秒おき。",
    "時間制限なし、間隔なし。",
  ]);
});
