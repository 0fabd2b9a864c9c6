import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument } from "../dom.js"; // before the modules that ask for media
import { Stage } from "../../../api_service/pages/web/overlay/stage.js";
import { TEXTS } from "../../../api_service/pages/web/overlay/texts.js";
import { fixChance } from "../time.js";

const BUTTON = { team: "", color: "#ffb01f", icon: "★", image: "" };
const burst = (values) => ({
  ...{ eventType: "a", button: BUTTON, caption: "Bomb rain", times: 1, since: 100, folded: [] },
  ...{ viewerName: "Panda 46", people: 87, isTest: false, ...values },
});
const waiting = (eventType, times = 1) => burst({ eventType, times });

/** A stage, and what it says. */
function stage(t, { isLively = true, language = "en", ...options } = {}) {
  openDocument(t, options);
  const node = make("div");
  const shown = new Stage(node, { texts: TEXTS[language], isLively });
  const show = (values, line = [], homeOf = () => undefined) => shown.show(values && burst(values), line, homeOf);
  const part = (name) => node.querySelector(`.${name}`);
  return { node, show, part, by: () => part("burst-by").textContent, queue: () => part("queue").textContent };
}

test("a burst has its button's name, and who set it off with how many others", (t) => {
  const { node, show, part, by } = stage(t);
  show(null);
  assert.equal(part("burst").hidden, true);
  show({});
  assert.deepEqual([node.style["--fill"], part("burst-icon").textContent], ["rgb(255 176 31)", "★"]);
  assert.deepEqual([part("burst").hidden, part("burst-name").textContent], [false, "Bomb rain!"]);
  assert.deepEqual([by(), part("burst-mark").hidden], ["set off by Panda 46 and 86 others", true]);
  show({ times: 2, people: 2 });
  assert.deepEqual([part("burst-name").textContent, by()], ["Bomb rain! ×2", "set off by Panda 46 and 1 other"]);
});

test("whoever did it alone is named alone, and nobody is where none is known", (t) => {
  const { show, part, by } = stage(t);
  show({ people: 1 });
  assert.equal(by(), "set off by Panda 46");
  show({ viewerName: null });
  assert.equal(by(), "87 people set it off");
  show({ viewerName: null, people: 0 });
  assert.equal(part("burst-by").hidden, true);
});

test("what the streamer fired is not said to be the viewers', who had only pressed", (t) => {
  for (const [language, withOthers, alone] of [
    ["en", "set off by the streamer and 20 others", "set off by the streamer"],
    ["ja", "配信者 ほか 20 人が発動", "配信者が発動"],
  ]) {
    const { show, part, by } = stage(t, { language });
    show({ viewerName: null, people: 20, byStreamer: true });
    assert.equal(by(), withOthers);
    show({ viewerName: null, people: 0, byStreamer: true });
    assert.deepEqual([by(), part("burst-by").hidden], [alone, false]);
    show({ viewerName: null, people: 0 });
    assert.equal(part("burst-by").hidden, true);
  }
});

test("in Japanese the others come before the verb", (t) => {
  const { show, part, by } = stage(t, { language: "ja" });
  show({});
  assert.deepEqual([part("burst-name").textContent, by()], ["Bomb rain！", "Panda 46 ほか 86 人が発動"]);
  show({ viewerName: null });
  assert.equal(by(), "87 人で発動");
});

test("it is the name that gives way where there is no room", (t) => {
  const { show, part } = stage(t);
  show({});
  assert.deepEqual(part("burst-by").children.map(({ tagName }) => tagName), ["SPAN", "BDI", "SPAN"]);
  const ems = () => Number(part("burst-by").style["--ems"]);
  const few = ems();
  show({ people: 12_346 });
  assert.ok(few > 15 && ems() > few + 2 && ems() < 30);
});

test("a burst that is tried is marked", (t) => {
  const { show, part } = stage(t);
  show({ isTest: true });
  assert.deepEqual([part("burst-mark").hidden, part("burst-mark").textContent], [false, "Test"]);
});

