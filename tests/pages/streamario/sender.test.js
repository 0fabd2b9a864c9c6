import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamarioError } from "../../../clients/web/streamario/api.js";
import { Gathering } from "../../../clients/web/streamario/gathering.js";
import { Outbox } from "../../../clients/web/streamario/outbox.js";
import { Sender } from "../../../clients/web/streamario/sender.js";
import { Shelf } from "../../../clients/web/streamario/shelf.js";
import { memory } from "../storage.js";
import { fixChance, settled, stopTime } from "../time.js";

const refusal = (code, status, values) => new StreamarioError(code, code, { status, ...values });

/** A sender in stopped time; `asked` are its requests, which a test answers. */
function sending(t, { gatherMs } = {}) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const asked = [];
  const calls = [];
  const ask = (path, body) => new Promise((answer, refuse) => asked.push({ path, body, answer, refuse }));
  const board = { fills: false, sent: ({ presses }) => calls.push(["sent", { ...presses }]) };
  board.isFilledBy = () => board.fills;
  const viewer = { id: "v", name: null, identify: async () => calls.push(["identify"]) };
  const merged = { status: "in_game", board };
  const gathering = new Gathering(gatherMs);
  const outbox = new Outbox(new Shelf(memory()), "presses", gathering);
  const note = (name) => [name, (...given) => calls.push([name, ...given])];
  const effects = Object.fromEntries(["counted", "failed", "limited", "changed"].map(note));
  effects.poll = async () => calls.push(["poll"]);
  const sender = new Sender({ api: { ask }, path: "/r", viewer, merged, outbox, gathering, effects });
  const press = (times, eventType = "a") => {
    outbox.add(eventType, times, 1);
    sender.schedule();
  };
  const called = (name) => calls.filter(([call]) => call === name).map(([, ...given]) => given);
  return { sender, outbox, gathering, viewer, merged, board, effects, asked, called, press, passes };
}

const presses = ({ body }) =>
  Object.fromEntries(body.push_events.map(({ button_name, push_count }) => [button_name, push_count]));

test("a batch is sent after it was gathered, and counts once it is answered", async (t) => {
  const { outbox, asked, called, press, passes } = sending(t);
  press(2);
  press(1, "b");
  await passes(299);
  assert.equal(asked.length, 0);
  await passes(1);
  const [{ path, body, answer }] = asked;
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
  const { viewer, asked, press, passes } = sending(t);
  viewer.name = "Mika";
  press(1);
  await passes(300);
  assert.equal(asked[0].body.viewer_name, "Mika");
});

test("without an identity nothing is sent", async (t) => {
  const { sender, viewer, asked, press, passes } = sending(t);
  viewer.id = null;
  press(1);
  await passes(60_000);
  assert.equal(asked.length, 0);
  viewer.id = "v";
  sender.schedule();
  await passes(1);
  assert.equal(asked.length, 1);
});

test("one batch is under way at a time; the next is gathered meanwhile", async (t) => {
  const { asked, press, passes } = sending(t);
  press(1);
  await passes(300);
  press(2);
  await passes(5_000);
  assert.equal(asked.length, 1);
  asked[0].answer({});
  await settled();
  await passes(1);
  assert.deepEqual(asked.map(presses), [{ a: 1 }, { a: 2 }]);
});

test("a full batch is sent at once, and the rest after it", async (t) => {
  const { asked, press, passes } = sending(t);
  press(25);
  await passes(1);
  assert.deepEqual(asked.map(presses), [{ a: 20 }]);
  asked[0].answer({});
  await settled();
  await passes(299);
  assert.equal(asked.length, 1);
  await passes(1);
  assert.deepEqual(asked.map(presses), [{ a: 20 }, { a: 5 }]);
});

test("what would fill a button is sent at once", async (t) => {
  const { board, asked, press, passes } = sending(t);
  board.fills = true;
  press(1);
  await passes(1);
  assert.equal(asked.length, 1);
});

