import assert from "node:assert/strict";
import { test } from "node:test";

import { hold, Shelf, slots } from "../../../clients/web/streamario/shelf.js";
import { memory } from "../storage.js";
import { fixChance } from "../time.js";

/** Give the page locks of which `taken` are another page's. */
function giveLocks(t, taken, refusal) {
  const request = async (name, options, answer) => {
    if (refusal) throw refusal;
    assert.deepEqual(options, { ifAvailable: true });
    return answer(taken.includes(name) ? null : { name });
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
  t.after(() => {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else delete globalThis.navigator;
  });
}

test("a shelf stores JSON, and null removes it", () => {
  const storage = memory();
  const shelf = new Shelf(storage);
  assert.equal(shelf.get("a"), null);
  shelf.set("a", { b: [1] });
  assert.equal(storage.getItem("a"), '{"b":[1]}');
  assert.deepEqual(new Shelf(storage).get("a"), { b: [1] });
  shelf.set("a", null);
  assert.deepEqual([shelf.get("a"), storage.getItem("a")], [null, null]);
});

test("what the storage refuses stays in memory, until it is stored", (t) => {
  const storage = memory();
  const shelf = new Shelf(storage);
  shelf.set("a", "stored");
  t.mock.method(storage, "setItem", () => {
    throw new Error("full");
  });
  shelf.set("a", "kept");
  assert.equal(shelf.get("a"), "kept");
  t.mock.restoreAll();
  shelf.set("a", "stored again");
  storage.setItem("a", '"of another tab"');
  assert.equal(shelf.get("a"), "of another tab");
});

test("a shelf works without a storage, and with one that holds something else", (t) => {
  const shelf = new Shelf();
  shelf.set("a", 1);
  assert.equal(shelf.get("a"), 1);
  assert.equal(new Shelf(memory({ a: "no JSON" })).get("a"), null);
  globalThis.localStorage = memory({ a: "2" });
  t.after(() => delete globalThis.localStorage);
  assert.equal(new Shelf().get("a"), 2);
});

test("without locks a page begins with any of eight slots", (t) => {
  fixChance(t, 0.7);
  assert.deepEqual(
    slots("x"),
    [5, 6, 7, 0, 1, 2, 3, 4].map((n) => `x:${n}`),
  );
});

test("with locks every page tries the slots in one order", (t) => {
  giveLocks(t, []);
  fixChance(t, 0.7);
  assert.deepEqual(
    slots("x"),
    [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `x:${n}`),
  );
});

test("a slot that another page holds is not given; the others are until they are released", async (t) => {
  giveLocks(t, ["x:0"]);
  assert.equal(await hold("x:0"), null);
  const release = await hold("x:1");
  assert.equal(typeof release, "function");
  release();
});

test("every page gets a slot where there are no locks, or they do not work", async (t) => {
  assert.equal(typeof (await hold("x")), "function");
  giveLocks(t, [], new Error("forbidden"));
  assert.equal(typeof (await hold("x")), "function");
});