test("three wait as keys, the rest in one line, and what had no turn before them", (t) => {
  const { show, part, queue } = stage(t);
  const line = ["b", "c", "d", "e", "f"].map((type, n) => waiting(type, n + 1));
  show({}, line);
  const keys = part("queue").querySelectorAll(".key");
  assert.deepEqual(keys.map(({ style }) => style["--fill"]), Array(3).fill("rgb(255 176 31)"));
  assert.deepEqual(keys.map(({ style }) => style["--edge"]), Array(3).fill("rgb(138 95 17)"));
  const [rest] = part("queue").querySelectorAll(".queue-rest");
  assert.equal(rest.children[0].style["--fill"], "rgb(255 176 31)");
  assert.equal(queue(), "Next★★×2★×3then★×4★×5");
  show({ folded: [waiting("x"), waiting("y", 2)] }, line.slice(0, 1));
  assert.equal(queue(), "also★×1★×2Next★");
  show({}, []);
  assert.equal(queue(), "");
});

test("a button without an icon is known by its first letter", (t) => {
  const { show, part, queue } = stage(t);
  const button = { ...BUTTON, icon: "" };
  show({ button }, [{ ...waiting("b"), button, caption: "👍🏽 Yes" }]);
  assert.deepEqual([part("burst-icon").textContent, part("leap-icon").textContent], ["B", "B"]);
  assert.equal(queue(), "Next👍🏽");
});

test("an icon of several letters is smaller", (t) => {
  const { show, part } = stage(t);
  show({ button: { ...BUTTON, icon: "GO!" } });
  assert.equal(part("burst-icon").style["--ems"], 2);
  show({});
  assert.equal(part("burst-icon").style["--ems"], 1);
});

test("of many that wait, three kinds are named", (t) => {
  const { show, queue } = stage(t);
  show({}, Array.from({ length: 8 }, (_, n) => waiting(`w${n}`)));
  assert.equal(queue(), "Next★★★then★×1★×1★×1+2");
});

test("it leaps from its bar and goes back there", (t) => {
  const { node, show, part } = stage(t);
  const boxed = (each, left, top, size) =>
    Object.assign(each, { getBoundingClientRect: () => ({ left, top, width: size, height: size }) });
  boxed(node, 0, 0, 500).clientWidth = 1_000; // drawn at half its size
  boxed(part("burst-star"), 50, 100, 20);
  const bar = boxed(make("li"), 110, 220, 10);
  show({}, [], () => bar);
  const [leaps] = part("leap-icon").animations;
  assert.equal(leaps.frames[0].transform, "translate(110px, 230px) scale(0.3)");
  assert.equal(part("leap-icon").textContent, "★");
  const [leaves] = part("burst").animations;
  assert.deepEqual([leaves.delay, leaves.duration], [2_400, 300]);
  assert.equal(leaves.frames[1].transform, "translate(110px, 230px) scale(0.08)");
});

test("each burst comes in once, the next one anew", (t) => {
  const { show, part } = stage(t);
  show({});
  show({ times: 2 });
  assert.equal(part("burst-star").animations.length, 1);
  assert.deepEqual(part("burst-name").animations.map(({ delay }) => delay), [180]);
  show(null);
  assert.deepEqual([part("burst").animations.length, part("bits").children.length], [0, 0]);
  show({ since: 3_000 });
  assert.equal(part("burst-star").animations.length, 2);
});

test("of a burst that is taken off the stage nothing moves on", (t) => {
  const { show, part } = stage(t);
  const moving = () => ["burst", "leap-icon", "rays", "bits"].map((name) => part(name).animations.length + part(name).children.length);
  const bare = moving();
  show({}, [], () => make("li"));
  assert.ok(moving().every((count, n) => count > bare[n]));
  show(null);
  assert.deepEqual(moving(), bare);
});

