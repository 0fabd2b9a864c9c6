import assert from "node:assert/strict";
import { test } from "node:test";

import { Room, StreamarioError } from "../../../clients/web/streamario.js";
import { memory } from "../storage.js";
import { fixChance, settled, stopTime } from "../time.js";
import { INVITATION, room as roomOf, setting, settings, stat, stats } from "./room.js";
import { counted, Server } from "./room_server.js";

/** An opened room in stopped time. Its sockets are the gateway's side. */
async function opened(t, { server = new Server(), storage = memory(), chance = 0, ...options } = {}) {
  const passes = stopTime(t);
  fixChance(t, chance);
  const sockets = [];
  class WebSocket {
    constructor(url) {
      this.url = url;
      sockets.push(this);
    }

    close() {}

    says(message) {
      this.onmessage({ data: JSON.stringify(message) });
    }
  }
  const room = new Room("r/1", { ...{ baseUrl: "http://api/", storage, fetch: server.fetch, WebSocket }, ...options });
  const events = [];
  for (const event of ["trigger", "tipped", "effect", "arrived", "preview", "forget", "error"]) {
    room.on(event, (detail) => events.push([event, detail]));
  }
  t.after(() => room.close());
  await room.open();
  await settled();
  return { room, server, storage, sockets, events, passes };
}

const button = ({ state }, n = 0) => state.buttons[n];

test("a room is known once it is open", async (t) => {
  const { room } = await opened(t);
  const { buttons, theme, ...rest } = room.state;
  assert.deepEqual(
    buttons.map(({ eventType, count }) => [eventType, count]),
    [
      ["a", 0],
      ["b", 0],
    ],
  );
  assert.deepEqual(rest, {
    ...{ roomId: "r/1", status: "in_game", round: 1, open: true, paused: false, stopped: false, title: "Duel", showsNames: true },
    ...{ roundEndsAt: null, roundLeftMs: null, roundLimitMs: 0, startsAt: 0, triggersPerMinute: 12, viewerCount: 3 },
    ...{ code: "ABCD", connection: "polling", viewer: { id: "v", name: null }, mine: 0, place: null, tipped: 0 },
    ...{ limitedUntil: 0, pending: 0, gatherMs: 300, invitation: INVITATION, nextRoomId: null },
  });
  assert.equal(theme.accent, "#ff0000");
});

test("outside a web page a room needs its base URL, and without a slash at its end", async (t) => {
  assert.throws(() => new Room("r"), TypeError);
  const { server } = await opened(t);
  assert.equal(server.requests[0][0], "/api/rooms/r%2F1/join");
});

test("where sockets are refused, presses and counts go on by polling", async (t) => {
  const refused = [];
  class Refused {
    constructor(url) {
      refused.push(url);
      setTimeout(() => this.onclose({ code: 1006 }), 50); // as after a 429 to the handshake
    }

    close() {}
  }
  const { room, server, passes } = await opened(t, { WebSocket: Refused, chance: 0.5 });
  await passes(100);
  room.press("a", 2);
  await passes(400);
  assert.deepEqual([server.batches().length, room.state.mine], [1, 2]);
  server.stats = stats([stat("a", 7), stat("b", 0)]);
  server.room = roomOf({ viewer_count: 9 });
  await passes(2_000);
  assert.deepEqual([button(room).count, room.state.connection], [7, "polling"]);
  server.room = roomOf({ status: "ended", next_room_id: "NEXT" });
  await passes(4_000);
  assert.deepEqual([room.state.status, room.state.nextRoomId], ["ended", "NEXT"]);
  await passes(60_000);
  assert.ok(refused.length > 2 && refused.length < 10, `${refused.length} handshakes`);
});

test("a state is the same object until something changes", async (t) => {
  const { room } = await opened(t);
  const before = room.state;
  assert.equal(room.state, before);
  room.press("a");
  assert.notEqual(room.state, before);
});

