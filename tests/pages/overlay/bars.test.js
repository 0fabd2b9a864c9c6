import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument } from "../dom.js"; // before the modules that ask for media
import { Bars } from "../../../api_service/pages/web/overlay/bars.js";
import { TEXTS } from "../../../api_service/pages/web/overlay/texts.js";

const button = (eventType, values) => ({
  ...{ eventType, team: "skill", color: "#d9a514", icon: "★", image: "", reason: null },
  ...{ enabled: true, available: true, cooldownUntil: 0, readyAt: 0 },
  ...{ count: 2, required: 50, effects: [], ...values },
});
const captionOf = ({ eventType }) => eventType.toUpperCase();
const effect = (values) => ({ eventType: "a", status: "done", reason: null, endsAt: null, ...values });

/** Bars, and what they say. */
function bars(t, { chosen = [], places = {}, isShort = false, isPaused = false, language = "en", ...options } = {}) {
  openDocument(t, options);
  const list = make("ul");
  let closed = 0;
  const shown = new Bars(list, { texts: TEXTS[language], chosen, closed: () => (closed += 1) });
  const placeOf = (eventType) => places[eventType] ?? "";
  const show = (buttons, now = 0) => shown.show(buttons, { captionOf, placeOf, isPaused, isShort }, now);
  const text = (n, name) => list.children[n].querySelector(`.bar-${name}`).textContent;
  const state = (n = 0) => [list.children[n].dataset.state, text(n, "count")];
  const has = (name, n = 0) => list.children[n].hasAttribute(name);
  return { shown, list, show, text, state, has, places, closed: () => closed };
}

test("a bar says how many presses its button lacks, and fills by those that it has", (t) => {
  const { show, list, text, state } = bars(t);
  assert.equal(show([button("a", { count: 20 }), button("b", { count: 90 })]), Infinity);
  assert.deepEqual([text(0, "label"), text(0, "icon"), state(0)], ["A", "★", ["more", "30 more"]]);
  assert.equal(list.querySelector(".bar-count").hasAttribute("data-says"), false);
  const moved = list.children.map((bar) => ["fill", "over"].map((name) => bar.querySelector(`.bar-${name}`).style.transform));
  assert.deepEqual(moved, [["translateX(-60%)", "translateX(60%)"], ["translateX(0%)", "translateX(0%)"]]);
  assert.equal(list.children[0].style["--fill"], "rgb(217 165 20)");
});

test("the words stand on the dark and on the colour alike", (t) => {
  const { show, list } = bars(t);
  show([button("a")]);
  const words = list.querySelectorAll(".bar-words");
  assert.deepEqual(words.map(({ textContent }) => textContent), ["★A48 more", "★A48 more"]);
  assert.deepEqual(words.map((node) => node.getAttribute("aria-hidden")), [null, "true"]);
});

test("in its last tenth a bar counts down, and its light is faster for the last three", (t) => {
  const { show, shown, list, state, has, closed } = bars(t);
  show([button("a", { count: 44 })]);
  assert.deepEqual([state()[0], shown.firstNear, closed()], ["more", undefined, 0]);
  show([button("a", { count: 45 })]);
  assert.deepEqual([state(), has("data-near"), has("data-last")], [["close", "5 more!"], true, false]);
  assert.equal(shown.firstNear, list.children[0]);
  show([button("a", { count: 46 })]);
  assert.equal(has("data-last"), false);
  show([button("a", { count: 47 })]);
  assert.deepEqual([state(), has("data-last")], [["close", "3 more!"], true]);
  assert.equal(closed(), 1);
  show([button("a")]);
  show([button("a", { count: 45 })]);
  assert.equal(closed(), 2);
});

test("one that the next press fires lacks one, and is as near as before", (t) => {
  const { show, shown, list, state, has, closed } = bars(t);
  show([button("a", { count: 49 })]);
  show([button("a", { count: 50 })]);
  assert.deepEqual([state(), has("data-near"), has("data-last"), closed()], [["next", "1 more!"], true, true, 1]);
  assert.equal(shown.firstNear, list.children[0]);
});

