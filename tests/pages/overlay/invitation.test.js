import assert from "node:assert/strict";
import { test } from "node:test";

import { Invitation } from "../../../api_service/pages/web/overlay/invitation.js";
import { happened, stopTime } from "../time.js";

const PLAY = { url: "https://one.example/play/R", reach: "anywhere", lasts: false, handle: null };
const LOCAL = { url: "http://192.168.1.4:8000/play/R", reach: "network", lasts: false, handle: null };
const OTHER = { ...PLAY, url: "https://two.example/play/R" };

/** An invitation in stopped time; the server says what a test sets as `invitation`. */
function following(t, first) {
  const passes = stopTime(t);
  const server = { answer: { invitation: first } };
  const requests = [];
  t.mock.method(globalThis, "fetch", async (path) => {
    requests.push(path);
    return server.answer instanceof Response ? server.answer : Response.json(server.answer);
  });
  let changes = 0;
  const invitation = new Invitation("R", () => (changes += 1));
  invitation.begin(first);
  const lapses = async (ms) => {
    await passes(ms);
    await happened();
  };
  return { invitation, server, requests, lapses, changes: () => changes };
}

test("while a tunnel gives the address it is asked for every three seconds", async (t) => {
  const { requests, lapses } = following(t, PLAY);
  await lapses(2_950);
  assert.equal(requests.length, 0);
  await lapses(50);
  assert.deepEqual(requests, ["/api/rooms/R"]);
  await lapses(3_000);
  assert.equal(requests.length, 2);
});

test("an address that lasts is asked for once a minute", async (t) => {
  const { requests, lapses } = following(t, { ...PLAY, lasts: true });
  await lapses(59_950);
  assert.equal(requests.length, 0);
  await lapses(50);
  assert.equal(requests.length, 1);
});

test("the streamer's own address at the same host has another QR code, and is no news", async (t) => {
  const { invitation, server, lapses, changes } = following(t, PLAY);
  const own = { ...PLAY, url: "https://one.example/@luna", handle: "luna" };
  server.answer = { invitation: own };
  await lapses(3_000);
  assert.deepEqual([invitation.current, invitation.qrUrl, changes()], [own, "/play/R/qr.svg?1", 1]);
  assert.equal(invitation.isNews(3_000), false);
});

test("another address has another QR code, and is news for 20 s from when it can be shown", async (t) => {
  const { invitation, server, lapses, changes } = following(t, PLAY);
  await lapses(3_000);
  assert.deepEqual([invitation.isNews(3_000), invitation.next(3_000), changes()], [false, Infinity, 0]);
  assert.equal(invitation.qrUrl, "/play/R/qr.svg");
  server.answer = { invitation: OTHER };
  await lapses(3_000);
  assert.deepEqual([invitation.current, invitation.qrUrl, changes()], [OTHER, "/play/R/qr.svg?1", 1]);
  assert.equal(invitation.next(6_000), Infinity);
  assert.deepEqual([invitation.isNews(9_000), invitation.next(9_000)], [true, 29_000]);
  assert.deepEqual([invitation.isNews(28_999), invitation.isNews(29_000)], [true, false]);
});

test("while the tunnel is away its address stays, and is no news when it comes back", async (t) => {
  const { invitation, server, lapses, changes } = following(t, PLAY);
  server.answer = { invitation: LOCAL };
  await lapses(3_000);
  assert.deepEqual([invitation.current.url, invitation.qrUrl], [PLAY.url, "/play/R/qr.svg"]);
  server.answer = { invitation: PLAY };
  await lapses(3_000);
  assert.deepEqual([changes(), invitation.isNews(6_000)], [0, false]);
  server.answer = { invitation: LOCAL };
  await lapses(3_000);
  server.answer = { invitation: OTHER };
  await lapses(3_000);
  assert.deepEqual([invitation.current, changes(), invitation.isNews(12_000)], [OTHER, 1, true]);
});

test("the first address that a tunnel gives is shown, and is no news", async (t) => {
  const { invitation, server, lapses, changes } = following(t, LOCAL);
  server.answer = { invitation: { ...PLAY, reach: "checking" } };
  await lapses(3_000);
  assert.deepEqual([invitation.current.url, changes(), invitation.isNews(3_000)], [PLAY.url, 1, false]);
  assert.equal(invitation.qrUrl, "/play/R/qr.svg?1");
});

test("that an address was confirmed is no news", async (t) => {
  const { invitation, server, lapses, changes } = following(t, { ...PLAY, reach: "checking" });
  server.answer = { invitation: PLAY };
  await lapses(3_000);
  assert.deepEqual([invitation.current.reach, invitation.isNews(3_000), changes()], ["anywhere", false, 0]);
});

test("a server that refuses or is older is asked again, and the address stays", async (t) => {
  const { invitation, server, requests, lapses } = following(t, PLAY);
  const headers = { "Retry-After": "5" };
  server.answer = Response.json({ code: "rate_limited" }, { status: 429, headers });
  await lapses(3_000);
  server.answer = {};
  await lapses(4_950);
  assert.equal(requests.length, 1);
  await lapses(50);
  assert.deepEqual([requests.length, invitation.current], [2, PLAY]);
});

test("before the room is known nothing is asked, and its later answers begin nothing anew", async (t) => {
  const { invitation, requests, lapses } = following(t, null);
  await lapses(60_000);
  assert.deepEqual([invitation.current, requests.length], [null, 0]);
  invitation.begin(PLAY);
  invitation.begin(OTHER);
  await lapses(3_000);
  assert.equal(requests.length, 1);
});