test("a press shows at once, is sent after it was gathered, and counts", async (t) => {
  const { room, server, passes } = await opened(t);
  const changes = [];
  room.on("change", ({ pending }) => changes.push(pending));
  assert.equal(room.press("a", 3), 3);
  assert.deepEqual([button(room).count, room.state.pending, changes], [3, 3, [3]]);
  await passes(300);
  assert.deepEqual(server.batches(), [[{ button_name: "a", push_count: 3 }]]);
  assert.deepEqual([button(room).count, button(room).mine, room.state.pending, room.state.mine], [3, 3, 0, 3]);
});

test("only whole presses are taken, of a button that the room has", async (t) => {
  const { room } = await opened(t);
  const taken = [2, -3, 0.5, 1.9, NaN].map((times) => room.press("a", times));
  assert.deepEqual(taken, [2, 0, 0, 1, 0]);
  assert.deepEqual([room.press("a"), room.press("c")], [1, 0]);
});

test("nobody presses who only watches, before a round, and after the room was closed", async (t) => {
  const { room, server } = await opened(t, { viewer: false });
  assert.deepEqual([room.press("a"), room.state.viewer, server.of("/viewers")], [0, null, []]);
  const waiting = new Server();
  waiting.room = roomOf({ status: "active", round: 0 });
  const other = new Room("r/1", { baseUrl: "http://api", storage: memory(), fetch: waiting.fetch });
  await other.open();
  assert.deepEqual([other.press("a"), other.state.open], [0, false]);
  await other.close();
  assert.equal(other.press("a"), 0);
});

test("a page is told when the countdown ends; presses count before, too", async (t) => {
  const server = new Server();
  const began = 1_700_000_000_000; // as the stopped time does
  const started_at = new Date(began - 1_000).toISOString();
  server.room = roomOf({ started_at, opened_by_press: false, time: new Date(began).toISOString() });
  const { room, passes } = await opened(t, { server });
  assert.deepEqual([room.state.startsAt, room.state.open, room.press("a")], [2_000, true, 1]);
  let changes = 0;
  await passes(1_950);
  room.on("change", () => (changes += 1));
  await passes(50);
  assert.ok(changes > 0);
  await passes(300);
  assert.deepEqual(server.batches(), [[{ button_name: "a", push_count: 1 }]]);
  await passes(4_000);
  assert.equal(room.state.startsAt, 0);
});

test("who sets a name while no round runs joins again, so that pages show it", async (t) => {
  const server = new Server();
  const { room } = await opened(t, { server });
  await room.setName("Mika");
  await settled();
  assert.equal(server.of("/join").length, 1);
  const waiting = new Server();
  waiting.room = roomOf({ status: "active", round: 0 });
  const other = new Room("r/1", { baseUrl: "http://api", storage: memory(), fetch: waiting.fetch });
  t.after(() => other.close());
  await other.open();
  await other.setName("Sora");
  await settled();
  assert.deepEqual(waiting.of("/join").map(([, body]) => body.room ?? false), [true, false]);
});

test("an overlay sees who arrives, and what its streamer tries", async (t) => {
  const { sockets, events } = await opened(t, { viewer: false, preview: true });
  assert.equal(sockets[0].url, "ws://gateway&preview=1");
  sockets[0].says({ type: "arrived", names: ["Mika"], viewer_count: 4 });
  sockets[0].says({ type: "preview", event_type: "a", viewer_name: null });
  assert.deepEqual(events, [
    ["arrived", { names: ["Mika"], viewerCount: 4 }],
    ["preview", { eventType: "a", viewerName: null }],
  ]);
});

test("two hundred presses of a button wait; more are not taken, and the page is told for a while", async (t) => {
  const { room, server, passes } = await opened(t);
  server.isAway = true;
  assert.equal(room.press("a", 150), 150);
  assert.equal(room.state.limitedUntil, 0);
  assert.equal(room.press("a", 100), 50);
  assert.deepEqual([room.state.pending, room.state.limitedUntil], [200, 1_500]);
  assert.equal(room.press("b", 1), 1);
  server.isAway = false;
  await passes(60_000);
  assert.deepEqual([room.state.limitedUntil, room.state.pending], [0, 0]);
});

