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
  const [reached, owned] = [[], []];
  const page = { roomId: null };
  const noticed = { reached: (isReachable) => reached.push(isReachable), owned: (isOwned) => owned.push(isOwned) };
  openedRoom("luna", noticed).then((roomId) => (page.roomId = roomId));
  return { page, requests, reached, owned, passes };
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

test("a server that is away is asked every few seconds, and one that refuses not before it says", async (t) => {
  const limited = { status: 429, body: { code: "rate_limited" }, headers: { "Retry-After": "8" } };
  const lost = { status: 502, body: null };
  const { page, requests, reached, passes } = awaiting(t, limited, lost, new TypeError("offline"), lost, OPEN);
  await passes(80_000);
  await happened();
  assert.deepEqual([page.roomId, reached], ["R", [true, false, false, false, true]]);
  assert.deepEqual(times(requests), [5_000, 13_750, 15_250, 18_250, 22_000]);
});

test("at an address that a streamer has given up the page asks seldom, as it may be taken back", async (t) => {
  const nobodys = { status: 404, body: { code: "not_found" } };
  const { page, requests, reached, owned, passes } = awaiting(t, nobodys, nobodys, NONE, OPEN);
  await passes(200_000);
  await happened();
  assert.deepEqual(times(requests), [5_000, 65_000, 125_000, 130_000]);
  assert.deepEqual([page.roomId, owned, reached], ["R", [false, false, true], [true, true, true, true]]);
});

test("a tunnel's answer that there is nothing says nothing of the address", async (t) => {
  const { requests, reached, owned, passes } = awaiting(t, { status: 404, body: null });
  await passes(60_000);
  const pauses = times(requests).map((at, n, all) => at - (all[n - 1] ?? 0));
  assert.ok(Math.max(...pauses) <= 5_000, String(pauses));
  assert.deepEqual([owned, reached.includes(true)], [[], false]);
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
