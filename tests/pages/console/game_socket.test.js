import assert from "node:assert/strict";
import { test } from "node:test";

import { GameSocket } from "../../../api_service/pages/web/console/game/game_socket.js";
import { fixChance, settled, stopTime } from "../time.js";

const READY = { type: "room_ready", epoch: 1, seq: 0, replayed: 0, round: 1, status: "in_game", room_token: "t2" };

/** A stand-in in stopped time, and its gateway's side: sockets, and what was told of them. */
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
      this.sent.push(JSON.parse(text).type);
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
  const told = [];
  const tell = (name) => (detail) => told.push(detail ? [name, detail.room_token ?? detail] : name);
  const game = new GameSocket({
    ...{ url: "ws://gateway", roomId: "r", token: "t1", whyRefused: async () => null },
    ...{ opened: tell("opened"), lost: tell("lost"), ended: tell("ended"), ...options },
  });
  t.after(() => game.close());
  return { game, sockets, told, passes };
}

test("a socket stands in, with its token, and has the room once the gateway says so", (t) => {
  const { game, sockets, told } = gameWith(t);
  game.open();
  assert.equal(sockets[0].url, "ws://gateway?room_id=r&stand_in=true");
  assert.deepEqual(sockets[0].protocols, ["streamario.v1", "token.t1"]);
  assert.equal(game.isOpen, false);
  sockets[0].welcomes();
  assert.deepEqual([game.isOpen, told], [true, [["opened", "t2"]]]);
});

test("what fires is not acknowledged", async (t) => {
  const { game, sockets, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].says({ type: "game_event", epoch: 1, seq: 1 });
  sockets[0].says({ type: "game_end_summary", epoch: 1, seq: 2, round: 1 });
  await passes(9_000);
  assert.deepEqual(sockets[0].sent, ["ping"]);
});

test("a lost socket is replaced after the backoff, with the token that the gateway gave", async (t) => {
  const { game, sockets, told, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].onclose({ code: 1006 });
  assert.deepEqual([told.at(-1), game.isOpen], ["lost", false]);
  await passes(249);
  assert.equal(sockets.length, 1);
  await passes(1);
  assert.deepEqual(sockets[1].protocols, ["streamario.v1", "token.t2"]);
  sockets[1].onopen();
  sockets[1].onclose({ code: 1001 });
  await passes(499);
  assert.equal(sockets.length, 2);
  await passes(1);
  assert.equal(sockets.length, 3);
  assert.deepEqual(told, [["opened", "t2"], "lost"]);
});

for (const [code, reason] of [
  [4001, "replaced"],
  [4002, "game_connected"],
  [4003, "forbidden"],
  [4004, "room_not_found"],
  [4010, "room_over"],
]) {
  test(`after ${code} no other socket is opened, until somebody asks for one`, async (t) => {
    const { game, sockets, told, passes } = gameWith(t);
    game.open();
    sockets[0].welcomes();
    sockets[0].onclose({ code });
    await passes(60_000);
    assert.deepEqual([sockets.length, told.slice(1)], [1, ["lost", ["ended", reason]]]);
    game.open();
    assert.equal(sockets.length, 2);
  });
}

test("a room that has a game is left alone before this page had it, too", async (t) => {
  const { game, sockets, told, passes } = gameWith(t);
  game.open();
  sockets[0].onopen();
  sockets[0].says({ type: "error", code: "game_connected" });
  sockets[0].onclose({ code: 4002 });
  await passes(60_000);
  assert.deepEqual([sockets.length, told], [1, [["ended", "game_connected"]]]);
});

test("a handshake that failed is asked about: the room may never be given again", async (t) => {
  let why = null;
  const { game, sockets, told, passes } = gameWith(t, { whyRefused: async () => why });
  game.open();
  sockets[0].onclose({ code: 1006 });
  await settled();
  assert.deepEqual(told, []);
  await passes(250);
  why = "forbidden";
  sockets[1].onclose({ code: 1006 });
  await settled();
  assert.deepEqual(told, [["ended", "forbidden"]]);
});

test("a socket that is not welcomed within ten seconds is given up", async (t) => {
  const { game, sockets, passes } = gameWith(t);
  game.open();
  sockets[0].onopen();
  await passes(9_999);
  assert.equal(sockets[0].closed.length, 0);
  await passes(1);
  await settled();
  assert.equal(sockets[0].closed.length, 1);
  await passes(250);
  assert.equal(sockets.length, 2);
});

