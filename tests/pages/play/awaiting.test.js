import assert from "node:assert/strict";
import { test } from "node:test";

import { openedRoom } from "../../../api_service/pages/web/play/between_rooms/awaiting.js";
import { fixChance, happened, settled, stopTime } from "../time.js";

/** A page that waits at /@luna, in stopped time; the server gives `answers`, one after the other, the last one for ever. */
function awaiting(t, ...answers) {
  const passes = stopTime(t);
  fixChance(t, 0.5);
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
  t.after(() => delete globalThis.document);
  const requests = [];
  t.mock.method(globalThis, "fetch", async (path) => {
    requests.push([path, performance.now()]);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return { ok: !answer.status, status: answer.status ?? 200, headers: new Headers(answer.headers), json: async () => answer.body };
  });
  const reached = [];
  const page = { roomId: null };
  openedRoom("luna", (isReachable) => reached.push(isReachable)).then((roomId) => (page.roomId = roomId));
  return { page, requests, reached, passes };
}

const NONE = { body: { handle: "luna", room_id: null, title: null } };
const OPEN = { body: { handle: "luna", room_id: "R", title: "Duel" } };
const times = (requests) => requests.map(([, at]) => at);

test("the streamer's room is asked for every five seconds until there is one", async (t) => {
  const { page, requests, passes } = awaiting(t, NONE, NONE, OPEN);
  await passes(14_950);
  assert.equal(page.roomId, null);
  await passes(50);
  await happened();
  assert.equal(page.roomId, "R");
  assert.deepEqual(requests[0][0], "/api/handles/luna");
  assert.deepEqual(times(requests), [5_000, 10_000, 15_000]);
  await passes(60_000);
  assert.equal(requests.length, 3);
});

test("a server that refuses or is away is asked ever more seldom, as it says", async (t) => {
  const limited = { status: 429, body: { code: "rate_limited" }, headers: { "Retry-After": "8" } };
  const lost = { status: 502, body: null };
  const { page, requests, reached, passes } = awaiting(t, limited, lost, new TypeError("offline"), lost, OPEN);
  await passes(80_000);
  await happened();
  assert.deepEqual([page.roomId, reached], ["R", [true, false, false, false, true]]);
  assert.deepEqual(times(requests), [5_000, 16_750, 24_250, 39_250, 54_250]);
});

test("who looks at the page again need not wait", async (t) => {
  const { requests, passes } = awaiting(t, NONE);
  await passes(1_000);
  document.hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  await settled();
  assert.equal(requests.length, 0);
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await settled();
  assert.deepEqual(times(requests), [1_000]);
});