test("one that a single press fires is not always near", (t) => {
  const { show, state } = bars(t);
  show([button("a", { count: 0, required: 1 })]);
  assert.deepEqual(state(), ["more", "1 more"]);
  show([button("a", { count: 1, required: 2 })]);
  assert.deepEqual(state(), ["close", "1 more!"]);
});

test("one whose time is slower than its presses counts the seconds, on a dial, too", (t) => {
  const { show, state, list } = bars(t);
  const full = (readyAt) => [button("a", { count: 50, readyAt })];
  assert.equal(show(full(8_400)), 400);
  assert.deepEqual([state(), list.children[0].style["--wait"]], [["time", "9 s"], 9]);
  show(full(8_400), 6_500); // two seconds are not worth a word
  assert.deepEqual(state(), ["next", "1 more!"]);
});

test("one that cools down counts the seconds", (t) => {
  const { show, state } = bars(t);
  assert.equal(show([button("a", { cooldownUntil: 20_000, readyAt: 20_000 })], 500), 1_000);
  assert.deepEqual(state(), ["time", "20 s"]);
  show([button("a", { readyAt: 20_000 })]); // a pace alone: its presses count on
  assert.deepEqual(state(), ["more", "48 more"]);
});

test("one that takes no presses says why, and is greyed", (t) => {
  const { show, state, has } = bars(t);
  show([button("a", { enabled: false }), button("b", { available: false }), button("c", { available: false, reason: "Boss" }), button("d")]);
  assert.deepEqual([0, 1, 2].map((n) => state(n)), [["asleep", "Asleep"], ["unavailable", "Not now"], ["unavailable", "Boss"]]);
  assert.deepEqual([0, 1, 2, 3].map((n) => has("data-rests", n)), [true, true, true, false]);
  const paused = bars(t, { isPaused: true });
  paused.show([button("a", { count: 50 })]);
  assert.deepEqual([paused.state(), paused.has("data-rests"), paused.has("data-near")], [["paused", "Paused"], true, false]);
});

test("it speaks Japanese", (t) => {
  const { show, state } = bars(t, { language: "ja" });
  show([button("a"), button("b", { count: 47 }), button("c", { count: 50, readyAt: 4_000 }), button("d", { enabled: false })]);
  assert.deepEqual([0, 1, 2, 3].map((n) => state(n)[1]), ["あと 48 回", "あと 3 回！", "4 秒", "おやすみ中"]);
});

test("one that is called to the stage is full until it had its turn", (t) => {
  const { show, state, list, places } = bars(t, { places: { a: "stage", b: "next", c: "line" } });
  const all = ["a", "b", "c"].map((type) => button(type));
  show(all);
  assert.deepEqual([0, 1, 2].map((n) => state(n)), [["called", "On air!"], ["called", "Next"], ["called", "In line"]]);
  assert.equal(list.querySelector(".bar-fill").style.transform, "translateX(0%)");
  delete places.a;
  show(all);
  assert.deepEqual(state(), ["more", "48 more"]);
});

test("an effect that lasts counts down, with what the game said of it", (t) => {
  const { shown, show, list, state, has } = bars(t);
  const effects = [{ epoch: 1, seq: 1, viewerName: null, endsAt: 10_000 }];
  assert.equal(show([button("a", { effects })]), 1_000);
  assert.deepEqual(state(), ["lasting", "It's on · 10 s"]);
  assert.equal(list.querySelector(".bar-time").style.transform, "scaleX(0.9)");
  assert.equal(has("data-lasts"), true);
  shown.answer(effect({ status: "started", reason: "7 hits", endsAt: 10_000 }), 0);
  show([button("a", { effects })]);
  assert.deepEqual(state(), ["lasting", "7 hits · 10 s"]);
  show([button("a", { effects: [...effects, { ...effects[0], seq: 2 }] })]);
  assert.deepEqual(state(), ["lasting", "7 hits ×2 · 10 s"]);
  const short = bars(t, { isShort: true });
  short.show([button("a", { effects })]);
  assert.deepEqual(short.state(), ["lasting", "10 s"]);
  show([button("a", { effects, count: 47 })]); // that the next one is near is news
  assert.deepEqual([state()[1], has("data-lasts")], ["3 more!", true]);
  show([button("a")], 10_000);
  assert.deepEqual([state(), has("data-lasts")], [["more", "48 more"], false]);
});

