import assert from "node:assert/strict";
import { test } from "node:test";

import { Lasting } from "../../../clients/web/streamario/lasting.js";
import { stopTime } from "../time.js";

const CLOCK = { at: (ms) => ms - 1_000 };

const started = (seq, endsAt, values) => ({
  ...{ event_type: "a", epoch: 1, seq, viewer_name: "Mika", status: "started", reason: null },
  ...{ ends_at: endsAt, returned: 0, ...values },
});

const seqs = (effects) => effects.map(({ seq }) => seq);

test("an effect lasts until its end, on the page's clock", async (t) => {
  const passes = stopTime(t);
  let ended = 0;
  const lasting = new Lasting(CLOCK, () => (ended += 1));
  const effect = lasting.take(started(1, 1_500));
  assert.deepEqual(effect, {
    ...{ eventType: "a", epoch: 1, seq: 1, viewerName: "Mika", status: "started", reason: null },
    ...{ endsAt: 500, returned: 0 },
  });
  assert.deepEqual(lasting.of("a"), [{ epoch: 1, seq: 1, viewerName: "Mika", endsAt: 500 }]);
  await passes(499);
  assert.deepEqual([lasting.of("a").length, ended], [1, 0]);
  await passes(1);
  assert.deepEqual([lasting.of("a"), ended], [[], 1]);
});

test("effects are sorted by their end, and each ends by itself", async (t) => {
  const passes = stopTime(t);
  const lasting = new Lasting(CLOCK, () => {});
  lasting.take(started(1, 1_900));
  lasting.take(started(2, 1_300));
  lasting.take(started(3, 1_600, { event_type: "b" }));
  assert.deepEqual([seqs(lasting.of("a")), seqs(lasting.of("b"))], [[2, 1], [3]]);
  await passes(300);
  assert.deepEqual([seqs(lasting.of("a")), seqs(lasting.of("b"))], [[1], [3]]);
  await passes(300);
  assert.deepEqual([seqs(lasting.of("a")), seqs(lasting.of("b"))], [[1], []]);
  await passes(300);
  assert.deepEqual(seqs(lasting.of("a")), []);
});

test("where no effect lasts, none is awaited", async (t) => {
  const passes = stopTime(t);
  let ended = 0;
  const lasting = new Lasting(CLOCK, () => (ended += 1));
  lasting.take(started(1, null, { status: "done" }));
  await passes(60_000);
  assert.equal(ended, 0);
});

test("what the game says again replaces what it said of that trigger, and of no other", () => {
  const lasting = new Lasting(CLOCK, () => {});
  const now = performance.now();
  lasting.take(started(1, now + 61_000));
  lasting.take(started(1, now + 61_000, { epoch: 2 }));
  lasting.take(started(1, now + 91_000));
  assert.equal(lasting.of("a").length, 2);
  assert.equal(lasting.of("a")[1].epoch, 1);
  lasting.take(started(1, null, { epoch: 2, status: "done" }));
  assert.deepEqual(
    lasting.of("a").map(({ epoch }) => epoch),
    [1],
  );
  lasting.stop();
});

test("what has ended, failed or is over already does not last", (t) => {
  stopTime(t);
  const lasting = new Lasting(CLOCK, () => {});
  const failed = lasting.take(started(1, null, { status: "failed", reason: "No target", returned: 3 }));
  assert.deepEqual([failed.endsAt, failed.reason, failed.returned], [null, "No target", 3]);
  lasting.take(started(2, 1_000));
  lasting.take(started(3, null));
  assert.deepEqual(lasting.of("a"), []);
});

test("a button's effects are the same array until they change", () => {
  const lasting = new Lasting(CLOCK, () => {});
  assert.equal(lasting.of("a"), lasting.of("b"));
  lasting.take(started(1, performance.now() + 90_000));
  const before = lasting.of("a");
  lasting.take(started(2, performance.now() + 90_000, { event_type: "b" }));
  assert.equal(lasting.of("a"), before);
  assert.ok(Object.isFrozen(before));
  lasting.stop();
});

test("the end of one button's effect leaves the other's array alone", async (t) => {
  const passes = stopTime(t);
  const lasting = new Lasting(CLOCK, () => {});
  lasting.take(started(1, 5_000));
  lasting.take(started(2, 1_100, { event_type: "b" }));
  const before = lasting.of("a");
  await passes(100);
  assert.equal(lasting.of("a"), before);
});

test("names can be forgotten, and all effects", () => {
  const lasting = new Lasting(CLOCK, () => {});
  lasting.take(started(1, performance.now() + 90_000));
  lasting.forgetNames();
  assert.equal(lasting.of("a")[0].viewerName, null);
  lasting.clear();
  assert.deepEqual(lasting.of("a"), []);
  lasting.stop();
});

test("what is stopped tells of no end", async (t) => {
  const passes = stopTime(t);
  let ended = 0;
  const lasting = new Lasting(CLOCK, () => (ended += 1));
  lasting.take(started(1, 1_500));
  lasting.stop();
  await passes(1_000);
  assert.equal(ended, 0);
});
