import assert from "node:assert/strict";
import { test } from "node:test";

import { settled } from "../time.js";
import { presses, refusal, sending } from "./sending.js";

test("a server that is busy is asked again, with the same batch, ever more slowly", async (t) => {
  const { requests, called, press, passes } = sending(t);
  press(2);
  await passes(300);
  for (const [n, wait] of [250, 500, 1_000].entries()) {
    requests[n].refuse(refusal("busy", 503));
    await settled();
    await passes(wait - 1);
    assert.equal(requests.length, n + 1);
    await passes(1);
    assert.equal(requests.length, n + 2);
  }
  assert.ok(requests.every(({ body }) => body.batch_id === requests[0].body.batch_id));
  requests[3].answer({});
  await settled();
  assert.deepEqual([called("failed"), called("sent").length], [[], 1]);
  press(1);
  await passes(300);
  requests[4].refuse(refusal("busy", 503));
  await settled();
  await passes(250);
  assert.equal(requests.length, 6);
});

test("what the server asks to wait for is waited for, and a little more", async (t) => {
  const { requests, press, passes } = sending(t);
  press(2);
  await passes(300);
  requests[0].refuse(refusal("busy", 503, { retryAfter: 1_000 }));
  await settled();
  await passes(1_062);
  assert.equal(requests.length, 1);
  await passes(1);
  assert.equal(requests.length, 2);
});

test("once the server is reachable again nothing waits", async (t) => {
  const { sender, requests, press, passes } = sending(t);
  press(2);
  await passes(300);
  requests[0].refuse(refusal("unreachable", 0, { retryAfter: 60_000 }));
  await settled();
  sender.resume();
  await passes(1);
  assert.equal(requests.length, 2);
  requests[1].refuse(refusal("unreachable", 0));
  await settled();
  await passes(250);
  assert.equal(requests.length, 3);
});

test("a viewer that is not known gets another identity, and sends the same batch", async (t) => {
  const { requests, called, press, passes } = sending(t);
  press(2);
  await passes(300);
  requests[0].refuse(refusal("invalid_viewer", 401));
  await settled();
  assert.deepEqual([called("identify").length, called("failed")], [1, []]);
  await passes(250);
  assert.equal(requests[1].body.batch_id, requests[0].body.batch_id);
});

test("what cannot count is dropped and told, but not that its round is over", async (t) => {
  const { outbox, requests, called, press, passes } = sending(t);
  for (const [n, [code, status]] of [
    ["bad_request", 400],
    ["game_not_started", 409],
    ["room_not_found", 404],
  ].entries()) {
    press(2);
    await passes(2_000);
    requests[n].refuse(refusal(code, status));
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
  const { outbox, effects, requests, press, passes } = sending(t);
  effects.poll = async () => outbox.strip((eventType) => eventType === "a");
  press(1, "b");
  press(2, "a");
  await passes(300);
  requests[0].refuse(refusal("unknown_event_type", 422));
  await settled();
  await passes(250);
  assert.deepEqual(requests.map(presses), [{ b: 1, a: 2 }, { a: 2 }]);
});

test("a poll that fails drops the batch all the same", async (t) => {
  const { outbox, effects, requests, press, passes } = sending(t);
  effects.poll = async () => {
    throw refusal("busy", 503);
  };
  press(1);
  await passes(300);
  requests[0].refuse(refusal("bad_request", 400));
  await settled();
  assert.equal(outbox.total, 0);
});

test("after the round's end no press is sent, only asked what has counted", async (t) => {
  const { merged, requests, press, passes } = sending(t);
  press(2);
  await passes(300);
  merged.status = "ended";
  requests[0].refuse(refusal("unreachable", 0));
  await settled();
  await passes(250);
  assert.deepEqual(requests[1].body, { viewer_id: "v", push_events: [] });
});

test("a server that stays away is asked again within fifteen seconds, however often it was", async (t) => {
  const { requests, press, passes } = sending(t);
  press(2);
  await passes(300);
  for (let n = 0; n < 8; n += 1) {
    requests.at(-1).refuse(refusal("busy", 503));
    await settled();
    await passes(7_500);
  }
  assert.equal(requests.length, 9);
});
