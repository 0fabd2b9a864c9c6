import assert from "node:assert/strict";
import { test } from "node:test";

import { GameAttendance, Seat } from "../../../api_service/pages/web/console/game/attendance.js";
import { StreamarioError } from "../../../api_service/pages/web/streamario.js";
import { fixChance, settled, stopTime } from "../time.js";

const READY = { type: "room_ready", epoch: 1, seq: 0, replayed: 0, round: 1, status: "in_game", room_token: "t2" };
const HOME = "http://localhost:8888";
const TUNNEL = { url: "https://words.example/play/r", reach: "anywhere", lasts: false };

/** A desk's attendance in stopped time; `server` says what it answers, `sockets` are the game's. */
function attend(t, options) {
  const passes = stopTime(t);
  fixChance(t, 0.5); // waits are what they are set to
  const sockets = [];
  globalThis.WebSocket = class {
    static OPEN = 1;
    readyState = 1;
    closed = [];

    send(text) {
      if (JSON.parse(text).type === "ping") queueMicrotask(() => this.says({ type: "pong" }));
    }

    constructor() {
      sockets.push(this);
    }

    close(code) {
      this.closed.push(code);
    }

    says(message) {
      this.onmessage({ data: JSON.stringify(message) });
    }

    welcomes() {
      this.onopen();
      this.says(READY);
    }
  };
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
  globalThis.window = new EventTarget();
  globalThis.location = { origin: HOME };
  const server = { looks: 0, answer: { game_connected: true } };
  const told = [];
  const tell = (name) => (detail) => told.push([name, detail]);
  const attendance = new GameAttendance({
    game: { url: "ws://gateway", roomId: "r", token: "t1", whyRefused: async () => null },
    api: {
      readRoom: async () => {
        server.looks += 1;
        if (server.answer instanceof Error) throw server.answer;
        return server.answer;
      },
    },
    ...Object.fromEntries(["heard", "attached", "over", "closed"].map((name) => [name, tell(name)])),
    changed: () => told.push(["changed"]),
    ...options,
  });
  t.after(() => {
    attendance.close();
    for (const name of ["document", "window", "location", "WebSocket"]) delete globalThis[name];
  });
  const heard = (wanted) => told.filter(([name]) => name === wanted).map(([, detail]) => detail);
  return { attendance, server, sockets, heard, passes };
}

test("a room without a game is played at once, and has one once the socket has it", (t) => {
  const { attendance, sockets, heard } = attend(t);
  attendance.open();
  attendance.hear({ game_connected: false });
  assert.deepEqual([attendance.isGame, attendance.light, heard("attached")], [false, "no", []]);
  sockets[0].welcomes();
  assert.deepEqual([attendance.isGame, attendance.light, attendance.awaySince], [true, "on", null]);
  assert.deepEqual(heard("attached"), [READY]);
});

test("a room whose game came before the socket is that game's", async (t) => {
  const { attendance, server, sockets, heard, passes } = attend(t);
  attendance.open();
  attendance.hear({ game_connected: false }); // a late answer
  sockets[0].onopen();
  sockets[0].onclose({ code: 4002 });
  await settled();
  assert.deepEqual([attendance.isGame, attendance.light, heard("over")], [false, "on", []]);
  server.answer = { game_connected: true };
  await passes(30_000);
  assert.deepEqual([sockets.length, server.looks], [1, 10]);
});

test("a page that was the game until a reload is it again, though its old socket may still be taken for a game", (t) => {
  const { attendance, sockets } = attend(t, { wasGame: true });
  attendance.open();
  attendance.hear({ game_connected: true });
  assert.equal(sockets.length, 1);
  sockets[0].welcomes();
  assert.equal(attendance.isGame, true);
});

test("a socket that is lost puts the light out, until it is back or a game is there", async (t) => {
  const { attendance, server, sockets, heard, passes } = attend(t);
  attendance.open();
  attendance.hear({ game_connected: false });
  sockets[0].welcomes();
  server.answer = { game_connected: false };
  const changes = heard("changed").length;
  sockets[0].onclose({ code: 1006 });
  assert.deepEqual([attendance.isGame, attendance.light, heard("changed").length], [false, "wait", changes + 1]);
  assert.equal(attendance.awaySince, Date.now());
  await passes(375);
  sockets[1].welcomes();
  assert.deepEqual([attendance.isGame, attendance.light], [true, "on"]);
});

