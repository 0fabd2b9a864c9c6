import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamarioError } from "../../../clients/web/streamario/api.js";
import { followPage, Watch } from "../../../clients/web/streamario/watch.js";
import { showPage } from "../dom.js";
import { fixChance, settled, stopTime } from "../time.js";

const away = () => new StreamarioError("unreachable", "");

/** A watch over a room that is in play, in stopped time; chance is in the middle, so that paces are exact. */
function watching(t, { live = false, status = "in_game" } = {}) {
  const passes = stopTime(t);
  fixChance(t, 0.5);
  const feed = { isLive: live, isSilent: false, calls: [] };
  for (const name of ["find", "drop", "suspect", "trust", "hurry", "close"]) {
    feed[name] = (...given) => feed.calls.push([name, ...given].join(" "));
  }
  const calls = [];
  const merged = {
    ...{ status, progress: "", awaitsGame: false, isDoubtful: false },
    takeRoom: ({ status: newStatus }) => {
      calls.push("room");
      merged.status = newStatus ?? merged.status;
    },
    takeStats: () => calls.push("stats"),
    miss: () => calls.push("missing"),
  };
  const server = { refusals: [], attend: async () => calls.push("attended"), enter: async () => null };
  const ask = async (path) => {
    if (server.refusals.length > 0) throw server.refusals.shift();
    return path === "/r" ? { ws_viewer_url: "ws://gateway" } : {};
  };
  const watch = new Watch({
    ...{ api: { ask }, path: "/r", feed, merged, enter: () => server.enter(), attend: () => server.attend() },
    ...{ changed: () => calls.push("changed"), resumed: () => calls.push("resumed") },
  });
  /** What was taken since this was asked last. */
  const taken = () => calls.splice(0).filter((call) => call === "room" || call === "stats");
  return { watch, feed, merged, server, calls, taken, passes };
}

test("the first poll asks for room and counts, and resolves the first answer", async (t) => {
  const { watch, feed, calls } = watching(t, { status: "loading" });
  await watch.beat();
  await watch.firstAnswer;
  assert.deepEqual(calls, ["attended", "room", "stats", "changed"]);
  assert.deepEqual(feed.calls, ["find ws://gateway"]);
});

test("where the first answer has room and counts, nothing is polled before its time", async (t) => {
  const { watch, feed, server, calls, passes } = watching(t, { status: "loading" });
  server.enter = async () => ({ room: { status: "in_game", ws_viewer_url: "ws://gateway" }, stats: {} });
  await watch.beat();
  await watch.firstAnswer;
  assert.deepEqual(calls.splice(0), ["room", "stats", "changed"]);
  assert.deepEqual(feed.calls, ["find ws://gateway"]);
  await passes(2_000);
  assert.deepEqual(calls, ["attended", "room", "stats", "changed"]);
});

test("a viewer that may not join sees the room, and tries again once the server says so", async (t) => {
  const { watch, merged, server, taken, passes } = watching(t, { status: "loading" });
  server.enter = async () => {
    throw new StreamarioError("rate_limited", "", { status: 429, retryAfter: 5_000 });
  };
  merged.takeRoom = () => (merged.status = "in_game");
  await watch.beat();
  await watch.firstAnswer;
  assert.deepEqual(taken(), ["stats"]);
  await passes(4_999);
  assert.deepEqual(taken(), []);
  await passes(1);
  assert.deepEqual(taken(), ["stats"]);
});

test("a server that is away is asked no more than once a beat", async (t) => {
  const { watch, server, calls } = watching(t, { status: "loading" });
  server.enter = async () => {
    throw away();
  };
  await watch.beat();
  assert.deepEqual(calls, []);
});

test("a room that is missing is asked for no more by a join", async (t) => {
  const { watch, server, calls } = watching(t, { status: "loading" });
  server.enter = async () => {
    throw new StreamarioError("room_not_found", "", { status: 404 });
  };
  await watch.beat();
  await watch.firstAnswer;
  assert.deepEqual(calls, ["missing", "changed"]);
});

test("in play counts are polled every two seconds, and the room every other time", async (t) => {
  const { watch, taken, passes } = watching(t);
  await watch.beat();
  assert.deepEqual(taken(), ["room", "stats"]);
  await passes(1_999);
  assert.deepEqual(taken(), []);
  await passes(1);
  assert.deepEqual(taken(), ["stats"]);
  await passes(2_000);
  assert.deepEqual(taken(), ["room", "stats"]);
});

