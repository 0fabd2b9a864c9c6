import assert from "node:assert/strict";
import { test } from "node:test";

import { Game } from "../../../api_service/pages/web/console/game/game.js";
import { fixChance, settled, stopTime } from "../time.js";

const READY = { type: "room_ready", epoch: 1, seq: 0, replayed: 0, round: 1, status: "in_game", room_token: "t2" };

/** A game in stopped time, and its gateway's side: sockets, and what was told of them. */
function gameWith(t, options) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const sockets = [];
  globalThis.WebSocket = class {
    static OPEN = 1;
    readyState = 1;
    sent = [];
    closed = [];

    constructor(url, protocols) {
      Object.assign(this, { url, protocols });
      sockets.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    close(code) {
      this.closed.push(code);
    }

    says(message) {
      this.onmessage({ data: JSON.stringify(message) });
    }

    welcomes(values) {
      this.onopen();
      this.says({ ...READY, ...values });
    }

    of(type) {
      return this.sent.filter((message) => message.type === type);
    }
  };
  const whyRefused = async () => null;
  const game = new Game({ url: "ws://gateway", roomId: "r", token: "t1", cursor: null, whyRefused, ...options });
  const events = [];
  for (const event of ["connection", "ready", "trigger", "gap"]) {
    game.on(event, (detail) => events.push([event, detail]));
  }
  const heard = (event) => events.filter(([name]) => name === event).map(([, detail]) => detail);
  t.after(() => game.close());
  return { game, sockets, heard, passes };
}

const event = (seq, epoch = 1) => ({ type: "game_event", epoch, seq });
const summary = (seq, round = 1) => ({ type: "game_end_summary", epoch: 1, seq, round });
const states = (heard) => heard("connection").map(({ state, reason }) => (reason ? `${state} ${reason}` : state));

test("a game opens a socket with its token, and has the room once the gateway says so", (t) => {
  const { game, sockets, heard } = gameWith(t);
  game.open();
  assert.deepEqual([sockets[0].url, sockets[0].protocols], ["ws://gateway?room_id=r", ["streamario.v1", "token.t1"]]);
  assert.equal(game.isOpen, false);
  sockets[0].welcomes();
  assert.equal(game.isOpen, true);
  assert.deepEqual(states(heard), ["connecting", "open"]);
  assert.deepEqual(heard("ready"), [{ ...READY }]);
});

test("a game that was here before goes on after its cursor", (t) => {
  const { game, sockets } = gameWith(t, { cursor: { epoch: 2, seq: 7 } });
  game.open();
  assert.equal(sockets[0].url, "ws://gateway?room_id=r&epoch=2&last_seq=7");
});

test("a trigger is told once, and acknowledged once it may be stored", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  const cursors = [];
  game.on("settle", (cursor) => cursors.push(cursor));
  game.open();
  sockets[0].welcomes();
  await passes(2_000);
  sockets[0].says(event(1));
  sockets[0].says(event(1));
  sockets[0].says(event(2));
  assert.deepEqual(heard("trigger").map(({ seq }) => seq), [1, 2]);
  assert.deepEqual(sockets[0].of("ack").map(({ seq }) => seq), [1]);
  await passes(999);
  assert.equal(sockets[0].of("ack").length, 1);
  await passes(1);
  assert.deepEqual(sockets[0].of("ack").at(-1), { type: "ack", epoch: 1, seq: 2 });
  assert.deepEqual(cursors.at(-1), { epoch: 1, seq: 2 });
  const { length } = cursors;
  await passes(5_000);
  assert.equal(cursors.length, length);
});

test("a summary is acknowledged with the next round's beginning, as soon as anybody tells of it", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  game.roundBegan(1);
  game.open();
  sockets[0].welcomes();
  sockets[0].says(summary(1));
  await passes(2_000);
  assert.deepEqual([heard("trigger").length, sockets[0].of("ack")], [0, []]);
  game.roundBegan(1);
  await passes(1_000);
  assert.deepEqual(sockets[0].of("ack"), []);
  game.roundBegan(2);
  await passes(1_000);
  assert.deepEqual(sockets[0].of("ack"), [{ type: "ack", epoch: 1, seq: 1 }]);
});

test("after a gap the log goes on behind it", (t) => {
  const { game, sockets, heard } = gameWith(t, { cursor: { epoch: 1, seq: 3 } });
  const cursors = [];
  game.on("settle", (cursor) => cursors.push(cursor));
  game.open();
  sockets[0].welcomes();
  sockets[0].says({ type: "gap", epoch: 2, last_seq: 8 });
  assert.deepEqual([heard("gap").length, cursors.at(-1)], [1, { epoch: 2, seq: 8 }]);
});

test("a lost socket is replaced after the backoff, with the token that the gateway gave", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].onclose({ code: 1006 });
  assert.deepEqual([states(heard).at(-1), game.isOpen], ["waiting lost", false]);
  await passes(249);
  assert.equal(sockets.length, 1);
  await passes(1);
  assert.deepEqual(sockets[1].protocols, ["streamario.v1", "token.t2"]);
  sockets[1].onopen();
  sockets[1].onclose({ code: 1001 });
  assert.equal(states(heard).at(-1), "waiting going_away");
  await passes(499);
  assert.equal(sockets.length, 2);
  await passes(1);
  assert.equal(sockets.length, 3);
});

