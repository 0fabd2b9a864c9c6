import assert from "node:assert/strict";
import { test } from "node:test";

import { Feed } from "../../../clients/web/streamario/feed.js";
import { fixChance, stopTime } from "../time.js";

/** A feed in stopped time; its sockets do what a test says. */
function feedWith(t, chance = 0) {
  const passes = stopTime(t);
  fixChance(t, chance);
  const sockets = [];
  const events = [];
  class Socket {
    constructor(url) {
      sockets.push(this);
      this.url = url;
      this.isClosed = false;
    }

    close() {
      this.isClosed = true;
    }

    says(type) {
      this.onmessage({ data: JSON.stringify({ type }) });
    }
  }
  const feed = new Feed(Socket, { take: ({ type }) => events.push(type), changed: () => events.push(feed.isLive) });
  return { feed, Socket, sockets, events, passes };
}

test("a socket is live with its first stats, and hands every message on", (t) => {
  const { feed, sockets, events } = feedWith(t);
  feed.find("ws://gateway");
  assert.equal(sockets[0].url, "ws://gateway");
  sockets[0].says("settings");
  assert.equal(feed.isLive, false);
  sockets[0].says("stats");
  sockets[0].says("stats");
  assert.deepEqual(events, ["settings", true, "stats", "stats"]);
});

test("a socket of a page that shows previews asks for them", (t) => {
  const { Socket, sockets } = feedWith(t);
  const feed = new Feed(Socket, { take() {}, changed() {}, showsPreviews: true });
  feed.find("ws://gateway?room_id=r");
  feed.find("ws://gateway?room_id=r");
  assert.deepEqual(sockets.map(({ url }) => url), ["ws://gateway?room_id=r&preview=1"]);
});

test("without sockets, and without a URL, there is no feed", () => {
  const feed = new Feed(undefined, { take() {}, changed() {} });
  feed.find("ws://gateway");
  feed.hurry();
  assert.equal(feed.isLive, false);
});

test("the same URL opens no second socket", (t) => {
  const { feed, sockets } = feedWith(t);
  feed.hurry();
  assert.equal(sockets.length, 0);
  feed.find("ws://gateway");
  feed.find("ws://gateway");
  feed.hurry();
  assert.equal(sockets.length, 1);
});

test("a socket that does not open in ten seconds is dropped, and another one follows the backoff", async (t) => {
  const { feed, sockets, passes } = feedWith(t);
  feed.find("ws://gateway");
  await passes(9_999);
  assert.equal(sockets[0].isClosed, false);
  await passes(1);
  assert.deepEqual([sockets[0].isClosed, sockets.length], [true, 1]);
  await passes(500);
  assert.equal(sockets.length, 2);
});

test("a live socket is not dropped after ten seconds", async (t) => {
  const { feed, sockets, passes } = feedWith(t);
  feed.find("ws://gateway");
  sockets[0].says("stats");
  await passes(20_000);
  assert.deepEqual([sockets[0].isClosed, feed.isLive], [false, true]);
});

test("sockets that close soon are opened ever more slowly, up to half a minute", async (t) => {
  const { feed, sockets, passes } = feedWith(t, 1);
  feed.find("ws://gateway");
  for (const wait of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const { length } = sockets;
    sockets.at(-1).onclose();
    await passes(wait - 1);
    assert.equal(sockets.length, length);
    await passes(1);
    assert.equal(sockets.length, length + 1);
  }
});

test("after a socket that was stable the backoff begins anew", async (t) => {
  const { feed, sockets, events, passes } = feedWith(t);
  feed.find("ws://gateway");
  sockets[0].onclose();
  await passes(500);
  sockets[1].says("stats");
  await passes(10_000);
  sockets[1].onclose();
  await passes(999);
  assert.equal(sockets.length, 2);
  await passes(1);
  sockets[2].says("stats");
  await passes(10_001);
  sockets[2].onclose();
  await passes(500);
  assert.equal(sockets.length, 4);
  assert.deepEqual(events.slice(-3), [true, "stats", false]);
});

test("a socket that was replaced is heard no more", async (t) => {
  const { feed, sockets, events, passes } = feedWith(t);
  feed.find("ws://gateway");
  feed.drop();
  await passes(500);
  events.length = 0;
  sockets[0].says("stats");
  sockets[0].onclose();
  assert.deepEqual([events, sockets.length, feed.isLive], [[], 2, false]);
});

test("a page that is online again gives its socket time to open", async (t) => {
  const { feed, sockets, passes } = feedWith(t);
  feed.find("ws://gateway");
  sockets[0].onclose();
  feed.hurry();
  await passes(9_999);
  assert.deepEqual([sockets.length, sockets[1].isClosed], [2, false]);
  await passes(1);
  assert.equal(sockets[1].isClosed, true);
});

test("a page that is online again begins the backoff anew", async (t) => {
  const { feed, sockets, passes } = feedWith(t);
  feed.find("ws://gateway");
  sockets[0].onclose();
  feed.hurry();
  sockets[1].onclose();
  await passes(500);
  assert.equal(sockets.length, 3);
});

test("an error of a socket ends no bot: a close follows", (t) => {
  const { feed, sockets } = feedWith(t);
  feed.find("ws://gateway");
  assert.doesNotThrow(() => sockets[0].onerror(new Error("connect ECONNREFUSED")));
});

test("where a socket may not be opened at all the feed tries again", async (t) => {
  const passes = stopTime(t);
  fixChance(t, 0);
  let tries = 0;
  class Forbidden {
    constructor() {
      tries += 1;
      throw new Error("SecurityError");
    }
  }
  const feed = new Feed(Forbidden, { take() {}, changed() {} });
  feed.find("ws://gateway");
  await passes(499);
  assert.equal(tries, 1);
  await passes(1);
  assert.equal(tries, 2);
});

test("a live socket is silent after half a minute without a message, or once it is suspected", async (t) => {
  const { feed, sockets, passes } = feedWith(t);
  feed.find("ws://gateway");
  feed.suspect();
  assert.equal(feed.isSilent, false);
  sockets[0].says("stats");
  await passes(30_000);
  assert.equal(feed.isSilent, false);
  await passes(1);
  assert.equal(feed.isSilent, true);
  feed.trust();
  assert.equal(feed.isSilent, false);
  feed.suspect();
  assert.equal(feed.isSilent, true);
  sockets[0].says("stats_update");
  assert.equal(feed.isSilent, false);
});

test("a feed that is closed closes its socket, and opens none", async (t) => {
  const { feed, sockets, passes } = feedWith(t);
  feed.find("ws://gateway");
  sockets[0].says("stats");
  feed.close();
  assert.deepEqual([sockets[0].isClosed, feed.isLive], [true, false]);
  await passes(60_000);
  assert.equal(sockets.length, 1);
});
