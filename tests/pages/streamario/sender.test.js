import assert from "node:assert/strict";
import { test } from "node:test";

import { fixChance, settled } from "../time.js";
import { presses, refusal, sending } from "./sending.js";

test("a batch is sent after it was gathered, and counts once it is answered", async (t) => {
  const { outbox, requests, called, press, passes } = sending(t);
  press(2);
  press(1, "b");
  await passes(299);
  assert.equal(requests.length, 0);
  await passes(1);
  const [{ path, body, answer }] = requests;
  assert.equal(path, "/r/events");
  assert.deepEqual(body, {
    ...{ viewer_id: "v", batch_id: outbox.batches[0].id, batch_no: 1 },
    push_events: [
      { button_name: "a", push_count: 2 },
      { button_name: "b", push_count: 1 },
    ],
  });
  assert.deepEqual(called("sent"), [[{ a: 2, b: 1 }]]);
  answer({ ok: true });
  await settled();
  const [[counted, round, requestedAt]] = called("counted");
  assert.deepEqual([counted, round, typeof requestedAt], [{ ok: true }, 1, "number"]);
  assert.deepEqual([outbox.total, called("changed").length], [0, 1]);
});

test("a viewer that has a name sends it", async (t) => {
  const { viewer, requests, press, passes } = sending(t);
  viewer.name = "Mika";
  press(1);
  await passes(300);
  assert.equal(requests[0].body.viewer_name, "Mika");
});

test("without an identity nothing is sent", async (t) => {
  const { sender, viewer, requests, press, passes } = sending(t);
  viewer.id = null;
  press(1);
  await passes(60_000);
  assert.equal(requests.length, 0);
  viewer.id = "v";
  sender.schedule();
  await passes(1);
  assert.equal(requests.length, 1);
});

test("one batch is under way at a time; the next is gathered meanwhile", async (t) => {
  const { requests, press, passes } = sending(t);
  press(1);
  await passes(300);
  press(2);
  await passes(5_000);
  assert.equal(requests.length, 1);
  requests[0].answer({});
  await settled();
  await passes(1);
  assert.deepEqual(requests.map(presses), [{ a: 1 }, { a: 2 }]);
});

test("a full batch is sent at once, and the rest after it", async (t) => {
  const { requests, press, passes } = sending(t);
  press(25);
  await passes(1);
  assert.deepEqual(requests.map(presses), [{ a: 20 }]);
  requests[0].answer({});
  await settled();
  await passes(299);
  assert.equal(requests.length, 1);
  await passes(1);
  assert.deepEqual(requests.map(presses), [{ a: 20 }, { a: 5 }]);
});

test("what would fill a button is sent at once", async (t) => {
  const { board, requests, press, passes } = sending(t);
  board.fills = true;
  press(1);
  await passes(1);
  assert.equal(requests.length, 1);
});

