import assert from "node:assert/strict";
import { test } from "node:test";

import { grouped } from "../../../api_service/pages/web/common/languages.js";
import { percentile, sum } from "../../../api_service/pages/web/console/live/figures.js";
import { HEIGHT, niceScale, stackOn, sumsOf, WIDTH } from "../../../api_service/pages/web/console/live/stacks.js";
import { buttonsOf, captions } from "../../../api_service/pages/web/console/results/captions.js";
import { record } from "../../../api_service/pages/web/console/results/record.js";
import { times } from "../../../api_service/pages/web/console/results/times.js";
import { memory } from "../storage.js";
import { serve } from "../server.js";
import { fixChance, happened, stopTime } from "../time.js";

test("a figure has its thousands apart", () => {
  assert.deepEqual([12, 999, 2_862, 1_234_567].map(grouped), ["12", "999", "2,862", "1,234,567"]);
});

test("a percentile is the value of the nearest rank", () => {
  const values = [5, 1, 4, 2, 3];
  assert.deepEqual(
    [0.5, 0.2, 0.21, 1].map((share) => percentile(values, share)),
    [3, 1, 2, 5],
  );
  assert.deepEqual([percentile([], 0.5), percentile([10, 9], 0.5), values[0]], [null, 9, 5]);
});

test("a sum of nothing is 0", () => {
  assert.deepEqual([sum([]), sum([1, 2])], [0, 3]);
});

test("a chart's scale is the next of 10, 20, 50, 100 … that holds the most", () => {
  assert.deepEqual([10, 11, 20, 21, 51, 100, 101, 4_000].map(niceScale), [10, 20, 20, 50, 100, 100, 200, 5_000]);
});

test("bars stand on those below them", () => {
  const heights = [0, 90];
  const path = stackOn(heights, [5, 5], 10);
  assert.deepEqual(heights, [90, 180]);
  assert.equal(path, "M0.5 90.0h374v90.0h-374zM375.5 0.0h374v90.0h-374z");
  assert.deepEqual([WIDTH, HEIGHT], [750, 180]);
});

test("where nothing was pressed there is no bar", () => {
  const heights = [10];
  assert.deepEqual([stackOn(heights, [0], 10), heights], ["", [10]]);
});

test("bins that stand on each other are summed up", () => {
  assert.deepEqual(sumsOf([[1, 2], [10, 20]]), [11, 22]);
  assert.deepEqual(sumsOf([]), []);
});

test("a clock counts from midnight on, in both languages", () => {
  const moments = [new Date(2026, 0, 1, 9, 5, 7), new Date(2026, 0, 1, 0, 5, 7).toISOString()];
  for (const language of ["en", "ja", "en-US", "ja-JP"]) {
    const { clock, minute } = times([language]);
    assert.deepEqual(
      moments.map((at) => `${clock(at)} ${minute(at)}`),
      ["09:05:07 09:05", "00:05:07 00:05"],
    );
  }
});

test("a round lasted minutes and seconds, and one that goes on has no length", () => {
  const { lasted } = times(["en"]);
  const span = (ms) => ({ started_at: new Date(0).toISOString(), ended_at: new Date(ms).toISOString() });
  assert.deepEqual([lasted(span(725_400)), lasted(span(5_000)), lasted(span(59_500))], ["12:05", "0:05", "1:00"]);
  assert.equal(lasted({ started_at: new Date(0).toISOString(), ended_at: null }), "");
});

test("a round's time is told from when to when, and while it goes on from when", () => {
  const { span, moment, day } = times(["en"]);
  const from = new Date(2026, 0, 1, 9, 0).toISOString();
  const to = new Date(2026, 0, 1, 10, 30).toISOString();
  assert.equal(span({ started_at: from, ended_at: null }).replace(/\s/g, " "), "Jan 1, 2026, 9:00 AM");
  assert.match(span({ started_at: from, ended_at: to }), /9:00.*10:30/);
  assert.equal(moment(from).replace(/\s/g, " "), "Jan 1, 2026, 9:00 AM");
  assert.equal(day(from), "Jan 1, 2026");
});

test("buttons are called as their room calls them; one of before by its id", () => {
  const [button] = buttonsOf({
    buttons: [{ event_type: "a", team: "skill", color: "", icon: "★", labels: [{ lang: "ja", text: "火" }] }],
  });
  assert.equal(button.eventType, "a");
  const named = captions([button], ["ja"]);
  assert.deepEqual(named("a"), { caption: "★ 火", color: "#4b93ff" });
  assert.deepEqual(named("gone"), { caption: "gone", color: "#ffb01f" });
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
  await happened();
  const [{ method, path, secret, body }] = history.requests;
  assert.deepEqual([method, path, secret, body], ["PUT", "/api/studio/rooms/r", "key", { room_token: "t" }]);
  assert.equal(history.done, 1);
});

test("where the server cannot now it is asked again, ever more slowly", async (t) => {
  const busy = [503, { code: "busy" }];
  const history = recording(t, busy, busy, {});
  await happened();
  assert.deepEqual([history.requests.length, history.done], [1, 0]);
  await history.passes(1_000);
  await happened();
  assert.equal(history.requests.length, 2);
  await history.passes(1_950);
  assert.equal(history.requests.length, 2);
  await history.passes(50);
  await happened();
  assert.deepEqual([history.requests.length, history.done], [3, 1]);
});

test("what the server refuses stays out", async (t) => {
  const history = recording(t, [403, { code: "forbidden" }], {});
  await happened();
  await history.passes(400_000);
  assert.deepEqual([history.requests.length, history.done], [1, 0]);
});