test("presses that the server refused for their rate show that the viewer presses too fast", async (t) => {
  const { room, server, passes } = await opened(t);
  server.replies = [[200, counted([], { rejected_by: { rate: 0, clamp: 1 } })], [200, counted([])]];
  room.press("a");
  await passes(300);
  assert.equal(room.state.limitedUntil, 1_800);
  await passes(1_500);
  assert.equal(room.state.limitedUntil, 0);
});

test("whoever tips a button is told, and how often in this round", async (t) => {
  const { room, server, events, passes } = await opened(t);
  const results = [
    { event_type: "a", accepted: 3, triggers_fired: 2, last_seq: 7 },
    { event_type: "b", accepted: 1, triggers_fired: 0, last_seq: null },
  ];
  server.replies = [[200, counted([], { accepted: 4, event_results: results })]];
  room.press("a", 3);
  await passes(300);
  assert.deepEqual(events, [["tipped", { eventType: "a", times: 2, lastSeq: 7 }]]);
  assert.deepEqual([room.state.tipped, room.state.mine], [2, 4]);
});

test("the answer to a late press tells the end of the round and the exact total", async (t) => {
  const { room, server, passes } = await opened(t);
  server.replies = [[200, { game_over: true, viewer_summary: { total: 9 } }]];
  room.press("a", 25);
  await passes(300);
  assert.deepEqual([room.state.status, room.state.mine, room.state.pending], ["ended", 9, 0]);
});

test("a press that came too late for a round before this one settles nothing", async (t) => {
  const { room, server, sockets, passes } = await opened(t);
  sockets[0].says({ type: "stats", status: "in_game", round: 1, paused: false, ...stats([]) });
  const late = {};
  server.replies = [[200, { game_over: true, viewer_summary: { total: 9 } }]];
  server.answered = new Promise((resolve) => (late.resolve = resolve));
  room.press("a", 2);
  await passes(300);
  sockets[0].says({ type: "status", status: "in_game", round: 2, paused: false });
  late.resolve();
  await settled();
  assert.deepEqual([room.state.round, room.state.status, room.state.mine], [2, "in_game", 0]);
});

test("the socket's messages change the room, and its triggers are told", async (t) => {
  const { room, sockets, events } = await opened(t);
  assert.equal(room.state.connection, "polling");
  sockets[0].says({ type: "stats", status: "in_game", round: 1, paused: true, stopped: true, ...stats([stat("a", 2)]) });
  // What is in the buttons of a stopped round is thrown away.
  const { connection, paused, stopped } = room.state;
  assert.deepEqual([connection, paused, stopped, button(room).count], ["live", true, true, 0]);
  const of = { event_type: "a", viewer_name: "Mika", epoch: 1, seq: 1 };
  const trigger = { type: "trigger", ...of, people: 5, trigger_count: 12, by_streamer: false, round: 1 };
  sockets[0].says(trigger);
  const key = { eventType: "a", epoch: 1, seq: 1 };
  assert.deepEqual(events, [
    ["forget", undefined],
    ["trigger", { ...key, viewerName: "Mika", people: 5, presses: 12, byStreamer: false, round: 1 }],
  ]);
  events.length = 0;
  const effect = { type: "effect", event_type: "a", epoch: 1, seq: 1, viewer_name: null, returned: 0, ends_at: null };
  sockets[0].says({ ...effect, status: "failed", reason: "No target" });
  assert.deepEqual(events.map(([event, { reason }]) => [event, reason]), [["effect", "No target"]]);
});