test("what others' presses let fill a button is sent within a quarter of a second", async (t) => {
  const { sender, board, requests, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  fixChance(t, 1);
  sender.reconsider();
  await passes(250);
  assert.equal(requests.length, 0);
  board.fills = true;
  sender.reconsider();
  await passes(249);
  assert.equal(requests.length, 0);
  await passes(1);
  assert.equal(requests.length, 1);
});

test("what others have filled meanwhile is gathered on", async (t) => {
  const { sender, board, requests, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  board.fills = true;
  fixChance(t, 1);
  sender.reconsider();
  board.fills = false;
  await passes(4_999);
  assert.equal(requests.length, 0);
  await passes(1);
  assert.equal(requests.length, 1);
});

test("a batch that waits for a retry is not hurried by news", async (t) => {
  const { sender, board, requests, press, passes } = sending(t);
  press(1);
  await passes(300);
  requests[0].refuse(refusal("busy", 503, { retryAfter: 9_000 }));
  await settled();
  board.fills = true;
  sender.reconsider();
  await passes(8_000);
  assert.equal(requests.length, 1);
});

test("presses beyond what the server counts at once wait, and the page is told", async (t) => {
  const { requests, called, press, passes } = sending(t);
  press(80);
  for (const n of [0, 1, 2]) {
    await passes(1);
    requests[n].answer({});
    await settled();
  }
  assert.ok(called("limited").at(-1)[0] > 900);
  await passes(950);
  assert.equal(requests.length, 3);
  await passes(50);
  assert.equal(requests.length, 4);
});

test("what may be counted anew grows from an answer on, however long that took", async (t) => {
  const { requests, press, passes } = sending(t);
  press(80);
  for (const [n, took] of [0, 0, 5_000].entries()) {
    await passes(1 + took);
    requests[n].answer({});
    await settled();
  }
  await passes(999);
  assert.equal(requests.length, 3);
  await passes(1);
  assert.equal(requests.length, 4);
});

test("while presses are within what the server counts, the page is told nothing", async (t) => {
  const { requests, called, press, passes } = sending(t);
  press(1);
  await passes(300);
  requests[0].answer({});
  await settled();
  press(2);
  assert.deepEqual(called("limited"), []);
});

test("presses are flushed without more gathering; whoever flushes waits for the answer", async (t) => {
  const { sender, requests, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  let isDone = false;
  sender.flush().then(() => (isDone = true));
  await settled();
  assert.deepEqual([requests.length, isDone], [1, false]);
  requests[0].answer({});
  await settled();
  assert.equal(isDone, true);
  press(1);
  await passes(4_999);
  assert.equal(requests.length, 1);
});

test("a flush sends what was pressed while a request was running, too", async (t) => {
  const { sender, requests, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  await passes(5_000);
  press(2);
  sender.flush();
  requests[0].answer({});
  await settled();
  assert.deepEqual(requests.map(presses), [{ a: 1 }, { a: 2 }]);
});

test("a page that may be closed sends the rest under another sender, once", async (t) => {
  const { sender, requests, press, passes } = sending(t);
  press(1);
  await passes(300);
  press(2);
  sender.leave();
  await settled();
  assert.deepEqual(requests.map(presses), [{ a: 1 }, { a: 2 }]);
  const [first, second] = requests.map(({ body }) => body.batch_id.split("#"));
  assert.notEqual(first[0], second[0]);
  press(3);
  sender.leave();
  await settled();
  assert.equal(requests.length, 2);
});

test("a page that may be closed flushes what was gathered", async (t) => {
  const { sender, requests, press } = sending(t);
  press(1);
  sender.leave();
  await settled();
  assert.equal(requests.length, 1);
});

test("two answers to one batch count once", async (t) => {
  const { sender, requests, called, outbox, press, passes } = sending(t);
  press(1);
  await passes(300);
  press(2);
  sender.leave();
  await settled();
  requests[0].answer({}); // now the second batch's turn has come, which is under way
  await settled();
  assert.deepEqual(requests.map(presses), [{ a: 1 }, { a: 2 }, { a: 2 }]);
  for (const { answer } of requests) answer({});
  await settled();
  assert.deepEqual([called("counted").length, outbox.total], [2, 0]);
});

test("presses that waited for too long are dropped, and told", async (t) => {
  const { viewer, outbox, sender, requests, called, press, passes } = sending(t);
  viewer.id = null;
  press(3);
  await passes(285_000);
  viewer.id = "v";
  sender.schedule();
  await passes(1);
  assert.deepEqual([requests.length, outbox.total], [0, 0]);
  const [[{ code, message }]] = called("failed");
  assert.deepEqual([code, message], ["too_late", "3 presses waited for too long"]);
});

test("a bug is no refusal: it is thrown", async (t) => {
  const { sender, requests, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  const flushing = sender.flush();
  await passes(1);
  requests[0].refuse(new TypeError("bug"));
  await assert.rejects(flushing, /bug/);
});

test("a sender that is closed sends the rest once, and nothing any more", async (t) => {
  const { sender, board, requests, press, passes } = sending(t);
  press(1);
  const closing = sender.close();
  await settled();
  requests[0].refuse(refusal("busy", 503));
  await closing;
  press(1);
  board.fills = true;
  sender.reconsider();
  await passes(60_000);
  assert.equal(requests.length, 1);
});

test("what may have been counted is stored as sent before it is sent", async (t) => {
  const { outbox, press, passes } = sending(t);
  const saved = [];
  t.mock.method(outbox, "save", () => saved.push(outbox.batches.map(({ isTried }) => isTried)));
  press(1);
  await passes(300);
  assert.deepEqual(saved.at(-1), [true]);
});

test("a page that goes stores what it cannot send", async (t) => {
  const { sender, viewer, outbox, press } = sending(t);
  viewer.id = null;
  const save = t.mock.method(outbox, "save");
  press(1);
  await settled();
  const before = save.mock.callCount();
  t.mock.method(sender, "flush", async () => {});
  sender.leave();
  assert.equal(save.mock.callCount(), before + 1);
});

test("while a request is under way news of the counts hurries nothing", async (t) => {
  const { sender, board, requests, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  await passes(5_000);
  press(1);
  board.fills = true;
  sender.reconsider();
  await passes(1_000);
  assert.equal(requests.length, 1);
});

test("presses that waited too long for the answer to those before them are dropped, not sent", async (t) => {
  const { requests, called, press, passes } = sending(t);
  press(45);
  await passes(285_000);
  requests[0].answer({});
  await settled();
  assert.deepEqual(requests.map(presses), [{ a: 20 }]);
  assert.equal(called("failed")[0][0].message, "25 presses waited for too long");
});
