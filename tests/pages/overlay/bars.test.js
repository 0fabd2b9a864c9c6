import assert from "node:assert/strict";
import { test } from "node:test";

import { make, openDocument } from "../dom.js"; // before the modules that ask for media
import { Bars } from "../../../api_service/pages/web/overlay/bars.js";

const button = (eventType, values) => ({
  ...{ eventType, team: "skill", color: "#d9a514", icon: "★", image: "" },
  ...{ enabled: true, available: true, reason: null },
  ...{ count: 2, required: 5, level: 0, effects: [], ...values },
});
const TEXTS = {
  ...{ unavailable: (reason) => `closed: ${reason}`, failed: (reason) => `failed: ${reason}` },
  lasting: ({ seconds }) => `${seconds} s`,
};
const captionOf = ({ eventType }) => eventType.toUpperCase();

/** Bars of these buttons, by what they say. */
function bars(t, chosen = [], options = {}) {
  openDocument(t, options);
  const list = make("ul");
  const barList = new Bars(list, TEXTS, chosen);
  const show = (buttons, now = 0) => barList.show(buttons, captionOf, now);
  const text = (n, name) => list.children[n].querySelector(`.bar-${name}`).textContent;
  const labels = () => list.children.map((_, n) => text(n, "label"));
  return { barList, list, show, text, labels };
}

test("a bar shows its button's count, no further than full, and how often it fired", (t) => {
  const { show, list, text } = bars(t);
  assert.equal(show([button("a", { level: 3 }), button("b", { count: 9 })]), Infinity);
  assert.deepEqual([text(0, "label"), text(0, "count"), text(0, "note")], ["A", "2/5", "×3"]);
  assert.deepEqual([text(1, "count"), text(1, "note"), text(1, "icon")], ["5/5", "", "★"]);
  const fills = list.querySelectorAll(".bar-fill").map(({ style }) => style.transform);
  assert.deepEqual(fills, ["scaleX(0.4)", "scaleX(1)"]);
  assert.equal(list.children[0].style["--fill"], "rgb(217 165 20)");
});

test("what the game says of a button goes before how often it fired", (t) => {
  const { barList, show, list, text } = bars(t);
  const state = () => [list.children[0].dataset.state, text(0, "note")];
  const effects = [{ epoch: 1, seq: 1, viewerName: null, endsAt: 10_000 }];
  assert.equal(show([button("a", { effects })]), 1_000);
  assert.deepEqual(state(), ["lasting", "10 s"]);
  assert.equal(list.querySelector(".bar-time").style.transform, "scaleX(0.9)");
  barList.fail("a", "No target", 0);
  barList.fail("gone", "No target", 0);
  show([button("a", { effects })]);
  assert.deepEqual(state(), ["failed", "failed: No target"]);
  show([button("a", { effects, available: false, reason: "Boss" })]);
  assert.deepEqual(state(), ["unavailable", "closed: Boss"]);
  show([button("a")], 5_000);
  assert.deepEqual([state(), list.querySelector(".bar-time").style.transform], [["open", ""], "scaleX(1)"]);
});

test("all buttons that are on have a bar, in the room's order, and keep it", (t) => {
  const { show, list, labels } = bars(t);
  show([button("a"), button("b", { enabled: false }), button("c")]);
  assert.deepEqual(labels(), ["A", "C"]);
  const [a] = list.children;
  show([button("c"), button("a")]);
  assert.equal(list.children[1], a);
});

test("buttons that were chosen are shown alone, in the order of the choice; another room's choice is none", (t) => {
  const all = [button("a"), button("b"), button("c", { enabled: false })];
  const chosen = bars(t, ["b", "x", "c", "a"]);
  chosen.show(all);
  assert.deepEqual(chosen.labels(), ["B", "A"]);
  const another = bars(t, ["x"]);
  another.show(all);
  assert.deepEqual(another.labels(), ["A", "B"]);
});

test("a bar lights up when its button fires, one light at a time", (t) => {
  const { barList, show, list } = bars(t);
  show([button("a")]);
  for (const type of ["a", "a", "gone"]) barList.celebrate(type);
  const animations = ["glow", "icon"].map((name) => list.querySelector(`.bar-${name}`).animations);
  assert.deepEqual(animations.map(({ length }) => length), [1, 1]);
  assert.equal(animations[0][0].duration, 700);
});
