import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Expected,
  KeptStop,
  phaseOf,
  Rounds,
  stoppedOf,
  Wish,
} from "../../../api_service/pages/web/console/round/round.js";
import { StreamarioError } from "../../../api_service/pages/web/streamario.js";
import { fixChance, happened, stopTime } from "../time.js";

test("a round that is paused does not run, and one that was stopped is stopped while it is paused", () => {
  const phases = [
    [{ status: "active" }, "active"],
    [{ status: "in_game", paused: true, stopped: false, startsAt: 0 }, "paused"],
    [{ status: "in_game", paused: true, stopped: true, startsAt: 0 }, "stopped"],
    [{ status: "in_game", paused: false, stopped: false, startsAt: 1_000 }, "running"],
    [{ status: "in_game", paused: false, stopped: false, startsAt: 1_001 }, "starting"],
    [{ status: "ended", paused: false, stopped: false, startsAt: 0 }, "ended"],
  ];
  for (const [state, phase] of phases) assert.equal(phaseOf(state, 1_000), phase);
});

test("a command shows what it brings, until the room tells of it", () => {
  const expected = new Expected();
  assert.equal(expected.phaseOf("running", 0), "running");
  expected.expect("stop");
  assert.deepEqual(["running", "paused", "starting"].map((phase) => expected.phaseOf(phase, 9_999)), ["stopped", "stopped", "stopped"]);
  assert.equal(expected.phaseOf("ended", 0), "ended");
  assert.equal(expected.phaseOf("running", 0), "running");
  expected.expect("limit");
  assert.equal(expected.phaseOf("running", 0), "running");
});

test("each command brings its own phase", () => {
  const brings = (command, phase) => {
    const expected = new Expected();
    expected.expect(command);
    return expected.phaseOf(phase, 0);
  };
  assert.deepEqual([brings("start", "active"), brings("start", "ended"), brings("start", "running")], ["starting", "starting", "running"]);
  assert.deepEqual([brings("pause", "running"), brings("pause", "stopped")], ["paused", "stopped"]);
  assert.deepEqual([brings("resume", "paused"), brings("resume", "stopped"), brings("resume", "ended")], ["running", "running", "ended"]);
  const notYet = ["active", "starting", "running"].map((phase) => brings("not_yet", phase));
  assert.deepEqual([...notYet, brings("end", "running")], ["ended", "ended", "ended", "running"]);
});

test("a command that was refused brings nothing, and one whose answer has come, not for long", () => {
  const expected = new Expected();
  expected.expect("pause");
  expected.refused();
  assert.equal(expected.phaseOf("running", 0), "running");
  expected.expect("pause");
  expected.answered(1_000);
  assert.deepEqual([expected.phaseOf("running", 2_999), expected.phaseOf("running", 3_000)], ["paused", "running"]);
  expected.answered(0);
  expected.expect("pause");
  assert.equal(expected.phaseOf("running", 99_999), "paused");
});

const AWAY = new StreamarioError("unreachable", "");
const OVER = new StreamarioError("game_not_started", "", { status: 409 });

/** A stop in stopped time, whose server gives `answers.next`: a refusal, or a promise of the answer. */
function kept(t, { stored = null, next = "answer" } = {}) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const told = [];
  const answers = { next };
  const stop = new KeptStop({
    stored,
    store: (kept) => told.push(`store ${kept?.round ?? 0}`),
    send: async (round) => {
      told.push(`send ${round}`);
      const given = await answers.next;
      if (given instanceof Error) throw given;
      return given;
    },
    done: (given) => told.push(`done ${given}`),
    refused: ({ code }) => told.push(`refused ${code}`),
  });
  return { stop, told, passes, answers };
}

/** Something that is answered when the test says so. */
function awaited() {
  const answer = {};
  answer.promise = new Promise((resolve) => (answer.resolve = resolve));
  return answer;
}

test("after two attempts that fail the longer wait counts", async (t) => {
  const { stop, told, passes } = kept(t, { next: AWAY });
  stop.keep(3);
  stop.hurry();
  await happened();
  await passes(499);
  assert.deepEqual(told, ["store 3", "send 3", "send 3"]);
  await passes(1);
  assert.equal(told.length, 4);
});

test("a stop is sent at once, and again until it is answered", async (t) => {
  const { stop, told, passes, answers } = kept(t, { next: AWAY });
  stop.keep(3);
  await stop.sending;
  assert.deepEqual([stop.round, told], [3, ["store 3", "send 3"]]);
  await passes(249);
  assert.equal(told.length, 2);
  answers.next = "answer";
  await passes(1);
  assert.deepEqual([stop.round, told.slice(2)], [0, ["send 3", "store 0", "done answer"]]);
  await passes(60_000);
  assert.equal(told.length, 5);
});

test("while the server is away it is sent more and more seldom, and at once where somebody notices that it is there", async (t) => {
  const { stop, told, passes } = kept(t, { next: AWAY });
  stop.hurry();
  assert.deepEqual(told, []);
  stop.keep(3);
  const sent = () => told.filter((each) => each === "send 3").length;
  await passes(250 + 500 + 1_000 + 1_500 + 3 * 50);
  assert.equal(sent(), 5);
  await passes(15_000); // never more than 1.5 s apart
  assert.equal(sent(), 15);
  await passes(700);
  stop.hurry();
  await passes(1_450);
  assert.equal(sent(), 16);
  stop.keep(3); // anew: soon again
  await passes(300);
  assert.equal(sent(), 18);
});