test("what others' presses let fill a button is sent within a quarter of a second", async (t) => {
  const { sender, board, asked, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  fixChance(t, 1);
  sender.reconsider();
  await passes(250);
  assert.equal(asked.length, 0);
  board.fills = true;
  sender.reconsider();
  await passes(249);
  assert.equal(asked.length, 0);
  await passes(1);
  assert.equal(asked.length, 1);
});

test("what others have filled meanwhile is gathered on", async (t) => {
  const { sender, board, asked, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  board.fills = true;
  fixChance(t, 1);
  sender.reconsider();
  board.fills = false;
  await passes(4_999);
  assert.equal(asked.length, 0);
  await passes(1);
  assert.equal(asked.length, 1);
});

test("a batch that waits for a retry is not hurried by news", async (t) => {
  const { sender, board, asked, press, passes } = sending(t);
  press(1);
  await passes(300);
  asked[0].refuse(refusal("busy", 503, { retryAfter: 9_000 }));
  await settled();
  board.fills = true;
  sender.reconsider();
  await passes(8_000);
  assert.equal(asked.length, 1);
});

test("presses beyond what the server counts at once wait, and the page is told", async (t) => {
  const { asked, called, press, passes } = sending(t);
  press(80);
  for (const n of [0, 1, 2]) {
    await passes(1);
    asked[n].answer({});
    await settled();
  }
  assert.ok(called("limited").at(-1)[0] > 900);
  await passes(950);
  assert.equal(asked.length, 3);
  await passes(50);
  assert.equal(asked.length, 4);
});

test("presses are flushed without more gathering; whoever flushes waits for the answer", async (t) => {
  const { sender, asked, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  let isDone = false;
  sender.flush().then(() => (isDone = true));
  await settled();
  assert.deepEqual([asked.length, isDone], [1, false]);
  asked[0].answer({});
  await settled();
  assert.equal(isDone, true);
  press(1);
  await passes(4_999);
  assert.equal(asked.length, 1);
});

test("a flush sends what was pressed while a request was running, too", async (t) => {
  const { sender, asked, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  await passes(5_000);
  press(2);
  sender.flush();
  asked[0].answer({});
  await settled();
  assert.deepEqual(asked.map(presses), [{ a: 1 }, { a: 2 }]);
});

test("a page that may be closed sends the rest under another sender, once", async (t) => {
  const { sender, asked, press, passes } = sending(t);
  press(1);
  await passes(300);
  press(2);
  sender.leave();
  await settled();
  assert.deepEqual(asked.map(presses), [{ a: 1 }, { a: 2 }]);
  const [first, second] = asked.map(({ body }) => body.batch_id.split("#"));
  assert.notEqual(first[0], second[0]);
  press(3);
  sender.leave();
  await settled();
  assert.equal(asked.length, 2);
});

test("a page that may be closed flushes what was gathered", async (t) => {
  const { sender, asked, press } = sending(t);
  press(1);
  sender.leave();
  await settled();
  assert.equal(asked.length, 1);
});

test("two answers to one batch count once", async (t) => {
  const { sender, asked, called, outbox, press, passes } = sending(t);
  press(1);
  await passes(300);
  press(2);
  sender.leave();
  await settled();
  asked[0].refuse(refusal("unreachable", 0));
  await settled();
  await passes(250);
  assert.equal(asked.length, 3);
  for (const { answer } of asked) answer({});
  await settled();
  assert.deepEqual([called("counted").length, outbox.total], [2, 0]);
});

test("a server that is busy is asked again, with the same batch, ever more slowly", async (t) => {
  const { asked, called, press, passes } = sending(t);
  press(2);
  await passes(300);
  for (const [n, wait] of [250, 500, 1_000].entries()) {
    asked[n].refuse(refusal("busy", 503));
    await settled();
    await passes(wait - 1);
    assert.equal(asked.length, n + 1);
    await passes(1);
    assert.equal(asked.length, n + 2);
  }
  assert.ok(asked.every(({ body }) => body.batch_id === asked[0].body.batch_id));
  asked[3].answer({});
  await settled();
  assert.deepEqual([called("failed"), called("sent").length], [[], 1]);
  press(1);
  await passes(300);
  asked[4].refuse(refusal("busy", 503));
  await settled();
  await passes(250);
  assert.equal(asked.length, 6);
});

test("what the server asks to wait for is waited for, and a little more", async (t) => {
  const { asked, press, passes } = sending(t);
  press(2);
  await passes(300);
  asked[0].refuse(refusal("busy", 503, { retryAfter: 1_000 }));
  await settled();
  await passes(1_062);
  assert.equal(asked.length, 1);
  await passes(1);
  assert.equal(asked.length, 2);
});

test("once the server is reachable again nothing waits", async (t) => {
  const { sender, asked, press, passes } = sending(t);
  press(2);
  await passes(300);
  asked[0].refuse(refusal("unreachable", 0, { retryAfter: 60_000 }));
  await settled();
  sender.resume();
  await passes(1);
  assert.equal(asked.length, 2);
  asked[1].refuse(refusal("unreachable", 0));
  await settled();
  await passes(250);
  assert.equal(asked.length, 3);
});

test("a viewer that is not known gets another identity, and sends the same batch", async (t) => {
  const { asked, called, press, passes } = sending(t);
  press(2);
  await passes(300);
  asked[0].refuse(refusal("invalid_viewer", 401));
  await settled();
  assert.deepEqual([called("identify").length, called("failed")], [1, []]);
  await passes(250);
  assert.equal(asked[1].body.batch_id, asked[0].body.batch_id);
});

test("what cannot count is dropped and told, but not that its round is over", async (t) => {
  const { outbox, asked, called, press, passes } = sending(t);
  for (const [n, [code, status]] of [
    ["bad_request", 400],
    ["game_not_started", 409],
    ["room_not_found", 404],
  ].entries()) {
    press(2);
    await passes(2_000);
    asked[n].refuse(refusal(code, status));
    await settled();
    assert.equal(outbox.total, 0);
  }
  assert.deepEqual(
    called("failed").map(([{ code }]) => code),
    ["bad_request"],
  );
  assert.equal(called("poll").length, 3);
});

test("if the room has lost a button, the rest of the batch is sent again", async (t) => {
  const { outbox, effects, asked, press, passes } = sending(t);
  effects.poll = async () => outbox.strip((eventType) => eventType === "a");
  press(1, "b");
  press(2, "a");
  await passes(300);
  asked[0].refuse(refusal("unknown_event_type", 422));
  await settled();
  await passes(250);
  assert.deepEqual(asked.map(presses), [{ b: 1, a: 2 }, { a: 2 }]);
});

test("a poll that fails drops the batch all the same", async (t) => {
  const { outbox, effects, asked, press, passes } = sending(t);
  effects.poll = async () => {
    throw refusal("busy", 503);
  };
  press(1);
  await passes(300);
  asked[0].refuse(refusal("bad_request", 400));
  await settled();
  assert.equal(outbox.total, 0);
});

test("after the round's end no press is sent, only asked what has counted", async (t) => {
  const { merged, asked, press, passes } = sending(t);
  press(2);
  await passes(300);
  merged.status = "ended";
  asked[0].refuse(refusal("unreachable", 0));
  await settled();
  await passes(250);
  assert.deepEqual(asked[1].body, { viewer_id: "v", push_events: [] });
});

test("presses that waited for too long are dropped, and told", async (t) => {
  const { viewer, outbox, sender, asked, called, press, passes } = sending(t);
  viewer.id = null;
  press(3);
  await passes(285_000);
  viewer.id = "v";
  sender.schedule();
  await passes(1);
  assert.deepEqual([asked.length, outbox.total], [0, 0]);
  const [[{ code, message }]] = called("failed");
  assert.deepEqual([code, message], ["too_late", "3 presses waited for too long"]);
});

test("a bug is no refusal: it is thrown", async (t) => {
  const { sender, asked, press, passes } = sending(t, { gatherMs: 5_000 });
  press(1);
  const flushing = sender.flush();
  await passes(1);
  asked[0].refuse(new TypeError("bug"));
  await assert.rejects(flushing, /bug/);
});

test("a sender that is closed sends the rest once, and nothing any more", async (t) => {
  const { sender, asked, press, passes } = sending(t);
  press(1);
  const closing = sender.close();
  await settled();
  asked[0].refuse(refusal("busy", 503));
  await closing;
  press(1);
  sender.reconsider();
  await passes(60_000);
  assert.equal(asked.length, 1);
});
