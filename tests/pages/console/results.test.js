import assert from "node:assert/strict";
import { test } from "node:test";

import { History, lastEnded, LastRound, record } from "../../../api_service/pages/web/console/results/history.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { memory } from "../storage.js";
import { serve } from "../server.js";
import { fixChance, happened, stopTime } from "../time.js";

test("the last round that ended is this one, or the one before while it runs", () => {
  const last = (status, ...passedOver) => lastEnded({ status, round: 3 }, new Set(passedOver));
  assert.deepEqual(["ended", "in_game", "active", "loading"].map((status) => last(status)), [3, 2, 0, 0]);
  assert.deepEqual([last("ended", 3), last("ended", 2, 3), last("in_game", 3), last("in_game", 1, 2)], [2, 1, 2, 0]);
});

/** The last round of a room, with a server that answers each request with one of `answers`. */
function lastRound(t, ...answers) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const asked = [];
  const load = async (round) => {
    asked.push(round);
    const answer = await answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const heard = { count: 0 };
  const last = new LastRound({ load, changed: () => (heard.count += 1) });
  return { last, asked, passes, heard };
}

test("a round's results are asked for once", async (t) => {
  const { last, asked, heard } = lastRound(t, { results: "of 2" });
  assert.equal(last.isPending, true);
  last.expect(0);
  last.expect(2);
  last.expect(2);
  last.expect(1);
  assert.deepEqual([last.round, last.isPending, asked], [2, true, [2]]);
  await happened();
  assert.deepEqual([last.found, heard.count], [{ results: "of 2", round: 2 }, 1]);
  assert.deepEqual([last.isPending, last.refusal], [false, null]);
});

test("the results of the round before stay until the next ones are there, and come no later", async (t) => {
  let answer;
  const late = new Promise((resolve) => (answer = resolve));
  const { last, heard } = lastRound(t, { results: "of 1" }, late, { results: "of 3" });
  last.expect(1);
  await happened();
  last.expect(2);
  assert.deepEqual([last.found.results, last.isPending], ["of 1", true]);
  last.expect(3);
  await happened();
  answer({ results: "of 2" });
  await happened();
  assert.deepEqual([last.found.results, last.isPending, heard.count], ["of 3", false, 2]);
});

const refusal = (code, status, retryAfter) => new StreamarioError(code, "", { status, retryAfter });

test("what may be there later is asked for again, ever more slowly, and no sooner than the server says", async (t) => {
  const pending = refusal("results_pending", 503, null);
  const answers = [refusal("room_not_ended", 409, null), pending, refusal("busy", 503, 9_000), { results: "there" }];
  const { last, asked, passes, heard } = lastRound(t, ...answers);
  last.expect(1);
  await happened();
  assert.deepEqual([last.refusal.code, last.isPending, heard.count], ["room_not_ended", true, 1]);
  await passes(950);
  assert.equal(asked.length, 1);
  await passes(50);
  assert.deepEqual([asked.length, last.refusal], [2, pending]);
  await passes(1_950);
  assert.equal(asked.length, 2);
  await passes(50);
  assert.equal(asked.length, 3);
  await passes(8_950);
  assert.equal(asked.length, 3);
  await passes(50);
  assert.deepEqual([asked, last.refusal, last.isPending], [[1, 1, 1, 1], null, false]);
});

test("it is asked for at least once a minute, and the next round's results begin anew", async (t) => {
  const busy = refusal("busy", 503, null);
  const { last, asked, passes } = lastRound(t, ...Array(9).fill(busy));
  last.expect(1);
  await passes(1_000 + 2_000 + 4_000 + 8_000 + 16_000 + 30_500);
  assert.equal(asked.length, 7);
  await passes(30_000);
  await happened();
  assert.equal(asked.length, 8);
  last.expect(2);
  await happened();
  assert.equal(asked.length, 9);
  await passes(1_050);
  assert.equal(asked.length, 10);
});

test("what is there in part shows at once, and is asked for again until it is whole", async (t) => {
  const parts = [{ isWhole: false }, { isWhole: false }, { isWhole: true, booked: "all" }];
  const { last, asked, passes, heard } = lastRound(t, ...parts);
  last.expect(1);
  await happened();
  assert.deepEqual([last.isPending, last.found.isWhole, heard.count], [false, false, 1]);
  await passes(1_050);
  await passes(2_050);
  await passes(120_000);
  assert.deepEqual([asked, last.found.booked, heard.count], [[1, 1, 1], "all", 3]);
});

test("what is refused for good is not asked for again", async (t) => {
  const { last, asked, passes } = lastRound(t, refusal("room_not_found", 404, null));
  last.expect(1);
  await passes(120_000);
  assert.deepEqual([asked.length, last.refusal.code], [1, "room_not_found"]);
});

test("the next round is asked for at once, and its refusal is its own", async (t) => {
  const { last, asked, passes } = lastRound(t, refusal("busy", 503, null), { results: "of 2" });
  last.expect(1);
  await happened();
  last.expect(2);
  assert.equal(last.refusal, null);
  await passes(120_000);
  assert.deepEqual(asked, [1, 2]);
});