test("before a round only the room is polled, and after it every five seconds", async (t) => {
  const { watch, merged, taken, passes } = watching(t, { status: "active" });
  await watch.beat();
  await passes(2_000);
  assert.deepEqual(taken(), ["room", "room"]);
  merged.status = "ended";
  await passes(2_000);
  assert.deepEqual(taken(), ["room"]);
  await passes(4_999);
  assert.deepEqual(taken(), []);
  await passes(1);
  assert.deepEqual(taken(), ["room"]);
});

test("paces are spread by half their length, so that pages do not poll in step", async (t) => {
  const { watch, taken, passes } = watching(t);
  fixChance(t, 0);
  await watch.beat();
  taken();
  await passes(1_499);
  assert.deepEqual(taken(), []);
  fixChance(t, 1);
  await passes(1);
  assert.deepEqual(taken(), ["stats"]);
  await passes(2_499);
  assert.deepEqual(taken(), []);
  await passes(1);
  assert.deepEqual(taken(), ["room", "stats"]);
});

test("while the socket is live nothing is polled, and the viewer attends every ten seconds", async (t) => {
  const { watch, calls, passes } = watching(t, { live: true });
  await watch.beat();
  assert.deepEqual(calls.splice(0), ["attended"]);
  await passes(9_999);
  assert.deepEqual(calls, []);
  await passes(1);
  assert.deepEqual(calls, ["attended"]);
});

test("what the socket does not tell is polled though it is live: whether the game is there", async (t) => {
  const { watch, merged, taken, passes } = watching(t, { live: true, status: "active" });
  merged.awaitsGame = true;
  await watch.beat();
  assert.deepEqual(taken(), ["room", "stats"]);
  await passes(2_000);
  assert.deepEqual(taken(), ["room", "stats"]);
});

test("a hidden page polls every fifteen seconds", async (t) => {
  const { watch, taken, passes } = watching(t);
  showPage(t, "hidden");
  await watch.beat();
  taken();
  await passes(14_999);
  assert.deepEqual(taken(), []);
  await passes(1);
  assert.deepEqual(taken(), ["stats"]);
});

test("a room that is missing is asked for every ten seconds", async (t) => {
  const { watch, merged, server, calls, passes } = watching(t, { status: "active" });
  server.refusals.push(new StreamarioError("room_not_found", "", { status: 404 }));
  await watch.beat();
  await watch.firstAnswer;
  assert.ok(calls.includes("missing"));
  merged.status = "missing";
  await passes(2_000);
  calls.length = 0;
  await passes(9_999);
  assert.deepEqual(calls, []);
  await passes(1);
  assert.ok(calls.includes("room"));
});

test("a 404 of something in between is no missing room, and a refusal changes nothing", async (t) => {
  const { watch, server, calls } = watching(t);
  server.refusals.push(new StreamarioError("unreachable", "", { status: 404 }), away());
  await watch.beat();
  assert.deepEqual(calls, ["attended"]);
});

test("what the server asks to wait for is waited for", async (t) => {
  const { watch, server, taken, passes } = watching(t);
  server.refusals.push(new StreamarioError("busy", "", { status: 503, retryAfter: 7_000 }));
  await watch.beat();
  taken();
  await passes(6_999);
  assert.deepEqual(taken(), []);
  await passes(1);
  assert.deepEqual(taken(), ["stats"]);
});

test("a bug is no refusal: it is thrown once the next poll is set", async (t) => {
  const { watch, server, taken, passes } = watching(t);
  server.attend = async () => {
    throw new TypeError("bug");
  };
  await assert.rejects(watch.beat(), /bug/);
  server.attend = async () => {};
  taken();
  await passes(2_000);
  assert.deepEqual(taken(), ["stats"]);
});

test("a server that is away is asked ever more slowly, and all goes on once it answers", async (t) => {
  const { watch, feed, server, calls, passes } = watching(t);
  server.refusals = Array.from({ length: 20 }, away);
  watch.reached(false);
  watch.reached(false);
  assert.deepEqual(calls, ["changed"]);
  const attempts = () => 20 - server.refusals.length;
  await passes(1_000);
  const first = attempts();
  assert.ok(first >= 1);
  await passes(749);
  assert.equal(attempts(), first);
  await passes(1);
  assert.ok(attempts() > first);
  calls.length = 0;
  watch.reached(true);
  assert.deepEqual([calls, feed.calls], [["changed", "resumed"], ["hurry"]]);
  watch.stop();
});

