import assert from "node:assert/strict";
import { test } from "node:test";

import { onPress } from "../../../api_service/pages/web/play/pressing.js";
import { happen, make, openDocument } from "../dom.js";

/** A node that notes its presses; on a page that fits its window unless it is `long`, and so much `zoomed`. */
function pressed(t, { isLong = false, scale = 1 } = {}) {
  const { documentElement } = openDocument(t);
  Object.assign(documentElement, { clientHeight: 500, scrollHeight: isLong ? 502 : 501 });
  globalThis.window = { visualViewport: { scale } };
  t.after(() => delete globalThis.window);
  const node = make("button");
  const presses = [];
  onPress(node, (place) => presses.push(place));
  const point = (type, values) => {
    const at = { pointerId: 1, button: 0, pointerType: "touch", clientX: 15, clientY: 27 };
    return happen(node, type, { ...at, ...values });
  };
  return { node, presses, point, isDown: () => node.hasAttribute("data-down") };
}

test("a press is told as soon as it begins, with its place on the node", (t) => {
  const { presses, point, isDown } = pressed(t);
  point("pointerdown");
  assert.deepEqual([presses, isDown()], [[{ x: 5, y: 7 }], true]);
  point("pointerup");
  assert.deepEqual([presses.length, isDown()], [1, false]);
});

test("several fingers press, and the node is down while any of them is", (t) => {
  const { presses, point, isDown } = pressed(t);
  point("pointerdown");
  point("pointerdown", { pointerId: 2 });
  point("pointerup");
  assert.deepEqual([presses.length, isDown()], [2, true]);
  point("pointercancel", { pointerId: 2 });
  assert.equal(isDown(), false);
});

test("only the first button of a mouse presses", (t) => {
  const { presses, point } = pressed(t);
  point("pointerdown", { button: 2, pointerType: "mouse" });
  assert.deepEqual(presses, []);
});

test("on a page that a touch may move, a press is one once it is over", (t) => {
  for (const page of [{ isLong: true }, { scale: 1.5 }]) {
    const { presses, point, isDown } = pressed(t, page);
    point("pointerdown");
    assert.deepEqual([presses.length, isDown()], [0, true]);
    point("pointerup");
    assert.equal(presses.length, 1);
    point("pointerdown");
    point("pointercancel");
    point("pointerup");
    assert.equal(presses.length, 1);
    point("pointerdown", { pointerType: "mouse" });
    assert.equal(presses.length, 2);
  }
});

test("a finger that leaves the node presses no more", (t) => {
  const { presses, point, isDown } = pressed(t, { isLong: true });
  point("pointerdown");
  point("pointerleave");
  assert.deepEqual([presses.length, isDown()], [0, false]);
});

test("space and enter press once, however long they are held, and make no click", (t) => {
  const { node, presses, isDown } = pressed(t);
  for (const key of [" ", "Enter"]) {
    assert.equal(happen(node, "keydown", { key }).defaultPrevented, true);
    happen(node, "keydown", { key, repeat: true });
    assert.equal(isDown(), true);
    assert.equal(happen(node, "keyup", { key }).defaultPrevented, true);
    assert.equal(isDown(), false);
  }
  assert.deepEqual(presses, [undefined, undefined]);
  assert.equal(happen(node, "keydown", { key: "a" }).defaultPrevented, false);
  assert.equal(happen(node, "keyup", { key: "a" }).defaultPrevented, false);
  assert.equal(presses.length, 2);
});

test("a node that loses its focus is held by no key", (t) => {
  const { node, isDown } = pressed(t);
  happen(node, "keydown", { key: " " });
  happen(node, "blur");
  assert.equal(isDown(), false);
});

test("a screen reader's click presses, a pointer's does not a second time", (t) => {
  const { node, presses } = pressed(t);
  happen(node, "click", { detail: 1 });
  assert.equal(presses.length, 0);
  happen(node, "click", { detail: 0 });
  assert.deepEqual(presses, [undefined]);
});

test("a node that is disabled cannot be pressed, also not at the end of a touch", (t) => {
  const { node, presses, point, isDown } = pressed(t, { isLong: true });
  point("pointerdown");
  node.setAttribute("aria-disabled", "true");
  point("pointerup");
  point("pointerdown", { pointerType: "mouse" });
  happen(node, "click", { detail: 0 });
  happen(node, "keydown", { key: " " });
  assert.deepEqual([presses, isDown()], [[], false]);
});

test("a long touch opens no menu", (t) => {
  const { node } = pressed(t);
  assert.equal(happen(node, "contextmenu").defaultPrevented, true);
});
