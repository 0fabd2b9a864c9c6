import assert from "node:assert/strict";
import { test } from "node:test";

import { Listeners } from "../../../clients/web/streamario/listeners.js";
import { settled } from "../time.js";

test("each listener is told of its own event, once for each time that it was added", () => {
  const listeners = new Listeners();
  const heard = [];
  const hear = (detail) => heard.push(detail);
  listeners.on("change", hear);
  const stop = listeners.on("change", hear);
  listeners.on("error", () => heard.push("error"));
  listeners.tell("change", 1);
  stop();
  listeners.tell("change", 2);
  assert.deepEqual(heard, [1, 1, 2]);
});

test("a listener's error does not keep the others from being told, and is not hidden", async (t) => {
  const listeners = new Listeners();
  const heard = [];
  const thrown = [];
  t.mock.method(globalThis, "queueMicrotask", (report) => thrown.push(report));
  listeners.on("trigger", () => {
    throw new Error("broken");
  });
  listeners.on("trigger", (detail) => heard.push(detail));
  listeners.tell("trigger", 7);
  await settled();
  assert.deepEqual(heard, [7]);
  assert.throws(thrown[0], /broken/);
});

test("an event that there is not has no listeners", () => {
  assert.throws(() => new Listeners().on("chnage", () => {}));
});
