import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument } from "../dom.js"; // before the modules that ask for media
import { IN, OUT, move, scatter } from "../../../api_service/pages/web/overlay/motion.js";
import { fixChance } from "../time.js";

const COMES = [{ opacity: 0, transform: "scale(0)" }, { opacity: 1, transform: "none" }];
const TURNS = [{ transform: "none" }, { transform: "rotate(4deg)" }];

test("what moves is where it begins until it is its turn", (t) => {
  openDocument(t);
  const node = make("div");
  move(node, TURNS, 300);
  move(node, TURNS, 300, IN, { delay: 50, fill: "forwards" });
  const timings = node.animations.map(({ duration, easing, delay, fill }) => [duration, easing, delay, fill]);
  assert.deepEqual(timings, [[300, OUT, undefined, "backwards"], [300, IN, 50, "forwards"]]);
});

test("whoever wants less motion sees only what comes in, fading", (t) => {
  openDocument(t, { media: [CALM] });
  const node = make("div");
  move(node, TURNS, 300);
  move(node, COMES, 300, IN, { delay: 600 });
  assert.deepEqual(node.animations.map(({ frames, duration }) => [frames.length, duration]), [[2, 120]]);
  assert.equal(node.animations[0].frames[0].transform, undefined);
});

test("bits fly apart, each with a colour and a way, and replace those before", (t) => {
  openDocument(t);
  fixChance(t, 0.5);
  const node = make("div", {}, make("i"));
  scatter(node, 3, { colors: ["red", "blue"], wayOf: () => [2, -1], duration: 1_000 });
  assert.deepEqual(node.children.map(({ style }) => style.background), ["red", "blue", "red"]);
  const [{ frames, duration, delay }] = node.children[0].animations;
  assert.deepEqual([frames.at(-1).transform, duration, delay], ["translate(2rem, -1rem) rotate(0deg)", 800, 0]);
});

test("a rain of bits begins bit by bit, all over the width", (t) => {
  openDocument(t);
  fixChance(t, 0.5);
  const node = make("div");
  scatter(node, 1, { colors: ["red"], leftOf: () => 40, wayOf: () => [0, 9], duration: 1_000, spread: 600 });
  const [bit] = node.children;
  assert.deepEqual([bit.style.left, bit.animations[0].delay], ["40%", 300]);
});

test("whoever wants less motion sees no bits", (t) => {
  openDocument(t, { media: [CALM] });
  const node = make("div");
  scatter(node, 3, { colors: ["red"], wayOf: () => [0, 0], duration: 100 });
  assert.deepEqual(node.children, []);
});

test("a bit is seen on most of its way, and gone at its end, wherever it turns", (t) => {
  openDocument(t);
  const flown = (chance) => {
    fixChance(t, chance);
    const node = make("div");
    scatter(node, 1, { colors: ["red"], wayOf: () => [0, 9], duration: 1_000, spread: 600 });
    const [{ style, animations }] = node.children;
    const [{ frames, duration, delay }] = animations;
    const turn = frames.at(-1).transform.split(" ").at(-1);
    return { style, frames, timing: [duration, delay, turn] };
  };
  const { frames, style, timing } = flown(0);
  assert.deepEqual(frames.map(({ opacity, offset }) => [opacity, offset]), [[1, undefined], [1, 0.7], [0, undefined]]);
  const sizeOf = ({ width, height }) => [width, height].map((length) => Number.parseFloat(length).toFixed(3));
  assert.deepEqual([sizeOf(style), style.left], [["0.120", "0.084"], "0%"]);
  assert.deepEqual([timing, flown(1).timing], [[600, 0, "rotate(-360deg)"], [1_000, 600, "rotate(360deg)"]]);
  assert.deepEqual(sizeOf(flown(1).style), ["0.420", "0.294"]);
});

test("bits of a burst slow down, those of a rain do not", (t) => {
  openDocument(t);
  const easingOf = (spread) => {
    const node = make("div");
    scatter(node, 1, { colors: ["red"], wayOf: () => [0, 9], duration: 1_000, spread });
    return node.children[0].animations[0].easing;
  };
  assert.deepEqual([easingOf(0), easingOf(600)], [OUT, "linear"]);
});

test("what fades in ends seen", (t) => {
  openDocument(t, { media: [CALM] });
  const node = make("div");
  move(node, COMES, 300);
  assert.deepEqual(node.animations[0].frames, [{ opacity: 0 }, { opacity: 1 }]);
});
