import assert from "node:assert/strict";
import { test } from "node:test";

import { until } from "../opened_page.js";
import { serverOf } from "../streamario/room_server.js";
import { opening } from "./playing.js";

const NONE = [200, { handle: "luna", room_id: null, title: null }];

/** The page at a streamer's own address; a test changes what the server `answers` of the room there. */
async function awaiting(t, { room = "", answer = NONE, values } = {}) {
  const server = serverOf(values);
  server.others["/api/handles/luna"] = answer;
  const page = await opening(t, { url: "/@luna", data: { handle: "luna", room }, server });
  await until(() => page.get("name-dialog") && (room || page.text("#handle")));
  await page.passes(100);
  const answers = (next) => (server.others["/api/handles/luna"] = next);
  return { ...page, answersOf: answers };
}

test("who comes before the streamer waits, and is told so", async (t) => {
  const { screen, text, document, isSeen, server } = await awaiting(t);
  assert.deepEqual([screen(), text("#handle"), document.title], [["awaited"], "@luna", "@luna"]);
  assert.equal(text("#awaited"), "is not live now. This page begins by itself.");
  assert.equal(text("#spoken"), "@luna is not live now. This page begins by itself.");
  assert.deepEqual([isSeen("score"), isSeen("timer"), server.of("/join")], [false, false, []]);
});

test("once the streamer opens a room the page is in it, at the same address", async (t) => {
  const { screen, text, passes, answersOf, server, went } = await awaiting(t);
  answersOf([200, { handle: "luna", room_id: "r", title: "Duel" }]);
  await passes(6_000);
  await passes(200);
  assert.deepEqual([screen(), text("#title"), server.of("/api/rooms/r/join").length, went], [["in_game"], "Duel", 1, []]);
});

test("a server that is away is told, and that it is back", async (t) => {
  const { board, passes, server, screen, isSeen } = await awaiting(t);
  assert.equal(isSeen("board"), false);
  server.isAway = true;
  await passes(6_000);
  assert.deepEqual([screen(), isSeen("board"), board()], [["awaited"], true, "No connection. Trying again…"]);
  server.isAway = false;
  await passes(6_000);
  assert.equal(isSeen("board"), false);
});

test("an address that is nobody's any more says so, until somebody takes it", async (t) => {
  const { text, passes, answersOf } = await awaiting(t);
  answersOf([404, { code: "not_found" }]);
  await passes(6_000);
  assert.equal(text("#awaited"), "is not used any more. Scan the new code on the stream.");
  answersOf(NONE);
  await passes(76_000);
  assert.equal(text("#awaited"), "is not live now. This page begins by itself.");
});

test("whoever looks at the page again need not wait for its next question", async (t) => {
  const { hide, passes, server } = await awaiting(t);
  const asked = () => server.of("/api/handles/luna").length;
  hide(true);
  await passes(100);
  assert.equal(asked(), 0);
  hide(false);
  await passes(100);
  assert.equal(asked(), 1);
});

test("where the streamer has a room the page is in it at once", async (t) => {
  const { screen, server } = await awaiting(t, { room: "r" });
  assert.deepEqual([screen(), server.of("/api/handles").length], [["in_game"], 0]);
});

test("a page that is not seen does not join, but is whoever its head has joined as", async (t) => {
  const server = serverOf();
  const joining = { isAwaited: false };
  const before = ({ window, hide }) => {
    hide(true);
    const answer = new Promise((resolve) => (joining.answer = resolve));
    window.joining = { catch: () => Object.assign(joining, { isAwaited: true }) && answer };
  };
  const { passes } = await opening(t, { server, before, isUnderWay: () => joining.isAwaited });
  await passes(500);
  assert.deepEqual(server.requests, []);
  joining.answer();
  await passes(500);
  assert.deepEqual([server.of("/join"), server.of("/api/rooms/r").length > 0], [[], true]);
});

test("whoever only watched goes on to the streamer's next room at once", async (t) => {
  const { becomes, server, passes, went, isSeen, get } = await awaiting(t, { room: "r" });
  server.others["/@luna"] = [200, '<body data-room="NEXT">'];
  await becomes("ended", { next_room_id: "NEXT", invitation: { url: "https://here.test/@luna", handle: "luna", lasts: true } });
  await passes(200);
  assert.deepEqual([isSeen("onward"), get("onward-stay").hidden, went], [true, true, ["reload"]]);
});