test("while its address does not last, a page looks every three seconds though it plays the room", async (t) => {
  const { attendance, server, sockets, passes } = attend(t);
  server.answer = { game_connected: true, invitation: { ...TUNNEL } };
  attendance.open();
  attendance.hear({ game_connected: false, invitation: TUNNEL });
  sockets[0].welcomes();
  await passes(3_000);
  await passes(3_000);
  assert.equal(server.looks, 2);
  server.answer.invitation.lasts = true;
  await passes(3_000);
  await passes(15_000);
  assert.equal(server.looks, 3);
});

test("a page that came through a tunnel is no game, and dials none", async (t) => {
  const { attendance, server, sockets, passes } = attend(t);
  globalThis.location.origin = new URL(TUNNEL.url).origin;
  server.answer = { game_connected: false, invitation: TUNNEL };
  attendance.open();
  await passes(3_000);
  await passes(3_000);
  assert.deepEqual([server.looks, sockets.length, attendance.light], [2, 0, "no"]);
});

test("the room is looked at every three seconds, and seldom where nobody looks or this page plays it", async (t) => {
  const { attendance, server, sockets, passes, heard } = attend(t);
  attendance.open();
  await passes(2_950);
  assert.equal(server.looks, 0);
  await passes(50);
  assert.deepEqual([server.looks, heard("heard")], [1, [{ game_connected: true }]]);
  await passes(3_000);
  assert.equal(server.looks, 2);
  document.hidden = true;
  await passes(3_000);
  await passes(14_000);
  assert.equal(server.looks, 3);
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await passes(50);
  assert.equal(server.looks, 4);
  server.answer = { game_connected: false };
  await passes(12_000); // a game that is away has some seconds to come back
  sockets[0].welcomes();
  const { looks } = server;
  await passes(27_000);
  assert.equal(server.looks, looks);
  await passes(4_000);
  assert.equal(server.looks, looks + 1);
});

test("a game that takes over has the room, until it has been away for some seconds", async (t) => {
  const { attendance, server, sockets, heard, passes } = attend(t);
  attendance.open();
  attendance.hear({ game_connected: false });
  sockets[0].welcomes();
  sockets[0].onclose({ code: 4001 });
  await settled();
  assert.deepEqual([attendance.isGame, attendance.light, heard("over")], [false, "on", []]);
  await passes(30_000);
  assert.equal(sockets.length, 1);
  server.answer = { game_connected: false };
  await passes(3_000);
  assert.equal(attendance.light, "wait");
  assert.equal(Math.abs(attendance.awaySince - Date.now()) < 3_000, true);
  await passes(9_000);
  assert.equal(sockets.length, 2);
});

test("a server that is away is looked for again, and noticed", async (t) => {
  const { attendance, server, heard, passes } = attend(t);
  assert.equal(attendance.isAway, false);
  attendance.open();
  server.answer = new StreamarioError("unreachable", "");
  await passes(3_000);
  assert.equal(attendance.isAway, true);
  server.answer = { game_connected: true };
  await passes(750);
  assert.deepEqual([attendance.isAway, server.looks], [false, 2]);
  assert.equal(heard("changed").length, 2);
  server.answer = new StreamarioError("overloaded", "", { status: 503 });
  await passes(3_000);
  assert.equal(attendance.isAway, false);
});

test("a server that has just answered is looked at once", async (t) => {
  const { attendance, server, passes } = attend(t);
  attendance.open();
  server.answer = new StreamarioError("unreachable", "");
  await passes(60_000);
  server.answer = { game_connected: true };
  const { looks } = server;
  attendance.hurry();
  await passes(50);
  assert.deepEqual([attendance.isAway, server.looks - looks], [false, 1]);
  attendance.hurry();
  await passes(50);
  assert.equal(server.looks - looks, 1);
});

test("a server that stays away is looked for more and more seldom, and then as ever", async (t) => {
  const { attendance, server, passes } = attend(t);
  attendance.open();
  server.answer = new StreamarioError("unreachable", "");
  await passes(60_000);
  const { looks } = server;
  await passes(33_000); // three times 11.25 s, which is the longest
  assert.equal(server.looks - looks, 2 + 1);
  server.answer = { game_connected: true };
  await passes(11_250);
  server.answer = new StreamarioError("unreachable", "");
  const before = server.looks;
  await passes(3_000 + 750 + 1_500);
  assert.equal(server.looks - before, 3);
});

test("one look at a time is enough", async (t) => {
  const { attendance, server, passes } = attend(t);
  attendance.open();
  let answer;
  server.answer = new Promise((resolve) => (answer = resolve));
  await passes(3_000);
  document.dispatchEvent(new Event("visibilitychange"));
  await passes(3_000);
  assert.equal(server.looks, 1);
  answer({ game_connected: true });
  server.answer = { game_connected: true };
  await passes(3_100);
  assert.equal(server.looks, 2);
});