test("the socket's update makes presses that fill a button go soon", async (t) => {
  const { room, server, sockets, passes } = await opened(t, { chance: 0.9 });
  const slowly = stats([], { send_every_ms: 5_000 });
  sockets[0].says({ type: "stats", status: "in_game", round: 1, paused: false, ...slowly });
  room.press("a", 2);
  await passes(400);
  const before = server.batches().length;
  sockets[0].says({ type: "stats_update", ...stats([stat("a", 8)], { send_every_ms: 5_000 }) });
  await passes(250);
  assert.deepEqual([before, server.batches().length], [0, 1]);
});

test("without an answer the room is offline, and online with the next", async (t) => {
  const { room, server, passes } = await opened(t);
  server.isAway = true;
  await passes(2_000);
  assert.equal(room.state.connection, "offline");
  room.press("a");
  await passes(2_000);
  server.isAway = false;
  await passes(20_000);
  assert.deepEqual([room.state.connection, room.state.pending, room.state.mine], ["polling", 0, 1]);
});

test("an end that the socket told leaves what may have counted, and drops what was not sent", async (t) => {
  const { room, server, sockets, passes } = await opened(t);
  server.isAway = true;
  room.press("a", 2);
  await passes(300);
  room.press("a", 3);
  sockets[0].says({ type: "game_over", round: 1 });
  assert.equal(room.state.pending, 2);
  server.isAway = false;
  server.room = roomOf({ status: "ended" });
  server.replies = [[200, { game_over: true, viewer_summary: { total: 2 } }]];
  await passes(20_000);
  assert.deepEqual([room.state.pending, room.state.mine, server.batches().at(-1)], [0, 2, []]);
});

test("a new round drops the presses of the last", async (t) => {
  const { room, sockets } = await opened(t);
  room.press("a", 2);
  sockets[0].says({ type: "status", status: "in_game", round: 2, paused: false });
  assert.equal(room.state.pending, 0);
});

test("settings without a button drop its presses", async (t) => {
  const { room, sockets } = await opened(t);
  room.press("a", 2);
  room.press("b", 1);
  sockets[0].says({ type: "settings", settings: settings([setting("b")]) });
  assert.deepEqual([room.state.pending, room.state.buttons.length], [1, 1]);
});

test("presses that are gathered for long are stored at once, and sent by the next visit", async (t) => {
  const storage = memory();
  const { room, server, passes } = await opened(t, { storage });
  server.stats = stats([], { send_every_ms: 5_000 });
  await passes(2_000);
  assert.equal(room.state.gatherMs, 5_000);
  fixChance(t, 0.9);
  room.press("a", 2);
  assert.ok(Object.keys(storage).some((name) => name.startsWith("streamario:presses:http://api:r/1")));
  const other = new Room("r/1", { baseUrl: "http://api", storage, fetch: server.fetch });
  await other.open();
  assert.equal(other.state.pending, 2);
  await other.close();
});

test("what a viewer earned is stored for the API's room", async (t) => {
  const storage = memory();
  const { room, passes } = await opened(t, { storage });
  room.press("a", 2);
  await passes(300);
  const names = Object.keys(storage).sort();
  assert.deepEqual(names, ["streamario:mine:http://api", "streamario:viewer:http://api"]);
  assert.equal(JSON.parse(storage.getItem("streamario:mine:http://api")).room, "r/1");
});

test("a flush sends without more gathering", async (t) => {
  const { room, server } = await opened(t);
  room.press("a");
  await room.flush();
  assert.deepEqual([server.batches().length, room.state.pending], [1, 0]);
});

test("a fixed time to gather replaces what the server asks for", async (t) => {
  const { room, server, passes } = await opened(t, { gatherMs: 20 });
  room.press("a");
  await passes(20);
  assert.deepEqual([server.batches().length, room.state.gatherMs], [1, 20]);
});

test("a name is set through the room", async (t) => {
  const { room } = await opened(t);
  assert.equal(await room.setName("Mika"), "Mika");
  assert.deepEqual(room.state.viewer, { id: "v", name: "Mika" });
});