test("after a reason that is final no other socket is opened", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].onclose({ code: 4001 });
  await passes(60_000);
  assert.deepEqual([sockets.length, states(heard).at(-1)], [1, "ended replaced"]);
  game.open();
  assert.equal(sockets.length, 2);
});

test("a handshake that failed is asked about: the room may never be given again", async (t) => {
  let why = null;
  const { game, sockets, heard, passes } = gameWith(t, { whyRefused: async () => why });
  game.open();
  sockets[0].onclose({ code: 1006 });
  await settled();
  assert.equal(states(heard).at(-1), "waiting refused");
  await passes(250);
  why = "forbidden";
  sockets[1].onclose({ code: 1006 });
  await settled();
  assert.equal(states(heard).at(-1), "ended forbidden");
});

test("a socket that is not welcomed within ten seconds is given up", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  game.open();
  sockets[0].onopen();
  await passes(9_999);
  assert.equal(sockets[0].closed.length, 0);
  await passes(1);
  await settled();
  assert.deepEqual([sockets[0].closed.length, states(heard).at(-1)], [1, "waiting silent"]);
});

test("a welcomed socket is not given up", async (t) => {
  const { game, sockets, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  await passes(9_500);
  for (let n = 0; n < 5; n += 1) {
    sockets[0].says({ type: "pong", t: 0 });
    await passes(5_000);
  }
  assert.deepEqual([sockets.length, sockets[0].closed], [1, []]);
});

test("a socket is pinged every ten seconds, and given up after two pings without a word", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  assert.equal(sockets[0].of("ping").length, 1);
  await passes(10_000);
  assert.equal(sockets[0].of("ping").length, 2);
  sockets[0].says(event(1));
  await passes(10_000);
  assert.equal(sockets[0].of("ping").length, 3);
  await passes(10_000);
  assert.deepEqual([sockets[0].of("ping").length, game.isOpen], [4, true]);
  await passes(10_000);
  assert.deepEqual([game.isOpen, states(heard).at(-1)], [false, "waiting silent"]);
});

test("a socket that answered for ten seconds begins the backoff anew", async (t) => {
  const { game, sockets, passes } = gameWith(t);
  game.open();
  for (const n of [0, 1]) {
    sockets[n].welcomes();
    sockets[n].onclose({ code: 1006 });
    await passes(500);
  }
  sockets[2].welcomes();
  sockets[2].says({ type: "pong", t: 0 });
  await passes(10_000);
  sockets[2].onclose({ code: 1006 });
  await passes(250);
  assert.equal(sockets.length, 4);
});

test("a gateway that goes away is left for another one, without a break", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].says({ type: "reconnect", after_ms: 400 });
  assert.equal(states(heard).at(-1), "open");
  await passes(400);
  assert.equal(sockets.length, 2);
  sockets[0].says(event(1));
  sockets[1].welcomes({ seq: 1 });
  assert.deepEqual([sockets[0].closed, game.isOpen, heard("trigger").length], [[1000], true, 1]);
  sockets[0].says(event(2));
  sockets[0].onclose({ code: 1000 });
  await passes(1);
  assert.deepEqual([heard("trigger").length, game.isOpen, sockets.length], [1, true, 2]);
});

test("a socket that is lost while the next one is on its way is no news", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].says({ type: "reconnect", after_ms: 1 });
  await passes(1);
  sockets[0].onclose({ code: 1001 });
  assert.deepEqual([states(heard).at(-1), game.isOpen], ["connecting going_away", false]);
  await passes(8_000);
  assert.equal(sockets.length, 2);
});

test("an error that announces the end of the socket ends it, and no other does", async (t) => {
  const { game, sockets, heard } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].says({ type: "error", code: "bad_ack" });
  assert.equal(game.isOpen, true);
  sockets[0].says({ type: "error", code: "room_over" });
  await settled();
  assert.equal(states(heard).at(-1), "ended room_over");
  assert.equal(sockets[0].closed.length, 1);
});

test("a game that is closed keeps its round, settles, and comes back no more", async (t) => {
  const { game, sockets, heard, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  await passes(100);
  sockets[0].says(event(1));
  sockets[0].says(event(2));
  game.close();
  assert.deepEqual([sockets[0].closed, states(heard).at(-1), game.isOpen], [[3000], "ended left", false]);
  assert.deepEqual(sockets[0].of("ack").at(-1), { type: "ack", epoch: 1, seq: 2 });
  await passes(60_000);
  assert.equal(sockets.length, 1);
});

test("a game that is closed before its socket was welcomed lets that go, too", async (t) => {
  const { game, sockets, passes } = gameWith(t);
  game.open();
  game.close();
  assert.deepEqual(sockets[0].closed, [3000]);
  await passes(60_000);
  assert.equal(sockets.length, 1);
});

test("nothing is sent on a socket that is closing, and a second open opens no second socket", (t) => {
  const { game, sockets } = gameWith(t);
  game.open();
  game.open();
  assert.equal(sockets.length, 1);
  sockets[0].readyState = 2;
  sockets[0].welcomes();
  assert.deepEqual(sockets[0].sent, []);
});

test("who listens can stop that", (t) => {
  const { game, sockets } = gameWith(t);
  let times = 0;
  const stop = game.on("trigger", () => (times += 1));
  game.open();
  sockets[0].welcomes();
  sockets[0].says(event(1));
  stop();
  sockets[0].says(event(2));
  assert.equal(times, 1);
});
