import assert from "node:assert/strict";
import { test } from "node:test";

import { make, openDocument } from "../dom.js";
import { fixChance, happened, stopTime } from "../time.js";
import { Onward } from "../../../api_service/pages/web/play/between_rooms/onward.js";

const TEXTS = {
  onward: (handle) => (handle ? `@${handle} has opened` : "open"),
  onwardIn: (seconds) => (seconds > 0 ? `in ${seconds}` : "going"),
};
const ENDED = { status: "ended", nextRoomId: "NEXT", mine: 3, pending: 0, invitation: { handle: "luna" } };
const pageOf = (roomId) => ({ ok: true, text: async () => `<body data-screen="loading" data-room="${roomId}">` });

/** Whoever is in the room OLD, at its own address or at /@luna; `pages` are the server's, the last one for ever. */
function leaving(t, { handle = "", pages = [pageOf("")], chance = 0 } = {}) {
  const passes = stopTime(t);
  fixChance(t, chance);
  const nodes = Object.fromEntries(["", "-text", "-left", "-go", "-stay"].map((end) => [end, make("p", { id: `onward${end}` })]));
  openDocument(t, { nodes: Object.values(nodes) }).body.dataset.handle = handle;
  const gone = [];
  const requests = [];
  globalThis.location = {
    pathname: handle ? `/@${handle}` : "/play/OLD",
    reload: () => gone.push("reload"),
    replace: (path) => gone.push(path),
  };
  t.after(() => delete globalThis.location);
  t.mock.method(globalThis, "fetch", async (path) => {
    requests.push(path);
    const page = pages.length > 1 ? pages.shift() : pages[0];
    if (page instanceof Error) throw page;
    return page;
  });
  const onward = new Onward("OLD", TEXTS);
  const show = (now, resultsAt = 0, values = {}) => onward.show({ ...ENDED, ...values }, resultsAt, now);
  const seen = () => [nodes[""].hidden, nodes["-text"].textContent, nodes["-left"].textContent, nodes["-stay"].hidden];
  return { onward, nodes, gone, requests, show, seen, passes };
}

test("who had a part in the round is told after the podium, and goes ten seconds later", async (t) => {
  const { onward, gone, requests, show, seen } = leaving(t);
  assert.deepEqual([show(1_000, null), onward.said], [Infinity, ""]);
  assert.deepEqual([show(2_000, 1_500), seen()[0]], [9_500, true]);
  assert.equal(show(9_500, 1_500), 10_500);
  assert.deepEqual(seen(), [false, "@luna has opened", "in 10", false]);
  assert.equal(onward.said, "@luna has opened in 10");
  assert.deepEqual([show(18_600, 1_500), seen()[2], gone], [19_500, "in 1", []]);
  assert.equal(show(19_500, 1_500), Infinity);
  await happened();
  assert.deepEqual([requests, gone], [["/play/NEXT"], ["/play/NEXT"]]);
});

test("a crowd does not go in step", async (t) => {
  const { gone, show, seen } = leaving(t, { chance: 0.5 });
  show(8_000);
  assert.deepEqual([show(18_000), seen()[2]], [19_000, "going"]);
  await happened();
  assert.deepEqual(gone, []);
  show(19_000);
  await happened();
  assert.deepEqual(gone, ["/play/NEXT"]);
});

test("who had no part in it goes at once", async (t) => {
  const { onward, gone, show, seen } = leaving(t);
  show(1_000, null, { mine: 0, invitation: null });
  assert.deepEqual([seen(), onward.said], [[false, "open", "going", true], "open going"]);
  await happened();
  assert.deepEqual(gone, ["/play/NEXT"]);
});

test("presses that are not answered yet are a part, too", async (t) => {
  const { gone, show } = leaving(t);
  assert.equal(show(1_000, null, { mine: 0, pending: 1 }), Infinity);
  await happened();
  assert.deepEqual(gone, []);
});

test("who stays is not asked again, and can still go", async (t) => {
  const { onward, nodes, gone, show, seen } = leaving(t);
  show(8_000);
  nodes["-stay"].click();
  assert.deepEqual([show(60_000), seen()], [Infinity, [false, "@luna has opened", "", true]]);
  assert.equal(onward.said, "@luna has opened");
  nodes["-go"].click();
  await happened();
  assert.deepEqual(gone, ["/play/NEXT"]);
});

test("a round that begins after all keeps everybody", async (t) => {
  const { gone, show, seen } = leaving(t);
  show(8_000);
  assert.equal(show(9_000, 0, { status: "in_game", nextRoomId: null }), Infinity);
  assert.equal(seen()[0], true);
  show(30_000, 29_000, { nextRoomId: null });
  await happened();
  assert.deepEqual(gone, []);
});

test("the time to read it begins when somebody looks", (t) => {
  const { show } = leaving(t);
  show(8_000);
  document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual([show(60_000), show(69_500)], [61_000, 70_000]);
});

test("at the streamer's own address the page waits until that leads to another room", async (t) => {
  const error = { ok: false, text: async () => "" };
  const provider = { ok: true, text: async () => "<html>no tunnel here</html>" };
  const pages = [new TypeError("offline"), error, provider, pageOf("OLD"), pageOf("NEXT")];
  const { gone, requests, show, passes } = leaving(t, { handle: "luna", pages });
  show(1_000, null, { mine: 0 });
  await passes(6_000);
  assert.deepEqual(gone, []);
  await passes(20_000);
  assert.deepEqual([gone, new Set(requests), requests.length], [["reload"], new Set(["/@luna"]), 5]);
});

test("a room that is forgotten lets go of who is at the streamer's own address alone", async (t) => {
  const missing = { status: "missing", nextRoomId: null };
  const elsewhere = leaving(t);
  assert.equal(elsewhere.show(1_000, null, missing), Infinity);
  await happened();
  assert.deepEqual(elsewhere.requests, []);
});

test("a room that is forgotten leads to where the streamer is awaited", async (t) => {
  const { onward, gone, show } = leaving(t, { handle: "luna" });
  show(1_000, null, { status: "missing", nextRoomId: null });
  assert.equal(onward.said, "");
  await happened();
  assert.deepEqual(gone, ["reload"]);
});

test("whoever presses twice to go asks for the next page once", async (t) => {
  const { nodes, requests, gone, show } = leaving(t);
  show(8_000);
  nodes["-go"].click();
  nodes["-go"].click();
  await happened();
  assert.deepEqual([requests.length, gone.length], [1, 1]);
});

test("whoever is on the way where the next page is not there yet sees that, and goes once it is", async (t) => {
  const away = { ok: false, text: async () => "" };
  const { nodes, gone, show, seen, passes } = leaving(t, { pages: [away, pageOf("NEXT")] });
  show(8_000);
  nodes["-go"].click();
  await happened();
  assert.deepEqual([seen(), gone], [[false, "@luna has opened", "going", true], []]);
  await passes(1_000);
  await happened();
  assert.deepEqual(gone, ["/play/NEXT"]);
});

test("whoever was on the way when a round began after all stays", async (t) => {
  const away = { ok: false, text: async () => "" };
  const { nodes, gone, show, passes } = leaving(t, { pages: [away, pageOf("NEXT")] });
  show(8_000);
  nodes["-go"].click();
  await happened();
  show(9_000, 0, { status: "in_game", nextRoomId: null });
  await passes(20_000);
  assert.deepEqual(gone, []);
});