test("a refusal that drops presses is told", async (t) => {
  const { room, server, events, passes } = await opened(t);
  server.replies = [[400, { code: "bad_request", error: "" }]];
  room.press("a");
  await passes(300);
  const [[event, error]] = events;
  assert.deepEqual([event, error.code, error instanceof StreamarioError], ["error", "bad_request", true]);
  assert.equal(room.state.pending, 0);
});

test("a room that there is not is missing", async (t) => {
  const server = new Server();
  server.room = null;
  const { room } = await opened(t, { server });
  assert.equal(room.state.status, "missing");
});

test("results are asked for with the viewer's id, a second and more after the page saw the end", async (t) => {
  const { room, server, sockets, passes } = await opened(t);
  fixChance(t, 0.5);
  sockets[0].says({ type: "game_over", round: 1 });
  await passes(200);
  const results = room.results();
  await passes(1_299);
  assert.deepEqual(server.of("/results"), []);
  await passes(1);
  assert.deepEqual(await results, { viewer_totals: [], event_totals: {}, viewer_summary: null });
  assert.equal(server.of("/results")[0][0], "/api/rooms/r%2F1/results?viewer_id=v");
});

test("results of a round that ended before are asked for at once, also without a viewer", async (t) => {
  const { room, server } = await opened(t, { viewer: false });
  assert.deepEqual(await room.results(3), { viewer_totals: [], event_totals: {}, viewer_summary: null });
  assert.equal(server.of("/results")[0][0], "/api/rooms/r%2F1/results?round=3");
});

test("a viewer that presses need not join again meanwhile", async (t) => {
  const { room, server, passes } = await opened(t);
  for (const _ of [1, 2, 3]) {
    room.press("a");
    await passes(8_000);
  }
  assert.equal(server.of("/join").length, 1);
  await passes(15_000);
  assert.equal(server.of("/join").length, 2);
});

test("a room that is closed sends the rest, tells nothing any more, and asks nothing", async (t) => {
  const { room, server, passes } = await opened(t);
  let changes = 0;
  room.press("a", 2);
  room.on("change", () => (changes += 1));
  await room.close();
  await room.close();
  assert.deepEqual(server.batches(), [[{ button_name: "a", push_count: 2 }]]);
  const { length } = server.requests;
  await passes(60_000);
  assert.deepEqual([changes, server.requests.length], [0, length]);
});

test("a room that is closed waits three seconds for the last answer", async (t) => {
  const { room, server, passes } = await opened(t);
  let isClosed = false;
  server.isSlow = true;
  room.press("a");
  room.close().then(() => (isClosed = true));
  await passes(2_999);
  assert.equal(isClosed, false);
  await passes(1);
  assert.equal(isClosed, true);
});

test("a room that is closed listens to its page no more", async (t) => {
  const listening = new Set();
  const page = {
    addEventListener: (event) => listening.add(event),
    removeEventListener: (event) => listening.delete(event),
  };
  globalThis.document = { ...page, visibilityState: "visible" };
  t.after(() => delete globalThis.document);
  const { room } = await opened(t);
  assert.ok(listening.has("visibilitychange"));
  await room.close();
  assert.deepEqual([...listening], []);
});

test("a room that is closed leaves its slot of the storage to the next page", async (t) => {
  const held = new Set();
  const request = async (name, _, act) => {
    const use = act({ name });
    held.add(name);
    await use;
    held.delete(name);
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, "navigator", before) : delete globalThis.navigator));
  const { room } = await opened(t);
  assert.deepEqual([...held], ["streamario:presses:http://api:r/1:0"]);
  await room.close();
  await settled();
  assert.deepEqual([...held], []);
});

test("who waits for a room's first answer waits no more once the room is closed", async (t) => {
  stopTime(t);
  const server = Object.assign(new Server(), { isAway: true });
  const room = new Room("r/1", { baseUrl: "http://api", storage: memory(), fetch: server.fetch, WebSocket: null });
  const opening = room.open();
  await settled();
  await room.close();
  await opening;
  assert.deepEqual([room.state.status, room.state.connection], ["loading", "offline"]);
});