test("a bar wears for a moment what the game did", (t) => {
  const { shown, show, state } = bars(t);
  show([button("a")]);
  for (const [answer, words] of [[{}, "Done!"], [{ reason: "7 hits" }, "7 hits"], [{ status: "started" }, "It's on!"]]) {
    shown.answer(effect(answer), 0);
    assert.equal(show([button("a")], 0), 2_500);
    assert.deepEqual(state(), ["done", words]);
  }
  show([button("a")], 2_500);
  assert.deepEqual(state(), ["more", "48 more"]);
});

test("what the game did is said once the burst is over, for as long as ever", (t) => {
  const { shown, show, state, places } = bars(t, { places: { a: "stage" } });
  show([button("a")]);
  shown.answer(effect({ reason: "Healed" }), 10);
  assert.equal(show([button("a")], 20), Infinity);
  assert.deepEqual(state(), ["called", "On air!"]);
  delete places.a;
  assert.equal(show([button("a")], 9_000), 11_500);
  assert.deepEqual(state(), ["done", "Healed"]);
  show([button("a")], 11_500);
  assert.deepEqual(state(), ["more", "48 more"]);
});

test("what did not work is said, and the bar shakes its head", (t) => {
  const { shown, show, list, state } = bars(t);
  show([button("a")]);
  shown.answer(effect({ status: "failed", reason: "No target", returned: 50 }), 0);
  shown.answer(effect({ eventType: "gone", status: "failed", returned: 50 }), 0);
  show([button("a")]);
  assert.deepEqual([state(), list.children[0].animations.length], [["failed", "Did not work"], 1]);
  const [{ duration, frames }] = list.children[0].animations;
  assert.deepEqual([duration, frames[0], frames.at(-1)], [400, frames.at(-1), { transform: "translateX(0rem)" }]);
  show([button("a", { available: false })]);
  assert.deepEqual(state(), ["unavailable", "Not now"]);
});

test("whoever wants less motion sees no shaking", (t) => {
  const { shown, show, list, state } = bars(t, { media: [CALM] });
  show([button("a")]);
  shown.answer(effect({ status: "failed", returned: 50 }), 0);
  show([button("a")]);
  assert.deepEqual([state()[1], list.children[0].animations.length], ["Did not work", 0]);
});

test("buttons keep their bars, in whatever order", (t) => {
  const { shown, show, list } = bars(t);
  show([button("a"), button("b")]);
  const [a] = list.children;
  show([button("b"), button("a")]);
  assert.deepEqual([list.children[1], shown.nodeOf("a"), shown.nodeOf("gone")], [a, a, undefined]);
});

test("all buttons have a bar, or those that were chosen; another room's choice is none", (t) => {
  const all = [button("a"), button("b"), button("c", { enabled: false })];
  const typesOf = (chosen) => bars(t, { chosen }).shown.choice(all).map(({ eventType }) => eventType);
  assert.deepEqual([typesOf([]), typesOf(["b", "x", "c", "a"]), typesOf(["x"])], [["a", "b", "c"], ["b", "c", "a"], ["a", "b", "c"]]);
});

test("a long icon and a long number are smaller", (t) => {
  const { show, list } = bars(t);
  const ems = () => ["icon", "count"].map((name) => Number(list.querySelector(`.bar-${name}`).style["--ems"]));
  show([button("a", { icon: "HP+", required: 100_000, count: 1_235 })]);
  const [icon, says] = ems();
  assert.ok(icon > 2 && says > 5 && says < 6 && Number(list.querySelector(".bar-count").style["--beside"]) > 3);
  show([button("a", { icon: "★", available: false, reason: "Boss" })]);
  assert.deepEqual(ems().map((each) => Math.round(10 * each)), [10, 30]);
});
