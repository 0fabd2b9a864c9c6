import assert from "node:assert/strict";
import { test } from "node:test";

import { age, isFresh, Outbox, total } from "../../../clients/web/streamario/outbox.js";
import { Shelf } from "../../../clients/web/streamario/shelf.js";
import { memory } from "../storage.js";
import { fixChance, stopTime } from "../time.js";

const LIMITS = { perButton: 20, perBatch: 40 };

const outboxOn = (storage = memory(), limits = LIMITS) => new Outbox(new Shelf(storage), "presses", limits);
const pressesIn = ({ batches }) => batches.map(({ presses }) => presses);
const all = () => true;

const stored = (storage) =>
  Object.keys(storage).map((name) => [name, JSON.parse(storage[name]).map(({ presses }) => presses)]);

test("presses are gathered into one batch, which is numbered and has its round", (t) => {
  stopTime(t);
  const outbox = outboxOn();
  outbox.add("a", 2, 7);
  outbox.add("b", 1, 7);
  outbox.add("a", 1, 7);
  const [batch] = outbox.batches;
  assert.equal(outbox.batches.length, 1);
  assert.match(batch.id, /^[0-9a-f]{24}#1$/);
  const { no, round, born, isTried, isDone, presses } = batch;
  assert.deepEqual([no, round, born, isTried, isDone], [1, 7, Date.now(), false, false]);
  assert.deepEqual(presses, { a: 3, b: 1 });
  assert.deepEqual([total(batch), outbox.total, outbox.pressesOf("a"), outbox.pressesOf("c")], [4, 4, 3, 0]);
});

test("a batch is filled to its last press", () => {
  const outbox = outboxOn();
  for (const times of [19, 1, 1]) outbox.add("a", times, 1);
  assert.deepEqual(pressesIn(outbox), [{ a: 20 }, { a: 1 }]);
});

test("no press adds no batch", () => {
  const outbox = outboxOn();
  outbox.add("a", 0, 1);
  assert.deepEqual([outbox.batches, outbox.next], [[], undefined]);
});

test("a batch holds no more of a button, and of all, than a request may", () => {
  const outbox = outboxOn();
  outbox.add("a", 45, 1);
  outbox.add("b", 30, 1);
  outbox.add("c", 10, 1);
  assert.deepEqual(pressesIn(outbox), [
    { a: 20, b: 20 },
    { a: 20, b: 10, c: 10 },
    { a: 5 },
  ]);
  assert.deepEqual(
    outbox.batches.map(({ no }) => no),
    [1, 2, 3],
  );
});

test("a sent batch takes no more presses", () => {
  const outbox = outboxOn();
  outbox.add("a", 1, 1);
  outbox.batches[0].isTried = true;
  outbox.add("a", 1, 1);
  assert.deepEqual(pressesIn(outbox), [{ a: 1 }, { a: 1 }]);
  assert.equal(
    outbox.pressesOf("a", ({ isTried }) => isTried),
    1,
  );
});

test("a batch takes presses for ten seconds", async (t) => {
  const passes = stopTime(t);
  const outbox = outboxOn();
  outbox.add("a", 1, 1);
  await passes(9_999);
  outbox.add("a", 1, 1);
  await passes(1);
  outbox.add("a", 1, 1);
  assert.deepEqual(pressesIn(outbox), [{ a: 2 }, { a: 1 }]);
});

test("a batch is fresh for 285 seconds, also on a clock that was set back", async (t) => {
  const passes = stopTime(t);
  const born = Date.now();
  await passes(1_000);
  assert.deepEqual([age({ born }), age({ born: Date.now() + 500 })], [1_000, 500]);
  assert.deepEqual([isFresh({ born: Date.now() - 284_999 }), isFresh({ born: Date.now() - 285_000 })], [true, false]);
  assert.equal(isFresh({ born: Date.now() + 285_000 }), false);
});

test("what no longer fits into the next batch moves to later ones", () => {
  const limits = { perButton: 100, perBatch: 100 };
  const outbox = outboxOn(memory(), limits);
  outbox.add("a", 45, 1);
  outbox.add("b", 15, 1);
  Object.assign(limits, LIMITS);
  assert.deepEqual(outbox.next.presses, { a: 20, b: 15 });
  assert.deepEqual(pressesIn(outbox), [{ a: 20, b: 15 }, { a: 20 }, { a: 5 }]);
});

test("a batch of many buttons is cut to what a request holds in all", () => {
  const limits = { perButton: 100, perBatch: 100 };
  const outbox = outboxOn(memory(), limits);
  for (const button of ["a", "b", "c"]) outbox.add(button, 20, 1);
  Object.assign(limits, LIMITS);
  assert.deepEqual(outbox.next.presses, { b: 20, c: 20 });
  assert.deepEqual(pressesIn(outbox), [{ b: 20, c: 20 }, { a: 20 }]);
});

test("a batch that was sent stays as it is, though a request holds less by now", () => {
  const limits = { perButton: 100, perBatch: 100 };
  const outbox = outboxOn(memory(), limits);
  outbox.add("a", 45, 1);
  outbox.batches[0].isTried = true;
  Object.assign(limits, LIMITS);
  assert.deepEqual(outbox.next.presses, { a: 45 });
});

test("what overtakes an unanswered batch has another sender, which numbers from 1", () => {
  const outbox = outboxOn();
  outbox.add("a", 20, 1);
  outbox.add("a", 25, 1);
  const [first, second, third] = outbox.batches;
  first.isTried = true;
  const before = first.id;
  assert.equal(outbox.overtaking(), second);
  assert.equal(first.id, before);
  const sender = second.id.split("#")[0];
  assert.notEqual(sender, before.split("#")[0]);
  assert.deepEqual([second.id, second.no, third.id, third.no], [`${sender}#1`, 1, `${sender}#2`, 2]);
  second.isTried = true;
  assert.equal(outbox.overtaking(), null);
});

test("what overtakes holds no more than a request may", () => {
  const limits = { perButton: 100, perBatch: 100 };
  const outbox = outboxOn(memory(), limits);
  outbox.add("a", 1, 1);
  outbox.batches[0].isTried = true;
  outbox.add("a", 30, 1);
  Object.assign(limits, LIMITS);
  assert.deepEqual(outbox.overtaking().presses, { a: 20 });
});

test("nothing overtakes where nothing is unsent", () => {
  const outbox = outboxOn();
  assert.equal(outbox.overtaking(), null);
  outbox.add("a", 1, 1);
  outbox.batches[0].isTried = true;
  assert.equal(outbox.overtaking(), null);
});

test("batches that are not wanted are removed, and counted", async () => {
  const storage = memory();
  const outbox = outboxOn(storage);
  await outbox.open(all);
  outbox.add("a", 45, 1);
  assert.equal(
    outbox.retain(({ no }) => no !== 2),
    20,
  );
  assert.deepEqual(pressesIn(outbox), [{ a: 20 }, { a: 5 }]);
  assert.deepEqual(stored(storage).map(([, presses]) => presses), [[{ a: 20 }, { a: 5 }]]);
  outbox.clear();
  assert.deepEqual([outbox.total, Object.keys(storage)], [0, []]);
});

test("presses of buttons that are gone are removed, and batches that had no others", () => {
  const outbox = outboxOn();
  outbox.add("a", 1, 1);
  outbox.add("b", 1, 1);
  outbox.batches[0].isTried = true;
  outbox.add("b", 1, 1);
  outbox.strip((eventType) => eventType === "a");
  assert.deepEqual(pressesIn(outbox), [{ a: 1 }]);
});

test("a page saves its batches in one slot, and leaves them there when it is closed", async (t) => {
  fixChance(t, 0.25);
  const storage = memory();
  const outbox = outboxOn(storage);
  outbox.add("a", 1, 1);
  outbox.save();
  assert.deepEqual(stored(storage), []);
  await outbox.open(all);
  assert.deepEqual(stored(storage), [["presses:2", [{ a: 1 }]]]);
  outbox.add("a", 1, 1);
  outbox.close();
  assert.deepEqual(stored(storage), [["presses:2", [{ a: 2 }]]]);
});

test("a page adopts the wanted batches that closed pages have left, each once", async (t) => {
  fixChance(t, 0);
  const batch = (id, values) => ({ id, no: 1, round: 1, born: Date.now(), presses: { a: 1 }, ...values });
  const storage = memory({
    "presses:0": JSON.stringify([batch("own#1"), batch("past#1", { round: 0 })]),
    "presses:3": JSON.stringify([batch("old#1", { born: 0 }), batch("left#1"), batch("own#1")]),
  });
  const outbox = outboxOn(storage);
  outbox.add("b", 1, 1);
  await outbox.open(({ round }) => round === 1);
  assert.deepEqual(
    outbox.batches.map(({ id }) => id.split("#")[0]).slice(0, 2),
    ["left", "own"],
  );
  assert.deepEqual(pressesIn(outbox), [{ a: 1 }, { a: 1 }, { b: 1 }]);
  assert.deepEqual(Object.keys(storage), ["presses:0"]);
  assert.equal(stored(storage)[0][1].length, 3);
});

/** Give pages locks; `held` are the names that are locked now. */
function giveLocks(t, held) {
  const request = async (name, _, answer) => {
    if (held.has(name)) return answer(null);
    held.add(name);
    await answer({ name });
    held.delete(name);
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
  t.after(() => {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else delete globalThis.navigator;
  });
}

test("a page locks the first free slot alone, until it is closed", async (t) => {
  const held = new Set(["presses:0"]);
  giveLocks(t, held);
  const left = [{ id: "x#1", no: 1, round: 1, born: Date.now(), presses: { a: 1 } }];
  const storage = memory({ "presses:0": JSON.stringify(left), "presses:5": JSON.stringify(left) });
  const outbox = outboxOn(storage);
  await outbox.open(all);
  await new Promise(setImmediate);
  assert.deepEqual([...held], ["presses:0", "presses:1"]);
  assert.deepEqual(Object.keys(storage), ["presses:0", "presses:1"]);
  assert.equal(outbox.total, 1);
  outbox.close();
  await new Promise(setImmediate);
  assert.deepEqual([...held], ["presses:0"]);
});

test("a page that is closed while it opens locks nothing", async (t) => {
  const held = new Set();
  giveLocks(t, held);
  const outbox = outboxOn();
  outbox.close();
  await outbox.open(all);
  await new Promise(setImmediate);
  assert.deepEqual([...held], []);
});

test("a single press too many moves to a later batch, too", () => {
  const limits = { perButton: 21, perBatch: 40 };
  const outbox = outboxOn(memory(), limits);
  outbox.add("a", 21, 1);
  Object.assign(limits, LIMITS);
  assert.deepEqual(outbox.next.presses, { a: 20 });
  assert.deepEqual(pressesIn(outbox), [{ a: 20 }, { a: 1 }]);
});

test("a closed outbox is stored as it is, and its slot is free for the next page", async (t) => {
  stopTime(t);
  fixChance(t, 0);
  const storage = memory();
  const outbox = outboxOn(storage);
  await outbox.open(all);
  outbox.add("a", 2, 1);
  outbox.close();
  assert.deepEqual(stored(storage).map(([, batches]) => batches), [[{ a: 2 }]]);
});
