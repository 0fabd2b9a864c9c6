import assert from "node:assert/strict";
import { test } from "node:test";

import { recall } from "../../../api_service/pages/web/console/live/recall.js";
import { serve } from "../server.js";
import { memory } from "../storage.js";

const ROUND = {
  ...{ round: 2, started_at: "2026-01-01T12:00:00Z", ended_at: null },
  triggers: [
    ...[{ seq: 7, event_type: "a", viewer_name: "Mika", fired_at: "2026-01-01T12:00:05Z", status: null, reason: null }],
    ...[{ seq: 8, event_type: "b", viewer_name: null, fired_at: "2026-01-01T12:00:09Z", status: "failed", reason: "gone" }],
  ],
};

/** What is recalled of a room in this round, and the requests for it. */
async function recalled(t, round, answer, entries = { "streamario.console.studio_key": '"key"' }) {
  globalThis.localStorage = memory(entries);
  t.after(() => delete globalThis.localStorage);
  const requests = serve(t, answer);
  return { rounds: await recall("r", round), paths: requests.map(({ path }) => path) };
}

test("the running round and the one before it are recalled", async (t) => {
  const { rounds, paths } = await recalled(t, 5, () => ROUND);
  assert.deepEqual(paths, ["/api/studio/rooms/r/rounds/5", "/api/studio/rooms/r/rounds/4"]);
  const from = Date.UTC(2026, 0, 1, 12);
  const outcome = { status: "failed", reason: "gone", returned: 0, endsAt: null, since: null };
  assert.deepEqual(rounds[0], {
    ...{ round: 2, from, to: null },
    triggers: [
      { seq: 7, eventType: "a", viewerName: "Mika", at: from + 5_000, outcome: null },
      { seq: 8, eventType: "b", viewerName: null, at: from + 9_000, outcome },
    ],
  });
});

test("there is nothing before the first round", async (t) => {
  const { rounds, paths } = await recalled(t, 1, () => ({ ...ROUND, ended_at: "2026-01-01T12:05:00Z" }));
  assert.equal(paths.length, 1);
  assert.equal(rounds[0].to - rounds[0].from, 300_000);
});

test("what the history does not have is left out", async (t) => {
  const { rounds } = await recalled(t, 2, ({ path }) => (path.endsWith("2") ? [404, { code: "not_found" }] : ROUND));
  assert.equal(rounds.length, 1);
});

test("whoever has no history is not asked for one", async (t) => {
  const { rounds, paths } = await recalled(t, 2, () => ROUND, {});
  assert.deepEqual([rounds, paths], [[], []]);
});