test("where the socket is live before the server answers, the server is asked until it does", async (t) => {
  const { watch, feed, server, taken, passes } = watching(t);
  server.refusals.push(away());
  watch.reached(false);
  feed.isLive = true;
  watch.feedChanged();
  await passes(1_000);
  assert.deepEqual([server.refusals, taken()], [[], []]);
  await passes(750);
  assert.deepEqual(taken(), ["stats"]);
  watch.reached(true);
  await passes(20_000);
  assert.deepEqual(taken(), []);
});

test("a socket that was lost makes the page poll within two seconds", async (t) => {
  const { watch, feed, taken, passes } = watching(t, { live: true });
  await watch.beat();
  watch.feedChanged();
  await passes(2_000);
  assert.deepEqual(taken(), []);
  feed.isLive = false;
  watch.feedChanged();
  await passes(999);
  assert.deepEqual(taken(), []);
  await passes(1);
  assert.deepEqual(taken(), ["room", "stats"]);
});

test("a silent socket is trusted where the room has not changed, and dropped where it has", async (t) => {
  const { watch, feed, merged } = watching(t, { live: true });
  feed.isSilent = true;
  await watch.poll();
  assert.deepEqual(feed.calls.splice(0), ["find ws://gateway", "trust"]);
  merged.takeStats = () => (merged.progress = "more");
  await watch.poll();
  assert.deepEqual(feed.calls.splice(0), ["find ws://gateway", "drop"]);
  merged.takeStats = () => (feed.isSilent = false);
  await watch.poll();
  assert.deepEqual(feed.calls, ["find ws://gateway"]);
});

test("a contradiction makes the page ask after a second, unless it was resolved", async (t) => {
  const { watch, merged, taken, passes } = watching(t, { live: true });
  merged.isDoubtful = true;
  watch.doubt();
  await passes(999);
  assert.deepEqual(taken(), []);
  await passes(1);
  assert.deepEqual(taken(), ["room", "stats"]);
  merged.isDoubtful = false;
  watch.doubt();
  await passes(1_000);
  assert.deepEqual(taken(), []);
});

test("a page that is visible again asks for everything, and has its socket checked", async (t) => {
  const { watch, feed, calls } = watching(t, { live: true });
  watch.wake();
  await settled();
  assert.deepEqual(feed.calls, ["suspect", "hurry", "find ws://gateway"]);
  assert.deepEqual(calls, ["resumed", "attended", "room", "stats", "changed"]);
});

test("a page that is online again has its socket replaced", (t) => {
  const { watch, feed } = watching(t, { live: true });
  watch.reconnect();
  assert.deepEqual(feed.calls, ["drop", "suspect", "hurry"]);
});

test("a watch that was stopped does nothing any more", async (t) => {
  const { watch, feed, calls, passes } = watching(t);
  const beating = watch.beat();
  watch.stop();
  await beating;
  assert.deepEqual(feed.calls.splice(0), ["close"]);
  calls.length = 0;
  watch.wake();
  watch.reconnect();
  watch.doubt();
  watch.reached(false);
  feed.isLive = false;
  await passes(60_000);
  assert.deepEqual([calls, feed.calls, watch.isReachable], [[], [], true]);
  watch.feedChanged();
  await passes(60_000);
  assert.deepEqual(calls, ["changed"]);
});

test("a room that is closed waits for no answer", async (t) => {
  const { watch } = watching(t);
  watch.end();
  assert.equal(await watch.firstAnswer, undefined);
});

test("a page that hides leaves, and one that shows wakes; what ends that ends all", (t) => {
  const calls = [];
  const call = (name) => () => calls.push(name);
  const page = showPage(t, "hidden");
  const target = new EventTarget();
  for (const name of ["addEventListener", "removeEventListener"]) globalThis[name] = target[name].bind(target);
  t.after(() => {
    delete globalThis.addEventListener;
    delete globalThis.removeEventListener;
  });
  const forget = followPage({ leave: call("leave"), wake: call("wake"), reconnect: call("reconnect") });
  const happens = (on, name, values) => on.dispatchEvent(Object.assign(new Event(name), values));
  const all = () => {
    page.visibilityState = "hidden";
    happens(page, "visibilitychange");
    page.visibilityState = "visible";
    happens(page, "visibilitychange");
    happens(target, "pagehide");
    happens(target, "pageshow", { persisted: false });
    happens(target, "pageshow", { persisted: true });
    happens(target, "offline");
    happens(target, "online");
  };
  all();
  assert.deepEqual(calls, ["leave", "wake", "leave", "wake", "wake", "reconnect"]);
  forget();
  all();
  assert.equal(calls.length, 6);
});

test("outside a page nothing is followed", () => {
  const forget = followPage({ leave() {}, wake() {}, reconnect() {} });
  assert.doesNotThrow(forget);
});