test("a refusal of the round before does not show", async (t) => {
  let refuse;
  const late = new Promise((resolve) => (refuse = resolve));
  const { last, asked, passes } = lastRound(t, late, { results: "of 2" });
  last.expect(1);
  last.expect(2);
  refuse(refusal("busy", 503, null));
  await passes(120_000);
  assert.deepEqual([last.refusal, asked], [null, [1, 2]]);
});

test("results that are awaited are no problem, whatever else is refused is one", async (t) => {
  const answers = [refusal("results_pending", 503, null), refusal("room_not_ended", 409, null), refusal("busy", 503, null)];
  const { last, passes } = lastRound(t, ...answers);
  assert.equal(last.problem, null);
  last.expect(1);
  await happened();
  assert.equal(last.problem, null);
  await passes(1_050);
  assert.equal(last.problem, null);
  await passes(2_050);
  assert.equal(last.problem.code, "busy");
});

test("results that are out of date are asked for anew, for as long as the server may not have heard of it", async (t) => {
  const { last, asked, passes } = lastRound(t, { at: 0 }, { at: 1 }, { at: 2 }, { at: 3 }, { at: 4 }, { at: 5 }, { at: 6 });
  last.expect(1);
  await passes(60_000);
  assert.equal(asked.length, 1);
  last.renew();
  await happened();
  assert.deepEqual([asked.length, last.found.at, last.isPending], [2, 1, false]);
  await passes(1_000 + 2_000 + 4_000 + 200);
  assert.deepEqual([asked.length, last.found.at], [5, 4]);
  await passes(8_000);
  assert.equal(asked.length, 6);
  await passes(60_000);
  assert.deepEqual([asked.length, last.found.at], [6, 5]);
});

test("results that are asked for anew are not asked for a second time by what came before", async (t) => {
  const { last, asked, passes } = lastRound(t, { isWhole: false }, ...Array(9).fill({}));
  last.expect(1);
  await passes(900);
  last.renew();
  await passes(700);
  assert.equal(asked.length, 2);
});

const ROOM = { room_id: "r", room_token: "t" };

/** Put a room into the history, with these answers of the server; `done` is how often that was told. */
function recording(t, ...answers) {
  globalThis.localStorage = memory({ "streamario.console.studio_key": '"key"' });
  const passes = stopTime(t);
  fixChance(t, 0);
  const requests = serve(t, () => answers.shift());
  const history = { requests, passes, done: 0 };
  record(ROOM, () => (history.done += 1));
  return history;
}

test("a room is put into the history", async (t) => {
  const history = recording(t, {});
  await history.passes(400_000);
  const { requests, done } = history;
  assert.equal(done, 1);
  const told = requests.map(({ method, path, secret, body }) => [method, path, secret, body]);
  assert.deepEqual(told, [["PUT", "/api/studio/rooms/r", "key", { room_token: "t" }]]);
});

test("where the server cannot now it is asked again, ever more slowly", async (t) => {
  const busy = [503, { code: "busy" }];
  const history = recording(t, busy, busy, {});
  const { requests, passes } = history;
  await happened();
  assert.deepEqual([requests.length, history.done], [1, 0]);
  await passes(1_000);
  await happened();
  assert.equal(requests.length, 2);
  await passes(1_950);
  assert.equal(requests.length, 2);
  await passes(50);
  await happened();
  assert.deepEqual([requests.length, history.done], [3, 1]);
});

test("what the server refuses stays out", async (t) => {
  const history = recording(t, [403, { code: "forbidden" }], {});
  await happened();
  await history.passes(400_000);
  assert.deepEqual([history.requests.length, history.done], [1, 0]);
});

/** As many rooms as are listed at once, or fewer, from the first number on. */
const rooms = (first, count) => Array.from({ length: count }, (_, n) => ({ room_id: `r${first + n}` }));

test("the rooms are listed a page at a time, and a room can be forgotten", async (t) => {
  globalThis.localStorage = memory({ "streamario.console.studio_key": '"key"' });
  const answers = [{ rooms: rooms(0, 50) }, { rooms: rooms(50, 3) }, {}, { rooms: rooms(0, 2) }];
  const requests = serve(t, () => answers.shift());
  const history = new History();
  assert.deepEqual([history.rooms, history.hasMore], [null, false]);
  await history.show();
  assert.deepEqual([history.rooms.length, history.hasMore], [50, true]);
  await history.more();
  assert.deepEqual([history.rooms.length, history.rooms.at(-1).room_id, history.hasMore], [53, "r52", false]);
  await history.forget("r52");
  assert.deepEqual([history.rooms.length, history.rooms.at(-1).room_id], [52, "r51"]);
  await history.show();
  assert.deepEqual(history.rooms, rooms(0, 2));
  const asked = requests.map(({ method, path }) => `${method} ${path}`);
  const [first, more, forgotten] = ["GET /api/studio/rooms", "?before=r49", "DELETE /api/studio/rooms/r52"];
  assert.deepEqual(asked, [first, first + more, forgotten, first]);
});