test("a welcomed socket is not given up", async (t) => {
  const { game, sockets, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  await passes(9_500);
  for (let n = 0; n < 5; n += 1) {
    sockets[0].says({ type: "pong" });
    await passes(5_000);
  }
  assert.deepEqual([sockets.length, sockets[0].closed], [1, []]);
});

test("a socket is pinged every ten seconds, and given up after two pings without a word", async (t) => {
  const { game, sockets, told, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  assert.equal(sockets[0].sent.length, 1);
  await passes(10_000);
  assert.equal(sockets[0].sent.length, 2);
  sockets[0].says({ type: "viewer_count_update" });
  await passes(10_000);
  assert.equal(sockets[0].sent.length, 3);
  await passes(10_000);
  assert.deepEqual([sockets[0].sent.length, game.isOpen], [4, true]);
  await passes(10_000);
  assert.deepEqual([game.isOpen, told.at(-1)], [false, "lost"]);
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
  sockets[2].says({ type: "pong" });
  await passes(10_000);
  sockets[2].onclose({ code: 1006 });
  await passes(250);
  assert.equal(sockets.length, 4);
});

test("a page that stands in again begins the backoff anew", async (t) => {
  const { game, sockets, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].onclose({ code: 1006 });
  game.close();
  game.open();
  sockets[1].welcomes();
  sockets[1].onclose({ code: 1006 });
  await passes(249);
  assert.equal(sockets.length, 2);
  await passes(1);
  assert.equal(sockets.length, 3);
});

test("a gateway that goes away is left for another one, without a break", async (t) => {
  const { game, sockets, told, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].says({ type: "reconnect", after_ms: 400 });
  await passes(399);
  assert.equal(sockets.length, 1);
  await passes(1);
  assert.deepEqual([sockets.length, game.isOpen], [2, true]);
  sockets[1].welcomes();
  assert.deepEqual([sockets[0].closed, game.isOpen], [[1000], true]);
  sockets[0].says({ type: "error", code: "replaced" });
  sockets[0].onclose({ code: 1000 });
  await passes(1);
  assert.deepEqual([game.isOpen, sockets.length, told], [true, 2, [["opened", "t2"], ["opened", "t2"]]]);
});

test("a socket that is lost while the next one is on its way is not dialled twice", async (t) => {
  const { game, sockets, told, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].says({ type: "reconnect", after_ms: 1 });
  await passes(1);
  sockets[0].onclose({ code: 4001 });
  assert.deepEqual([told.at(-1), game.isOpen], ["lost", false]);
  await passes(8_000);
  assert.equal(sockets.length, 2);
});

test("an error that announces the end of the socket ends it, and no other does", async (t) => {
  const { game, sockets, told, passes } = gameWith(t);
  game.open();
  sockets[0].welcomes();
  sockets[0].says({ type: "error", code: "rate_limited" });
  assert.equal(game.isOpen, true);
  sockets[0].says({ type: "error", code: "going_away" });
  await passes(250);
  assert.deepEqual([sockets[0].closed.length, sockets.length], [1, 2]);
  sockets[1].welcomes();
  sockets[1].says({ type: "error", code: "room_over" });
  await settled();
  assert.deepEqual([told.at(-1), sockets[1].closed.length], [["ended", "room_over"], 1]);
});

for (const isWelcome of [true, false]) {
  test(`a socket that is let go ${isWelcome ? "" : "before it was welcomed "}keeps its round`, async (t) => {
    const { game, sockets, told, passes } = gameWith(t);
    game.open();
    if (isWelcome) sockets[0].welcomes();
    game.close();
    assert.deepEqual([sockets[0].closed, game.isOpen], [[3000], false]);
    sockets[0].onclose({ code: 3000 });
    await passes(60_000);
    assert.deepEqual([sockets.length, told.length], [1, isWelcome ? 1 : 0]);
  });
}

test("nothing is sent on a socket that is closing, and a second open opens no second socket", (t) => {
  const { game, sockets } = gameWith(t);
  game.open();
  game.open();
  assert.equal(sockets.length, 1);
  sockets[0].readyState = 2;
  sockets[0].welcomes();
  assert.deepEqual(sockets[0].sent, []);
});

test("a page that goes while it asks why it was refused dials no more", async (t) => {
  let answer;
  const { game, sockets, told, passes } = gameWith(t, { whyRefused: () => new Promise((resolve) => (answer = resolve)) });
  game.open();
  sockets[0].onclose({ code: 1006 });
  game.close();
  answer(null);
  await passes(60_000);
  assert.deepEqual([sockets.length, told], [1, []]);
});