test("a refusal ends it, and one that may pass does not", async (t) => {
  for (const refusal of [OVER, new StreamarioError("forbidden", "", { status: 403 })]) {
    await t.test(refusal.code, async (t) => {
      const { stop, told, passes, answers } = kept(t, { next: new StreamarioError("overloaded", "", { status: 503 }) });
      stop.keep(3);
      await stop.sending;
      assert.equal(stop.round, 3);
      answers.next = refusal;
      await passes(60_000);
      assert.deepEqual([stop.round, told.slice(2)], [0, ["send 3", "store 0", `refused ${refusal.code}`]]);
    });
  }
});

test("one that was taken back is not sent any more, and nothing is told of what was on its way", async (t) => {
  for (const given of ["answer", AWAY, OVER]) {
    await t.test(given.code ?? given, async (t) => {
      const answer = awaited();
      const { stop, told, passes } = kept(t, { next: answer.promise });
      stop.cancel();
      stop.keep(3);
      stop.cancel();
      answer.resolve(given);
      await passes(30_000);
      assert.deepEqual([stop.round, told], [0, ["store 3", "send 3", "store 0"]]);
    });
  }
});

test("one that is given again is sent again, and the older one's answer does not end it", async (t) => {
  const [older, newer] = [awaited(), awaited()];
  const { stop, told, answers } = kept(t, { next: older.promise });
  stop.keep(3);
  answers.next = newer.promise;
  stop.keep(3);
  older.resolve("older");
  await happened();
  assert.equal(stop.round, 3);
  newer.resolve("newer");
  await happened();
  assert.deepEqual([stop.round, told.slice(-2)], [0, ["store 0", "done newer"]]);
});

test("it goes on over a reload, for a minute", async (t) => {
  await t.test("soon", async (t) => {
    const { told, passes } = kept(t, { stored: { round: 3, at: 1_700_000_000_000 - 59_999 } });
    await passes(1);
    assert.deepEqual(told, ["send 3", "store 0", "done answer"]);
  });
  await t.test("late", async (t) => {
    const { stop, told, passes } = kept(t, { stored: { round: 3, at: 1_700_000_000_000 - 60_000 } });
    await passes(30_000);
    assert.deepEqual([stop.round, told], [0, []]);
  });
});

test("a choice shows at once, and what the room tells counts a moment after the answer", async (t) => {
  const passes = stopTime(t);
  const wish = new Wish();
  const shown = (told) => wish.valueOf(told, performance.now());
  assert.equal(shown(12), 12);
  const answer = awaited();
  const made = wish.make(60, () => answer.promise);
  await passes(5_000);
  assert.equal(shown(12), 60);
  answer.resolve(true);
  await made;
  assert.deepEqual([shown(12), wish.until], [60, 7_000]);
  await passes(1_950);
  assert.equal(shown(12), 60);
  await passes(50);
  assert.deepEqual([shown(12), wish.until], [12, Infinity]);
});

test("a choice is forgotten once the room tells of it, or it is refused", async (t) => {
  stopTime(t);
  const wish = new Wish();
  await wish.make(60, async () => true);
  assert.deepEqual([12, 60, 20].map((told) => wish.valueOf(told, 0)), [60, 60, 20]);
  await wish.make(4, async () => false);
  assert.equal(wish.valueOf(20, 0), 20);
});

test("choices are made one at a time, and the last one is made in the end", async (t) => {
  stopTime(t);
  const wish = new Wish();
  const [first, second] = [awaited(), awaited()];
  const sent = [];
  const set = (value) => sent.push(value) && (value === 60 ? first : second).promise;
  const made = wish.make(60, set);
  await wish.make(4, set);
  await wish.make(12, set);
  assert.deepEqual([sent, wish.valueOf(12, 0)], [[60], 12]);
  first.resolve(true);
  await happened();
  assert.deepEqual([sent, wish.valueOf(60, 0)], [[60, 12], 12]);
  second.resolve(true);
  await made;
  assert.deepEqual(sent, [60, 12]);
});

test("when a round began is known of the round that the API told of, and of no other", () => {
  const rounds = new Rounds();
  assert.equal(rounds.startOf(1), null);
  rounds.hear({ round: 2, started_at: "2026-01-01T00:00:00Z", time: "2026-01-01T00:00:40Z" }, 100_000);
  assert.deepEqual([rounds.startOf(1), rounds.startOf(2), rounds.startOf(3)], [null, 60_000, null]);
  rounds.hear({ round: 0, started_at: null, time: "2026-01-01T00:00:40Z" }, 100_000);
  assert.equal(rounds.startOf(0), null);
});

test("what a stop threw away is its sum, and how much of which button", () => {
  const discarded = [{ event_type: "a", count: 3 }, { event_type: "b", count: 4 }];
  assert.deepEqual(stoppedOf({ round: 2, discarded }), { round: 2, total: 7, counts: { a: 3, b: 4 } });
});

test("a round that begins or ends is told once, but what was there before is not", () => {
  const rounds = new Rounds();
  const follow = (status, round) => rounds.follow({ status, round });
  assert.deepEqual([follow("loading", 0), follow("in_game", 1), follow("in_game", 1)], [null, null, null]);
  assert.deepEqual([follow("ended", 1), follow("ended", 1), follow("missing", 0)], ["ended", null, null]);
  assert.deepEqual([follow("in_game", 2), follow("in_game", 3)], ["began", "began"]);
  rounds.skip(3);
  assert.deepEqual([follow("ended", 3), follow("in_game", 4), follow("ended", 4)], [null, "began", "ended"]);
});