test("a room that cannot be had is told once, and not looked at any more", async (t) => {
  const { attendance, server, sockets, heard, passes } = attend(t);
  attendance.open();
  attendance.hear({ game_connected: false });
  sockets[0].welcomes();
  sockets[0].onclose({ code: 4003 });
  await settled();
  assert.deepEqual(heard("over"), ["forbidden"]);
  attendance.hear({ game_connected: false });
  await passes(60_000);
  assert.deepEqual([server.looks, sockets.length], [0, 1]);
});

test("a look that is refused for good says so, once", async (t) => {
  const { attendance, server, heard, passes } = attend(t);
  attendance.open();
  server.answer = new StreamarioError("invalid_room_token", "", { status: 401 });
  await passes(60_000);
  assert.deepEqual([server.looks, heard("over")], [1, ["forbidden"]]);
});

test("a page that goes lets its game go, without a word", async (t) => {
  const { attendance, server, sockets, heard, passes } = attend(t);
  attendance.open();
  attendance.hear({ game_connected: false });
  sockets[0].welcomes();
  window.dispatchEvent(new Event("pagehide"));
  await passes(60_000);
  assert.deepEqual([sockets[0].closed, server.looks, heard("over")], [[3000], 0, []]);
  assert.equal(heard("closed")[0], true);
});

const seat = (chance = 0) => new Seat(() => chance);

/** This page has the room. */
function taken() {
  const here = seat();
  here.take();
  here.opened();
  return here;
}

test("a room that never had a game gets one at once, and its light goes on with the socket", () => {
  const here = seat();
  assert.equal(here.light, "no");
  assert.equal(here.hear(false, 0), true);
  here.take();
  assert.deepEqual([here.light, here.isTaken, here.hear(false, 1)], ["no", true, false]);
  here.opened();
  assert.deepEqual([here.light, here.hear(true, 1), here.hear(false, 2), here.light], ["on", false, false, "on"]);
});

test("beside another game this page is none, until that has been away for a while", () => {
  const here = seat();
  assert.deepEqual([here.hear(true, 0), here.light], [false, "on"]);
  assert.deepEqual([here.hear(false, 1_000), here.light, here.awaySince], [false, "wait", 1_000]);
  assert.equal(here.hear(false, 6_999), false);
  assert.equal(here.hear(false, 7_000), true);
  here.take();
  assert.deepEqual([here.light, here.awaySince], ["wait", 1_000]);
  here.opened();
  assert.deepEqual([here.light, here.awaySince], ["on", null]);
});

test("a game that comes back in time keeps its room", () => {
  const here = seat();
  here.hear(true, 0);
  here.hear(false, 1_000);
  assert.deepEqual([here.hear(true, 5_000), here.light, here.awaySince], [false, "on", null]);
  assert.equal(here.hear(false, 7_500), false);
});

test("two desks do not take the room in the same moment", () => {
  const [one, other] = [seat(0), seat(1)];
  for (const each of [one, other]) each.hear(true, 0);
  for (const each of [one, other]) each.hear(false, 0);
  assert.deepEqual([one.hear(false, 6_000), other.hear(false, 6_000), other.hear(false, 9_999)], [true, false, false]);
  assert.equal(other.hear(false, 10_000), true);
});

test("a game that takes over has the room until it has been away for a while", () => {
  const here = taken();
  here.lost(500);
  here.leave();
  here.lost(501); // what its socket has left to say
  assert.deepEqual([here.isTaken, here.light, here.awaySince], [false, "on", null]);
  assert.deepEqual([here.hear(false, 600), here.awaySince], [false, 600]);
  assert.deepEqual([here.hear(false, 6_599), here.hear(false, 6_600)], [false, true]);
});

test("a room that was given to a game in the meantime is left alone, as if it had been seen there", () => {
  const here = seat();
  here.take();
  here.leave();
  assert.deepEqual([here.light, here.hear(false, 10), here.hear(false, 6_010)], ["on", false, true]);
});

test("a lost socket leaves nobody there, whatever was told before; what is told then counts", () => {
  const here = taken();
  here.hear(true, 400);
  here.lost(500);
  assert.deepEqual([here.light, here.awaySince, here.isTaken], ["wait", 500, true]);
  assert.deepEqual([here.hear(true, 501), here.light], [false, "on"]);
  assert.deepEqual([here.hear(false, 20_000), here.light, here.awaySince], [false, "wait", 20_000]);
  here.opened();
  assert.equal(here.light, "on");
});