test("a plain one has neither rays nor bits", (t) => {
  const [lively, plain] = [true, false].map((isLively) => stage(t, { isLively }));
  for (const { show } of [lively, plain]) show({});
  assert.deepEqual([lively, plain].map(({ part }) => part("rays").animations.length), [1, 0]);
  assert.ok(lively.part("bits").children.length > 0 && plain.part("bits").children.length === 0);
});

test("whoever wants less motion sees it fade in, whole", (t) => {
  const { show, part } = stage(t, { media: [CALM] });
  show({});
  assert.deepEqual(part("burst-star").animations.map(({ frames }) => frames), [[{ opacity: 0 }, { opacity: 1 }]]);
  assert.deepEqual([part("burst").animations, part("leap-icon").animations, part("bits").children], [[], [], []]);
});

/** What moves: when it begins and how long that takes, and how much of it is seen then, in hundredths. */
const movesOf = (node) =>
  node.animations.map(({ frames, delay = 0, duration }) => [delay, duration, frames.map(({ opacity }) => opacity && 100 * opacity)]);

test("a burst comes in part by part, stays to be read, and goes", (t) => {
  const { show, part } = stage(t);
  show({});
  const parts = ["burst-band", "burst-name", "burst-star", "burst-by", "burst"].map((name) => movesOf(part(name)));
  assert.deepEqual(parts, [
    [[180, 260, [0, 100]]],
    [[180, 260, [0, 100]]],
    [[180, 260, [0, 100]]],
    [[600, 180, [0, 100]]],
    [[2_400, 300, [undefined, 0]]],
  ]);
  const [{ frames, fill }] = part("burst").animations;
  assert.deepEqual([frames[0].transform, frames[1].transform, fill], ["rotate(-3deg)", "scale(0.5)", "forwards"]);
});

test("what leaps from a bar is seen from there to its place", (t) => {
  const { show, part } = stage(t);
  show({}, [], () => make("li"));
  const [{ frames, duration, delay }] = part("leap-icon").animations;
  assert.deepEqual([frames.map(({ opacity }) => opacity), frames[1].transform, duration, delay], [[1, 1], "rotate(-9deg)", 180, undefined]);
});

test("rays are seen for a moment, once the burst is there", (t) => {
  const { show, part } = stage(t);
  show({});
  assert.deepEqual(movesOf(part("rays")), [[180, 900, [0, 85, 0]]]);
  assert.equal(part("rays").animations[0].frames[1].offset, 0.2);
});

test("sixty bits fly two to seven rem far, to all sides, in the button's colour among others", (t) => {
  const wayOf = (chance) => {
    fixChance(t, chance);
    const { show, part } = stage(t);
    show({});
    const bits = part("bits").children;
    assert.equal(bits.length, 60);
    assert.equal(bits.filter(({ style }) => style.background === "rgb(255 176 31)").length, 30);
    const { transform } = bits[0].animations[0].frames.at(-1);
    return transform.match(/-?[\d.e-]+(?=rem)/g).map((length) => Number(length).toFixed(1));
  };
  assert.deepEqual([0, 0.25, 0.5, 1].map(wayOf), [["2.0", "0.0"], ["0.0", "2.3"], ["-4.5", "0.0"], ["7.0", "-0.0"]]);
});

test("the next burst does not leave with the one before", (t) => {
  const { show, part } = stage(t);
  show({});
  show({ since: 3_000, eventType: "b" });
  assert.deepEqual([part("burst").animations.length, part("rays").animations.length], [1, 1]);
});

test("who set it off is another line where it was another viewer, or more people", (t) => {
  const { show, by } = stage(t);
  show({ people: 2 });
  show({ people: 3 });
  assert.equal(by(), "set off by Panda 46 and 2 others");
  show({ people: 3, viewerName: "Fox" });
  assert.equal(by(), "set off by Fox and 2 others");
});

test("a burst that is named has room for four letters of its name beside the other words", (t) => {
  const { show, part } = stage(t);
  const ems = () => Number(part("burst-by").style["--ems"]);
  show({ viewerName: null, people: 87 });
  const some = ems();
  show({ people: 1 });
  assert.ok(ems() > 4 && some > 4);
});
