import assert from "node:assert/strict";
import { test } from "node:test";

import { Recall, recall } from "../../../api_service/pages/web/console/live/recall.js";
import { serve } from "../server.js";
import { memory } from "../storage.js";
import { stopTime } from "../time.js";

const ROUND = {
  ...{ round: 2, started_at: "2026-01-01T12:00:00Z", ended_at: null },
  triggers: [
    ...[{ seq: 7, event_type: "a", viewer_name: "Mika", fired_at: "2026-01-01T12:00:05Z", status: null, reason: null }],
    ...[{ seq: 8, event_type: "b", viewer_name: null, fired_at: "2026-01-01T12:00:09Z", status: "failed", reason: "gone" }],
  ],
};
const AHEAD = 7_200_000; // ms that this page's clock is before the server's

/** What is recalled of these rounds, and the requests for it. */
async function recalled(t, rounds, answer, entries = { "streamario.console.studio_key": '"key"' }) {
  globalThis.localStorage = memory(entries);
  t.after(() => delete globalThis.localStorage);
  const requests = serve(t, answer);
  return { rounds: await recall("r", rounds, (ms) => ms + AHEAD), paths: requests.map(({ path }) => path) };
}

test("what is recorded of rounds is asked for, and tells its times by this page's clock", async (t) => {
  const { rounds, paths } = await recalled(t, [5, 4], () => ROUND);
  assert.deepEqual(paths, ["/api/studio/rooms/r/rounds/5", "/api/studio/rooms/r/rounds/4"]);
  const from = Date.UTC(2026, 0, 1, 12) + AHEAD;
  const outcome = { status: "failed", reason: "gone", returned: 0, endsAt: null, since: null };
  assert.deepEqual(rounds[0], {
    ...{ round: 2, from, to: null },
    triggers: [
      { seq: 7, eventType: "a", viewerName: "Mika", at: from + 5_000, outcome: null },
      { seq: 8, eventType: "b", viewerName: null, at: from + 9_000, outcome },
    ],
  });
});

test("a round that is over has its end", async (t) => {
  const { rounds } = await recalled(t, [1], () => ({ ...ROUND, ended_at: "2026-01-01T12:05:00Z" }));
  assert.equal(rounds[0].to - rounds[0].from, 300_000);
});

test("what the history does not have is left out", async (t) => {
  const answer = ({ path }) => (path.endsWith("2") ? [404, { code: "not_found" }] : ROUND);
  const { rounds } = await recalled(t, [2, 1], answer);
  assert.equal(rounds.length, 1);
});

test("where nobody answers, that is told", async (t) => {
  await assert.rejects(recalled(t, [2], () => [502, {}]), { code: "unreachable" });
});

test("whoever has no history is not asked for one", async (t) => {
  const { rounds, paths } = await recalled(t, [2], () => ROUND, {});
  assert.deepEqual([rounds, paths], [[], []]);
});

/** A recall of a feed that lacks so many triggers of a round, which what is asked changes by `answers`. */
function recalling(t, lacking, ...answers) {
  const feed = { lacking, asked: [] };
  const ask = async (round) => {
    feed.asked.push(round);
    const answer = answers.shift() ?? 0;
    if (answer === "away") throw new Error("away");
    feed.lacking -= answer;
  };
  const passes = stopTime(t);
  return { feed, passes, recall: new Recall(() => feed.lacking, ask) };
}

test("what is missing of a round is asked for, once", async (t) => {
  const { feed, passes, recall } = recalling(t, 3, 3);
  recall.follow(1);
  await passes(499);
  assert.deepEqual(feed.asked, []);
  await passes(1);
  recall.follow(1);
  await passes(20_000);
  assert.deepEqual(feed.asked, [1]);
});

test("what is recorded late is asked for again, a few times", async (t) => {
  const { feed, passes, recall } = recalling(t, 3, 0, 1);
  recall.follow(1);
  await passes(2_500);
  assert.equal(feed.asked.length, 2);
  await passes(20_000);
  assert.equal(feed.asked.length, 3);
  recall.follow(1);
  await passes(20_000);
  assert.equal(feed.asked.length, 3); // nobody has these two
});

test("once more is missing, it is asked for", async (t) => {
  const { feed, passes, recall } = recalling(t, 2);
  recall.follow(1);
  await passes(20_000);
  feed.lacking = 3;
  recall.follow(1);
  await passes(500);
  assert.equal(feed.asked.length, 4);
});

test("what comes in a moment is not asked for", async (t) => {
  const { feed, passes, recall } = recalling(t, 1);
  recall.follow(1);
  feed.lacking = 0;
  await passes(20_000);
  assert.deepEqual(feed.asked, []);
});

test("while nobody answers nothing is given up", async (t) => {
  const { feed, passes, recall } = recalling(t, 2, "away", 2);
  recall.follow(1);
  await passes(20_000);
  assert.deepEqual(feed.asked, [1]);
  recall.follow(1);
  await passes(500);
  assert.deepEqual([feed.asked, feed.lacking], [[1, 1], 0]);
});

test("what nobody has of a round says nothing of the next one", async (t) => {
  const { feed, passes, recall } = recalling(t, 2);
  recall.follow(1);
  await passes(20_000);
  recall.follow(2);
  await passes(500);
  assert.deepEqual(feed.asked.slice(3), [2]);
});

test("a round that is over is asked for no more", async (t) => {
  const { feed, passes, recall } = recalling(t, 2);
  recall.follow(1);
  await passes(500);
  recall.follow(2);
  await passes(20_000);
  assert.deepEqual(feed.asked, [1]);
  recall.follow(2);
  await passes(500);
  assert.deepEqual(feed.asked, [1, 2]);
});
