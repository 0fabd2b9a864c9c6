import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument } from "../dom.js"; // before the modules that ask for media
import { Announcement } from "../../../api_service/pages/web/overlay/announcement.js";
import { Bars } from "../../../api_service/pages/web/overlay/bars.js";

const button = (eventType, values) => ({
  ...{ eventType, team: "skill", color: "#d9a514", icon: "★", image: "" },
  ...{ enabled: true, available: true, reason: null },
  ...{ count: 2, required: 5, level: 0, effects: [], ...values },
});
const TEXTS = {
  ...{ number: String, unavailable: (reason) => `closed: ${reason}`, failed: (reason) => `failed: ${reason}` },
  lasting: ({ seconds }) => `${seconds} s`,
};
const captionOf = ({ eventType }) => eventType.toUpperCase();

/** Bars of these buttons, by what they say. */
function bars(t, chosen = [], options = {}) {
  openDocument(t, options);
  const list = make("ul");
  const made = new Bars(list, TEXTS, chosen);
  const show = (buttons, now = 0) => made.show(buttons, captionOf, now);
  const text = (n, name) => list.children[n].querySelector(`.bar-${name}`).textContent;
  const labels = () => list.children.map((_, n) => text(n, "label"));
  return { made, list, show, text, labels };
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
  const { made, show, list, text } = bars(t);
  const state = () => [list.children[0].dataset.state, text(0, "note")];
  const effects = [{ epoch: 1, seq: 1, viewerName: null, endsAt: 10_000 }];
  assert.equal(show([button("a", { effects })]), 1_000);
  assert.deepEqual(state(), ["lasting", "10 s"]);
  assert.equal(list.querySelector(".bar-time").style.transform, "scaleX(0.9)");
  made.fail("a", "No target", 0);
  made.fail("gone", "No target", 0);
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
  const { made, show, list } = bars(t);
  show([button("a")]);
  for (const type of ["a", "a", "gone"]) made.celebrate(type);
  const animations = ["glow", "icon"].map((name) => list.querySelector(`.bar-${name}`).animations);
  assert.deepEqual(animations.map(({ length }) => length), [1, 1]);
  assert.equal(animations[0][0].duration, 700);
});

/** The overlay's announcement in a style. */
function announcement(t, style = "burst", options = {}) {
  openDocument(t, options);
  const parts = ["flash", "icon", "words"].map((part) => make("span", { class: `news-${part}` }));
  const node = make("div", {}, ...parts);
  const made = new Announcement(node, style);
  const nothing = { words: "", icon: { image: "", icon: "" }, color: "", topic: null, since: 0, best: [], revealed: 0 };
  const show = (values) => made.show({ ...nothing, ...values });
  const [light, , words] = parts;
  return { node, light, words, show };
}

const NEWS = { words: "Wave!", icon: { image: "", icon: "🌊" }, color: "red", topic: "wave", since: 100 };

test("a trigger comes in in the chosen style and its button's colour", (t) => {
  const { node, light, words, show } = announcement(t);
  show({});
  assert.equal(node.hidden, true);
  show(NEWS);
  assert.deepEqual([node.hidden, words.textContent], [false, "Wave!"]);
  assert.deepEqual([node.dataset.style, node.style["--fill"]], ["burst", "red"]);
  assert.deepEqual(node.animations.map(({ duration }) => duration), [550]);
  assert.equal(light.animations[0].duration, 900);
});

test("one more of the same only makes it twitch, and the same again not even that", (t) => {
  const { node, show } = announcement(t);
  show(NEWS);
  show(NEWS);
  assert.equal(node.animations.length, 1);
  show({ ...NEWS, since: 200 });
  assert.deepEqual(node.animations.map(({ duration }) => duration), [550, 180]);
});

test("another topic comes in anew", (t) => {
  const { node, show } = announcement(t, "banner");
  show(NEWS);
  show({ ...NEWS, topic: "bomb" });
  assert.deepEqual(node.animations.map(({ duration }) => duration), [450]);
  show({});
  assert.equal(node.hidden, true);
  show({ ...NEWS, topic: "bomb" });
  assert.equal(node.animations.length, 1);
});

test("what has no colour comes in plainly", (t) => {
  const { node, show } = announcement(t);
  show({ ...NEWS, color: "" });
  assert.equal(node.dataset.style, "plain");
  assert.equal(node.animations[0].duration, 250);
});

test("the words of a round's end wait until all of the best are revealed", (t) => {
  const { node, words, show } = announcement(t);
  const end = { ...NEWS, isFinal: true, best: [1, 2] };
  show({ ...end, revealed: 2 });
  assert.deepEqual([node.dataset.style, words.hasAttribute("data-waits"), words.animations.length], ["final", true, 0]);
  show({ ...end, revealed: 3 });
  assert.deepEqual([words.hasAttribute("data-waits"), words.animations.length], [false, 1]);
});

test("an end without anybody on the podium waits for nobody, and one whose words are empty shows the podium", (t) => {
  const { node, words, show } = announcement(t);
  show({ ...NEWS, isFinal: true });
  assert.deepEqual([words.hasAttribute("data-waits"), words.animations.length], [false, 0]);
  show({ isFinal: true, best: [1], topic: "end" });
  assert.equal(node.hidden, false);
  show(NEWS);
  assert.deepEqual([words.hasAttribute("data-waits"), words.animations.length], [false, 0]);
});

test("whoever wants less motion sees it fade in", (t) => {
  const { node, light, show } = announcement(t, "burst", { media: [CALM] });
  show(NEWS);
  show({ ...NEWS, since: 200 });
  assert.deepEqual(node.animations.map(({ frames }) => frames), [[{ opacity: 0 }, { opacity: 1 }]]);
  assert.equal(light.animations.length, 0);
});
