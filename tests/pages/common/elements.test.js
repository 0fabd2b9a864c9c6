import assert from "node:assert/strict";
import { test } from "node:test";

import * as elements from "../../../api_service/pages/web/common/elements.js";
import { CALM, make, openDocument } from "../dom.js";
import { stopTime } from "../time.js";

const { animate, element, glow, onChange, perFrame, shownIf, textOf } = elements;

test("an element has its attributes or its class, and its children, whose texts are no markup", (t) => {
  openDocument(t);
  const node = element("a", { href: "/x", hidden: true, title: false, rel: undefined }, "<b>", element("i"));
  assert.deepEqual([node.tagName, node.href, node.hidden, node.hasAttribute("title")], ["A", "/x", true, false]);
  assert.deepEqual([node.hasAttribute("rel"), node.textContent, node.children.length], [false, "<b>", 1]);
  assert.equal(node.getAttribute("hidden"), "");
  assert.deepEqual([element("p", "soft").className, element("p").hasAttribute("class")], ["soft", false]);
});

test("a setter touches the page only where the value is another", () => {
  const applied = [];
  const set = onChange((value) => applied.push(value));
  for (const value of [1, 1, 2, 1]) set(value);
  assert.deepEqual(applied, [1, 2, 1]);
});

test("a text and whether a node is shown can be set", () => {
  const node = make("p");
  textOf(node)("text");
  shownIf(node)(false);
  assert.deepEqual([node.textContent, node.hidden], ["text", true]);
  shownIf(node)(true);
  assert.equal(node.hidden, false);
});

test("a page is drawn once a frame, however often its state changes, and again when it says so", async (t) => {
  const passes = stopTime(t);
  openDocument(t);
  const drawn = [];
  let next = Infinity;
  const ask = perFrame((now) => {
    drawn.push(now);
    return next;
  });
  ask();
  ask();
  await passes(1);
  assert.equal(drawn.length, 1);
  next = performance.now() + 500;
  ask();
  await passes(1);
  next = performance.now() + 100;
  ask();
  await passes(1);
  next = Infinity;
  await passes(95);
  assert.equal(drawn.length, 3);
  await passes(10);
  assert.equal(drawn.length, 4);
  await passes(10_000);
  assert.equal(drawn.length, 4);
});

test("an animation is lively, or for whom wants less motion quiet or none", (t) => {
  openDocument(t);
  const node = make("p");
  animate(node, ["lively"], ["quiet"], 100);
  glow(node, 200);
  assert.deepEqual([node.animations[0].frames, node.animations[0].duration], [["lively"], 100]);
  openDocument(t, { media: [CALM] });
  const calm = make("p");
  animate(calm, ["lively"], ["quiet"], 100);
  animate(calm, ["lively"], null, 100);
  glow(calm, 200);
  assert.deepEqual(calm.animations.map(({ frames }) => frames[0]), ["quiet", { opacity: 0.4 }]);
  assert.equal(node.animations[1].frames[0].opacity, 0.9);
  assert.deepEqual([node, calm].map(({ animations }) => animations.at(-1).frames.at(-1)), [{ opacity: 0 }, { opacity: 0 }]);
});
